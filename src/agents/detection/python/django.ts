import type { CodeText } from "../../config/code-text.ts";
import { closingOf, findInCode, placeOf, readCode } from "../../config/code-text.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { PythonProject } from "./project.ts";
import type { PythonStart } from "./start.ts";
import { inFolder, isPlainPath } from "./start.ts";

/** Folder and name of the settings that stand in for the repository's own, in the final image. */
const overlayFolder = "/opt/repo-runner";
const overlayModule = "repo_runner_settings";

/** How a Django project is started; undefined when the folder has no manage.py of Django's. */
export async function findDjango(
  tree: SourceTree,
  folder: string,
  project: PythonProject | undefined,
  env: Readonly<Record<string, string>>,
): Promise<PythonStart | undefined> {
  const manage = await findManage(tree, folder);
  if (manage === undefined) return undefined;
  const root = folderOf(manage.path);
  const below = root === folder ? "." : folder === "." ? root : root.slice(folder.length + 1);
  if (below !== "." && !isPlainPath(below)) return undefined;
  const named = moduleIn(manage);
  const server = await findServer(tree, root, named, project);
  const module = env["DJANGO_SETTINGS_MODULE"] ?? server.settings ?? named;
  if (module === undefined || !/^[A-Za-z_][\w.]*$/.test(module)) return undefined;
  const settings = await readSettings(tree, root, module);
  const hosts = hostsOf(settings);
  const overlay = hosts.kind === "Fixed" && !server.assigns;
  const runEnv = overlay
    ? { DJANGO_SETTINGS_MODULE: overlayModule, PYTHONPATH: overlayFolder }
    : module === named
      ? {}
      : { DJANGO_SETTINGS_MODULE: module };
  const migrates = settings.some((source) => /django\.db\.backends\.sqlite3|sqlite:\/\//.test(source.text));
  const migrate = migrates ? "python manage.py migrate --noinput && " : "";
  const first = settings[0];
  return {
    kind: "Web",
    framework: "django",
    line: inFolder(below, `${migrate}${migrates || below !== "." ? "exec " : ""}${server.line}`),
    because: `${server.because}${migrates ? "; migrate first, the database is a file" : ""}`,
    where: manage.path,
    sure: "Certain",
    port: { number: 8000, readsPort: true },
    servers: server.servers,
    ...collected(settings, below),
    runEnv,
    ...(overlay ? { files: [{ path: `${overlayFolder}/${overlayModule}.py`, text: overlayText(module) }] } : {}),
    ...(hosts.kind === "Env"
      ? {
          env: [
            {
              name: hosts.name,
              value: hosts.value,
              why: "Django answers 400 to hosts that it does not know",
              where: hosts.where,
            },
          ],
        }
      : {}),
    warnings: [
      ...(overlay
        ? [`ALLOWED_HOSTS of ${first?.path ?? module} names no host of a cluster: it is "*" here, by ${overlayModule}`]
        : []),
      ...(settings.some((source) => findInCode(source, /(?<=^)DEBUG[ \t]*=[ \t]*True\b/gm).length > 0)
        ? [`DEBUG is on in ${first?.path ?? module}: pages of errors show settings to everybody`]
        : []),
    ],
  };
}

async function findManage(tree: SourceTree, folder: string): Promise<CodeText | undefined> {
  const folders = (await tree.list(folder)).filter((name) => name.endsWith("/")).map((name) => name.slice(0, -1));
  const sensible = folders.filter((name) => !/^(?:tests?|docs?|examples?|\..*|node_modules)$/.test(name)).slice(0, 40);
  for (const below of [".", ...sensible]) {
    const path = joinPath(folder, below, "manage.py");
    const text = path === undefined ? undefined : await tree.read(path);
    if (path !== undefined && text !== undefined && /\bdjango\b|DJANGO_SETTINGS_MODULE/.test(text))
      return readCode(path, text);
  }
  return undefined;
}

function moduleIn(source: CodeText): string | undefined {
  return /DJANGO_SETTINGS_MODULE["']\s*[,\]]\s*=?\s*["'](?<module>[\w.]+)["']/.exec(source.text)?.groups?.["module"];
}

interface Server {
  readonly line: string;
  readonly because: string;
  readonly servers: readonly string[];
  /** Settings that the WSGI or ASGI file names, where they differ from manage.py's. */
  readonly settings: string | undefined;
  /** The file sets DJANGO_SETTINGS_MODULE hard, so that the environment's is not heard. */
  readonly assigns: boolean;
}

async function findServer(
  tree: SourceTree,
  root: string,
  settings: string | undefined,
  project: PythonProject | undefined,
): Promise<Server> {
  const packages = settings === undefined ? [] : packagesOf(settings);
  const wantsAsgi = ["daphne", "channels"].some((name) => project?.dependencies.has(name));
  const kinds = wantsAsgi ? (["asgi", "wsgi"] as const) : (["wsgi", "asgi"] as const);
  const text =
    settings === undefined ? "" : (await readSettings(tree, root, settings)).map((source) => source.text).join("\n");
  for (const kind of kinds) {
    const said = new RegExp(`^${kind.toUpperCase()}_APPLICATION\\s*=\\s*["'](?<module>[\\w.]+)\\.\\w+["']`, "m").exec(
      text,
    )?.groups?.["module"];
    for (const module of [...(said === undefined ? [] : [said]), ...packages.map((name) => `${name}.${kind}`)]) {
      const path = joinPath(root, `${module.replaceAll(".", "/")}.py`);
      const source = path === undefined ? undefined : await tree.read(path);
      if (path === undefined || source === undefined) continue;
      const code = readCode(path, source);
      const line =
        kind === "wsgi"
          ? `gunicorn --bind 0.0.0.0:$PORT ${module}:application`
          : `uvicorn ${module}:application --host 0.0.0.0 --port $PORT`;
      return {
        line,
        because:
          said === undefined ? `${path} beside manage.py` : `${kind.toUpperCase()}_APPLICATION = "${said}.application"`,
        servers: [kind === "wsgi" ? "gunicorn" : "uvicorn"],
        settings: moduleIn(code),
        assigns: findInCode(code, /os\.environ\[["']DJANGO_SETTINGS_MODULE["']\][ \t]*=[^=]/g).length > 0,
      };
    }
  }
  return {
    line: "python manage.py runserver 0.0.0.0:$PORT --noreload",
    because: "manage.py, and no wsgi.py or asgi.py",
    servers: [],
    settings: undefined,
    assigns: false,
  };
}

/** The settings module and what it takes in by `from .base import *`, nearest first; eight files at most. */
export async function readSettings(tree: SourceTree, root: string, module: string): Promise<readonly CodeText[]> {
  const found: CodeText[] = [];
  const open = [module];
  for (let name = open.shift(); name !== undefined && found.length < 8; name = open.shift()) {
    const stem = name.replaceAll(".", "/");
    for (const path of [`${stem}.py`, `${stem}/__init__.py`].map((file) => joinPath(root, file))) {
      const text =
        path === undefined || found.some((source) => source.path === path) ? undefined : await tree.read(path);
      if (path === undefined || text === undefined) continue;
      const source = readCode(path, text);
      found.push(source);
      const base = path.endsWith("__init__.py") ? name : name.split(".").slice(0, -1).join(".");
      for (const match of findInCode(source, /\bfrom[ \t]+(?<module>\.{0,3}[\w.]*)[ \t]+import[ \t]+\*/g)) {
        const taken = match.groups["module"] ?? "";
        const dots = /^\.*/.exec(taken)?.[0].length ?? 0;
        const parent = base.split(".").slice(0, Math.max(0, base.split(".").length - (dots - 1)));
        open.push(dots === 0 ? taken : [...parent, taken.slice(dots)].filter((part) => part !== "").join("."));
      }
    }
  }
  return found;
}

function packagesOf(settings: string): string[] {
  const parts = settings.split(".").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join("."));
}

/** Static files are collected while the image is built; where STATIC_ROOT stands in a branch of the settings only, as far as that branch is taken there. */
function collected(settings: readonly CodeText[], below: string): { readonly build?: string } {
  const places = settings.flatMap((source) => findInCode(source, /(?<=^[ \t]*)STATIC_ROOT[ \t]*=/gm));
  if (places.length === 0) return {};
  const always = settings.some((source) => findInCode(source, /(?<=^)STATIC_ROOT[ \t]*=/gm).length > 0);
  const line = "python manage.py collectstatic --noinput";
  return { build: inFolder(below, always ? line : `(${line} || echo "static files are not collected")`) };
}

type Hosts =
  | { readonly kind: "Open" }
  | { readonly kind: "Fixed" }
  | { readonly kind: "Env"; readonly name: string; readonly value: string; readonly where: string };

/** Which hosts Django answers: all, those that a variable names, or a fixed list that no cluster's address is in. */
function hostsOf(settings: readonly CodeText[]): Hosts {
  for (const source of settings) {
    const match = findInCode(source, /(?<=^[ \t]*)ALLOWED_HOSTS[ \t]*(?::[^=\n]*)?\+?=[ \t]*/gm).at(-1);
    if (match === undefined) continue;
    const start = match.index + match.whole.length;
    const value = source.text.slice(start, Math.min(expressionEnd(source.code, start), start + 1000));
    if (/["']\*["']/.test(value)) return { kind: "Open" };
    const name = /(?:environ(?:\.get)?|getenv|config|env(?:\.\w+)?)\s*[[(]\s*["'](?<name>[A-Z][A-Z0-9_]*)["']/.exec(
      value,
    )?.groups?.["name"];
    if (name === undefined) return { kind: "Fixed" };
    return {
      kind: "Env",
      name,
      value: value.includes("json.loads") ? '["*"]' : "*",
      where: placeOf(source, match.index),
    };
  }
  return settings.length === 0 ? { kind: "Open" } : { kind: "Fixed" };
}

/** End of the expression that begins here: the first line end outside of brackets. */
function expressionEnd(code: string, start: number): number {
  let at = start;
  while (at < code.length && code[at] !== "\n") {
    const close = "([{".includes(code[at] ?? " ") ? closingOf(code, at) : at;
    if (close === -1) return code.length;
    at = close + 1;
  }
  return at;
}

function overlayText(module: string): string {
  return `# Written by Repo Runner: the repository's settings name no host that a cluster uses.\nfrom ${module} import *  # noqa: F403\n\nALLOWED_HOSTS = ["*"]\n`;
}
