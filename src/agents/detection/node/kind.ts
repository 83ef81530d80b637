import type { Service } from "../../../plan.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";

/** What a program does, as far as its code shows. */
export interface ProgramSigns {
  /** Undefined where no code could be found. */
  readonly kind: Service["kind"] | undefined;
  readonly where?: string | undefined;
  /** Whether others can take something from the file that is started; undefined where it could not be read. */
  readonly exports?: boolean;
}

/** Code that opens a port. */
export const listens =
  /\.listen\s*\(|\bcreateServer\s*\(|\bBun\.serve\s*\(|\bDeno\.serve\s*\(|\bserve\s*\(\s*\{|\bnew\s+(?:WebSocketServer|WebSocket\.Server|ApolloServer)\b|export\s+default\s*\{[^}]*\bfetch\b/;
/** Bun serves what its first file gives away as its default, where it has a `fetch`. */
const servedByBun = /\bnew\s+(?:Hono|Elysia)\s*[(<][^]{0,20000}\bexport\s+default\s+\w/;
const runsOn =
  /\bsetInterval\s*\(|\bcron\.schedule\s*\(|\bnew\s+(?:CronJob|Cron|Worker)\s*\(|\bclient\.login\s*\(|\bbot\.(?:launch|start|login)\s*\(|\.consume\s*\(|\.subscribe\s*\(|while\s*\(\s*true\s*\)|for\s*\(\s*;\s*;\s*\)/;
const exportsOf =
  /\bmodule\.exports\b|\bexports\.\w|^[ \t]*export\s+(?:default|const|let|function|async|class|\{|\*|type|interface)/m;
const workers = [
  "discord.js",
  "telegraf",
  "grammy",
  "node-telegram-bot-api",
  "@slack/bolt",
  "bullmq",
  "bull",
  "amqplib",
  "kafkajs",
  "node-cron",
  "cron",
  "agenda",
];

const maxFiles = 60;

/** Follows the imports of the file that is started: what listens is Web, what waits is a Worker, what does neither ends by itself. */
export async function signsOf(
  tree: SourceTree,
  pkg: NodePackage,
  file: string | undefined,
  runsBun = false,
): Promise<ProgramSigns> {
  const entry = file === undefined ? undefined : await sourceOf(tree, pkg, file);
  if (entry === undefined) return { kind: undefined };
  const codes = await followImports(tree, entry);
  const exports = exportsOf.test(codes[0]?.code ?? "");
  const listener =
    codes.find(({ code }) => listens.test(code)) ??
    codes.find(({ path, code }) => runsBun && path === entry && servedByBun.test(code));
  if (listener !== undefined) return { kind: "Web", where: listener.path, exports };
  const waits = codes.find(({ code }) => runsOn.test(code))?.path;
  if (waits !== undefined || workers.some((name) => pkg.dependencies.has(name)))
    return { kind: "Worker", where: waits ?? entry, exports };
  return { kind: "Job", where: entry, exports };
}

/** The code of a file and of those that it takes by their place, without comments; itself first. */
export async function followImports(
  tree: SourceTree,
  entry: string,
): Promise<readonly { readonly path: string; readonly code: string }[]> {
  const found: { path: string; code: string }[] = [];
  const seen = new Set([entry]);
  const queue = [entry];
  for (let path = queue.shift(); path !== undefined && seen.size <= maxFiles; path = queue.shift()) {
    const code = withoutComments((await tree.read(path)) ?? "");
    found.push({ path, code });
    for (const [, target] of code.matchAll(/(?:from|require\(|import\(|import)\s*["'](\.{1,2}\/[^"'\n]+)["']/g)) {
      const next = target === undefined ? undefined : await resolveImport(tree, path, target);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return found;
}

/** The file itself, or the source that is built into it. */
async function sourceOf(tree: SourceTree, pkg: NodePackage, file: string): Promise<string | undefined> {
  const bare = file.replace(/\.[cm]?[jt]s$/, "");
  const source = bare.replace(/^(?:dist|build|lib|out)\/(?:src\/)?/, "");
  const names = [
    file,
    `${file}.js`,
    `${file}/index.js`,
    ...[`src/${source}`, source].flatMap((name) => endings.map((ending) => `${name}${ending}`)),
  ];
  for (const name of names) {
    const path = joinPath(at(pkg.path, name));
    if (path !== undefined && (await tree.has(path))) return path;
  }
  return undefined;
}

const endings = [".ts", ".js", ".mts", ".mjs", ".cjs", ".tsx", "/index.ts", "/index.js"];

async function resolveImport(tree: SourceTree, from: string, target: string): Promise<string | undefined> {
  const path = joinPath(folderOf(from), target);
  if (path === undefined) return undefined;
  // TypeScript's imports name the file that will be made: `./app.js` is app.ts.
  const bare = path.replace(/\.[cm]?js$/, "");
  for (const name of [path, ...endings.map((ending) => path + ending), ...endings.map((ending) => bare + ending)]) {
    if (await tree.has(name)) return name;
  }
  return undefined;
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[\s;{}(])\/\/[^\n]*/g, "$1");
}
