import type { CodeText } from "./code-text.ts";

const startFunctions =
  /^(?:main|bootstrap|start|startServer|run|init|validateEnv|validateEnvironment|checkEnv|loadConfig|loadEnv|getConfig|createConfig|register)$/;

/**
 * True for an offset whose code runs when the module is loaded or the service starts, whatever else is the case: at the top, in an object
 * at the top, in `main()`. What stands in an `if`, a `try`, a class or any other function may never run.
 */
export function runsOnLoad(source: CodeText, index: number): boolean {
  const line = source.code.slice(source.code.lastIndexOf("\n", index - 1) + 1, index);
  if (/=>/.test(line)) return false;
  let depth = 0;
  for (let at = index - 1; at >= Math.max(0, index - 100_000); at -= 1) {
    const char = source.code[at];
    if (char === "}") depth += 1;
    else if (char === "{") {
      if (depth > 0) depth -= 1;
      else if (!isTransparent(source.code.slice(Math.max(0, at - 300), at))) return false;
    }
  }
  return true;
}

/** What stands before a brace: an object's, or the body of a function that is surely called. */
function isTransparent(before: string): boolean {
  const text = before.trimEnd();
  if (/(?:[=(:,[?|&]|\breturn|\bdefault|\?\?)$/.test(text) && !text.endsWith("=>")) return true;
  const named =
    /(?:\bfunction[ \t]+(?<declared>\w+)[ \t]*\([^{}]{0,200}\)(?:[ \t]*:[^{}=]{1,80})?|\b(?:const|let)[ \t]+(?<assigned>\w+)[^={]{0,80}=[ \t]*(?:async[ \t]*)?\([^{}]{0,200}\)(?:[ \t]*:[^{}=]{1,80})?[ \t]*=>)$/.exec(
      text,
    );
  const name = named?.groups?.["declared"] ?? named?.groups?.["assigned"];
  return name !== undefined && startFunctions.test(name);
}
