import { parse } from "smol-toml";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { readConda } from "./conda.ts";
import { normalName, parseRequirement, parseRequirements } from "./dependencies.ts";

/** How a Python project names its dependencies. */
export type PythonManager = "uv" | "poetry" | "pdm" | "pipenv" | "pip";

/** What the manifests of one folder say. */
export interface PythonProject {
  readonly manager: PythonManager;
  /** File that named the manager: `uv.lock`, `requirements.txt`; undefined when there is no manifest at all. */
  readonly manifest: string | undefined;
  readonly lockFile: string | undefined;
  /** The lock names repositories or folders besides an index, for which there are no hashes. */
  readonly lockHasSources: boolean;
  /** Files that an install reads, relative to the folder. */
  readonly manifests: readonly string[];
  /** The install reads sources of the tree, so everything is copied first. */
  readonly needsSources: boolean;
  /** Normalised name → extras. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** `[project.scripts]` and Poetry's: command → `module:function`. */
  readonly scripts: ReadonlyMap<string, string>;
  readonly name: string | undefined;
  /** Build backend: `hatchling`, `setuptools`, `poetry`; undefined when it is not a package. */
  readonly backend: string | undefined;
  readonly toml: PyprojectToml;
  readonly pipfile: Toml;
  /** Requirements out of an environment.yml of conda's, as pip takes them. */
  readonly conda: readonly string[];
  /** Version of Python that environment.yml names. */
  readonly condaPython: string | undefined;
}

type Toml = Readonly<Record<string, unknown>>;

/** The tables of pyproject.toml that are looked at. */
export interface PyprojectToml {
  readonly project: Toml;
  readonly poetry: Toml;
  readonly uv: Toml;
  readonly groups: Toml;
}

/** Requirements files that name what production needs, surest first. */
const requirementsNames = [
  "requirements.txt",
  "requirements/production.txt",
  "requirements/prod.txt",
  "requirements-prod.txt",
  "requirements.prod.txt",
  "requirements/requirements.txt",
  "requirements/base.txt",
  "requirements/main.txt",
  "requirements/common.txt",
  "requirements.lock",
];

/** Reads the manifests of a folder; undefined when nothing there speaks of Python's packages. */
export async function readPythonProject(tree: SourceTree, folder: string): Promise<PythonProject | undefined> {
  const at = (name: string): string => joinPath(folder, name) ?? name;
  const pyproject = tables(await tree.read(at("pyproject.toml")));
  const pipfile = parseToml(await tree.read(at("Pipfile")));
  const chosen = await chooseManager(tree, at, pyproject);
  const setup = (await tree.read(at("setup.py"))) ?? (await tree.read(at("setup.cfg")));
  const conda = chosen === undefined && setup === undefined ? await readConda(tree, folder) : undefined;
  if (chosen === undefined && setup === undefined && conda === undefined) return undefined;
  const backend = await backendOf(tree, at);
  const base = chosen ?? { manager: "pip" as const, manifest: conda?.file, lockFile: undefined };
  const requirements =
    base.manager === "pip" && base.manifest !== "pyproject.toml" && conda === undefined && base.manifest !== undefined
      ? await readRequirements(tree, folder, base.manifest)
      : { names: new Map<string, readonly string[]>(), files: [], local: false };
  // Only what will be installed: a requirements file hides what pyproject.toml declares beside it.
  const dependencies =
    requirements.files.length > 0
      ? requirements.names
      : new Map([
          ...declared(pyproject),
          ...pipfileNames(pipfile),
          ...(setup === undefined ? [] : setupNames(setup)),
          ...(conda?.requirements ?? []).flatMap((line) => {
            const parsed = parseRequirement(line);
            return parsed === undefined ? [] : [[parsed.name, parsed.extras] as const];
          }),
        ]);
  return {
    ...base,
    manifests: [...manifestsOf(base.manager, base.lockFile, pyproject, base.manifest), ...requirements.files],
    needsSources: requirements.local || (conda === undefined && needsSources(base.manifest, pyproject)),
    lockHasSources: /^type = "(?:git|directory|file|url)"/m.test(
      base.manager === "poetry" && base.lockFile !== undefined ? ((await tree.read(at(base.lockFile))) ?? "") : "",
    ),
    dependencies,
    scripts: scriptsOf(pyproject),
    name: text(pyproject.project["name"]) ?? text(pyproject.poetry["name"]),
    backend: backend ?? (setup === undefined ? undefined : "setuptools"),
    toml: pyproject,
    pipfile,
    conda: conda?.requirements ?? [],
    condaPython: conda?.python,
  };
}

