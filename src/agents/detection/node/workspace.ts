import { folderOf, joinPath, readCodes, serviceCodePaths } from "../../config/service-files.ts";
import { readJson5, readYaml } from "../json5.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import { type NodePackage, readPackage } from "./package-json.ts";

/** Most members of a workspace that are read. */
const maxMembers = 300;
const maxPatterns = 200;

/** The package beside which the lock file lies: the workspace's root above, or the package itself. */
export async function workspaceRootOf(tree: SourceTree, pkg: NodePackage): Promise<NodePackage> {
  for (let folder = pkg.path; folder !== ".";) {
    folder = folderOf(folder);
    const root = await readPackage(tree, folder);
    const patterns = root === undefined ? [] : await workspacesOf(tree, root);
    const below = folder === "." ? pkg.path : pkg.path.slice(folder.length + 1);
    if (root !== undefined && isMember(patterns, below)) return root;
  }
  return pkg;
}

/** Packages whose program is called otherwise. */
const programs: Readonly<Record<string, string>> = {
  tsc: "typescript",
  ng: "@angular/cli",
  nest: "@nestjs/cli",
  "vue-cli-service": "@vue/cli-service",
  docusaurus: "@docusaurus/core",
  eleventy: "@11ty/eleventy",
  "react-router": "@react-router/dev",
  remix: "@remix-run/dev",
};

/** A member with those tools of its root that its own scripts call: many workspaces name them once for all. */
export function withRootTools(pkg: NodePackage, root: NodePackage): NodePackage {
  if (root.path === pkg.path) return pkg;
  const words = Object.values(pkg.json.scripts).flatMap((script) => script.split(/[\s"'`;&|()]+/));
  const called = new Set(words.flatMap((word) => [word, programs[word] ?? word]));
  const tools = [...root.all].filter(([name]) => called.has(name) && !pkg.all.has(name));
  return tools.length === 0 ? pkg : { ...pkg, all: new Map([...pkg.all, ...tools]) };
}

/** Patterns of the folders that a workspace's root names: package.json, pnpm-workspace.yaml or lerna.json; empty where it is none. */
export async function workspacesOf(tree: SourceTree, root: NodePackage): Promise<readonly string[]> {
  if (root.json.workspaces !== undefined) return root.json.workspaces.slice(0, maxPatterns);
  const pnpm = await tree.read(at(root.path, "pnpm-workspace.yaml"));
  if (pnpm !== undefined) return patternsIn(readYaml(pnpm));
  const lerna = await tree.read(at(root.path, "lerna.json"));
  return lerna === undefined ? [] : patternsIn(readJson5(lerna));
}

function patternsIn(settings: unknown): readonly string[] {
  const packages =
    typeof settings === "object" && settings !== null && "packages" in settings ? settings.packages : undefined;
  const texts: readonly unknown[] = Array.isArray(packages) ? packages : [];
  return texts.filter((pattern) => typeof pattern === "string").slice(0, maxPatterns);
}

/** Every package of a workspace, its root left out; sorted by folder. */
export async function membersOf(tree: SourceTree, root: NodePackage): Promise<readonly NodePackage[]> {
  const patterns = await workspacesOf(tree, root);
  if (patterns.length === 0) return [];
  const prefix = root.path === "." ? "" : `${root.path}/`;
  const folders = (await tree.files(root.path))
    .filter((path) => path.endsWith("/package.json") && path.startsWith(prefix))
    .map(folderOf)
    .filter((folder) => folder !== root.path && isMember(patterns, folder.slice(prefix.length)));
  const read = await Promise.all(folders.slice(0, maxMembers).map(async (folder) => await readPackage(tree, folder)));
  return read.filter((pkg) => pkg !== undefined);
}

/** Members that a package is made of, directly or by others, each behind what it needs itself; the package is not among them. */
export function partsOf(pkg: NodePackage, members: readonly NodePackage[]): readonly NodePackage[] {
  const byName = new Map(members.map((member) => [member.json.name, member]));
  const byFolder = new Map(members.map((member) => [member.path, member]));
  const seen = new Set<NodePackage>();
  const ordered: NodePackage[] = [];
  const visit = (one: NodePackage): void => {
    seen.add(one);
    for (const [name, version] of one.all) {
      const linked = /^(?:file|link|portal):(.+)$/.exec(version)?.[1];
      const folder = linked === undefined ? undefined : joinPath(one.path, linked);
      const part = (folder === undefined ? undefined : byFolder.get(folder)) ?? byName.get(name);
      if (part !== undefined && !seen.has(part)) visit(part);
    }
    ordered.push(one);
  };
  visit(byFolder.get(pkg.path) ?? pkg);
  return ordered.filter(({ path }) => path !== pkg.path);
}

/** The same with those members whose built files the package's code names: a server that shows a page of the workspace. */
export async function servedParts(
  tree: SourceTree,
  pkg: NodePackage,
  members: readonly NodePackage[],
  parts: readonly NodePackage[],
): Promise<readonly NodePackage[]> {
  const others = members.filter((member) => member.path !== pkg.path && !parts.includes(member));
  if (others.length === 0) return parts;
  const sources = await readCodes(tree, await serviceCodePaths(tree, pkg.path, ["javascript"]));
  const text = sources.map(({ text: one }) => one.replaceAll(/["'`]\s{0,4},\s{0,4}["'`]/g, "/")).join("\n");
  const served = others.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return ["dist", "build", "out", ".next"].some(
      (built) => text.includes(`../${name}/${built}`) || text.includes(`${path}/${built}`),
    );
  });
  return [...parts, ...served.flatMap((one) => [...partsOf(one, members), one])].filter(
    (one, index, all) => all.indexOf(one) === index && one.path !== pkg.path,
  );
}

function isMember(patterns: readonly string[], folder: string): boolean {
  const excluded = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const included = patterns.filter((pattern) => !pattern.startsWith("!"));
  return included.some((each) => matches(each, folder)) && !excluded.some((each) => matches(each, folder));
}

function matches(pattern: string, folder: string): boolean {
  if (pattern.length > 200) return false;
  const want = pattern.replace(/^\.\//, "").replace(/\/+$/, "").split("/");
  return fits(want, folder.split("/"));
}

/** Part by part; `**` stands for any number of folders, `*` for any part of a name. */
function fits(want: readonly string[], have: readonly string[]): boolean {
  const deep = want.indexOf("**");
  if (deep === -1) return want.length === have.length && want.every((part, index) => isNamed(part, have[index] ?? ""));
  const [head, tail] = [want.slice(0, deep), want.slice(deep + 1).filter((part) => part !== "**")];
  if (have.length < head.length + tail.length) return false;
  return (
    head.every((part, index) => isNamed(part, have[index] ?? "")) &&
    tail.every((part, index) => isNamed(part, have[have.length - tail.length + index] ?? ""))
  );
}

function isNamed(pattern: string, name: string): boolean {
  const [head = "", tail] = pattern.split("*");
  return tail === undefined ? pattern === name : name !== "" && name.startsWith(head) && name.endsWith(tail);
}
