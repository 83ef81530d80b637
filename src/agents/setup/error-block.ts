const mostLines = 12;
const wrong =
  /\b(?:\w*error|err!|fatal|\w*exception|panic|traceback|failed|failure|cannot find|could not|no such file|not found|undefined|unresolved|denied|unsupported|invalid)\b/i;
/** Lines with such a word that are no error. */
const harmless = /\b0 errors?\b|warn(?:ing)?\b|deprecat|--no-error|error-handling|errors?\.(?:js|ts|py|go)\b(?!:\d)/i;
const place =
  /(?:^|[\s("'`])(?:\.\/)?(?<file>(?:\/?[\w@.+-]+\/)*[\w@.+-]+\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|java|kt|rb|php|cs|json|toml|ya?ml|css|scss)|(?:[\w.-]+\/)*Dockerfile)(?::(?<line>\d+)(?::(?<column>\d+))?|:\[(?<mavenLine>\d+),(?<mavenColumn>\d+)\]|", line (?<pythonLine>\d+)|\((?<tsLine>\d+),(?<tsColumn>\d+)\))/;

/** Numbers and paths of a package manager's error, before its words. */
const preamble = /^npm (?:error|ERR!) (?:code|errno|syscall|path)\b/;

/** Package managers' words for that there is an error, above what it is. */
const hollow =
  /^npm (?:error|ERR!) (?:command failed|A complete log)|finished with status 'error'$|^error: subprocess-exited-with-error|^× .{1,120} did not run successfully|^error Command failed with exit code|\bELIFECYCLE\b|^The command '.{1,200}' returned a non-zero code/;

/** Maven's and Gradle's words around an error, which say how to see more of it, or only that there is one. */
const around =
  /^(?:\[ERROR\][ \t]*){0,2}$|^\[ERROR\] (?:\[ERROR\] Some problems were encountered|COMPILATION ERROR|Re-run Maven|To see the full stack trace|For more information about the errors|After correcting the problems|\[Help \d)|^(?:> Run with --(?:stacktrace|info|scan)|> Get more help at)/;

/** What of a failed step's output people need: the first thing that went wrong, and how it ended; at most twelve lines. */
export function errorBlock(lines: readonly string[]): string[] {
  const meant = lines.map((line) => line.trimEnd()).filter((line) => line !== "" && !around.test(line));
  if (meant.length <= mostLines) return meant;
  const first = meant.findIndex((line) => wrong.test(line) && !harmless.test(line));
  if (first < 0 || first >= meant.length - mostLines) return meant.slice(-mostLines);
  return [...meant.slice(first, first + 8), ...meant.slice(-4)];
}

/** The line that says what is wrong, for a message of one sentence. */
export function errorLine(lines: readonly string[]): string | undefined {
  const meant = lines.map((line) => line.trim()).filter((line) => line !== "" && !around.test(line));
  // A Python traceback says it last; everything else says it first.
  if (meant.some((line) => line.startsWith("Traceback ")))
    return meant.findLast((line) => /^[\w.]*(?:Error|Exception|Exit)\b/.test(line));
  const telling = meant.filter((line) => wrong.test(line) && !harmless.test(line) && !preamble.test(line));
  return telling.find((line) => !hollow.test(line)) ?? telling[0];
}

/** `src/orders.ts:41:17` as a compiler or interpreter wrote it; relative where it lies in the build's folder. */
export function placeOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const found = place.exec(line)?.groups;
    if (!found) continue;
    const file = (found["file"] ?? "").replace(/^\/(?:app|src|build|workspace|code)\//, "");
    if (file.startsWith("/") || file.includes("node_modules/")) continue;
    const row = found["line"] ?? found["mavenLine"] ?? found["pythonLine"] ?? found["tsLine"];
    const column = found["column"] ?? found["mavenColumn"] ?? found["tsColumn"];
    return [file, row, column]
      .filter((part) => part !== undefined)
      .join(":")
      .slice(0, 256);
  }
  return undefined;
}
