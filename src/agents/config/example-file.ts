import type { SourceTree } from "../detection/source-tree.ts";
import { envName } from "./env-read.ts";
import { joinPath } from "./service-files.ts";

/** One line of a `.env.example` or a committed `.env`. */
export interface ExampleLine {
  readonly value: string;
  /** `.env.example:4` */
  readonly where: string;
  readonly comment?: string;
}

const exampleNames = [
  ".env.example",
  ".env.sample",
  ".env.template",
  ".env.dist",
  "env.example",
  "example.env",
  ".env.local.example",
  "sample.env",
];

/** Variables of the first example file beside a service, with the comments above them. */
export async function readExample(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, ExampleLine>> {
  for (const name of exampleNames) {
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text !== undefined) return parseEnvFile(text, path);
  }
  return new Map();
}

/** Variables of a `.env` that is committed and that the program loads by itself. */
export async function readCommitted(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, ExampleLine>> {
  const path = joinPath(folder, ".env") ?? ".env";
  return parseEnvFile((await tree.read(path)) ?? "", path);
}

/** Reads `NAME=value` lines; `export`, quotes and comments as dotenv takes them. */
export function parseEnvFile(text: string, path: string): ReadonlyMap<string, ExampleLine> {
  const found = new Map<string, ExampleLine>();
  let comment = "";
  for (const [index, raw] of text.split("\n").slice(0, 1000).entries()) {
    const line = raw.trim();
    const said = /^#+\s*(?<text>.*)$/.exec(line)?.groups?.["text"];
    const match = /^(?:export\s+)?(?<name>[A-Za-z_]\w*)\s*=\s*(?<value>.*)$/.exec(line);
    const name = match?.groups?.["name"];
    if (said !== undefined) comment = said.slice(0, 120);
    else if (name === undefined || !envName.test(name)) comment = "";
    else {
      const value = unquoted(match?.groups?.["value"] ?? "").slice(0, 2048);
      found.set(name, { value, where: `${path}:${index + 1}`, ...(comment === "" ? {} : { comment }) });
      comment = "";
    }
  }
  return found;
}

/** A value that says "put yours here", or that is true on a developer's machine only. */
export function isPlaceholder(value: string): boolean {
  return (
    value === "" ||
    /\p{Cc}/u.test(value) ||
    /^<.*>$|^\[.*\]$|^\{.*\}$|\$\{?\w+\}?|your[-_ ]?|change[-_ ]?me|replace|xxx+|\.\.\.|^(?:todo|tbd|none|null|secret|password|example|placeholder|dummy|key|token)$|example\.(?:com|org)|^sk_|^pk_|^ghp_/i.test(
      value,
    ) ||
    /localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal/.test(value)
  );
}

function unquoted(value: string): string {
  const quoted = /^(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|`(?<back>[^`]*)`)/.exec(value)?.groups;
  return quoted?.["double"] ?? quoted?.["single"] ?? quoted?.["back"] ?? value.replace(/\s+#.*$/, "").trim();
}
