import type { CodeText } from "../../config/code-text.ts";
import { closingOf, findInCode } from "../../config/code-text.ts";
import { folderOf } from "../../config/service-files.ts";
import { importsOf, importsPackage } from "./imports.ts";

/** A web application that a server can import. */
export interface WebApp {
  readonly framework: string;
  readonly interface: "WSGI" | "ASGI";
  /** `shop.web:app`, or a factory: `shop:create_app`. */
  readonly module: string;
  readonly object: string;
  readonly factory: boolean;
  /** Folder that has to be on the path, relative to the service's: "." or `src`. */
  readonly root: string;
  readonly path: string;
  readonly line: number;
  /** Lines of Python that the file runs only when started by hand, and without which its tables are missing. */
  readonly prepare: string | undefined;
}

interface Framework {
  readonly name: string;
  readonly package: string;
  readonly class: string;
  readonly interface: WebApp["interface"];
}

const frameworks: readonly Framework[] = [
  { name: "fastapi", package: "fastapi", class: "FastAPI", interface: "ASGI" },
  { name: "flask", package: "flask", class: "Flask", interface: "WSGI" },
  { name: "quart", package: "quart", class: "Quart", interface: "ASGI" },
  { name: "litestar", package: "litestar", class: "Litestar", interface: "ASGI" },
  { name: "starlette", package: "starlette", class: "Starlette", interface: "ASGI" },
  { name: "fasthtml", package: "fasthtml", class: "FastHTML", interface: "ASGI" },
  { name: "flask", package: "apiflask", class: "APIFlask", interface: "WSGI" },
  { name: "connexion", package: "connexion", class: "(?:FlaskApp|AsyncApp|App)", interface: "ASGI" },
  { name: "falcon", package: "falcon", class: "(?:falcon\\.App|falcon\\.API)", interface: "WSGI" },
  { name: "bottle", package: "bottle", class: "Bottle", interface: "WSGI" },
];

const usualFactories =
  "create_app|make_app|build_app|get_app|create_application|make_application|app_factory|init_app|get_application";

/** The application that a service most likely serves; undefined when none can be imported without starting something. */
export function findWebApp(sources: readonly CodeText[], folder: string): WebApp | undefined {
  const framework = frameworkOf(sources);
  if (framework === undefined) return undefined;
  const names = `(?:${[usualFactories, ...factoriesOf(sources)].join("|")})`;
  const found = sources.flatMap((source) =>
    startsByImport(source) ? [] : appsIn(source, sources, folder, { framework, names }),
  );
  return found.toSorted((one, other) => score(other) - score(one))[0];
}

function appsIn(
  source: CodeText,
  all: readonly CodeText[],
  folder: string,
  { framework, names: factoryNames }: { readonly framework: Framework; readonly names: string },
): readonly WebApp[] {
  const place = placeInPath(source, all, folder);
  if (place === undefined) return [];
  const make = (framework: Framework, object: string, factory: boolean, line: number): WebApp => ({
    framework: framework.name,
    interface: framework.interface,
    ...place,
    object,
    factory,
    path: source.path,
    line,
    prepare: factory ? undefined : prepareOf(source, place.module, object),
  });
  const objects = frameworks
    .filter((framework) => importsPackage(source, framework.package))
    .flatMap((framework) =>
      findInCode(
        source,
        new RegExp(
          `(?<=^)(?<object>[A-Za-z_]\\w*)(?:[ \\t]*:[ \\t]*[\\w.]+)?[ \\t]*=[ \\t]*(?:[a-z]\\w*\\.)?${framework.class}\\(`,
          "gm",
        ),
      ).map((match) => make(framework, match.groups["object"] ?? "app", false, match.line)),
    );
  const made = findInCode(
    source,
    new RegExp(`(?<=^)(?<object>[A-Za-z_]\\w*)[ \\t]*=[ \\t]*(?:\\w+\\.)?${factoryNames}\\(`, "gm"),
  );
  const factories = findInCode(
    source,
    new RegExp(`(?<=^)(?:async )?def[ \\t]+(?<object>${factoryNames})\\(`, "gm"),
  ).filter((match) => callableBare(source, match.index));
  return [
    ...objects,
    ...made.map((match) => make(framework, match.groups["object"] ?? "app", false, match.line)),
    ...factories.map((match) => make(framework, match.groups["object"] ?? "create_app", true, match.line)),
  ];
}

/** Functions, whatever they are called, in whose body an application is made. */
function factoriesOf(all: readonly CodeText[]): readonly string[] {
  const made = new RegExp(
    `\\n[ \\t]+(?:return[ \\t]+|[A-Za-z_]\\w*[^=\\n]{0,40}=[ \\t]*)(?:[a-z]\\w*\\.)?(?:${frameworks.map((one) => one.class).join("|")})\\(`,
    "g",
  );
  const names = all.flatMap((source) =>
    [...source.code.matchAll(made)].flatMap((match) => {
      const before = [
        ...source.code.slice(0, match.index).matchAll(/(?:^|\n)(?:async )?(?<word>def|class|\w+)[ \t]*(?<name>\w*)/g),
      ].at(-1);
      return before?.groups?.["word"] === "def" ? [before.groups["name"] ?? ""] : [];
    }),
  );
  return [...new Set(names)].filter((name) => /^[A-Za-z]\w*$/.test(name) && !name.startsWith("test")).slice(0, 10);
}

