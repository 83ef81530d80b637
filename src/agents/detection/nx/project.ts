import { z } from "zod";
import { folderOf, joinPath } from "../../config/service-files.ts";
import { isPlainFolder } from "../app-roots.ts";
import { readJson5 } from "../json5.ts";
import type { SourceTree } from "../source-tree.ts";

const text = z.string().max(512).optional().catch(undefined);
const Command = z.union([
  z.string().max(1024),
  z.object({ command: z.string().max(1024) }).transform((one) => one.command),
]);

const Options = z.object({
  outputPath: z
    .union([z.string().max(512), z.object({ base: z.string().max(512) }).transform(({ base }) => base)])
    .optional()
    .catch(undefined),
  outputFileName: text,
  main: text,
  index: z.unknown().optional(),
  cwd: text,
  command: text,
  commands: z.array(Command).max(16).optional().catch(undefined),
});

const Target = z.object({
  executor: text,
  builder: text,
  command: text,
  options: Options.optional().catch(undefined),
  configurations: z.record(z.string(), z.unknown()).optional().catch(undefined),
}); // prettier-ignore
export type NxTarget = z.infer<typeof Target>;

const Project = z.object({
  name: text,
  projectType: text,
  targets: z.record(z.string(), Target.optional().catch(undefined)).optional().catch(undefined),
  architect: z.record(z.string(), Target.optional().catch(undefined)).optional().catch(undefined),
});

/** One project of an Nx workspace. */
export interface NxProject {
  /** Relative to the tree's root. */
  readonly folder: string;
  /** As the command line calls it. */
  readonly name: string;
  /** File that says so. */
  readonly file: string;
  readonly isApplication: boolean;
  /** Targets by name, without those that plug-ins infer. */
  readonly targets: ReadonlyMap<string, NxTarget>;
}

const maxProjects = 100;
const plainName = /^[@\w][\w./-]{0,120}$/;

/** The folder with nx.json, from here upwards; undefined where there is none. */
export async function nxRootOf(tree: SourceTree, folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = folderOf(at)) {
    if (await tree.has(joinPath(at, "nx.json") ?? "nx.json")) return at;
    if (at === ".") return undefined;
  }
}

/** Projects below a folder of the workspace: by project.json, or by a package.json that names no scripts and leaves all to plug-ins. */
export async function nxProjects(tree: SourceTree, root: string, below: string): Promise<readonly NxProject[]> {
  const files = (await tree.files(below)).filter((path) => /(?:^|\/)(?:project|package)\.json$/.test(path));
  const folders = [...new Set(files.map(folderOf))].filter(isPlainFolder);
  const read = await Promise.all(folders.slice(0, maxProjects * 3).map(async (folder) => await projectIn(tree, root, folder)));
  const projects = read.filter((project) => project !== undefined).slice(0, maxProjects);
  const usual = usualProject((await tree.read(joinPath(root, "nx.json") ?? "nx.json")) ?? "");
  return projects.toSorted((one, other) => Number(other.name === usual) - Number(one.name === usual));
} // prettier-ignore

function usualProject(nx: string): string | undefined {
  const settings = readJson5(nx);
  return typeof settings === "object" && settings !== null && "defaultProject" in settings
    ? String(settings.defaultProject)
    : undefined;
}

async function projectIn(tree: SourceTree, root: string, folder: string): Promise<NxProject | undefined> {
  const file = joinPath(folder, "project.json") ?? "project.json";
  const told = await tree.read(file);
  if (told === undefined) return folder === root ? undefined : await packageIn(tree, folder);
  const parsed = Project.safeParse(readJson5(told));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const name = data.name ?? (await packageIn(tree, folder))?.name ?? folder.slice(folder.lastIndexOf("/") + 1);
  if (!plainName.test(name)) return undefined;
  const all = Object.entries({ ...data.architect, ...data.targets });
  const targets = new Map(all.flatMap(([key, target]) => (target === undefined ? [] : [[key, target] as const])));
  const isApplication = data.projectType !== "library" && !isForTests(folder, name);
  return { folder, name, file, isApplication, targets };
}

const Package = z.object({ name: text, scripts: z.record(z.string(), z.unknown()).optional().catch(undefined), nx: Project.optional().catch(undefined) }); // prettier-ignore

async function packageIn(tree: SourceTree, folder: string): Promise<NxProject | undefined> {
  const file = joinPath(folder, "package.json") ?? "package.json";
  const parsed = Package.safeParse(readJson5((await tree.read(file)) ?? ""));
  const { name = "", scripts = {}, nx } = parsed.data ?? {};
  if (!plainName.test(name) || scripts["build"] !== undefined || scripts["start"] !== undefined) return undefined;
  const targets = new Map(Object.entries(nx?.targets ?? {}).flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const]))); // prettier-ignore
  return { folder, name, file, isApplication: nx?.projectType !== "library" && !isForTests(folder, name), targets };
}

function isForTests(folder: string, name: string): boolean {
  return /(?:^|[-_/])e2e$/.test(folder) || /[-_]e2e$/.test(name);
}
