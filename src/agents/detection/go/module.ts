import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** What go.mod says. */
export interface GoModule {
  /** `example.org/shop`. */
  readonly path: string;
  /** Lowest Go that it needs: `1.26.1`. */
  readonly go: string | undefined;
  readonly toolchain: string | undefined;
  readonly requires: readonly string[];
  /** Local folders that stand in for modules. */
  readonly localReplaces: readonly string[];
}

/** Reads a go.mod, by lines: it is made by a program and has few shapes. */
export function parseGoMod(text: string): GoModule | undefined {
  const lines = text.split("\n").map((line) => line.replace(/\/\/.*$/, "").trim());
  const value = (word: string): string | undefined => {
    const line = lines.find((one) => one.startsWith(`${word} `) || one.startsWith(`${word}\t`));
    return line?.slice(word.length).trim().replaceAll('"', "");
  };
  const path = value("module");
  if (path === undefined || !/^[\w.~/-]{1,250}$/.test(path)) return undefined;
  const requires: string[] = [];
  const localReplaces: string[] = [];
  let block = "";
  for (const line of lines.slice(0, 5000)) {
    const opened = /^(?<word>[a-z]+)\s*\($/.exec(line)?.groups?.["word"];
    if (opened !== undefined) block = opened;
    else if (line === ")") block = "";
    else {
      const [, word = block, rest = line] = /^(require|replace)\s+(.*)$/.exec(line) ?? [];
      if (word === "require") requires.push(rest.split(/\s/)[0] ?? "");
      const target = word === "replace" ? /=>\s*(?<to>\.{1,2}\/\S*|\.{1,2})$/.exec(rest)?.groups?.["to"] : undefined;
      if (target !== undefined) localReplaces.push(target);
    }
  }
  return { path, go: value("go"), toolchain: value("toolchain")?.replace(/^go/, ""), requires, localReplaces };
}

/** A folder's Go, and where its build has to begin: the folder of the workspace or of replaced modules. */
export interface GoProject {
  readonly folder: string;
  readonly module: GoModule | undefined;
  /** Folder of the build context, that has every module which is needed. */
  readonly context: string;
  /** Members of a go.work, relative to its folder. */
  readonly members: readonly string[];
  /** A go.work decides which modules there are: in its own folder, or above. */
  readonly inWorkspace: boolean;
  readonly hasSum: boolean;
  readonly vendored: boolean;
}

/** Reads go.mod, go.work and what they lead to; undefined when the folder is no Go module. */
export async function readGoProject(tree: SourceTree, folder: string): Promise<GoProject | undefined> {
  const at = (name: string): string => joinPath(folder, name) ?? name;
  const work = await tree.read(at("go.work"));
  const text = await tree.read(at("go.mod"));
  const module = text === undefined ? undefined : parseGoMod(text);
  if (module === undefined && work === undefined) {
    const single = (await tree.has(at("main.go"))) && !(await hasModuleAbove(tree, folder));
    return single
      ? { folder, module: undefined, context: folder, members: [], inWorkspace: false, hasSum: false, vendored: false }
      : undefined;
  }
  const above = work === undefined ? await workspaceAbove(tree, folder) : folder;
  const leaves = module?.localReplaces.some((target) => isOutside(folder, target)) === true;
  return {
    folder,
    module,
    context: leaves ? "." : (above ?? folder),
    members: work === undefined ? [] : membersOf(work),
    inWorkspace: above !== undefined,
    hasSum: (await tree.has(at("go.sum"))) || (module?.requires.length ?? 0) === 0,
    vendored: await tree.has(at("vendor/modules.txt")),
  };
}

/** The folder with a go.work that names this one. */
async function workspaceAbove(tree: SourceTree, folder: string): Promise<string | undefined> {
  for (let at = folder; at !== ".";) {
    at = folderOf(at);
    const work = await tree.read(joinPath(at, "go.work") ?? "go.work");
    if (work !== undefined) return membersOf(work).some((member) => joinPath(at, member) === folder) ? at : undefined;
  }
  return undefined;
}

function membersOf(work: string): readonly string[] {
  const lines = work.replaceAll(/\/\/[^\n]*/g, "");
  const block = /\buse\s*\((?<block>[^)]*)\)/.exec(lines)?.groups?.["block"] ?? "";
  const single = [...lines.matchAll(/^use[ \t]+(?<member>[^\s(]+)/gm)].map((match) => match.groups?.["member"] ?? "");
  return [...block.split(/\s+/), ...single]
    .map((member) => joinPath(member.replaceAll('"', "")))
    .filter((member) => member !== undefined)
    .filter((member) => /^[\w./-]+$/.test(member))
    .slice(0, 32);
}

function isOutside(folder: string, target: string): boolean {
  const path = joinPath(folder, target);
  return path === undefined || (folder !== "." && path !== folder && !path.startsWith(`${folder}/`));
}

async function hasModuleAbove(tree: SourceTree, folder: string): Promise<boolean> {
  const parts = folder === "." ? [] : folder.split("/");
  for (let length = parts.length - 1; length >= 0; length -= 1) {
    const path = [...parts.slice(0, length), "go.mod"].join("/");
    if (await tree.has(path)) return true;
  }
  return false;
}