async function chooseManager(
  tree: SourceTree,
  at: (name: string) => string,
  pyproject: PyprojectToml,
): Promise<Pick<PythonProject, "manager" | "manifest" | "lockFile"> | undefined> {
  const hasProject = (await tree.has(at("pyproject.toml"))) && pyproject !== nothing;
  const locks: readonly (readonly [PythonManager, string, string])[] = [
    ["uv", "pyproject.toml", "uv.lock"],
    ["poetry", "pyproject.toml", "poetry.lock"],
    ["pdm", "pyproject.toml", "pdm.lock"],
    ["pipenv", "Pipfile", "Pipfile.lock"],
  ];
  for (const [manager, needs, lockFile] of locks) {
    if ((await tree.has(at(lockFile))) && (await tree.has(at(needs)))) return { manager, manifest: lockFile, lockFile };
  }
  for (const name of requirementsNames) {
    if (await tree.has(at(name))) return { manager: "pip", manifest: name, lockFile: undefined };
  }
  if (await tree.has(at("Pipfile"))) return { manager: "pipenv", manifest: "Pipfile", lockFile: undefined };
  if (!hasProject) return undefined;
  const poetry = pyproject.poetry["dependencies"] !== undefined && pyproject.project["name"] === undefined;
  const uv = Object.keys(pyproject.uv).length > 0;
  return { manager: poetry ? "poetry" : uv ? "uv" : "pip", manifest: "pyproject.toml", lockFile: undefined };
}

const nothing: PyprojectToml = { project: {}, poetry: {}, uv: {}, groups: {} };

/** The tables that matter; `nothing` when the file is missing, broken, or only configures tools. */
function tables(source: string | undefined): PyprojectToml {
  const toml = parseToml(source);
  const tool = table(toml["tool"]);
  const found = {
    project: table(toml["project"]),
    poetry: table(tool["poetry"]),
    uv: table(tool["uv"]),
    groups: table(toml["dependency-groups"]),
  };
  return Object.values(found).every((part) => Object.keys(part).length === 0) && toml["build-system"] === undefined
    ? nothing
    : found;
}

async function backendOf(tree: SourceTree, at: (name: string) => string): Promise<string | undefined> {
  const toml = parseToml(await tree.read(at("pyproject.toml")));
  const backend = text(table(toml["build-system"])["build-backend"]);
  if (backend !== undefined) return backend.split(".")[0];
  return toml["build-system"] === undefined ? undefined : "setuptools";
}

async function readRequirements(
  tree: SourceTree,
  folder: string,
  first: string,
): Promise<{ names: Map<string, readonly string[]>; files: string[]; local: boolean }> {
  const names = new Map<string, readonly string[]>();
  const files: string[] = [];
  let local = false;
  const open = [first];
  for (let name = open.shift(); name !== undefined && files.length < 16; name = open.shift()) {
    if (files.includes(name)) continue;
    const path = joinPath(folder, name);
    // Included from outside of the service's folder: then only a copy of everything has it.
    if (path === undefined || (folder !== "." && !path.startsWith(`${folder}/`))) {
      local = true;
      continue;
    }
    if (!(await tree.has(path))) continue;
    files.push(name);
    // Not text for us (UTF-16 of `pip freeze` on Windows): pip reads it, we go by the imports.
    const parsed = parseRequirements((await tree.read(path)) ?? "");
    for (const [key, extras] of parsed.names) names.set(key, extras);
    local ||= parsed.local;
    const beside = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
    open.push(...parsed.includes.filter((file) => !file.includes("://")).map((file) => joinPath(beside, file) ?? ".."));
  }
  return { names, files, local };
}

