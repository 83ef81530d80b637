import type { Service } from "../../plan.ts";
import { reachableFrom } from "../detection/python/imports.ts";
import type { CodeText } from "./code-text.ts";
import { codeLanguageOf, findInCode } from "./code-text.ts";
import { folderOf, joinPath } from "./service-files.ts";
import { startedOthers } from "./started-others.ts";

/**
 * Which files run when a service starts, as far as imports tell. A read in any other file is no reason to ask a person for anything: a miss
 * shows itself when the program starts, a false alarm stops a program that would have run.
 */
export function startedFiles(service: Service, sources: readonly CodeText[]): ReadonlySet<string> {
  const all = new Map(sources.map((source) => [source.path, source]));
  const found = new Set<string>();
  for (const path of startedPython(service, all)) found.add(path);
  for (const path of startedScripts(service, all)) found.add(path);
  for (const path of startedGo(service, sources)) found.add(path);
  for (const path of startedOthers(service, sources)) found.add(path);
  return found;
}

function startedPython(service: Service, all: ReadonlyMap<string, CodeText>): readonly string[] {
  if (service.language !== "python") return [];
  const start = service.start ?? "";
  const changed = /(?:\bcd|--chdir|--app-dir)[ =](?<folder>[\w./-]+)/.exec(start)?.groups?.["folder"];
  const roots = [".", ...(changed === undefined ? [] : [changed]), "src"].map(
    (root) => joinPath(service.path, root) ?? ".",
  );
  const entries: string[] = [];
  for (const match of start.matchAll(
    /(?<file>[\w./-]+\.py)\b|(?<module>[A-Za-z_][\w.]*):[A-Za-z_]\w*|-m (?<run>[A-Za-z_][\w.]*)|import (?<prepared>[A-Za-z_][\w.]*)/g,
  )) {
    const { file, module, run, prepared } = match.groups ?? {};
    const name = module ?? run ?? prepared;
    for (const root of roots) {
      if (file !== undefined) entries.push(joinPath(root, file) ?? file);
      if (name === undefined) continue;
      const stem = joinPath(root, name.replaceAll(".", "/")) ?? name;
      entries.push(`${stem}.py`, `${stem}/__init__.py`, `${stem}/__main__.py`);
      entries.push(
        ...name
          .split(".")
          .map((_part, index, parts) => `${joinPath(root, parts.slice(0, index).join("/"))}/__init__.py`),
      );
    }
  }
  if (service.framework === "django") entries.push(...djangoFiles(service, all));
  return [...reachableFrom(entries, [...new Set([...roots, ...entries.map((entry) => folderOf(entry))])], all)];
}

/** Django loads the files of its applications by name; of several settings only those that are named. */
function djangoFiles(service: Service, all: ReadonlyMap<string, CodeText>): readonly string[] {
  const overlaid = service.recipe.files.map(
    (file) => /from (?<module>[\w.]+) import \*/.exec(file.text)?.groups?.["module"],
  );
  const named = new Set(
    [service.recipe.runEnv["DJANGO_SETTINGS_MODULE"], ...overlaid].filter((name) => name !== undefined),
  );
  for (const source of all.values()) {
    if (!/(?:wsgi|asgi|manage)\.py$/.test(source.path)) continue;
    const module = /DJANGO_SETTINGS_MODULE["']\s*[,\]]\s*=?\s*["'](?<module>[\w.]+)["']/.exec(source.text)?.groups?.[
      "module"
    ];
    if (module !== undefined && named.size === 0) named.add(module);
  }
  const settings = [...named].flatMap((name) => [
    `${name.replaceAll(".", "/")}.py`,
    `${name.replaceAll(".", "/")}/__init__.py`,
  ]);
  return [...all.keys()].filter((path) => {
    if (settings.some((file) => path === file || path.endsWith(`/${file}`))) return true;
    return /(?:^|\/)(?:models|urls|apps|admin|views|signals|wsgi|asgi|context_processors|middleware)(?:\.py|\/)/.test(
      path,
    );
  });
}

const entryNames =
  /^(?:src\/|server\/|app\/|api\/|backend\/)?(?:index|main|server|app|env|config|start|www|bin\/www|env\/index|config\/index|config\/env|lib\/env|utils\/env)\.[cm]?[jt]sx?$/;
