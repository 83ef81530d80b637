/**
 * Writing values into a Dockerfile. Much of what is written comes from a repository that may be hostile: a line of package.json must
 * never become an instruction of its own.
 */

/** One RUN step: in plain shell form where that is certain to stay one instruction, else as a JSON array, which cannot be left. */
export function runStep(line: string, mounts: readonly string[]): string {
  const command = isPlain(line) ? line : JSON.stringify(["/bin/sh", "-c", line]);
  return ["RUN", ...mounts, command].join(" ");
}

/** A line that Docker's parser takes as it stands: printable, no continuation, no here-document, no flag, no JSON. */
function isPlain(line: string): boolean {
  return (
    /^[A-Za-z0-9./_"'$(][^\p{Cc}\p{Cf}\u2028\u2029]*$/u.test(line) && !line.includes("<<") && !/[\\`]\s*$/.test(line)
  );
}

/** `CMD` that runs a shell line; a simple command replaces the shell, so that signals reach the program. */
export function commandStep(line: string): string {
  return `CMD ${JSON.stringify(["/bin/sh", "-c", withExec(line)])}`;
}

/** The line with `exec` where it is one simple command: nothing else has to happen after it. */
export function withExec(line: string): string {
  const trimmed = line.trim();
  // Between single quotes nothing is the shell's: `gunicorn 'shop:create_app()'`.
  if (/[;&|<>()`\n\r#]/.test(trimmed.replaceAll(/'[^'\n\r]*'/g, "''")) || keywords.test(trimmed)) return trimmed;
  const assigned = /^(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+)+/.exec(trimmed)?.[0];
  if (assigned === undefined) return /^[A-Za-z_]\w*=/.test(trimmed) ? trimmed : `exec ${trimmed}`;
  return `exec env ${trimmed}`;
}

const keywords =
  /^(?:exec|cd|export|set|unset|source|\.|if|for|while|until|case|eval|trap|ulimit|umask|alias|!|\{)(?:\s|$)/;

/** `ENV` or `ARG` lines, one a variable; a name that is none is left out. */
export function assignments(keyword: "ENV" | "ARG", values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values)
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `${keyword} ${name}=${quoted(value)}`);
}

function quoted(value: string): string {
  const line = value.replaceAll(/[\r\n]+/g, " ").replaceAll(/\p{Cc}/gu, "");
  return `"${line.replaceAll(/[\\"$]/g, String.raw`\$&`)}"`;
}

/** `COPY` of named places. What Docker would expand or take for a pattern is refused: such a name is a mistake of ours. */
export function copyStep(flags: readonly string[], from: readonly string[], to: string): string {
  return ["COPY", ...flags, JSON.stringify([...from, to].map(place))].join(" ");
}

/** True for a path that stands for itself in a COPY; `*` and `?` may stand in the sources. */
export function isPlace(path: string): boolean {
  return /^[^\p{Cc}\p{Cf}\u2028\u2029$\\[\]]+$/u.test(path);
}

function place(path: string): string {
  if (!isPlace(path)) throw new Error(`not a path for COPY: ${JSON.stringify(path)}`);
  return path;
}

/** A small file that is written into the image, byte for byte. */
export function fileStep(path: string, text: string): string {
  let mark = "REPO_RUNNER_FILE";
  while (text.split(/\r?\n/).includes(mark)) mark = `${mark}_`;
  const body = text.endsWith("\n") || text === "" ? text : `${text}\n`;
  return `COPY --chmod=755 <<'${mark}' ${place(path)}\n${body}${mark}`;
}

/** An image, a package, an id: a word without anything that Docker could read otherwise. */
export function plainWord(word: string): string {
  if (!/^[A-Za-z0-9][\w.+:/@-]*$/.test(word)) throw new Error(`not a plain word: ${JSON.stringify(word)}`);
  return word;
}
