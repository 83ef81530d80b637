import type { Recipe, Volume } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { isPlainFolder } from "../app-roots.ts";
import { factsOf } from "../dockerfile/image-facts.ts";
import { readDockerfile } from "../dockerfile/instructions.ts";
import type { SourceTree } from "../source-tree.ts";
import { type ComposeProject, listOf, mapping, type Mapping, markedName } from "./compose-file.ts";
import { serviceLabel, textOf } from "./texts.ts";

/** What becomes of the places that a service mounts. */
export interface Mounts {
  readonly volumes: readonly Volume[];
  /** Files and folders of the repository that the image takes in. */
  readonly copies: Recipe["copies"];
  /** What is left out, by the reason for it. */
  readonly left: ReadonlyMap<string, readonly string[]>;
}

interface Mount {
  readonly source: string | undefined;
  readonly target: string;
}

/** Folders that a build fills: an empty volume over them would hide what the image has. */
const filledByBuild =
  /\/(?:node_modules|vendor|target|\.venv|venv|\.next|dist|build|\.cache|\.gradle|\.m2|bin|obj|__pycache__|deps|_build)(?:\/|$)/;

/**
 * Named volumes are kept; files of the repository are copied into the image; sources that are mounted over what a build made, for writing
 * code, are left out, as is what lies on the machine. `built`: folders of the repository that the service's own image holds.
 */
export async function mountsOf(
  tree: SourceTree,
  project: ComposeProject,
  service: Mapping,
  built: readonly string[] | undefined,
): Promise<Mounts> {
  const volumes: Volume[] = [];
  const copies: Recipe["copies"] = [];
  const left = new Map<string, string[]>();
  const leave = (reason: string, what: string): void => void left.set(reason, [...(left.get(reason) ?? []), what]);
  for (const { source, target } of listOf(service["volumes"]).flatMap(mountIn)) {
    if (target.startsWith("/docker-entrypoint-initdb.d")) continue;
    if (source === undefined) {
      if (!filledByBuild.test(`${target}/`)) leave("volumes without a name start empty with each pod", target);
    } else if (markedName(source) === undefined && !/^[.~/\\$]/.test(source)) {
      if (filledByBuild.test(`${target}/`)) leave("volumes over what the build makes", target);
      else if (/^\/[\w./@+-]{1,255}$/.test(target) && volumes.length < 8)
        volumes.push({ name: serviceLabel(source), path: target, where: project.file });
      else leave("volumes", target);
    } else if (!source.startsWith(".")) leave("places of the machine", `${source} → ${target}`);
    else {
      const path = joinPath(project.folder, source);
      const isFile = path !== undefined && (await tree.has(path));
      const there = path !== undefined && isPlainFolder(path) && (isFile || (await tree.list(path)).length > 0);
      if (path === undefined || !there || !/^\/[\w./@+-]{1,511}$/.test(target))
        leave("mounts of what is not in the repository", source);
      else if (built !== undefined && !isFile && built.some((folder) => isSource(path, folder)))
        leave("sources mounted for writing code", `${source} → ${target}`);
      else if (copies.length < 24) copies.push({ from: path, to: target });
    }
  }
  for (const kind of ["secrets", "configs"] as const) {
    for (const word of listOf(service[kind])) {
      const said = mapping(word);
      const name = textOf(said["source"]) ?? textOf(word) ?? "";
      const file = textOf(mapping(project[kind][name])["file"]);
      const path = file === undefined ? undefined : joinPath(project.folder, file);
      const asked = textOf(said["target"]) ?? name;
      const target = asked.startsWith("/") ? asked : kind === "secrets" ? `/run/secrets/${asked}` : `/${asked}`;
      if (path !== undefined && isPlainFolder(path) && (await tree.has(path)) && /^\/[\w./@+-]{1,511}$/.test(target))
        copies.push({ from: path, to: target });
      else leave(`${kind} whose file is not in the repository`, name);
    }
  }
  return { volumes, copies: copies.slice(0, 32), left };
}

/** Folders that an image takes out of its context; one that copies only a manifest counts on its sources being mounted. */
export async function imageSources(tree: SourceTree, recipe: Recipe): Promise<readonly string[]> {
  const text = recipe.dockerfile === undefined ? undefined : await tree.read(recipe.dockerfile);
  const facts = text === undefined ? undefined : factsOf(readDockerfile(text), recipe.target);
  if (facts === undefined) return [recipe.context];
  const folders: string[] = [];
  for (const { source } of facts.copied) {
    const path = joinPath(recipe.context, source.replace(/\/?[^/]*[*?[].*$/, ""));
    if (path !== undefined && !(await tree.has(path))) folders.push(path);
  }
  return folders;
}

/** A folder over a build's own only shortens a developer's way: the image has it already. */
function isSource(path: string, folder: string): boolean {
  const inside = folder === "." || path === folder || path.startsWith(`${folder}/`);
  return inside || path === "." || folder.startsWith(`${path}/`);
}

function mountIn(value: unknown): readonly Mount[] {
  if (typeof value === "string") {
    const [first = "", second, third] = value.split(":");
    // `C:\folder:/place` is a place of some machine.
    if (third !== undefined && /^[A-Za-z]$/.test(first)) return [{ source: `/${first}`, target: third }];
    return second === undefined ? [{ source: undefined, target: first }] : [{ source: first, target: second }];
  }
  const said = mapping(value);
  const target = textOf(said["target"]);
  if (target === undefined || said["type"] === "tmpfs") return [];
  const source = textOf(said["source"]);
  const isBind = said["type"] === "bind" && source !== undefined && !/^[./~]/.test(source);
  return [{ source: isBind ? `./${source}` : source, target }];
}
