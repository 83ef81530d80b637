import type { CodeText } from "./code-text.ts";

/** Functions that a program surely calls while it starts. */
const startFunctions =
  /^(?:main|run|start|init|initialize|setup|configure|config\w*|load\w*|from_?env\w*|settings|bootstrap|build|create_?(?:app|server|router)\w*|application|boot|Main|Configure\w*|ConfigureServices|CreateHostBuilder)$/i;

/**
 * The name of the function that holds an offset, in a language of braces: the nearest `fn main`, `fun load`, `def run` or `void Main` before it whose
 * brace is still open. Undefined at the top of the file, or in a class's body.
 */
export function functionAround(source: CodeText, index: number): string | undefined {
  let depth = 0;
  for (let at = index - 1; at >= Math.max(0, index - 50_000); at -= 1) {
    const char = source.code[at];
    if (char === "}") depth += 1;
    else if (char === "{" && depth > 0) depth -= 1;
    else if (char === "{") {
      const before = source.code.slice(Math.max(0, at - 300), at).trimEnd();
      const name = headName.exec(before)?.groups?.["name"];
      if (name !== undefined && !/^(?:if|for|while|switch|catch|match|when|foreach|using|lock|unless)$/.test(name))
        return name;
    }
  }
  return undefined;
}

/** A function's head at the end of a text: its name and its parameters, and what may stand before the brace. */
const headName =
  /(?<name>[A-Za-z_]\w{0,80})[ \t]*(?:<[^<>{}]{0,60}>)?[ \t]*\((?:[^(){}]|\([^(){}]{0,100}\)){0,200}\)[ \t\n]*(?:(?:->|:|throws|where)[^{};=]{0,120})?=?$/;

/** Whether what stands at an offset runs when the program starts, as far as the function around it tells. */
export function startsWithProgram(source: CodeText, index: number): boolean {
  const name = functionAround(source, index);
  return name === undefined || startFunctions.test(name);
}
