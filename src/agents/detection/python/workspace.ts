import { parse } from "smol-toml";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { type PythonProject, table } from "./project.ts";

/** Where a project's build begins, and where its lock lies. */
export interface Place {
  /** Folder of the build context: the project's own, its workspace's, or the root where it depends on folders beside it. */
  readonly context: string;
  /** Folder of the lock file. */
  readonly lockFolder: string;
}

/** A project with its place: a member of a workspace of uv is installed by the lock of the workspace. */
export async function placed(
  tree: SourceTree,
  folder: string,
  project: PythonProject,
): Promise<{ readonly project: PythonProject; readonly place: Place }> {
  const root = await uvWorkspaceAbove(tree, folder, project);
  if (root !== undefined) {
    const lock = (await tree.has(joinPath(root, "uv.lock") ?? "uv.lock")) ? "uv.lock" : undefined;
    const manifest = lock ?? "pyproject.toml";
    const member: PythonProject = { ...project, manager: "uv", lockFile: lock, manifest, needsSources: true };
    return { project: member, place: { context: root, lockFolder: root } };
  }
  if (folder === "." || !(await reachesOut(tree, folder, project)))
    return { project, place: { context: folder, lockFolder: folder } };
  return { project: { ...project, needsSources: true }, place: { context: ".", lockFolder: folder } };
}

async function uvWorkspaceAbove(tree: SourceTree, folder: string, project: PythonProject): Promise<string | undefined> {
  if (project.lockFile !== undefined || !(await tree.has(joinPath(folder, "pyproject.toml") ?? ""))) return undefined;
  for (let at = folder; at !== ".";) {
    at = folderOf(at);
    const workspace = await workspaceIn(tree, at);
    const below = at === "." ? folder : folder.slice(at.length + 1);
    if (workspace === undefined) continue;
    const fits = (key: string): boolean => texts(workspace[key]).some((pattern) => matches(pattern, below));
    return fits("members") && !fits("exclude") ? at : undefined;
  }
  return undefined;
}

async function workspaceIn(tree: SourceTree, folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await tree.read(joinPath(folder, "pyproject.toml") ?? "pyproject.toml");
  if (text === undefined || !text.includes("tool.uv.workspace")) return undefined;
  try {
    return table(table(table(parse(text)["tool"])["uv"])["workspace"]);
  } catch {
    return undefined;
  }
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((each) => typeof each === "string").slice(0, 100);
}

/** `apps/*` and `libs/common`, part by part. */
function matches(pattern: string, folder: string): boolean {
  const want = pattern.slice(0, 200).replace(/^\.\//, "").replace(/\/+$/, "").split("/");
  const have = folder.split("/");
  return (
    want.length === have.length &&
    want.every((part, index) => {
      const [head = "", tail] = part.split("*");
      const name = have[index] ?? "";
      return tail === undefined ? part === name : name.startsWith(head) && name.endsWith(tail);
    })
  );
}

/** A dependency by a path that leaves the project's folder: `-e ../shared`, `{path = "../shared"}`. */
async function reachesOut(tree: SourceTree, folder: string, project: PythonProject): Promise<boolean> {
  const sources = [table(project.toml.uv["sources"]), table(project.toml.poetry["dependencies"])];
  const paths = sources.flatMap((each) => Object.values(each).map((source) => table(source)["path"]));
  if (paths.some((path) => typeof path === "string" && path.startsWith("../"))) return true;
  for (const name of project.manifests.filter((file) => file.endsWith(".txt"))) {
    const text = (await tree.read(joinPath(folder, name) ?? name)) ?? "";
    if (/^(?:-[erc][ \t]{1,4}|--(?:editable|requirement)[ \t=]{1,4})?(?:file:)?\.\.\//m.test(text)) return true;
  }
  return false;
}
