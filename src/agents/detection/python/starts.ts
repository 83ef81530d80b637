import type { CodeText } from "../../config/code-text.ts";
import { codeLanguageOf } from "../../config/code-text.ts";
import { joinPath, readCodes, serviceCodePaths } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { findDjango } from "./django.ts";
import { findFrontEnd } from "./front-end.ts";
import { findFunction } from "./functions.ts";
import { parseProcfile } from "../procfile/procfile.ts";
import type { PythonProject } from "./project.ts";
import { findScripts } from "./script.ts";
import type { PythonStart } from "./start.ts";
import { isPlainPath } from "./start.ts";
import { pythonWorkers } from "../workers/python-workers.ts";
import type { WebApp } from "./web-app.ts";
import { findWebApp } from "./web-app.ts";

/** Python files of a service, as far as they are looked at. */
export async function readPythonSources(tree: SourceTree, folder: string): Promise<readonly CodeText[]> {
  return await readCodes(tree, (await serviceCodePaths(tree, folder, ["python"])).slice(0, 200));
}

/** Every way to start a service that its files tell of, surest first: Procfile, framework, main file, command. */
export async function findStarts(
  tree: SourceTree,
  folder: string,
  sources: readonly CodeText[],
  project: PythonProject | undefined,
  env: Readonly<Record<string, string>>,
): Promise<readonly PythonStart[]> {
  const django = await findDjango(tree, folder, project, env);
  const app = findWebApp(sources, folder);
  const frontEnd = findFrontEnd(sources, folder) ?? (await findFunction(tree, folder, sources, project));
  const known = django ?? (app === undefined ? frontEnd : served(app, project, sources));
  const scripts = django === undefined ? await findScripts(tree, folder, sources, project) : [];
  const workers = known === undefined ? workersIn(sources, folder, project) : [];
  const serves = scripts[0]?.kind === "Web";
  const found = [known, ...(serves ? [] : workers), ...scripts].filter((start) => start !== undefined);
  const procfile = await fromProcfile(tree, folder, found[0]);
  return procfile === undefined ? found : [procfile, ...found];
}

/** Workers of a queue, where nothing serves. */
function workersIn(
  sources: readonly CodeText[],
  folder: string,
  project: PythonProject | undefined,
): readonly PythonStart[] {
  const names = new Set(project?.dependencies.keys());
  return pythonWorkers({ sources, folder, names }).map(({ kind, line, because, where }) => ({
    kind,
    framework: null,
    line,
    because,
    sure: "Certain" as const,
    ...(where === undefined ? {} : { where }),
  }));
}

/** `web`, else `worker`, of a Procfile: the repository's own word on how it is started. */
async function fromProcfile(
  tree: SourceTree,
  folder: string,
  known: PythonStart | undefined,
): Promise<PythonStart | undefined> {
  const path = joinPath(folder, "Procfile") ?? "Procfile";
  const processes = parseProcfile((await tree.read(path)) ?? "");
  const web = processes.get("web");
  const line = web ?? processes.get("worker");
  if (line === undefined || codeLanguageOf(path) !== undefined) return undefined;
  const servers = ["gunicorn", "uvicorn"].filter((name) => new RegExp(`(?:^|[\\s;&])${name}(?:\\s|$)`).test(line));
  // A bare `gunicorn app:app` listens on 127.0.0.1:8000, or on PORT of all addresses when that is set: gunicorn reads PORT itself.
  const readsPort = /\$\{?PORT\b/.test(line) || servers.includes("gunicorn");
  const migrate =
    known?.framework === "django" && /^(?<prefix>.*migrate --noinput && )exec /.exec(known.line)?.groups?.["prefix"];
  return {
    ...(known?.framework === "django" ? known : {}),
    kind: web === undefined ? "Worker" : "Web",
    framework: known?.framework ?? null,
    line: typeof migrate === "string" && !line.includes("&&") ? `${migrate}exec ${line}` : line,
    because: `Procfile ${web === undefined ? "worker" : "web"}`,
    where: path,
    sure: "Certain",
    servers,
    ...(readsPort ? { port: { number: 8000, readsPort: true } } : {}),
    warnings: [...(known?.framework === "django" ? (known.warnings ?? []) : [])],
  };
}

function served(
  app: WebApp,
  project: PythonProject | undefined,
  sources: readonly CodeText[],
): PythonStart | undefined {
  if (app.root !== "." && !isPlainPath(app.root)) return undefined;
  const gunicorn = app.interface === "WSGI";
  const target = `${app.module}:${app.object}`;
  const chdir = app.root === "." ? "" : gunicorn ? ` --chdir ${app.root}` : ` --app-dir ${app.root}`;
  const sockets =
    project?.dependencies.has("flask-socketio") === true || sources.some(({ code }) => /\bSocketIO\(/.test(code));
  const line = gunicorn
    ? `gunicorn --bind 0.0.0.0:$PORT${sockets ? " --workers 1 --threads 100" : " --threads 4"}${chdir} ${app.factory ? `'${target}()'` : target}`
    : `uvicorn ${target} --host 0.0.0.0 --port $PORT${app.factory ? " --factory" : ""}${chdir}`;
  const prepared = app.prepare === undefined || app.framework !== "flask" ? "" : `python -c '${app.prepare}' && exec `;
  return {
    kind: "Web",
    framework: app.framework,
    line: prepared === "" || app.root === "." ? `${prepared}${line}` : line,
    because: `${app.factory ? "factory" : `${app.framework} object`} ${app.object} in ${app.path}`.slice(0, 250),
    where: `${app.path}:${app.line}`,
    sure: "Certain",
    port: { number: 8000, readsPort: true },
    servers: [gunicorn ? "gunicorn" : "uvicorn"],
  };
}
