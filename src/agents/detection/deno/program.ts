import { codeLanguageOf, findInCode, readCode } from "../../config/code-text.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { Service } from "../../../plan.ts";
import type { SourceTree } from "../source-tree.ts";

const names = ["main", "server", "mod.server", "app", "index", "start"];
const endings = ["ts", "tsx", "js", "mjs", "mts", "jsx"];
const maxFiles = 40;

/** What a program of Deno does, as far as it and the files that it imports show. */
export interface DenoProgram {
  /** Relative to the service's folder. */
  readonly file: string;
  readonly path: string;
  readonly kind: Service["kind"];
  /** It only exports `fetch`: `deno serve` does the rest. */
  readonly isHandler: boolean;
  readonly framework: string | null;
  /** Something in it is Deno's own. */
  readonly isDeno: boolean;
}

const serves =
  /\bDeno\.(?:serve|listen|listenTls|serveHttp)\s*\(|\bserve(?:Tls|File)?\s*\(|\.listen(?:AndServe)?\s*\(|\blistenAndServe\s*\(|\bcreateServer\s*\(|\bexport\s+default\s*\{[^}]{0,400}\bfetch\b/g;
const goesOn = /\bsetInterval\s*\(|\bDeno\.cron\s*\(|\bwhile\s*\(\s*true\s*\)|\bfor\s+await\s*\(|\.listenQueue\s*\(/g;
const own = /\bDeno\.\w|["'](?:jsr:|npm:|https:\/\/(?:deno\.land|esm\.sh|jsr\.io)\/)/;

const frameworks: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/["'](?:jsr:@fresh\/core|\$fresh\/|fresh["'/])/, "fresh"],
  [/["'](?:npm:|jsr:@hono\/)?hono(?:@|["'/])/, "hono"],
  [/["'](?:jsr:@oak\/oak|https:\/\/deno\.land\/x\/oak)/, "oak"],
  [/["']npm:express(?:@|["'/])/, "express"],
];

/** The file by its usual name, or the one that a line names; undefined where there is none. */
export async function findProgram(
  tree: SourceTree,
  folder: string,
  named: string | undefined,
): Promise<DenoProgram | undefined> {
  const usual = names.flatMap((name) =>
    ["", "src/"].flatMap((below) => endings.map((end) => `${below}${name}.${end}`)),
  );
  for (const file of named === undefined ? usual : [named]) {
    const path = joinPath(folder, file);
    if (path !== undefined && (await tree.has(path))) return await describe(tree, file, path);
  }
  return undefined;
}

async function describe(tree: SourceTree, file: string, path: string): Promise<DenoProgram> {
  const sources = await importedFrom(tree, path);
  const all = sources.map(({ text }) => text).join("\n");
  const listens = sources.some((source) => findInCode(source, serves).length > 0);
  const waits = sources.some((source) => findInCode(source, goesOn).length > 0);
  const [entry] = sources;
  const exported =
    entry !== undefined && findInCode(entry, /\bexport\s+default\s*(?:\{[^}]{0,400}\bfetch\b|app\b)/g).length > 0;
  const runs = sources.some(
    (source) =>
      findInCode(source, /\bDeno\.serve\s*\(|\.listen(?:AndServe)?\s*\(|\bserve\s*\(|\bstart\s*\(/g).length > 0,
  );
  const framework = frameworks.find(([pattern]) => pattern.test(all))?.[1] ?? null;
  return {
    file,
    path,
    kind: listens || exported || framework !== null ? "Web" : waits ? "Worker" : "Job",
    isHandler: exported && !runs,
    framework,
    isDeno: own.test(all),
  };
}

/** A file and those that it imports by their place, itself first. */
async function importedFrom(tree: SourceTree, path: string): Promise<ReturnType<typeof readCode>[]> {
  const seen = new Set<string>();
  const found: ReturnType<typeof readCode>[] = [];
  const open = [path];
  for (let at = open.shift(); at !== undefined && found.length < maxFiles; at = open.shift()) {
    if (seen.has(at) || codeLanguageOf(at) !== "javascript") continue;
    seen.add(at);
    const text = await tree.read(at);
    if (text === undefined) continue;
    found.push(readCode(at, text));
    for (const match of text.matchAll(
      /(?:\bfrom|\bimport)[ \t\n]{0,20}(?:\([ \t\n]{0,20})?["'](?<place>\.{1,2}\/[\w./@-]{1,200})["']/g,
    )) {
      const next = joinPath(folderOf(at), match.groups?.["place"] ?? "");
      if (next !== undefined) open.push(next);
    }
  }
  return found;
}
