import type { ServiceKind } from "../../../plan.ts";
import type { CodeText } from "../../config/code-text.ts";
import { findInCode, readCode } from "../../config/code-text.ts";
import { folderOf } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { GoProject } from "./module.ts";
import { servingCommand } from "./subcommand.ts";

/** One `package main`, and what it seems to do. */
export interface GoProgram {
  /** Folder, relative to the project's: "." or `cmd/server`. */
  readonly folder: string;
  readonly kind: ServiceKind;
  readonly framework: string | null;
  /** What gave it away: `http.ListenAndServe in cmd/server/main.go`. */
  readonly because: string;
  readonly where: string;
  readonly port?: { readonly number: number; readonly readsPort: boolean };
  /** The command that it has to be given to serve: `web`. */
  readonly command?: string;
}

const maxFiles = 400;

/** Web frameworks by import path, and what each does without a word about its port. */
const frameworks: readonly (readonly [prefix: string, name: string])[] = [
  ["github.com/gin-gonic/gin", "gin"],
  ["github.com/labstack/echo", "echo"],
  ["github.com/gofiber/fiber", "fiber"],
  ["github.com/go-chi/chi", "chi"],
  ["github.com/gorilla/mux", "gorilla"],
  ["github.com/beego/beego", "beego"],
  ["github.com/astaxie/beego", "beego"],
  ["github.com/kataras/iris", "iris"],
  ["github.com/gobuffalo/buffalo", "buffalo"],
  ["github.com/valyala/fasthttp", "fasthttp"],
  ["github.com/danielgtaylor/huma", "huma"],
  ["github.com/julienschmidt/httprouter", "httprouter"],
  ["google.golang.org/grpc", "grpc"],
  ["net/http", "net/http"],
];

