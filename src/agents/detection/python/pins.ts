import { joinPath } from "../../config/service-files.ts";
import { compiledPackages } from "../../dependency/python-wheels.ts";
import type { SourceTree } from "../source-tree.ts";
import { normalName } from "./dependencies.ts";
import { type PythonProject, table, text } from "./project.ts";

const specifier = /^[<>=!~^][<>=!~^\d.*,\s]{0,80}$/;
/** Those about whose versions something is known. */
const usual: ReadonlySet<string> = new Set([...compiledPackages, "transformers"]);

/** How a project pins the packages about whose versions something is known: normalised name → specifier (`==1.24.3`, `<2`), of `about` only. A lock beats what it was made from. */
export async function readPins(
  tree: SourceTree,
  folder: string,
  project: PythonProject,
  about: ReadonlySet<string> = usual,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const add = (name: string, said: string | undefined): void => {
    const key = normalName(name);
    // What a build was made for is no part of its version: `2.1.0+cu118`.
    const trimmed = (said?.trim() ?? "").replace(/\+(?:cu\d{2,4}|rocm[\d.]{1,8}|cpu)$/, "");
    if (about.has(key) && specifier.test(trimmed) && !found.has(key)) found.set(key, trimmed.replaceAll(/\s+/g, ""));
  };
  const read = async (name: string): Promise<string> => (await tree.read(joinPath(folder, name) ?? name)) ?? "";
  if (project.lockFile !== undefined) {
    const lock = await read(project.lockFile);
    for (const [, name = "", version = ""] of lock.matchAll(
      /^name = "([\w.-]{1,80})"\r?\nversion = "([\w.+!-]{1,40})"/gm,
    ))
      add(name, `==${version.replace(/[^\d.].*$/, "")}`);
    for (const [, name = "", version = ""] of lock.matchAll(
      /"([\w.-]{1,80})":\s*\{[^{}]{0,6000}?"version":\s*"(==[\d.]{1,40})"/g,
    ))
      add(name, version);
    return found;
  }
  for (const file of project.manifests.filter((name) => !name.endsWith(".toml") && name !== "Pipfile")) {
    for (const line of (await read(file)).split("\n").slice(0, 5000)) addRequirement(line, add);
  }
  const listed = project.toml.project["dependencies"];
  for (const line of Array.isArray(listed) ? listed : []) if (typeof line === "string") addRequirement(line, add);
  for (const tools of [table(project.toml.poetry["dependencies"]), table(project.pipfile["packages"])]) {
    for (const [name, value] of Object.entries(tools)) {
      const said = text(value) ?? text(table(value)["version"]);
      // Poetry's bare version is a caret range.
      add(name, said !== undefined && /^\d/.test(said) ? `^${said}` : said);
    }
  }
  for (const line of project.conda) addRequirement(line, add);
  return found;
}

/** Builds for a GPU that the requirements name: normalised name → `cu118`. */
export async function readGpuBuilds(
  tree: SourceTree,
  folder: string,
  project: PythonProject,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of project.manifests.filter((name) => name.endsWith(".txt"))) {
    const said = (await tree.read(joinPath(folder, file) ?? file)) ?? "";
    for (const [, name = "", build = ""] of said.matchAll(
      /^[ \t]*([A-Za-z][\w.-]{0,60})[ \t]{0,4}==[ \t]{0,4}[\d.]{1,20}\+(cu\d{2,4}|rocm[\d.]{1,8})\b/gm,
    ))
      found.set(normalName(name), build);
  }
  return found;
}

function addRequirement(line: string, add: (name: string, said: string) => void): void {
  const match = /^\s*([A-Za-z0-9][\w.-]{0,80})\s*(?:\[[^\]]{0,200}\])?\s*\(?([<>=!~][^;#)\\]{0,100})/.exec(
    line.slice(0, 400),
  );
  // pip's own options (`--hash`) follow a version after white space.
  if (match !== null) add(match[1] ?? "", (match[2] ?? "").replace(/\s+--.*$/, ""));
}