function declared(toml: PyprojectToml): [string, readonly string[]][] {
  const found: [string, readonly string[]][] = [];
  const listed = toml.project["dependencies"];
  for (const line of Array.isArray(listed) ? listed : []) {
    const parsed = typeof line === "string" ? parseRequirement(line) : undefined;
    if (parsed !== undefined) found.push([parsed.name, parsed.extras]);
  }
  for (const [name, value] of Object.entries(table(toml.poetry["dependencies"]))) {
    if (name === "python") continue;
    const extras = table(value)["extras"];
    found.push([normalName(name), Array.isArray(extras) ? extras.filter((extra) => typeof extra === "string") : []]);
  }
  return found;
}

function pipfileNames(pipfile: Toml): [string, readonly string[]][] {
  return Object.entries(table(pipfile["packages"])).map(([name, value]) => {
    const extras = table(value)["extras"];
    return [normalName(name), Array.isArray(extras) ? extras.filter((extra) => typeof extra === "string") : []];
  });
}

/** `install_requires` of a setup.py or setup.cfg, without running it. */
function setupNames(setup: string): [string, readonly string[]][] {
  const block = /install_requires\s*=\s*(?:\[(?<list>[^\]]{0,8000})\]|\n(?<lines>(?:[ \t]+\S[^\n]*\n?){1,200}))/.exec(
    setup,
  );
  const list = block?.groups?.["list"];
  const lines =
    list === undefined
      ? (block?.groups?.["lines"] ?? "").split("\n")
      : [...list.matchAll(/["'](?<line>[^"'\n]{1,200})["']/g)].map((match) => match.groups?.["line"] ?? "");
  return lines.flatMap((line) => {
    const parsed = parseRequirement(line);
    return parsed === undefined ? [] : [[parsed.name, parsed.extras] satisfies [string, readonly string[]]];
  });
}

function scriptsOf(toml: PyprojectToml): Map<string, string> {
  const all = { ...table(toml.poetry["scripts"]), ...table(toml.project["scripts"]) };
  const target = /^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$/;
  return new Map(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === "string" && target.test(value) && /^[A-Za-z0-9][\w.-]{0,63}$/.test(name) ? [[name, value]] : [],
    ),
  );
}

function manifestsOf(
  manager: PythonManager,
  lockFile: string | undefined,
  toml: PyprojectToml,
  manifest: string | undefined,
): string[] {
  if (manager === "pipenv") return ["Pipfile", ...(lockFile === undefined ? [] : [lockFile])];
  if (manager !== "pip") return ["pyproject.toml", ...(lockFile === undefined ? [] : [lockFile])];
  return manifest === "pyproject.toml" && toml !== nothing ? ["pyproject.toml"] : [];
}

/** Dependencies by path, members of a workspace, and dynamic dependencies are read from sources. */
function needsSources(manifest: string | undefined, toml: PyprojectToml): boolean {
  if (manifest === undefined) return true;
  const dynamic = toml.project["dynamic"];
  const byPath = [table(toml.uv["sources"]), table(toml.poetry["dependencies"])].some((sources) =>
    Object.values(sources).some(
      (source) => table(source)["path"] !== undefined || table(source)["workspace"] !== undefined,
    ),
  );
  return (
    byPath ||
    toml.uv["workspace"] !== undefined ||
    (manifest === "pyproject.toml" && Array.isArray(dynamic) && dynamic.includes("dependencies"))
  );
}

function parseToml(source: string | undefined): Toml {
  if (source === undefined) return {};
  try {
    return parse(source);
  } catch {
    return {};
  }
}

/** A TOML table, or an empty one. */
export function table(value: unknown): Toml {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Toml) : {};
}

/** A TOML string, or undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
