import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { childrenAt, parseXml, textAt, type XmlElement } from "./xml.ts";

/** One library that a module uses, `group:artifact`. */
export interface Library {
  readonly name: string;
  /** `compile` and `runtime` are there while it runs, `provided` and `test` are not. */
  readonly scope: string;
}

/** A pom.xml with what it inherits from the poms of the same tree. */
export interface Pom {
  /** Folder, relative to the tree's root. */
  readonly folder: string;
  readonly artifactId: string;
  readonly packaging: string;
  readonly libraries: readonly Library[];
  readonly modules: readonly string[];
  /** Poms from this one up to the last that is in the tree. */
  readonly chain: readonly XmlElement[];
  /** Folders of the chain, this one's first. */
  readonly folders: readonly string[];
  /** The parent that is not in the tree: `org.springframework.boot:spring-boot-starter-parent`, with its version. */
  readonly foreignParent: { readonly name: string; readonly version: string } | undefined;
  /** Properties of the chain, the nearest wins; not yet interpolated. */
  readonly properties: ReadonlyMap<string, string>;
}

const maxChain = 6;
const maxModules = 64;

/** Reads the pom of a folder; undefined where there is none or it is none. */
export async function readPom(tree: SourceTree, folder: string): Promise<Pom | undefined> {
  const chain: XmlElement[] = [];
  const folders: string[] = [];
  let foreignParent: Pom["foreignParent"];
  for (let at: string | undefined = folder; at !== undefined && chain.length < maxChain;) {
    const root = await readProject(tree, at);
    if (root === undefined) break;
    chain.push(root);
    folders.push(at);
    const [parent] = childrenAt(root, "parent");
    if (parent === undefined) break;
    const above: string | undefined = await parentFolder(tree, at, parent);
    if (above === undefined || folders.includes(above)) {
      const name = `${textAt(parent, "groupId") ?? ""}:${textAt(parent, "artifactId") ?? ""}`;
      foreignParent = { name, version: textAt(parent, "version") ?? "" };
    }
    at = above !== undefined && folders.includes(above) ? undefined : above;
  }
  const [own] = chain;
  if (own === undefined) return undefined;
  const properties = propertiesOf(chain);
  const pom = { folder, chain, folders, foreignParent, properties };
  return {
    ...pom,
    artifactId: fillIn(pom, textAt(own, "artifactId") ?? "app"),
    packaging: fillIn(pom, textAt(own, "packaging") ?? "jar"),
    libraries: chain.flatMap((one) => childrenAt(one, "dependencies", "dependency")).map((one) => libraryOf(pom, one)),
    modules: modulesOf(own),
  };
}

/** A text with its `${…}` filled in as far as the poms of the tree say; what they do not say stays. */
export function fillIn(pom: Pick<Pom, "properties">, text: string): string {
  let filled = text.slice(0, 500);
  for (let round = 0; round < 6 && filled.includes("${"); round += 1) {
    const next = filled.replaceAll(/\$\{([\w.-]{1,80})\}/g, (whole, name: string) => pom.properties.get(name) ?? whole);
    if (next === filled || next.length > 1000) break;
    filled = next;
  }
  return filled;
}

/** The first text at a place in the chain, the nearest pom first, filled in. */
export function inherited(pom: Pom, ...names: readonly string[]): string | undefined {
  for (const one of pom.chain) {
    const text = textAt(one, ...names);
    if (text !== undefined) return fillIn(pom, text);
  }
  return undefined;
}

/** A plugin as the chain speaks of it. */
export interface PomPlugin {
  /** It takes part in the build: it is in `plugins`, not only managed. */
  readonly used: boolean;
  /** What is said of it, the nearest first: in `plugins`, then in `pluginManagement`. */
  readonly words: readonly XmlElement[];
}

/** What the chain says of a plugin by its artifactId, profiles left out: nobody knows which are active. */
export function pluginOf(pom: Pom, artifactId: string): PomPlugin {
  const named = (root: XmlElement, ...place: readonly string[]): readonly XmlElement[] =>
    childrenAt(root, ...place, "plugins", "plugin").filter((one) => textAt(one, "artifactId") === artifactId);
  const used = pom.chain.flatMap((root) => named(root, "build"));
  const managed = pom.chain.flatMap((root) => named(root, "build", "pluginManagement"));
  return { used: used.length > 0, words: [...used, ...managed] };
}

