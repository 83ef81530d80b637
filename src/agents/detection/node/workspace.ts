import { folderOf } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import { type NodePackage, readPackage } from "./package-json.ts";

/** The package beside which the lock file lies: the workspace's root above, or the package itself. */
export async function workspaceRootOf(tree: SourceTree, pkg: NodePackage): Promise<NodePackage> {
  for (let folder = pkg.path; folder !== ".";) {
    folder = folderOf(folder);
    const root = await readPackage(tree, folder);
    const patterns = root === undefined ? [] : await workspacesOf(tree, root);
    const below = folder === "." ? pkg.path : pkg.path.slice(folder.length + 1);
    if (root !== undefined && patterns.some((pattern) => matches(pattern, below))) return root;
  }
  return pkg;
}

/** Patterns of the folders that a workspace's root names; empty where it is none. */
export async function workspacesOf(tree: SourceTree, root: NodePackage): Promise<readonly string[]> {
  if (root.json.workspaces !== undefined) return root.json.workspaces.slice(0, 200);
  const text = await tree.read(at(root.path, "pnpm-workspace.yaml"));
  const list = /^packages:\s*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?\n?)*)/m.exec(text ?? "")?.[1] ?? "";
  return [...list.matchAll(/^\s*-\s*["']?([^"'#\s]+)/gm)].map(([, pattern = ""]) => pattern).slice(0, 200);
}

function matches(pattern: string, folder: string): boolean {
  if (pattern.startsWith("!") || pattern.length > 200) return false;
  const want = pattern.replace(/^\.\//, "").replace(/\/+$/, "").split("/");
  const have = folder.split("/");
  const deep = want.indexOf("**");
  const same = (parts: readonly string[], against: readonly string[]): boolean =>
    parts.every((part, index) => {
      const [head = "", tail] = part.split("*");
      const name = against[index] ?? "";
      return tail === undefined ? part === name : name !== "" && name.startsWith(head) && name.endsWith(tail);
    });
  if (deep === -1) return want.length === have.length && same(want, have);
  return have.length >= deep && same(want.slice(0, deep), have);
}
