import { joinPath } from "../../config/service-files.ts";
import type { Wishes } from "../language.ts";
import { pythonNames, weakWords } from "../../requirements/weak-evidence.ts";
import type { SourceTree } from "../source-tree.ts";
import type { PythonProject } from "./project.ts";
import { table, text } from "./project.ts";
import { isPythonRange } from "./specifier.ts";

/** What somebody or something says about the version of Python: a line (`3.12`), a full version, or a range. */
export interface VersionWord {
  readonly range: string;
  /** For people: `.python-version`, `requires-python ">=3.11"`, `spec`. */
  readonly from: string;
  /** A person or a version file names one line; a manifest only bounds it. */
  readonly exact: boolean;
  readonly where?: string;
  /** Not said to us (a CI workflow): passed over where there is no image of it. */
  readonly weak?: boolean;
}

/** Names in the environment that Repo Runner and its peers read, ours first. */
const environmentNames = [
  "PYTHON_VERSION",
  "RAILPACK_PYTHON_VERSION",
  "NIXPACKS_PYTHON_VERSION",
  "BP_CPYTHON_VERSION",
  "GOOGLE_PYTHON_VERSION",
  "GOOGLE_RUNTIME_VERSION",
];

/** Every word about the version, surest first: spec > environment > repo-runner.yaml > version file > manifest > lock > CI and other hosts. */
export async function pythonVersionWords(
  tree: SourceTree,
  folder: string,
  project: PythonProject | undefined,
  wishes: Wishes,
): Promise<readonly VersionWord[]> {
  const words: (VersionWord | undefined)[] = [];
  const told = wishes.service?.runtime?.version;
  if (told !== undefined) words.push({ range: told, from: "spec", exact: true });
  for (const name of environmentNames) words.push(exact(wishes.env[name], `env ${name}`));
  const declared = wishes.declaredRuntime?.("python");
  if (declared !== undefined) words.push(exact(declared.version, declared.from, declared.from));
  // A service in a folder may leave the version to the root of its repository.
  const folders = folder === "." ? ["."] : [folder, "."];
  for (const one of folders) words.push(...(await versionFiles(tree, one)));
  words.push(...manifestWords(folder, project));
  words.push(...(await lockWords(tree, folder, project)));
  if (!words.some((word) => word !== undefined)) {
    for (const { said, from, where } of await weakWords(tree, pythonNames)) {
      words.push({ range: said, from, exact: false, where, weak: true });
    }
  }
  return words.filter((word) => word !== undefined);
}

async function versionFiles(tree: SourceTree, folder: string): Promise<(VersionWord | undefined)[]> {
  const read = async (name: string): Promise<readonly [string | undefined, string]> => {
    const path = joinPath(folder, name) ?? name;
    return [await tree.read(path), path];
  };
  const words: (VersionWord | undefined)[] = [];
  for (const name of [".python-version", "runtime.txt"]) {
    const [source, path] = await read(name);
    const line = source?.split("\n").find((candidate) => candidate.trim() !== "" && !candidate.trim().startsWith("#"));
    words.push(exact(line?.trim().replace(/^(?:python|cpython)[-@]?/i, ""), path, path));
  }
  const [tools, path] = await read(".tool-versions");
  words.push(exact(/^python[ \t]+(?<version>\d[\w.]*)/m.exec(tools ?? "")?.groups?.["version"], path, path));
  for (const name of ["mise.toml", ".mise.toml"]) {
    const [mise, misePath] = await read(name);
    const said = /^python\s*=\s*(?:\[\s*|\{\s*version\s*=\s*)?["'](?<version>\d[\w.]*)["']/m.exec(mise ?? "");
    words.push(exact(said?.groups?.["version"], misePath, misePath));
  }
  return words;
}

function manifestWords(folder: string, project: PythonProject | undefined): (VersionWord | undefined)[] {
  if (project === undefined) return [];
  const { toml, pipfile, condaPython } = project;
  const requires = table(pipfile["requires"]);
  const file = (name: string): string => joinPath(folder, name) ?? name;
  return [
    range(text(toml.project["requires-python"]), "requires-python", file("pyproject.toml")),
    range(text(requires["python_full_version"]) ?? text(requires["python_version"]), "Pipfile", file("Pipfile")),
    range(text(table(toml.poetry["dependencies"])["python"]), "Poetry's python", file("pyproject.toml")),
    exact(condaPython, project.manifest ?? "environment.yml", file(project.manifest ?? "environment.yml")),
  ];
}

async function lockWords(
  tree: SourceTree,
  folder: string,
  project: PythonProject | undefined,
): Promise<(VersionWord | undefined)[]> {
  if (project?.lockFile === undefined) return [];
  const path = joinPath(folder, project.lockFile) ?? project.lockFile;
  const source = (await tree.read(path)) ?? "";
  const said = /^(?:requires-python|python-versions|requires_python)\s*=\s*"(?<range>[^"\n]{1,80})"/m.exec(source);
  const pipenv = /"python_(?:full_)?version":\s*"(?<range>[^"\n]{1,20})"/.exec(source);
  return [range((said ?? pipenv)?.groups?.["range"], project.lockFile, path)];
}

function exact(version: string | undefined, from: string, where?: string): VersionWord | undefined {
  if (version === undefined || !/^\d+(?:\.(?:\d+|x|\*)){0,2}(?:[a-z]\w*)?$/.test(version.trim())) return undefined;
  const word = { range: version.trim().replace(/\.(?:x|\*)$/, ""), from, exact: true };
  return where === undefined ? word : { ...word, where };
}

function range(said: string | undefined, from: string, where: string): VersionWord | undefined {
  if (said === undefined || said.trim() === "" || said.trim() === "*" || !isPythonRange(said)) return undefined;
  return { range: said.trim(), from: `${from} "${said.trim()}"`, exact: false, where };
}
