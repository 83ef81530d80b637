/** One instruction of a Dockerfile, with the lines that it takes. */
export interface Instruction {
  /** In capitals: `FROM`. */
  readonly keyword: string;
  /** What follows the keyword, continuations joined, here-documents left out. */
  readonly text: string;
  /** First and last line, from 0; here-documents included. */
  readonly first: number;
  readonly last: number;
}

export interface DockerfileText {
  readonly lines: readonly string[];
  readonly instructions: readonly Instruction[];
  /** Parser directives at the top, names in lower case: `syntax`, `escape`. */
  readonly directives: ReadonlyMap<string, string>;
}

const withHeredocs = new Set(["RUN", "COPY", "ADD"]);

/** Reads a Dockerfile as BuildKit does: directives, comments, continuations, here-documents. It judges nothing. */
export function readDockerfile(text: string): DockerfileText {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  const directives = readDirectives(lines);
  const escape = directives.get("escape") === "`" ? "`" : "\\";
  const continued = new RegExp(`\\${escape}[ \\t]*$`);
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (isBlank(lineAt(lines, at))) continue;
    const first = at;
    const parts: string[] = [];
    for (; at < lines.length; at += 1) {
      const line = lineAt(lines, at);
      // Comments and empty lines between continuations belong to none.
      if (parts.length > 0 && isBlank(line)) continue;
      parts.push(line.replace(continued, ""));
      if (!continued.test(line)) break;
    }
    const [, keyword = "", rest = ""] = /^\s*(\S+)\s*([\s\S]*)$/.exec(parts.join("")) ?? [];
    const name = keyword.toUpperCase();
    if (withHeredocs.has(name)) at = afterHeredocs(lines, Math.min(at, lines.length - 1), rest);
    instructions.push({ keyword: name, text: rest.trim(), first, last: Math.min(at, lines.length - 1) });
  }
  return { lines, instructions, directives };
}

function readDirectives(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^#\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    // The first line that is none ends them.
    if (name === undefined || value === undefined || found.has(name.toLowerCase())) break;
    found.set(name.toLowerCase(), value);
  }
  return found;
}

/** The last line of the here-documents that an instruction opens. */
function afterHeredocs(lines: readonly string[], last: number, text: string): number {
  let at = last;
  for (const [, dash, single, double, bare] of text.matchAll(/(?<!<)<<(-?)(?:'([^']+)'|"([^"]+)"|([A-Za-z_]\w*))/g)) {
    const mark = single ?? double ?? bare ?? "";
    const ends = (line: string): boolean => (dash === "-" ? line.replace(/^\t+/, "") : line) === mark;
    let end = at + 1;
    while (end < lines.length && !ends(lineAt(lines, end))) end += 1;
    // One that is never closed is the shell's, `a <<b` in quotes: nothing is taken.
    if (end < lines.length) at = end;
  }
  return at;
}

function lineAt(lines: readonly string[], at: number): string {
  return (lines[at] ?? "").replace(/\r$/, "");
}

function isBlank(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}
