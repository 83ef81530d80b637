import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { type CargoManifest, localDependencies, parseCargo } from "./manifest.ts";

/** One program of a package. */
export interface CargoBinary {
  readonly name: string;
  /** File with its `main`, relative to the tree's root. */
  readonly file: string;
  readonly features: readonly string[];
}

/** One package of Cargo. */
export interface CargoPackage {
  /** Relative to the tree's root. */
  readonly folder: string;
  readonly name: string;
  readonly manifest: CargoManifest;
  readonly binaries: readonly CargoBinary[];
}

/** A folder's Cargo: its own package, or the members of the workspace that it is. */
export interface CargoProject {
  readonly folder: string;
  readonly manifest: CargoManifest;
  /** Folder with Cargo.lock and `[workspace]`: where the build has to begin. */
  readonly root: string;
  readonly rootManifest: CargoManifest;
  readonly lock: string | undefined;
  /** What may run: the default members where they are named, else all. */
  readonly packages: readonly CargoPackage[];
  readonly isWorkspace: boolean;
}

const maxMembers = 64;
const binaryName = /^[A-Za-z0-9_][\w-]{0,63}$/;

/** Reads Cargo.toml and what it leads to; undefined where there is none that can be read. */
export async function readCargoProject(tree: SourceTree, folder: string): Promise<CargoProject | undefined> {
  const manifest = await manifestIn(tree, folder);
  if (manifest === undefined) return undefined;
  const root = manifest.workspace === undefined ? await workspaceAbove(tree, folder) : { folder, manifest };
  const packages = await packagesOf(tree, folder, manifest);
  const leaves = localDependencies(manifest).some((path) => isOutside(folder, path));
  const place = root?.folder ?? (leaves ? "." : folder);
  return {
    folder,
    manifest,
    root: place,
    rootManifest: root?.manifest ?? manifest,
    lock: await tree.read(joinPath(root?.folder ?? folder, "Cargo.lock") ?? "Cargo.lock"),
    packages,
    isWorkspace: root !== undefined,
  };
}

async function manifestIn(tree: SourceTree, folder: string): Promise<CargoManifest | undefined> {
  const text = await tree.read(joinPath(folder, "Cargo.toml") ?? "Cargo.toml");
  return text === undefined ? undefined : parseCargo(text);
}

async function workspaceAbove(
  tree: SourceTree,
  folder: string,
): Promise<{ readonly folder: string; readonly manifest: CargoManifest } | undefined> {
  for (let at = folder; at !== ".";) {
    at = folderOf(at);
    const manifest = await manifestIn(tree, at);
    const excluded = manifest?.workspace?.exclude?.some((path) => joinPath(at, path) === folder) === true;
    if (manifest?.workspace !== undefined && !excluded) return { folder: at, manifest };
  }
  return undefined;
}

async function packagesOf(tree: SourceTree, folder: string, manifest: CargoManifest): Promise<readonly CargoPackage[]> {
  const workspace = manifest.workspace;
  const chosen = workspace?.["default-members"] ?? workspace?.members ?? [];
  const excluded = new Set((workspace?.exclude ?? []).map((path) => joinPath(folder, path)));
  const own = workspace?.["default-members"] === undefined ? [folder] : [];
  const folders = new Set([...own, ...(await memberFolders(tree, folder, chosen))]);
  const found: CargoPackage[] = [];
  for (const place of [...folders].filter((each) => !excluded.has(each)).slice(0, maxMembers)) {
    const told = place === folder ? manifest : await manifestIn(tree, place);
    const name = told?.package?.name;
    // The folder is named on a command line.
    const isPlain = place === folder || /^[\w@+][\w@+./-]{0,119}$/.test(place);
    if (told === undefined || name === undefined || !binaryName.test(name) || !isPlain) continue;
    found.push({ folder: place, name, manifest: told, binaries: await binariesOf(tree, place, name, told) });
  }
  return found;
}

/** `crates/*` and `services/*\/api` written out. */
async function memberFolders(
  tree: SourceTree,
  folder: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns.slice(0, maxMembers)) {
    let places: string[] = [folder];
    for (const part of pattern.split("/").filter((each) => each !== "" && each !== ".")) {
      places = /[*?]/.test(part)
        ? await below(tree, places, part)
        : places.flatMap((place) => joinPath(place, part) ?? []);
    }
    found.push(...places.slice(0, maxMembers));
  }
  return found;
}

async function below(tree: SourceTree, places: readonly string[], pattern: string): Promise<string[]> {
  const fits = new RegExp(
    `^${pattern
      .slice(0, 64)
      .replaceAll(/[^\w*?-]/g, String.raw`\$&`)
      .replaceAll(/\*+/g, "[^/]*")
      .replaceAll("?", "[^/]")}$`,
  );
  const lists = await Promise.all(
    places.slice(0, maxMembers).map(async (place) => {
      const names = (await tree.list(place)).filter((name) => name.endsWith("/")).map((name) => name.slice(0, -1));
      return names.filter((name) => fits.test(name)).flatMap((name) => joinPath(place, name) ?? []);
    }),
  );
  return lists.flat();
}

async function binariesOf(
  tree: SourceTree,
  folder: string,
  name: string,
  manifest: CargoManifest,
): Promise<readonly CargoBinary[]> {
  const at = (path: string): string => joinPath(folder, path) ?? path;
  const found = new Map<string, CargoBinary>();
  const add = (binary: string, file: string, features: readonly string[] = []): void => {
    if (binaryName.test(binary) && !found.has(binary)) found.set(binary, { name: binary, file, features });
  };
  for (const told of manifest.bin ?? []) {
    if (told.name === undefined) continue;
    const places = told.path === undefined ? [`src/bin/${told.name}.rs`, `src/bin/${told.name}/main.rs`] : [told.path];
    const usual = told.name === name ? [...places, "src/main.rs"] : places;
    const features = (told["required-features"] ?? []).filter((each) => /^[\w+./-]{1,64}$/.test(each)).slice(0, 8);
    for (const place of usual) if (await tree.has(at(place))) add(told.name, at(place), features);
  }
  if (manifest.package?.autobins === false) return [...found.values()];
  const named = new Set([...found.values()].map(({ file }) => file));
  if ((await tree.has(at("src/main.rs"))) && !named.has(at("src/main.rs"))) add(name, at("src/main.rs"));
  for (const each of await tree.list(at("src/bin"))) {
    const file = each.endsWith("/") ? at(`src/bin/${each}main.rs`) : at(`src/bin/${each}`);
    if (!file.endsWith(".rs") || named.has(file) || !(await tree.has(file))) continue;
    add(each.replace(/\/$|\.rs$/, ""), file);
  }
  return [...found.values()];
}

function isOutside(folder: string, target: string): boolean {
  const path = joinPath(folder, target);
  return path === undefined || (folder !== "." && path !== folder && !path.startsWith(`${folder}/`));
}