/** The framework that a repository uses, by what its files import, surest first. */
function frameworkOf(all: readonly CodeText[]): Framework | undefined {
  return frameworks.find((framework) => all.some((source) => importsPackage(source, framework.package)));
}

/** A factory that needs no argument: each parameter has a default. */
function callableBare(source: CodeText, index: number): boolean {
  const open = source.code.indexOf("(", index);
  const close = closingOf(source.code, open);
  if (close === -1 || close - open > 2000) return false;
  const parameters = source.code.slice(open + 1, close).replaceAll(/\[[^\]]*\]/g, "");
  return parameters
    .split(",")
    .every((parameter) => parameter.trim() === "" || parameter.includes("=") || parameter.trim().startsWith("*"));
}

/** Module and folder under which Python finds a file; undefined where its path is no module's. */
function placeInPath(
  source: CodeText,
  all: readonly CodeText[],
  folder: string,
): { module: string; root: string } | undefined {
  const below = folder === "." ? source.path : source.path.slice(folder.length + 1);
  const parts = below
    .replace(/\.py$/, "")
    .replace(/\/__init__$/, "")
    .split("/");
  if (!parts.every((part) => /^[A-Za-z_]\w*$/.test(part))) return undefined;
  const root = importRoot(source, all, folder, parts);
  const module = root === "." ? parts : parts.slice(root.split("/").length);
  return module.length === 0 ? undefined : { module: module.join("."), root };
}

/** Whose folder the imports of a file speak from: the service's own (`from app.models import`), or the file's (`from models import`). */
function importRoot(source: CodeText, all: readonly CodeText[], folder: string, parts: readonly string[]): string {
  if (parts.length < 2 || (parts.length === 1 && source.path.endsWith("__init__.py"))) return ".";
  const prefix = folder === "." ? "" : `${folder}/`;
  const own = folderOf(source.path).slice(prefix.length);
  const has = (base: string, name: string): boolean =>
    all.some(({ path }) => path === `${base}${name}.py` || path.startsWith(`${base}${name}/`));
  const absolute = importsOf(source)
    .map(({ module }) => module.split(".")[0] ?? "")
    .filter((name) => name !== "");
  if (absolute.some((name) => has(prefix, name))) return ".";
  if (parts[0] === "src") {
    const inside =
      absolute.some((name) => has(`${prefix}src/`, name)) ||
      !all.some(({ path }) => path === `${prefix}src/__init__.py`);
    if (inside) return "src";
  }
  const isPackage = all.some(({ path }) => path === `${prefix}${own}/__init__.py`);
  const relative = importsOf(source).some(({ module }) => module.startsWith("."));
  return !isPackage && !relative && absolute.some((name) => has(`${prefix}${own}/`, name)) ? own : ".";
}

/** A file that starts a server while it is imported would never let go of the server that imports it. */
function startsByImport(source: CodeText): boolean {
  return (
    findInCode(source, /(?<=^)(?!subprocess)(?:[A-Za-z_]\w*\.run|uvicorn\.run|serve|waitress\.serve|run_simple)\(/gm)
      .length > 0
  );
}

/** Tables that tutorials make below `if __name__ == "__main__"`, where a real server never comes by. */
function prepareOf(source: CodeText, module: string, object: string): string | undefined {
  const guard = findInCode(source, /(?<=^)if[ \t]+__name__[ \t]*==/gm)[0];
  if (guard === undefined) return undefined;
  const block = source.code.slice(guard.index);
  const created = /\b(?<database>[A-Za-z_]\w*)\.create_all\(\s*\)/.exec(block)?.groups?.["database"];
  if (created !== undefined && /\bdb\b|database/i.test(created)) {
    return `import ${module} as m; m.${object}.app_context().push(); m.${created}.create_all()`;
  }
  const named =
    /^[ \t]+(?<call>init_db|create_tables|init_database|setup_db|setup_database|create_db|initialize_database)\(\s*\)/m.exec(
      block,
    );
  const call = named?.groups?.["call"];
  const defined = call !== undefined && new RegExp(`^def ${call}\\(`, "m").test(source.code);
  return defined ? `import ${module} as m; m.${call}()` : undefined;
}

const likelyFiles = [
  "wsgi.py",
  "asgi.py",
  "main.py",
  "app.py",
  "server.py",
  "api.py",
  "application.py",
  "run.py",
  "web.py",
  "__init__.py",
];

function score(app: WebApp): number {
  const file = app.path.slice(app.path.lastIndexOf("/") + 1);
  const at = likelyFiles.indexOf(file);
  return (
    (app.factory ? 0 : 100) +
    (at === -1 ? 0 : 30 - at) +
    (/^(?:app|application|api|server)$/.test(app.object) ? 20 : 0) -
    app.path.split("/").length * 5
  );
}
