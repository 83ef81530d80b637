import { joinPath } from "../../config/service-files.ts";
import { at, configOf, folder as plainFolder, quotedAfter } from "../node/frontend-config.ts";
import type { SourceTree } from "../source-tree.ts";
import type { NxProject, NxTarget } from "./project.ts";

/** What an Nx project's build leaves, and how that is started. Folders and lines are relative to the workspace's root. */
export type NxProduct =
  | { readonly shape: "Page"; readonly framework: string | null; readonly output: string; readonly because: string }
  | {
      readonly shape: "Program";
      readonly framework: string | null;
      readonly line: string;
      /** The file that is started, relative to the project, as its sources have it. */
      readonly source: string | undefined;
      readonly because: string;
    };

/** A folder of the workspace, or undefined. */
function inWorkspace(path: string | undefined): string | undefined {
  const bare = plainFolder(path?.replace("{workspaceRoot}/", ""));
  return bare !== undefined && /^[\w@][\w@./-]{0,200}$/.test(bare) ? bare : undefined;
}

/**
 * What a project's build makes: by its start target, by the executor that builds it, else by the settings that a plug-in of Nx would go by.
 * `root`: folder of nx.json. Undefined for a library, and for what nothing is known of.
 */
export async function nxProduct(tree: SourceTree, root: string, project: NxProject): Promise<NxProduct | undefined> {
  const { targets } = project;
  const build = targets.get("build");
  const executor = build?.executor ?? build?.builder;
  const below = root === "." ? project.folder : project.folder === root ? "." : project.folder.slice(root.length + 1);
  const page = executor === undefined ? undefined : pageOf(build, executor);
  if (page !== undefined) return page;
  if (executor !== undefined && /^@n(?:x|rwl)\/next:build$/.test(executor)) {
    const output = inWorkspace(build?.options?.outputPath);
    return nextAt(output ?? below, `${project.file} builds by ${executor}`);
  }
  const program = startTarget(targets.get("start")) ?? (build === undefined ? undefined : programOf(build, executor, below));
  if (program !== undefined) return program;
  return await inferred(tree, project.folder, below, executor);
} // prettier-ignore

function nextAt(folder: string, because: string): NxProduct {
  return { shape: "Program", framework: "next", line: `cd ${folder} && exec next start`, source: undefined, because };
}

/** Builders of what browsers get. */
function pageOf(target: NxTarget | undefined, executor: string): NxProduct | undefined {
  const output = inWorkspace(target?.options?.outputPath);
  const because = `built by ${executor}`;
  if (output === undefined) return undefined;
  if (/^(?:@angular|@angular-devkit|@nx|@nrwl)\/.*:(?:browser|application|browser-esbuild|webpack-browser)$/.test(executor)) {
    const isNewer = executor.endsWith(":application");
    return { shape: "Page", framework: "angular", output: isNewer ? `${output}/browser` : output, because };
  }
  const isWeb = /^@n(?:x|rwl)\/(?:web|react):/.test(executor) || (/:(?:webpack|rspack)$/.test(executor) && target?.options?.index !== undefined);
  return isWeb ? { shape: "Page", framework: null, output, because } : undefined;
} // prettier-ignore

/** A target that only runs one command is that command. */
function startTarget(target: NxTarget | undefined): NxProduct | undefined {
  const commands = target?.options?.commands ?? [target?.options?.command ?? target?.command].filter((one) => one !== undefined);
  const [line] = commands;
  if (line === undefined || commands.length !== 1 || /[\n\r{}]/.test(line) || /^(?:npx\s+)?(?:nx|echo|vite)\b/.test(line)) return undefined;
  const cwd = inWorkspace(target?.options?.cwd);
  const where = cwd === undefined ? line : `cd ${cwd} && ${line}`;
  return { shape: "Program", framework: null, line: where, source: undefined, because: "its target start" };
} // prettier-ignore

/** Bundlers and compilers that leave a program for Node in `outputPath`. */
function programOf(target: NxTarget, executor: string | undefined, below: string): NxProduct | undefined {
  const output = inWorkspace(target.options?.outputPath);
  const main = inWorkspace(target.options?.main);
  if (output === undefined || main === undefined || executor === undefined) return undefined;
  const source = main.startsWith(`${below}/`) ? main.slice(below.length + 1) : main;
  const bare = source.replace(/\.[cm]?tsx?$/, ".js");
  // tsc and swc keep the folders of the sources, bundlers leave one file.
  const keeps = /^@n(?:x|rwl)\/js:(?:tsc|swc)$/.test(executor);
  const name = target.options?.outputFileName ?? (keeps ? bare : bare.slice(bare.lastIndexOf("/") + 1));
  if (!/^[\w@][\w@./-]{0,200}$/.test(name) || name.includes("..")) return undefined;
  const bundles = /^@n(?:x|rwl)\/(?:node|webpack|esbuild|rspack|nest|js|vite):/.test(executor);
  if (!bundles) return undefined;
  const because = `${executor} leaves it`;
  return { shape: "Program", framework: null, line: `node ${output}/${name}`, source, because };
}

/** What a plug-in of Nx makes of a folder with its tool's settings. */
async function inferred(
  tree: SourceTree,
  folder: string,
  below: string,
  executor: string | undefined,
): Promise<NxProduct | undefined> {
  const next = await configOf(tree, folder, "next.config");
  if (executor === undefined && next !== "") return nextAt(below, "next.config is there");
  const vite = await configOf(tree, folder, "vite.config");
  if (vite !== "" && (await tree.has(at(folder, "index.html")))) {
    const told = /\boutDir\s{0,4}:\s{0,4}["'`]([\w./-]{1,200})["'`]/.exec(vite)?.[1] ?? "dist";
    const output = inWorkspace(joinPath(below, told));
    return output === undefined ? undefined : { shape: "Page", framework: "vite", output, because: "vite.config and index.html are there" };
  }
  const webpack = await configOf(tree, folder, "webpack.config");
  if (executor === undefined && /\btarget\s{0,4}:\s{0,4}["'`]node/.test(webpack)) {
    const told = /\bpath\s{0,4}:\s{0,4}(?:path\.)?(?:join|resolve)\(\s{0,4}__dirname\s{0,4},\s{0,4}["'`]([\w./-]{1,200})["'`]/.exec(webpack)?.[1];
    const output = inWorkspace(joinPath(below, told ?? "dist"));
    const main = quotedAfter(webpack, "main") ?? "src/main.ts";
    const because = "webpack.config is for Node";
    return output === undefined ? undefined : { shape: "Program", framework: null, line: `node ${output}/main.js`, source: main, because };
  }
  return undefined;
} // prettier-ignore