const listens =
  /\b(?:ListenAndServe(?:TLS)?|Serve(?:TLS)?|RunTLS|Listen|ListenTLS|ListenPacket|NewListener|Start(?:TLS|AutoTLS)?|Run)\(/g;
const surelyListens =
  /\bfuncframework\.Start\w*\(|\bhttp\.(?:ListenAndServe(?:TLS)?|Serve)\(|\.ListenAndServe(?:TLS)?\(|\bnet\.Listen(?:TCP)?\(/g;
const loops =
  /\bfor[ \t]*\{|\bfor\b[^;{}\n]{0,80};[ \t]*;[^;{}\n]{0,80}\{|\bselect[ \t]*\{[ \t]*\}|\bsignal\.Notify\(|\bfor[ \t]+range[ \t]+[\w.]*[Tt]ick/g;

/** Programs of a module, the one that most likely serves first. */
export async function findGoPrograms(tree: SourceTree, project: GoProject): Promise<readonly GoProgram[]> {
  const prefix = project.folder === "." ? "" : `${project.folder}/`;
  const files = await tree.files(project.folder);
  const released = await releasedFolders(tree, prefix);
  // A folder with a go.mod of its own is another module's.
  const nested = files.filter((path) => path.endsWith("/go.mod") && folderOf(path) !== project.folder).map(folderOf);
  const paths = files
    .filter((path) => !nested.some((folder) => path.startsWith(`${folder}/`)))
    .filter((path) => path.endsWith(".go") && !path.endsWith("_test.go") && path.startsWith(prefix))
    .filter(
      (path) =>
        released.includes(folderOf(path.slice(prefix.length))) ||
        !/(?:^|\/)(?:vendor|testdata|_[^/]*|\.[^/]*|examples?|tools?|scripts?|hack)\//.test(path.slice(prefix.length)),
    )
    .toSorted((one, other) => one.split("/").length - other.split("/").length)
    .slice(0, maxFiles);
  const texts = await Promise.all(paths.map(async (path) => readCode(path, (await tree.read(path)) ?? "")));
  const sources = texts.filter((source) => !/^\/\/go:build[ \t]+ignore\b/m.test(source.text));
  const mains = sources.filter((source) => packageOf(source) === "main" && /(?:^|\n)func main\(\)/.test(source.code));
  const all = [...new Set(mains.map((source) => folderOf(source.path)))];
  // What lies in `internal` helps the others.
  const outside = all.filter((folder) => !/(?:^|\/)internal(?:\/|$)/.test(folder));
  const folders = outside.length === 0 ? all : outside;
  return folders
    .map((folder) => describe(folder, prefix, sources, project))
    .filter((program) => program !== undefined)
    .toSorted((one, other) => score(other, project, released) - score(one, project, released));
}

/** Folders of the programs that GoReleaser publishes. */
async function releasedFolders(tree: SourceTree, prefix: string): Promise<readonly string[]> {
  for (const name of [".goreleaser.yaml", ".goreleaser.yml", "goreleaser.yaml", "goreleaser.yml"]) {
    const text = await tree.read(`${prefix}${name}`);
    if (text === undefined) continue;
    const mains = [...text.matchAll(/^[ \t-]{1,12}main:[ \t]*["']?(?:\.\/)?(?<main>[\w./-]{1,100})/gm)];
    return mains.map(({ groups }) => (groups?.["main"] ?? "").replace(/\/?(?:[\w-]+\.go)?$/, "") || ".");
  }
  return [];
}

/** Go files of the service that use C, by which the build needs a compiler. */
export function usesC(requires: readonly string[], sources: readonly CodeText[]): boolean {
  const bindings = [
    "github.com/mattn/go-sqlite3",
    "github.com/confluentinc/confluent-kafka-go",
    "github.com/h2non/bimg",
    "gocv.io/x/gocv",
  ];
  return (
    requires.some((path) => bindings.some((binding) => path === binding || path.startsWith(`${binding}/`))) ||
    sources.some((source) => /^import "C"$/m.test(source.text))
  );
}

function describe(
  folder: string,
  prefix: string,
  sources: readonly CodeText[],
  project: GoProject,
): GoProgram | undefined {
  const below =
    folder === "." ? "." : prefix === "" ? folder : folder === project.folder ? "." : folder.slice(prefix.length);
  if (below !== "." && !/^[\w][\w./-]*$/.test(below)) return undefined;
  const own = reachable(folder, prefix, sources, project);
  const imports = own.flatMap((source) => importsOf(source));
  const framework =
    frameworks.find(([path]) => imports.some((one) => one === path || one.startsWith(`${path}/`)))?.[1] ?? null;
  const sure = firstFind(own, surelyListens);
  const likely = framework === null || framework === "net/http" ? undefined : firstFind(own, listens);
  const seen = sure ?? likely;
  const where = `${own[0]?.path ?? folder}`;
  if (seen !== undefined) {
    const gin = framework === "gin" && own.some((source) => findInCode(source, /\.Run\(\s*\)/g).length > 0);
    const command = servingCommand(own);
    return {
      folder: below,
      kind: "Web",
      framework: framework ?? null,
      ...(command === undefined ? {} : { command }),
      because: `${seen.call} in ${seen.path}`,
      where: `${seen.path}:${seen.line}`,
      ...(gin ? { port: { number: 8080, readsPort: true } } : {}),
    };
  }
  const loop = firstFind(own, loops);
  return loop === undefined
    ? { folder: below, kind: "Job", framework: null, because: "nothing in it listens", where }
    : {
        folder: below,
        kind: "Worker",
        framework: null,
        because: `it goes on (${loop.path}) and nothing listens`,
        where,
      };
}

function firstFind(
  sources: readonly CodeText[],
  pattern: RegExp,
): { call: string; path: string; line: number } | undefined {
  for (const source of sources) {
    const match = findInCode(source, pattern)[0];
    if (match !== undefined)
      return { call: match.whole.replace(/^\.?/, "").replace(/\($/, ""), path: source.path, line: match.line };
  }
  return undefined;
}

/** Files of a program's folder and of the module's packages that it imports, its own first. */
function reachable(
  folder: string,
  prefix: string,
  sources: readonly CodeText[],
  project: GoProject,
): readonly CodeText[] {
  const byFolder = Map.groupBy(sources, (source) => folderOf(source.path));
  const seen = new Set<string>();
  const found: CodeText[] = [];
  const open = [folder];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const source of byFolder.get(at) ?? []) {
      found.push(source);
      for (const path of importsOf(source)) {
        const module = project.module?.path;
        if (module !== undefined && (path === module || path.startsWith(`${module}/`))) {
          const inside = path.slice(module.length + 1);
          open.push(inside === "" ? project.folder : `${prefix}${inside}`);
        }
      }
    }
  }
  return found;
}

function importsOf(source: CodeText): readonly string[] {
  const found: string[] = [];
  for (const match of findInCode(
    source,
    /\bimport\s*(?:\((?<block>[^)]{0,4000})\)|(?:[\w.]+[ \t]+)?"(?<one>[^"\n]{1,200})")/g,
  )) {
    const one = match.groups["one"];
    if (one !== undefined) found.push(one);
    for (const path of (match.groups["block"] ?? "").matchAll(/"(?<path>[^"\n]{1,200})"/g))
      found.push(path.groups?.["path"] ?? "");
  }
  return found;
}

function packageOf(source: CodeText): string | undefined {
  return /^package[ \t]+(?<name>\w+)/m.exec(source.code)?.groups?.["name"];
}

/** A server at the root, then one in cmd/ that is called like one, then the others. */
function score(program: GoProgram, project: GoProject, released: readonly string[]): number {
  const name = program.folder.split("/").at(-1) ?? "";
  const module = project.module?.path.split("/").at(-1) ?? "";
  const kinds: Readonly<Record<ServiceKind, number>> = { Web: 1000, Worker: 500, Job: 0, Cron: 0 };
  return (
    kinds[program.kind] +
    (program.folder === "." ? 100 : 0) +
    (released.includes(program.folder) ? 200 : 0) +
    (/^(?:server|web|api|app|http|httpd|service|serve)$/.test(name) ? 60 : 0) +
    (name === module ? 50 : 0) +
    (/server|api|web/.test(name) ? 20 : 0) -
    (/client|cli|migrate|seed|tool|gen|worker|test/.test(name) ? 40 : 0) -
    program.folder.split("/").length
  );
}
