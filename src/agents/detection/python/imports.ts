import type { CodeText } from "../../config/code-text.ts";
import { findInCode } from "../../config/code-text.ts";
import { folderOf } from "../../config/service-files.ts";

/** A module that a file imports, as written: `os`, `.models`, `app.routes`, with the names taken from it. */
export interface PythonImport {
  readonly module: string;
  readonly names: readonly string[];
}

const known = new WeakMap<CodeText, readonly PythonImport[]>();

/** Import statements of a file, those inside functions included. */
export function importsOf(source: CodeText): readonly PythonImport[] {
  const found = known.get(source) ?? findImports(source);
  known.set(source, found);
  return found;
}

function findImports(source: CodeText): readonly PythonImport[] {
  const from = findInCode(
    source,
    /\bfrom[ \t]+(?<module>\.{0,4}[\w.]*)[ \t]+import[ \t]+(?:\((?<many>[^)]{0,4000})\)|(?<few>[^\n]{1,1000}))/g,
  ).map((match) => ({
    module: match.groups["module"] ?? "",
    names: namesOf(match.groups["many"] ?? match.groups["few"] ?? ""),
  }));
  const plain = findInCode(source, /(?<=^[ \t]*)import[ \t]+(?<modules>[\w.][^\n;]{0,1000})/gm).flatMap((match) =>
    namesOf(match.groups["modules"] ?? "").map((module) => ({ module, names: [] })),
  );
  return [...from, ...plain];
}

/** True when a file imports a package, or a module of it. */
export function importsPackage(source: CodeText, name: string): boolean {
  return importsOf(source).some(({ module }) => module === name || module.startsWith(`${name}.`));
}

/** The folders from which Python finds a service's modules: its own, `src/` where there is one, and that of the file that is started. */
export function resolveImport(
  from: string,
  imported: PythonImport,
  roots: readonly string[],
  files: ReadonlySet<string>,
): readonly string[] {
  const dots = /^\.*/.exec(imported.module)?.[0].length ?? 0;
  const parts = imported.module
    .slice(dots)
    .split(".")
    .filter((part) => part !== "");
  const bases = dots > 0 ? [ascend(folderOf(from), dots - 1)] : roots;
  for (const base of bases) {
    const targets = [parts, ...imported.names.map((name) => [...parts, name])].flatMap((names) =>
      fileOf(base, names, files),
    );
    // A package's own file runs before the module inside it.
    const packages = parts.flatMap((_part, index) => fileOf(base, parts.slice(0, index + 1), files));
    if (targets.length + packages.length > 0) return [...new Set([...packages, ...targets])];
  }
  return [];
}

/** Files that run when the given ones are started, by following imports inside the repository; the given ones included. */
export function reachableFrom(
  entries: readonly string[],
  roots: readonly string[],
  sources: ReadonlyMap<string, CodeText>,
): ReadonlySet<string> {
  const files = new Set(sources.keys());
  // An import of what no file or folder is called by is another package's: most of them are.
  const names = new Set([...files].flatMap((path) => path.replace(/\.py$/, "").split("/")));
  const seen = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const source = sources.get(path);
    if (source === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const imported of importsOf(source)) {
      const [top = ""] = imported.module.split(".", 1);
      if (top !== "" && !names.has(top)) continue;
      open.push(...resolveImport(path, imported, roots, files));
    }
  }
  return seen;
}

function fileOf(base: string, parts: readonly string[], files: ReadonlySet<string>): string[] {
  const stem = [...(base === "." ? [] : [base]), ...parts].join("/");
  return [`${stem}.py`, `${stem === "" ? "" : `${stem}/`}__init__.py`].filter((path) => files.has(path));
}

function ascend(folder: string, levels: number): string {
  let at = folder;
  for (let level = 0; level < levels; level += 1) at = folderOf(at);
  return at;
}

function namesOf(list: string): string[] {
  return list
    .replaceAll(/#[^\n]*/g, "")
    .split(",")
    .map((name) => name.trim().split(/\s/)[0] ?? "")
    .filter((name) => /^[\w.]+$/.test(name))
    .slice(0, 100);
}