/** Elements in the chain's pom, the nearest first, at a place below each plugin word. */
export function firstText(pom: Pom, elements: readonly XmlElement[], ...names: readonly string[]): string | undefined {
  for (const element of elements) {
    const text = textAt(element, ...names);
    if (text !== undefined) return fillIn(pom, text);
  }
  return undefined;
}

/** The pom and those of its modules, and theirs, each once. */
export async function readReactor(tree: SourceTree, root: string): Promise<readonly Pom[]> {
  const found = new Map<string, Pom>();
  const open = [root];
  for (let folder = open.shift(); folder !== undefined && found.size < maxModules; folder = open.shift()) {
    if (found.has(folder)) continue;
    const pom = await readPom(tree, folder);
    if (pom === undefined) continue;
    found.set(folder, pom);
    for (const module of pom.modules) {
      const path = joinPath(folder, module);
      if (path !== undefined) open.push(path);
    }
  }
  return [...found.values()];
}

/** The topmost folder above whose pom takes this one in as a module, as Maven would see it from there. */
export async function reactorRootOf(tree: SourceTree, folder: string): Promise<string> {
  let root = folder;
  let at = folder;
  while (at !== ".") {
    at = folderOf(at);
    const pom = await readPom(tree, at);
    if (pom?.modules.some((module) => joinPath(at, module) === root)) root = at;
  }
  return root;
}

async function readProject(tree: SourceTree, folder: string): Promise<XmlElement | undefined> {
  const text = await tree.read(joinPath(folder, "pom.xml") ?? "pom.xml");
  const root = text === undefined ? undefined : parseXml(text);
  return root?.name === "project" ? root : undefined;
}

/** A parent by its relative path, which is `../pom.xml` unless it says otherwise; an empty one says that there is none here. */
async function parentFolder(tree: SourceTree, folder: string, parent: XmlElement): Promise<string | undefined> {
  const [said] = childrenAt(parent, "relativePath");
  if (said?.text === "") return undefined;
  const path = joinPath(folder, said?.text ?? "../pom.xml");
  if (path === undefined) return undefined;
  const at = path.endsWith("pom.xml") ? folderOf(path) : path;
  if (at === folder) return undefined;
  const found = await readProject(tree, at);
  return textAt(found, "artifactId") === textAt(parent, "artifactId") ? at : undefined;
}

function propertiesOf(chain: readonly XmlElement[]): ReadonlyMap<string, string> {
  const [own] = chain;
  const all = new Map<string, string>();
  for (const one of chain.toReversed()) {
    for (const property of childrenAt(one, "properties").flatMap(({ children }) => children)) {
      all.set(property.name, property.text.slice(0, 300));
    }
  }
  for (const name of ["groupId", "version"]) {
    const value =
      textAt(own, name) ?? chain.map((one) => textAt(one, "parent", name)).find((text) => text !== undefined);
    if (value !== undefined) for (const prefix of ["project.", "pom."]) all.set(`${prefix}${name}`, value);
    const parents = textAt(own, "parent", name);
    if (parents !== undefined) all.set(`project.parent.${name}`, parents);
  }
  const artifactId = textAt(own, "artifactId") ?? "app";
  all.set("project.artifactId", artifactId);
  all.set("artifactId", artifactId);
  all.set("project.name", textAt(own, "name") ?? artifactId);
  return all;
}

function libraryOf(pom: Pick<Pom, "properties">, element: XmlElement): Library {
  const name = `${textAt(element, "groupId") ?? ""}:${textAt(element, "artifactId") ?? ""}`;
  return { name: fillIn(pom, name), scope: textAt(element, "scope") ?? "compile" };
}

/** Modules that are always built, and those of a profile that is on unless somebody says otherwise. */
function modulesOf(root: XmlElement): readonly string[] {
  const active = childrenAt(root, "profiles", "profile").filter(
    (profile) => textAt(profile, "activation", "activeByDefault") === "true",
  );
  return [root, ...active]
    .flatMap((one) => childrenAt(one, "modules", "module"))
    .map(({ text }) => text.replace(/\/?(?:pom\.xml)?$/, ""))
    .filter((path) => /^[\w@+][\w@+./-]*$/.test(path) || path.startsWith("../"))
    .slice(0, maxModules);
}
