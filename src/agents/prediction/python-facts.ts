import { normalName } from "../detection/python/dependencies.ts";
import { readPins } from "../detection/python/pins.ts";
import { type PythonProject, readPythonProject } from "../detection/python/project.ts";
import { findInCode, type CodeText, placeOf } from "../config/code-text.ts";
import { compareVersions, mayReach } from "../dependency/python-wheels.ts";
import type { Scene } from "./prediction-rule.ts";

/** The manifests of a Python service; undefined where it has none. */
export async function projectOf({ tree, service }: Scene): Promise<PythonProject | undefined> {
  return await readPythonProject(tree, service.path);
}

/** What a project says of the versions of some distributions (normalised names): `==1.1.2`, `<2`; absent where it says nothing. */
export async function pinsOf(
  { tree, service }: Scene,
  project: PythonProject,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return await readPins(tree, service.path, project, new Set(names));
}

/** Whether every version that a specifier allows lies in `[from, before)`: then it is sure that one of these is installed. */
export function isWithin(specifier: string | undefined, from: string | undefined, before: string): boolean {
  if (specifier === undefined || mayReach(specifier, before)) return false;
  if (from === undefined) return true;
  const least = /(?:===?|~=|>=|\^)\s*v?(\d+(?:\.\d+)*)/.exec(specifier)?.[1];
  return least !== undefined && compareVersions(least, from) >= 0;
}

/** An import that runs when its file does: at the start of a line, so in no function and behind no `try`. */
export interface TopImport {
  readonly module: string;
  /** What is taken from it; empty for the module itself, `*` for everything. */
  readonly names: readonly string[];
  /** `app.py:3` */
  readonly where: string;
}

/** Imports at the start of a line; relative ones are left out. */
export function topImports(source: CodeText): readonly TopImport[] {
  const from = findInCode(
    source,
    /^from[ \t]+(?<module>[A-Za-z_][\w.]{0,120})[ \t]+import[ \t]+(?:\((?<many>[^)]{0,2000})\)|(?<few>[^\n]{1,500}))/gm,
  ).map(({ groups, index }) => ({
    module: groups["module"] ?? "",
    names: wordsOf(groups["many"] ?? groups["few"] ?? ""),
    where: placeOf(source, index),
  }));
  const plain = findInCode(source, /^import[ \t]+(?<modules>[A-Za-z_][^\n;#]{0,500})/gm).flatMap(({ groups, index }) =>
    wordsOf(groups["modules"] ?? "").map((module) => ({ module, names: [], where: placeOf(source, index) })),
  );
  return [...from, ...plain];
}

/** Whether a project names a distribution; names as PyPI knows them, bounds and extras are passed over. */
export function isNamed(project: PythonProject | undefined, requirement: string): boolean {
  const name = normalName(requirement.replace(/[[<>=!~].*$/, ""));
  return project?.dependencies.has(name) === true;
}

function wordsOf(list: string): string[] {
  return list
    .replaceAll(/#[^\n]*/g, "")
    .split(",")
    .map((word) => word.trim().split(/\s/)[0] ?? "")
    .filter((word) => word === "*" || /^[A-Za-z_][\w.]*$/.test(word))
    .slice(0, 60);
}
