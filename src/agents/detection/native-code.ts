import { lineOf } from "../config/code-text.ts";
import { isServiceCode, joinPath } from "../config/service-files.ts";
import type { PortPlan } from "../../plan.ts";
import type { SourceTree } from "./source-tree.ts";

/** A source file of a compiled language, its comments blanked at the same offsets. */
export interface NativeSource {
  readonly path: string;
  readonly text: string;
}

/** What was found in code, and where it stands: `src/main.rs:12`. */
export interface NativeFind {
  readonly seen: string;
  readonly where: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

const maxFiles = 300;
const maxLength = 262_144;

/** Sources below a folder whose names fit, nearest first; tests, examples and what others wrote left out. */
export async function readNative(
  tree: SourceTree,
  folder: string,
  names: RegExp,
  comments: "C" | "Hash" | "Dashes" = "C",
): Promise<readonly NativeSource[]> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const paths = (await tree.files(folder))
    .filter((path) => path.startsWith(prefix) && names.test(path) && isServiceCode(path.slice(prefix.length)))
    .toSorted((one, other) => one.split("/").length - other.split("/").length)
    .slice(0, maxFiles);
  const sources = await Promise.all(paths.map(async (path) => await readNativeFile(tree, path, comments)));
  return sources.filter((source) => source !== undefined);
}

/** One source file; undefined where it is missing or longer than 256 KB. */
export async function readNativeFile(
  tree: SourceTree,
  path: string,
  comments: "C" | "Hash" | "Dashes" = "C",
): Promise<NativeSource | undefined> {
  const text = await tree.read(joinPath(path) ?? path);
  return text === undefined || text.length > maxLength ? undefined : { path, text: withoutComments(text, comments) };
}

const marks = {
  C: { line: "//", open: "/*", close: "*/" },
  Hash: { line: "#", open: undefined, close: "" },
  Dashes: { line: "--", open: "{-", close: "-}" },
} as const;

/** Blanks comments outside of double-quoted strings; every line stays where it is. One pass, whatever stands there. */
export function withoutComments(text: string, comments: keyof typeof marks): string {
  const { line, open, close } = marks[comments];
  let out = "";
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === '"') {
      const end = endOfString(text, at);
      out += text.slice(at, end);
      at = end;
    } else if (text.startsWith(line, at)) {
      const end = text.indexOf("\n", at);
      const stop = end === -1 ? text.length : end;
      out += " ".repeat(stop - at);
      at = stop;
    } else if (open !== undefined && text.startsWith(open, at)) {
      const end = text.indexOf(close, at + open.length);
      const stop = end === -1 ? text.length : end + close.length;
      out += text.slice(at, stop).replaceAll(/[^\n]/g, " ");
      at = stop;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

/** A string that does not close on its line is none: a quote of another kind. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return open + 1;
}

/** The first of the patterns that is found, with its place. */
export function findNative(sources: readonly NativeSource[], patterns: readonly RegExp[]): NativeFind | undefined {
  for (const pattern of patterns) {
    for (const { path, text } of sources) {
      const match = pattern.exec(text);
      if (match === null) continue;
      const seen = match[0].replaceAll(/\s+/g, " ").trim().slice(0, 60);
      return { seen, where: `${path}:${lineOf(text, match.index)}`.slice(-256), groups: match.groups ?? {} };
    }
  }
  return undefined;
}

const readsPort = /(?:env|ENV|Env|get)[\w:.!()[\s,&]{0,40}["']PORT["']/;
const portTold = /["']PORT["'][^;]{0,160}?(?<![\w.])(?<number>\d{2,5})(?![\w.])/;
const local = String.raw`(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[?::1?\]?|\*)`;

/** How code of most compiled languages names its port. */
const ports: readonly RegExp[] = [
  new RegExp(String.raw`"(?:${local})?:(?<number>\d{2,5})"`),
  new RegExp(String.raw`"${local}"\s*,\s*(?<number>\d{2,5})\b`),
  /\b(?:0|127),\s*0,\s*0,\s*[01]\s*[\])}]{0,2}\s*,\s*(?<number>\d{2,5})\b/,
  /\bhtons\(\s*(?<number>\d{2,5})\b/,
  /#define\s+\w{0,30}PORT\w{0,30}\s+(?<number>\d{2,5})\b/,
  /\b\w{0,30}port\w{0,10}\s{0,4}(?::\s{0,4}\w{1,20}\s{0,4})?(?:=|:|\()\s{0,4}(?<number>\d{2,5})\b/i,
  /\b(?:tcp::v4\(\)\s*,\s*|Port\()(?<number>\d{2,5})\b/,
];

/** Where a program most likely listens; `own` are patterns of its language that are asked first. */
export function nativePort(sources: readonly NativeSource[], own: readonly RegExp[] = []): PortPlan | undefined {
  const takes = findNative(sources, [readsPort]) !== undefined;
  const found = findNative(sources, takes ? [portTold, ...own, ...ports] : [...own, ...ports]);
  const number = Number(found?.groups["number"]);
  if (found !== undefined && number >= 1 && number <= 65_535)
    return { number, from: "Code", where: found.where, readsPort: takes };
  return takes ? { from: "Default", readsPort: true } : undefined;
}
