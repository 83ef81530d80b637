import { readCodes, serviceCodePaths } from "../../config/service-files.ts";
import type { NodeManager } from "../../dependency/node-manager.ts";
import type { SourceTree } from "../source-tree.ts";
import type { NodePackage } from "./package-json.ts";
import type { NodeStart } from "./start.ts";

/** What a program takes from the package manager while it runs. */
export interface ManagerUse {
  /** It reads what only a manager sets around a script: `npm_package_version`, `npm_config_user_agent`. */
  readonly readsItsVariables: boolean;
  /** It calls the manager as a program of its own. */
  readonly callsIt: boolean;
}

const variables =
  /\bprocess\s*\.\s*env\s*(?:\?\.|\.|\[\s*["'`])(?:npm_config_user_agent|npm_package_\w{1,60}|npm_lifecycle_event)\b/;
const calls =
  /\b(?:exec|spawn|execFile)(?:Sync)?\s*\(\s*["'`](?<program>npm|npx|pnpm|pnpx|yarn|bun|bunx)\b|\$`(?<shell>npm|pnpm|yarn|bun)\b/g;
const programs: Readonly<Record<string, string>> = { npx: "npm", pnpx: "pnpm", bunx: "bun" };
const maxFiles = 60;

/** Looks at the code of a package, nearest files first, at most 60. */
export async function managerUse(tree: SourceTree, pkg: NodePackage, manager: NodeManager): Promise<ManagerUse> {
  const paths = await serviceCodePaths(tree, pkg.path, ["javascript"]);
  const sources = await readCodes(tree, paths.slice(0, maxFiles));
  const called = sources.flatMap(({ text }) =>
    [...text.matchAll(calls)].map(({ groups }) => groups?.["program"] ?? groups?.["shell"] ?? ""),
  );
  return {
    readsItsVariables: sources.some(({ text }) => variables.test(text)),
    callsIt: called.some((name) => (programs[name] ?? name) === manager.name),
  };
}

/** A script that is started as the manager starts it, for a program that reads what the manager sets around it. */
export function withinManager(start: NodeStart, manager: NodeManager): NodeStart {
  const script = /^package\.json scripts\.(?<name>[\w:.-]{1,60})$/.exec(start.from)?.groups?.["name"];
  if (script === undefined) return start;
  return { ...start, line: `${manager.name} run ${script}` };
}
