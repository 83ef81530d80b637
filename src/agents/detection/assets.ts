import type { CacheMount, Reason, Recipe } from "../../plan.ts";
import { chooseManager, linesOf, toolsFolder } from "../dependency/node-manager.ts";
import { chooseNode, nodeWords } from "../requirements/node-version.ts";
import type { Wishes } from "./language.ts";
import { readPackage } from "./node/package-json.ts";
import { plainText } from "./plain-text.ts";
import type { SourceTree } from "./source-tree.ts";

/** Where Node's program lies, in its image and where it is borrowed to. */
export const nodeProgram = "/usr/local/bin/node";

/** What a build in another language needs of Node: scripts and styles that a package.json beside it makes. */
export interface Assets {
  readonly borrows: Recipe["borrows"];
  readonly tools: readonly string[];
  readonly install: string;
  /** Null where package.json has no build. */
  readonly build: string | null;
  readonly buildEnv: Readonly<Record<string, string>>;
  readonly caches: readonly CacheMount[];
  readonly why: readonly Reason[];
  readonly warnings: readonly string[];
}

/** Node itself, borrowed of its image, with npm; found by any PATH. */
export async function borrowNode(
  tree: SourceTree,
  path: string,
  wishes: Wishes,
): Promise<Pick<Assets, "borrows" | "tools" | "why" | "warnings">> {
  const pkg = await readPackage(tree, path);
  const manifest = { path: pkg?.file ?? "", engines: pkg?.json.engines["node"], volta: pkg?.json.volta["node"] };
  const folders = path === "." ? ["."] : [path, "."];
  const choice = chooseNode(await nodeWords(tree, folders, [manifest], wishes), wishes.platform);
  const image = `docker.io/library/node:${choice.version}-slim`;
  const npm = ["npm", "npx"].map((name) => `ln -sf ../lib/node_modules/npm/bin/${name}-cli.js /usr/local/bin/${name}`);
  return {
    borrows: [nodeProgram, "/usr/local/lib/node_modules"].map((from) => ({ image, from, to: from })),
    tools: [npm.join(" && ")],
    why: [{ about: "assets", value: `node ${choice.version}`, because: choice.from }],
    warnings: choice.warning === undefined ? [] : [choice.warning],
  };
}

/** The package of a folder, installed and built beside another language; undefined without a package.json. */
export async function findAssets(tree: SourceTree, path: string, wishes: Wishes): Promise<Assets | undefined> {
  const pkg = await readPackage(tree, path);
  if (pkg === undefined) return undefined;
  const manager = await chooseManager(tree, pkg);
  const lines = linesOf(manager);
  const node = await borrowNode(tree, path, wishes);
  const script = ["build", "production", "prod"].find((name) => pkg.json.scripts[name] !== undefined);
  const linked = lines.tools.map((line) => `${line} && ln -sf ${toolsFolder}/bin/* /usr/local/bin/`);
  return {
    borrows: node.borrows,
    tools: [...node.tools, ...linked],
    install: lines.install,
    build: script === undefined ? null : lines.run(script),
    buildEnv: lines.env,
    caches: [lines.cache],
    why: [
      ...node.why,
      { about: "manager", value: manager.name, because: plainText(manager.because), where: manager.where },
    ],
    warnings: [...node.warnings, ...manager.warnings],
  };
}
