import type { ServiceKind } from "../../../plan.ts";
import type { CodeText } from "../../config/code-text.ts";
import { findInCode, readCode } from "../../config/code-text.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { importsPackage, reachableFrom } from "./imports.ts";
import type { PythonProject } from "./project.ts";
import type { PythonStart } from "./start.ts";
import { isPlainPath } from "./start.ts";

/** Files that people start by hand, surest first. */
const mainFiles = [
  "main.py",
  "app.py",
  "server.py",
  "start.py",
  "run.py",
  "bot.py",
  "worker.py",
  "hello.py",
  "wsgi.py",
  "cli.py",
];

/** Calls that open a listening socket, with what they are known as. */
const listeners: readonly (readonly [RegExp, string])[] = [
  [/\b(?:uvicorn|hypercorn)\.run\(/g, "uvicorn"],
  [/\bweb\.run_app\(/g, "aiohttp"],
  [/\b(?:Threading)?HTTPServer\(/g, "http.server"],
  [/\b(?:Threading)?TCPServer\(/g, "socketserver"],
  [/\bserve_forever\(/g, "socketserver"],
  [/\bmake_server\(/g, "wsgiref"],
  [/\basyncio\.start_server\(/g, "asyncio"],
  [/\bwaitress\.serve\(|(?<![.\w])serve\([A-Za-z_]\w*[ \t]*,/g, "waitress"],
  [/\bcherrypy\.(?:quickstart|engine\.start)\(/g, "cherrypy"],
  [/\btornado\.httpserver\b|\bHTTPServer\(|\bmake_app\(\)\.listen\(/g, "tornado"],
  [/\bgrpc\.(?:aio\.)?server\(/g, "grpc"],
  [/\bwebsockets\.serve\(/g, "websockets"],
  [/\brun_simple\(/g, "werkzeug"],
  [/\bui\.run\(/g, "nicegui"],
  [/\b[A-Za-z_]\w*\.listen\(/g, "socket"],
  [/\b(?:app|application|server|demo|bottle|dash_app|api|web_app|socketio)\.run(?:_server)?\(/g, "app.run"],
  [/(?<![.\w])run\([^)\n]{0,80}\bport[ \t]*=/g, "bottle"],
];

/** Signs of a program that goes on without listening. */
const loops: readonly RegExp[] = [
  /\bwhile[ \t]+(?:True|1)[ \t]*:/g,
  /\brun_polling\(|\bstart_polling\(|\binfinity_polling\(|\bpolling\(/g,
  /\brun_forever\(|\bstart_consuming\(|\brun_pending\(|\bBlockingScheduler\(/g,
  /\b(?:client|bot)\.run\(/g,
  /\bfor[ \t]+\w+[ \t]+in[ \t]+consumer\b/g,
];

/** What a started program does, as far as its code tells: it listens, goes on, or ends. */
export function kindOf(sources: readonly CodeText[]): { readonly kind: ServiceKind; readonly by: string } {
  for (const [pattern, name] of listeners) {
    const source = sources.find((one) => findInCode(one, pattern).length > 0);
    if (source !== undefined) return { kind: "Web", by: name };
  }
  const loop = sources.find((one) => loops.some((pattern) => findInCode(one, pattern).length > 0));
  return loop === undefined
    ? { kind: "Job", by: "no listening call and no endless loop" }
    : { kind: "Worker", by: `a loop without end in ${loop.path}` };
}

/** Starts that are plain programs: a main file, a package with `__main__.py`, a command of `[project.scripts]`. Surest first. */
export async function findScripts(
  tree: SourceTree,
  folder: string,
  sources: readonly CodeText[],
  project: PythonProject | undefined,
): Promise<readonly PythonStart[]> {
  const all = new Map(sources.map((source) => [source.path, source]));
  const at = (path: string): string => joinPath(folder, path) ?? path;
  const found: PythonStart[] = [];
  const candidates = [
    ...mainFiles,
    ...mainFiles.slice(0, 5).map((name) => `src/${name}`),
    ...mainFiles.slice(0, 5).map((name) => `app/${name}`),
  ];
  for (const name of candidates) {
    const text = all.get(at(name))?.text ?? (name.includes("/") ? undefined : await tree.read(at(name)));
    if (text === undefined) continue;
    const source = all.get(at(name)) ?? readCode(at(name), text);
    if (!doesSomething(source)) continue;
    found.push(
      describe(source, all, folder, {
        line: lineFor(name, source),
        because: `${name} is there`,
        installsItself: false,
      }),
    );
  }
  for (const source of sources) {
    const below = folder === "." ? source.path : source.path.slice(folder.length + 1);
    const parts = below.replace(/^src\//, "").split("/");
    if (parts.length === 2 && parts[1] === "__main__.py" && /^[A-Za-z_][\w-]*$/.test(parts[0] ?? "")) {
      const inSource = below.startsWith("src/");
      const line = `${inSource ? "PYTHONPATH=src " : ""}python -m ${parts[0]}`;
      found.push(describe(source, all, folder, { line, because: `${below} is there`, installsItself: false }));
    }
  }
  found.push(...commands(project, all, folder));
  if (found.length === 0) found.push(...namelessScripts(sources, folder, all));
  const order: Readonly<Record<ServiceKind, number>> = { Web: 0, Worker: 1, Job: 2, Cron: 3 };
  return found.toSorted((one, other) => order[one.kind] - order[other.kind]);
}

function commands(
  project: PythonProject | undefined,
  all: ReadonlyMap<string, CodeText>,
  folder: string,
): PythonStart[] {
  const scripts = [...(project?.scripts ?? [])].toSorted(([one], [other]) => liking(other) - liking(one));
  return scripts.slice(0, 4).flatMap(([name, target]) => {
    const stem = (target.split(":")[0] ?? "").replaceAll(".", "/");
    const paths = [`${stem}.py`, `${stem}/__init__.py`].flatMap((path) => [
      joinPath(folder, path),
      joinPath(folder, "src", path),
    ]);
    const source = paths
      .map((path) => (path === undefined ? undefined : all.get(path)))
      .find((one) => one !== undefined);
    if (source === undefined) return [];
    return [
      describe(source, all, folder, {
        line: name,
        because: `[project.scripts] ${name} = "${target}"`,
        installsItself: true,
      }),
    ];
  });
}

function liking(name: string): number {
  return ["serve", "server", "start", "web", "api", "app", "run"].some((word) => name.includes(word)) ? 1 : 0;
}

const helpers = /^(?:test_.*|.*_test|conftest|setup|noxfile|fabfile|tasks)\.py$/;

/** Programs of a folder where no name gives one away: those that listen, else the only one that there is. */
function namelessScripts(
  sources: readonly CodeText[],
  folder: string,
  all: ReadonlyMap<string, CodeText>,
): PythonStart[] {
  const own = sources
    .filter((source) => folderOf(source.path) === folder)
    .map((source) => ({ source, name: source.path.slice(source.path.lastIndexOf("/") + 1) }))
    .filter(({ name }) => isPlainPath(name) && !helpers.test(name));
  const listening = own.filter(({ source }) => doesSomething(source) && kindOf([source]).kind === "Web");
  const guarded = own.filter(({ source }) => findInCode(source, /(?<=^)if[ \t]+__name__[ \t]*==/gm).length > 0);
  const chosen = listening.length > 0 ? listening.slice(0, 4) : guarded.length === 1 ? guarded : [];
  return chosen.map(({ source, name }) =>
    describe(source, all, folder, {
      line: `python ${name}`,
      because: chosen.length === 1 ? `${name} is the only program` : `${name} is a program`,
      installsItself: false,
    }),
  );
}

function describe(
  source: CodeText,
  all: ReadonlyMap<string, CodeText>,
  folder: string,
  start: { line: string; because: string; installsItself: boolean },
): PythonStart {
  const roots = [...new Set([folder, joinPath(folder, "src") ?? "src", folderOf(source.path)])];
  const reached = [...reachableFrom([source.path], roots, all)].flatMap((path) => all.get(path) ?? []);
  const { kind, by } = kindOf(reached.length === 0 ? [source] : reached);
  return {
    kind,
    framework: kind === "Web" ? frameworkName(by, source) : null,
    line: start.line,
    because: `${start.because}; ${by}`.slice(0, 250),
    where: source.path,
    sure: "Likely",
    installsItself: start.installsItself,
  };
}

function frameworkName(by: string, source: CodeText): string | null {
  const known = ["flask", "fastapi", "bottle", "tornado", "aiohttp", "sanic", "dash", "gradio", "nicegui", "cherrypy"];
  return (
    known.find((name) => importsPackage(source, name)) ?? (["app.run", "socket", "asyncio"].includes(by) ? null : by)
  );
}

/** A file in a folder that imports from the root needs the root on its path; `python -m` puts it there. */
function lineFor(name: string, source: CodeText): string {
  const [first = ""] = name.split("/");
  const asModule =
    name.includes("/") && new RegExp(`^(?:from|import)[ \\t]+${first}\\b|^from[ \\t]+\\.`, "m").test(source.code);
  return asModule ? `python -m ${name.replace(/\.py$/, "").replaceAll("/", ".")}` : `python ${name}`;
}

/** A module that only defines things is nothing to start. */
function doesSomething(source: CodeText): boolean {
  return (
    findInCode(
      source,
      /(?<=^)(?!def|class|import|from|async|return|else|elif|except|finally)(?:if[ \t]+__name__|[A-Za-z_][\w.]*\(|print[ \t]|while\b|for\b|with\b|try\b)/gm,
    ).length > 0
  );
}
