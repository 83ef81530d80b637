/** A text without what stands between two marks (`<!--` and `-->`, `/*` and its end). Linear, however many marks never end. */
export function withoutBlocks(text: string, open: string, close: string): string {
  const kept: string[] = [];
  for (let at = 0; ;) {
    const start = text.indexOf(open, at);
    const end = start === -1 ? -1 : text.indexOf(close, start + open.length);
    if (end === -1) return kept.join("") + text.slice(at);
    kept.push(text.slice(at, start));
    at = end + close.length;
  }
}

/** JSON without its comments, which some of its readers allow; what stands in a text stays. Linear. */
export function jsonWithoutComments(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inText) {
      if (char === "\\") at += 1;
      else if (char === '"' || char === "\n") inText = false;
    } else if (char === '"') inText = true;
    else if (char === "/" && (text[at + 1] === "/" || text[at + 1] === "*")) {
      const block = text[at + 1] === "*";
      const end = text.indexOf(block ? "*/" : "\n", at + 2);
      kept.push(text.slice(from, at));
      if (end === -1) return kept.join("");
      from = block ? end + 2 : end;
      at = from - 1;
    }
  }
  return kept.join("") + text.slice(from);
}

/** JSON without its comments and without a comma after the last entry; undefined for what is no JSON then. */
export function parseRelaxedJson(text: string): unknown {
  try {
    return JSON.parse(withoutLastCommas(jsonWithoutComments(text)));
  } catch {
    return undefined;
  }
}

function withoutLastCommas(text: string): string {
  const kept: string[] = [];
  let [from, comma, inText] = [0, -1, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (inText) {
      if (char === "\\") at += 1;
      else if (char === '"') inText = false;
    } else if (char === ",") comma = at;
    else if (!/\s/.test(char)) {
      if (comma !== -1 && (char === "}" || char === "]")) {
        kept.push(text.slice(from, comma));
        from = comma + 1;
      }
      comma = -1;
      inText = char === '"';
    }
  }
  return kept.join("") + text.slice(from);
}
