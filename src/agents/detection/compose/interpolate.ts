const maxDepth = 4;

/** A text with its variables put in, and the names of those that nobody sets and that have no default. */
export interface Interpolated {
  readonly text: string;
  readonly unset: readonly string[];
}

/** `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`, `${X:+other}` and `$$` as Compose reads them; defaults may hold variables. */
export function interpolate(text: string, known: ReadonlyMap<string, string>, depth = 0): Interpolated {
  const unset: string[] = [];
  let out = "";
  for (let at = 0; at < text.length; at += 1) {
    const rest = text.slice(at, at + 2);
    if (rest === "$$") {
      out += "$";
      at += 1;
    } else if (rest === "${") {
      const end = closing(text, at + 2);
      if (end === undefined) return { text: out + text.slice(at), unset };
      const found = value(text.slice(at + 2, end), known, depth);
      out += found.text;
      unset.push(...found.unset);
      at = end;
    } else {
      const name = text[at] === "$" ? /^[A-Za-z_]\w{0,127}/.exec(text.slice(at + 1, at + 130))?.[0] : undefined;
      if (name === undefined) out += text[at] ?? "";
      else {
        out += known.get(name) ?? "";
        if (!known.has(name)) unset.push(name);
        at += name.length;
      }
    }
  }
  return { text: out, unset };
}

/** Where the brace that was opened before `from` is closed. */
function closing(text: string, from: number): number | undefined {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("${", at)) open += 1;
    else if (text[at] === "}") open -= 1;
    if (open === 0) return at;
  }
  return undefined;
}

function value(inside: string, known: ReadonlyMap<string, string>, depth: number): Interpolated {
  const parts = /^(?<name>[A-Za-z_]\w{0,127})(?<sign>:?[-?+])?/.exec(inside);
  const name = parts?.groups?.["name"];
  if (parts === null || name === undefined) return { text: "", unset: [] };
  const sign = parts.groups?.["sign"] ?? "";
  const other = inside.slice(parts[0].length);
  const set = known.get(name);
  const there = set !== undefined && !(sign.startsWith(":") && set === "");
  const nested = (): Interpolated =>
    depth >= maxDepth ? { text: "", unset: [] } : interpolate(other, known, depth + 1);
  if (sign.endsWith("-")) return there ? { text: set, unset: [] } : nested();
  if (sign.endsWith("+")) return there ? nested() : { text: "", unset: [] };
  return there ? { text: set, unset: [] } : { text: "", unset: [name] };
}
