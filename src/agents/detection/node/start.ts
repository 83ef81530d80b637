import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";
import type { Server } from "./servers.ts";
import { devServer } from "./sites.ts";

/** One way to start a package. */
export interface NodeStart {
  readonly line: string;
  /** For people: `package.json scripts.start`. */
  readonly from: string;
  readonly where: string;
  /** File that it starts, relative to the package, where one is known. */
  readonly file?: string;
  /** Somebody wrote it down as the way to start; else it is a guess by a file's name. */
  readonly explicit: boolean;
  /** A build that the script did first, taken out of it. */
  readonly build?: string;
}

const entryNames = ["server", "app", "index", "main", "src/server", "src/index", "src/app", "src/main", "server/index"];

/** Every way to start that a package shows, surest first: Procfile, the framework's own, scripts, `main`, the usual files. */
export async function findStarts(
  tree: SourceTree,
  pkg: NodePackage,
  server: Server | undefined,
  runsBun: boolean,
): Promise<readonly NodeStart[]> {
  const found: (NodeStart | undefined)[] = [await fromProcfile(tree, pkg)];
  const { scripts } = pkg.json;
  const written = fromScript(pkg, "start");
  // Nest's start script compiles and watches; what was built is started instead.
  const development =
    written === undefined || server?.ownStart === true || /^(?:nest|ng|vite|gatsby)\s/.test(written.line);
  if (development) found.push(...["start:prod", "start:production"].map((name) => fromScript(pkg, name)));
  if (development && server?.start !== undefined) {
    const where = pkg.file;
    found.push({ line: server.start, from: `how ${server.name} starts`, where, explicit: true });
  }
  if (!development) found.push(written);
  found.push(...["serve", "server", "prod"].map((name) => fromScript(pkg, name)));
  const program = runsBun ? "bun" : "node";
  const { main } = pkg.json;
  if (main !== undefined) found.push(await fromMain(tree, pkg, main, program));
  for (const name of entryNames) {
    for (const ending of ["js", "mjs", "cjs", "ts", "mts"]) {
      const file = `${name}.${ending}`;
      const where = at(pkg.path, file);
      if (await tree.has(where)) {
        found.push({
          line: `${programFor(pkg, file, program)} ${file}`,
          from: `${file} is there`,
          where,
          file,
          explicit: false,
        });
      }
    }
  }
  if (scripts["start"] === undefined) found.push(fromScript(pkg, "dev"));
  const named = found.filter((start) => start !== undefined);
  const starts = named.length > 0 ? named : await nameless(tree, pkg, program);
  return starts.filter((start, index) => starts.findIndex(({ line }) => line === start.line) === index).slice(0, 9);
}

const mostNameless = 20;