const routeFiles =
  /^(?:src\/)?(?:app|pages|routes|server)\/|^(?:src\/)?(?:middleware|instrumentation|hooks\.server)\.[jt]s$/;

function startedScripts(service: Service, all: ReadonlyMap<string, CodeText>): readonly string[] {
  const prefix = service.path === "." ? "" : `${service.path}/`;
  const scripts = [...all.keys()].filter((path) => codeLanguageOf(path) === "javascript");
  if (scripts.length === 0) return [];
  const named = [...(service.start ?? "").matchAll(/(?<file>[\w./-]+\.[cm]?[jt]sx?)\b/g)].flatMap((match) => {
    const file = (match.groups?.["file"] ?? "").replace(/^\.\//, "");
    // `dist/main.js` comes out of `src/main.ts`.
    const source = file.replace(/^(?:dist|build|out|lib|\.output)\//, "src/").replace(/\.[cm]?js$/, "");
    return [
      file,
      ...["ts", "mts", "js", "tsx"].flatMap((ending) => [
        `${source}.${ending}`,
        `${source.replace(/^src\//, "")}.${ending}`,
      ]),
    ].map((path) => `${prefix}${path}`);
  });
  const own = named.filter((path) => all.has(path));
  const roots = own.length > 0 ? own : scripts.filter((path) => entryNames.test(path.slice(prefix.length)));
  const routes = own.length > 0 ? [] : scripts.filter((path) => routeFiles.test(path.slice(prefix.length)));
  const seen = new Set<string>();
  const open = [...roots, ...routes];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const source = all.get(path);
    if (source === undefined || seen.has(path)) continue;
    seen.add(path);
    open.push(...scriptImports(source, prefix, all), ...autoloaded(source, scripts));
  }
  return [...seen];
}

/** `@fastify/autoload` loads every file of a folder that is named beside the file: `dir: join(__dirname, "plugins")`. */
function autoloaded(source: CodeText, scripts: readonly string[]): readonly string[] {
  if (!/["'](?:@fastify\/|fastify-)autoload["']/.test(source.text)) return [];
  return findInCode(source, /\bdir[ \t]*:[^\n]{0,120}?["'](?<folder>[\w./-]{1,120})["']/g).flatMap(({ groups }) => {
    const folder = joinPath(folderOf(source.path), groups["folder"] ?? "");
    return folder === undefined ? [] : scripts.filter((path) => path.startsWith(`${folder}/`));
  });
}

function scriptImports(source: CodeText, prefix: string, all: ReadonlyMap<string, CodeText>): readonly string[] {
  return findInCode(
    source,
    /\b(?:from|import|require)[ \t]*\(?[ \t]*["'](?<target>[.@~#/][^"'\n]{0,200})["']/g,
  ).flatMap((match) => {
    const target = match.groups["target"] ?? "";
    const alias = /^(?:@|~|#)\/?(?<rest>.*)$/.exec(target)?.groups?.["rest"];
    const bases =
      alias === undefined
        ? [joinPath(folderOf(source.path), target)]
        : [joinPath(prefix, "src", alias), joinPath(prefix, alias)];
    return bases.flatMap((base) => {
      if (base === undefined) return [];
      const stem = base.replace(/\.[cm]?[jt]sx?$/, "");
      return [
        base,
        ...["ts", "tsx", "js", "mjs", "cjs", "mts", "jsx"].flatMap((ending) => [
          `${stem}.${ending}`,
          `${base}.${ending}`,
          `${base}/index.${ending}`,
        ]),
      ].filter((path) => all.has(path));
    });
  });
}

/** Files of the program that is built, and of the packages that are no programs of their own. */
function startedGo(service: Service, sources: readonly CodeText[]): readonly string[] {
  if (service.language !== "go") return [];
  const what = / (?:\.\/)?(?<folder>[\w./-]+)$/.exec(service.recipe.build ?? "")?.groups?.["folder"] ?? ".";
  const folder = joinPath(service.path, what.replace(/\.go$/, "").replace(/^main$/, ".")) ?? ".";
  return sources
    .filter((source) => codeLanguageOf(source.path) === "go")
    .filter((source) => folderOf(source.path) === folder || !/^package[ \t]+main\b/m.test(source.code))
    .map((source) => source.path);
}
