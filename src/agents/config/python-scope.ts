import type { CodeText } from "./code-text.ts";

/** Functions that a service surely calls while it starts. */
const startFunctions =
  /^(?:main|run|run_server|serve|start|startup|create_app|make_app|build_app|get_app|create_application|load_config|load_settings|lifespan|setup|configure)$/;

/**
 * True for an offset whose code runs when the file is loaded or the service starts, whatever else is the case: at the top, in a class's
 * body, in `main()`. What stands below an `if`, a `try` or a loop, or in any other function, may never run.
 */
export function runsAtStart(source: CodeText, index: number): boolean {
  // Far enough for any function; further back a hostile file only costs time.
  const lines = source.code.slice(Math.max(0, index - 20_000), index).split("\n");
  const own = lines.at(-1) ?? "";
  const end = source.code.indexOf("\n", index);
  const statement = `${own}${source.code.slice(index, end === -1 ? undefined : end)}`;
  if (/\b(?:if|and|or|else|lambda|in)\b/.test(statement.replace(/^[ \t]*(?:if|elif)[ \t].*:[ \t]*$/, "if")))
    return false;
  let indent = indentOf(own);
  for (let at = lines.length - 2; at >= 0 && indent > 0; at -= 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    // The rest of a call or list over several lines is indented without being a block.
    const isBlock = /:[ \t]*$/.test(line);
    indent = indentOf(line);
    if (!isBlock) continue;
    const definition = /^[ \t]*(?:async[ \t]+)?def[ \t]+(?<name>\w+)/.exec(line)?.groups?.["name"];
    if (definition !== undefined) {
      if (!startFunctions.test(definition)) return false;
    } else if (!/^[ \t]*(?:class|with|async[ \t]+with)\b|^if[ \t]+__name__/.test(line)) return false;
  }
  return indent === 0;
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
