import { parse } from "yaml";

/** Reads JSON with comments, and JSON5: without its comments it is a flow mapping of YAML, with bare keys, single quotes and commas at the end. Undefined for what is neither. */
export function readJson5(text: string): unknown {
  const bare = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith("/") ? "" : part,
  );
  return readYaml(bare.replaceAll("\t", " "));
}

/** Reads YAML that a repository wrote: few aliases, no custom tags, no warnings on a terminal. Undefined for what is none. */
export function readYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20, logLevel: "error" });
  } catch {
    return undefined;
  }
}
