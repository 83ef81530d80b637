import { posix } from "node:path";
import { type Assets, findAssets } from "../assets.ts";
import { folderOf } from "../../config/service-files.ts";
import { joined } from "../app-roots.ts";
import type { Wishes } from "../language.ts";
import { readPackage } from "../node/package-json.ts";
import { isAside, type SourceTree } from "../source-tree.ts";
import type { GoProject } from "./module.ts";

/** Pages that a Go program holds in itself (`//go:embed dist`) and that Node has to make before it is compiled. */
export interface Embedded {
  readonly assets: Assets;
  /** Of the package.json, relative to the tree's root. */
  readonly folder: string;
  /** Shell line that makes them, run in that folder. */
  readonly build: string;
  /** Where the program says it: `frontend/assets.go`. */
  readonly where: string;
}

interface Wanted {
  /** Folder or file that has to be there, relative to the tree's root. */
  readonly target: string;
  readonly where: string;
}

const maxFiles = 400;
const maxPackages = 8;

/** What is embedded and made by a package of the repository; undefined where everything is there, or nothing is known to make it. */
export async function findEmbedded(
  tree: SourceTree,
  project: GoProject,
  wishes: Wishes,
): Promise<Embedded | undefined> {
  const files = await tree.files(project.folder);
  const wanted = await embeddedPlaces(tree, files);
  if (wanted.length === 0) return undefined;
  const folders = files
    .filter(
      (path) =>
        posix.basename(path) === "package.json" && path.split("/").length <= 4 && !isAside(`${folderOf(path)}/`),
    )
    .map(folderOf)
    .slice(0, maxPackages);
  const pages = (await Promise.all(folders.map(async (folder) => await readPackage(tree, folder)))).map(
    (pkg, index) => ({
      folder: folders[index] ?? ".",
      scripts: pkg?.json.scripts ?? {},
      all: pkg?.all ?? new Map<string, string>(),
    }),
  );
  for (const place of wanted) {
    const missing = !files.some((path) => isVisibleBelow(path, place.target));
    const made = await maker(tree, pages, place, missing);
    if (made === undefined) continue;
    const assets = await findAssets(tree, made.folder, wishes);
    if (assets === undefined) continue;
    const build = made.script === "build" ? assets.build : (assets.build ?? "").replace(/\bbuild$/, made.script);
    if (build === null || build === "") continue;
    return { assets, folder: made.folder, build: `${build}${made.after}`, where: place.where };
  }
  return undefined;
}

interface Page {
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly all: { has(name: string): boolean };
}

/** Which package makes a place: the one whose script or settings name it, the one that it lies in, or the only one that builds pages. */
async function maker(
  tree: SourceTree,
  pages: readonly Page[],
  { target }: Wanted,
  missing: boolean,
): Promise<{ readonly folder: string; readonly script: string; readonly after: string } | undefined> {
  for (const { folder, scripts } of pages) {
    const way = posix.relative(folder, target);
    const named = Object.keys(scripts).find((name) => /^[\w:.-]{1,40}$/.test(name) && names(scripts[name] ?? "", way));
    if (named !== undefined && way.startsWith("..") && scripts["build"] !== undefined)
      return { folder, script: named, after: "" };
    if (scripts["build"] === undefined) continue;
    const settings = await Promise.all(
      ["ts", "js", "mjs", "mts"].map(async (end) => await tree.read(joined(folder, `vite.config.${end}`))),
    );
    if (way.startsWith("..") && settings.some((text) => names(text ?? "", way)))
      return { folder, script: "build", after: "" };
  }
  if (!missing) return undefined;
  const builders = pages.filter(({ scripts }) => scripts["build"] !== undefined);
  const inside = builders.find(({ folder }) => folder !== "." && target.startsWith(`${folder}/`));
  if (inside !== undefined) return { folder: inside.folder, script: "build", after: "" };
  const [only, ...others] = builders.filter(({ all }) => bundlers.some((name) => all.has(name)));
  if (only === undefined || others.length > 0) return undefined;
  const way = posix.relative(only.folder, target);
  const output = only.all.has("react-scripts") ? "build" : "dist";
  return { folder: only.folder, script: "build", after: ` && mkdir -p ${way} && cp -R ${output}/. ${way}/` };
}

const bundlers = [
  "vite",
  "react-scripts",
  "@vue/cli-service",
  "webpack",
  "parcel",
  "rollup",
  "esbuild",
  "@angular/cli",
];

function names(text: string, way: string): boolean {
  const at = text.indexOf(way);
  return at >= 0 && !/[\w/-]/.test(text[at + way.length] ?? " ");
}

/** A dot file keeps a folder in git, and no pattern of Go takes it in. */
function isVisibleBelow(path: string, target: string): boolean {
  return path === target || (path.startsWith(`${target}/`) && !/(?:^|\/)[._]/.test(path.slice(target.length)));
}

/** Every place that some file of the program embeds, where a shell can name it. */
async function embeddedPlaces(tree: SourceTree, files: readonly string[]): Promise<readonly Wanted[]> {
  const sources = files
    .filter(
      (path) =>
        path.endsWith(".go") && !path.endsWith("_test.go") && !/(?:^|\/)(?:vendor|testdata|examples?)\//.test(path),
    )
    .slice(0, maxFiles);
  const found: Wanted[] = [];
  for (const path of sources) {
    const text = (await tree.read(path)) ?? "";
    if (!text.includes("//go:embed") || !isCompiled(text)) continue;
    for (const [, patterns = ""] of text.matchAll(/^\/\/go:embed[ \t]+(.{1,400})$/gm)) {
      for (const word of patterns.trim().split(/\s+/)) {
        const plain = word.replaceAll(/^["`]|["`]$/g, "").replace(/^all:/, "");
        const base = plain.replace(/\/?[^/]*[*?[].*$/, "");
        const target = joined(folderOf(path), base);
        if (base !== "" && base !== "." && /^[\w./-]+$/.test(target)) found.push({ target, where: path });
      }
    }
  }
  return found;
}

const set = /^(?:linux|unix|amd64|arm64|gc|timetzdata|go1\.\d+)$/;

/** Whether a file's `//go:build` line holds in our build; one with parentheses is taken to. */
function isCompiled(text: string): boolean {
  const line = /^\/\/go:build[ \t]+(.{1,200})$/m.exec(text)?.[1];
  if (line === undefined || line.includes("(")) return true;
  const holds = (word: string): boolean => (word.startsWith("!") ? !set.test(word.slice(1)) : set.test(word));
  return line.split("||").some((all) => all.split("&&").every((word) => holds(word.trim())));
}