/** Programs of the folder that listen, where neither a script nor a name gives one away. */
async function nameless(tree: SourceTree, pkg: NodePackage, program: string): Promise<readonly NodeStart[]> {
  const names = (await tree.list(pkg.path)).filter(
    (name) =>
      /^[A-Za-z][\w-]{0,60}\.[cm]?[jt]s$/.test(name) &&
      !/^(?:vitest|jest|karma|cypress|playwright|mocha)|(?:config|test|spec|setup|mock)s?$/i.test(
        name.split(".")[0] ?? "",
      ),
  );
  const found: NodeStart[] = [];
  for (const file of names.slice(0, mostNameless)) {
    const where = at(pkg.path, file);
    const text = (await tree.read(where)) ?? "";
    if (!/\bcreateServer\b|\bexpress\(|\bfastify\(|\bnew (?:Hono|Koa|Elysia)\b|\bBun\.serve\(/.test(text)) continue;
    if (!/\.listen\(|\bserve\(/.test(text)) continue;
    const line = `${programFor(pkg, file, program)} ${file}`;
    found.push({ line, from: `${file} is a program that listens`, where, file, explicit: false });
  }
  return found.slice(0, 4);
}

/** A Procfile's line for another language: beside a package.json that only brings linters it is that one's. */
const others =
  /^(?:exec\s+|env\s+|newrelic-admin\s+run-program\s+|[A-Z_]\w*=\S+\s+)*(?:\S*\/)?(?:python[\d.]*|gunicorn|uvicorn|uwsgi|daphne|hypercorn|waitress-serve|flask|celery|bundle|rails|puma|rackup|ruby|thin|unicorn|heroku-php-\w+|php|java|gradlew|mvnw?|sbt|mix|dotnet|manage\.py)(?:\s|$)/;

async function fromProcfile(tree: SourceTree, pkg: NodePackage): Promise<NodeStart | undefined> {
  const where = at(pkg.path, "Procfile");
  const line = /^web:\s*(\S.*)$/m.exec((await tree.read(where)) ?? "")?.[1]?.trim();
  if (line === undefined || line.length > 1000 || others.test(line)) return undefined;
  // What somebody wrote for production is taken as it is, unless it is a server for writing code.
  const start = unwrap(pkg, line, 0) ?? (devServer.test(line) ? undefined : { line: plainText(line, 1000) });
  return start && { ...start, from: "Procfile web", where, explicit: true };
}

/** A script of package.json as a start: without the package manager around it, without watching; undefined for what only serves for writing code. */
export function fromScript(pkg: NodePackage, name: string): NodeStart | undefined {
  const script = pkg.json.scripts[name];
  if (script === undefined || script.length > 1000) return undefined;
  const before = pkg.json.scripts[`pre${name}`];
  const start = unwrap(pkg, before === undefined ? script : `${before} && ${script}`, 0);
  return start && { ...start, from: `package.json scripts.${name}`, where: pkg.file, explicit: true };
}

const delegates =
  /^(?:yarn\s+(?:--cwd\s|workspaces?\s)|npm\s+(?:(?:run\s+)?\S+\s+)?(?:-w\b|--workspaces?\b|--prefix\s)|pnpm\s+(?:-r\b|--recursive\b|--filter\b|-F\b|-C\s|--dir\s)|bun\s+(?:run\s+)?--(?:filter|cwd)\b)/;

type Unwrapped = Pick<NodeStart, "line" | "file" | "build">;

/**
 * What a script runs, without the package manager around it, so that signals reach the program and the final image needs no manager;
 * without watching for changes; without a build, which the image has made already. Undefined where it only serves for writing code.
 */
function unwrap(pkg: NodePackage, text: string, depth: number): Unwrapped | undefined {
  const parts = plainText(text, 1000)
    .split("&&")
    .map((part) => part.trim());
  // A start that is handed on to a package of the workspace: that one is found by itself.
  if (delegates.test(parts.at(-1) ?? "")) return undefined;
  const builds = parts.slice(0, -1).filter(isBuild);
  const rest = parts.slice(0, -1).filter((part) => !isBuild(part));
  let line = (parts.at(-1) ?? "").replace(/^(?:npx\s+)?cross-env\s+/, "");
  const inner = /^(?:npm\s+(?:run(?:-script)?\s+)?|yarn\s+(?:run\s+)?|pnpm\s+(?:run\s+)?|bun\s+run\s+)([\w:.-]+)$/.exec(
    line,
  )?.[1];
  // After `cd apps/web` the script is another package's.
  const elsewhere = rest.some((part) => /^cd\s/.test(part));
  const script = inner === undefined || elsewhere ? undefined : pkg.json.scripts[inner];
  // `npm run` of a script that is not there starts nothing; `bun run server.ts` and `yarn tsx` name a file or a program.
  if (inner !== undefined && script === undefined && !elsewhere && line.startsWith("npm")) return undefined;
  if (script !== undefined && depth < 3) {
    const nested = unwrap(pkg, script, depth + 1);
    if (nested === undefined) return undefined;
    return { ...nested, line: [...rest, nested.line].join(" && "), ...buildOf([...builds, nested.build ?? ""]) };
  }
  const [tool] = /^npx\s+([@\w/.-]+)/.exec(line)?.slice(1) ?? [];
  if (tool !== undefined && pkg.all.has(tool)) line = line.replace(/^npx\s+/, "");
  // nodemon alone takes what `main` names.
  if (line === "nodemon") line = `nodemon ${pkg.json.main ?? "index.js"}`;
  line = withoutWatching(line);
  if (line === "" || isForWriting(line)) return undefined;
  const file = fileOf(line);
  return { line: [...rest, line].join(" && "), ...(file === undefined ? {} : { file }), ...buildOf(builds) };
}

function buildOf(parts: readonly string[]): { build?: string } {
  const build = parts.filter((part) => part !== "").join(" && ");
  return build === "" ? {} : { build };
}

function isBuild(part: string): boolean {
  return /^(?:npx\s+)?(?:(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?build(?::[\w-]+)?$|tsc\b|next\s+build|nuxt\s+build|vite\s+build|nest\s+build|webpack\b|esbuild\b|tsup\b|rollup\b)/.test(
    part,
  );
}

/** `nodemon server.js` → `node server.js`: nobody changes files in an image. */
function withoutWatching(line: string): string {
  const program = /^((?:[A-Z_]\w*=\S*\s+)*)/.exec(line)?.[1] ?? "";
  const rest = line.slice(program.length);
  const plain = rest
    .replace(/^next\s+dev(?:\s+--turbo(?:pack)?)?/, "next start")
    .replace(/^nuxt\s+(?:dev|start|preview)$/, "node .output/server/index.mjs")
    .replace(
      /^nodemon\s+(?:--?(?!-?(?:exec|x)\b)[\w-]+(?:[ =](?!\S*\.[cm]?[jt]s)\S+)?\s+)*(?=\S+\.[cm]?js\b|\S*bin\/\w+$)/,
      "node ",
    )
    .replace(/^nodemon\s+.*?(?:--exec|-x)\s+["']?([^"']+?)["']?(?=\s+\S+\.[cm]?[jt]s$|$)/, "$1")
    .replace(/^(?:ts-node-dev|tsnd)\s+(?:--?[\w-]+\s+)*(?=\S+\.[cm]?ts\b)/, "ts-node-dev ")
    .replace(/^tsx\s+watch\s+/, "tsx ")
    .replace(/^(node|bun(?:\s+run)?)\s+--(?:watch|hot)\s+/, "$1 ");
  return program + plain;
}

function isForWriting(line: string): boolean {
  return (
    devServer.test(line) ||
    /^(?:webpack|gulp|grunt|rollup|tsc|jest|vitest|eslint|prettier|storybook|start-storybook|turbo|nx|lerna|moon|rush|wireit|concurrently|npm-run-all2?|run-p|electron|react-native|echo|exit)\b/.test(
      line,
    ) ||
    /^(?:npx\s+)?(?:email|wrangler|vercel|netlify|mintlify|mint|sst|convex|plasmo|wxt)\s+dev\b/.test(line) ||
    /(?:^|\s)--watch\b/.test(line)
  );
}

/** `node --enable-source-maps dist/server.js` starts dist/server.js. */
function fileOf(start: string): string | undefined {
  // Of several commands in a row the last is the one that stays.
  const line = (start.split(";").at(-1) ?? "").trim();
  const file =
    /(?:^|\s)(?:node|bun(?:\s+run)?|tsx|ts-node(?:-dev)?)\s+(?:-r\s+\S+\s+|--import\s+\S+\s+|--?[\w=:./-]+\s+)*([\w@./-]+)/.exec(
      line,
    )?.[1];
  return file === undefined ? undefined : file.replace(/^\.\//, "").replace(/\/$/, "");
}

async function fromMain(
  tree: SourceTree,
  pkg: NodePackage,
  main: string,
  program: string,
): Promise<NodeStart | undefined> {
  if (!/^[\w@./-]+$/.test(main) || main.startsWith("/") || main.split("/").includes("..")) return undefined;
  const bare = main.replace(/^\.\//, "");
  for (const file of [bare, `${bare}.js`, `${bare}/index.js`]) {
    const built = /^(?:dist|build|lib|out)\//.test(file) && pkg.json.scripts["build"] !== undefined;
    if (!built && !(await tree.has(at(pkg.path, file)))) continue;
    if (!/\.[cm]?[jt]s$/.test(file)) continue;
    const line = `${programFor(pkg, file, program)} ${file}`;
    const from = pkg.loose === true ? `${file} is a program that listens` : "package.json main";
    return { line, from, where: pkg.file, file, explicit: false };
  }
  return undefined;
}

/** Who runs a file of TypeScript: what the repository brings for it, else Node itself. */
function programFor(pkg: NodePackage, file: string, program: string): string {
  if (program === "bun" || !/\.[cm]?ts$/.test(file)) return program;
  return ["tsx", "ts-node"].find((name) => pkg.all.has(name)) ?? program;
}
