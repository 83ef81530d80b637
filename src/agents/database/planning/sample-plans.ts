import type { Outcome } from "../../../outcome.ts";
import type { Database, Plan, Service, Variable } from "../../../plan.ts";
import type { RepoRunSpec } from "../../../repo-run.ts";
import type { Platform } from "../../detection/language.ts";
import { treeOf } from "../../detection/literal-tree.ts";
import { draftPlan } from "../../survey.ts";

/** Every official image there is. */
export const anyPlatform: Platform = {
  baseImages: "Any",
  listed: {},
  now: new Date("2026-11-23"),
  commitDate: undefined,
};
const source = { git: { url: "https://git.example.org/shop.git" } };

/** The whole survey of a tree that is written down as texts. */
export async function draft(
  files: Record<string, string>,
  parts: { spec?: Partial<RepoRunSpec>; platform?: Platform } = {},
): Promise<Outcome<Plan>> {
  return await draftPlan(treeOf(files), {
    spec: { source, ...parts.spec },
    platform: parts.platform ?? anyPlatform,
    name: "shop",
  });
}

/** The same, of which a plan has to come. */
export async function planOf(files: Record<string, string>, parts: Parameters<typeof draft>[1] = {}): Promise<Plan> {
  const plan = await draft(files, parts);
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value;
}

/** A Node server that does this besides. */
export function node(
  dependencies: Record<string, string>,
  server: string,
  more: Record<string, string> = {},
  pkg: object = {},
): Record<string, string> {
  return {
    "package.json": JSON.stringify({ name: "shop", scripts: { start: "node server.js" }, dependencies, ...pkg }),
    "server.js": `require("node:http").createServer((q, s) => s.end()).listen(process.env.PORT);\n${server}`,
    ...more,
  };
}

/** A Flask program that does this besides. */
export function python(requirements: string, app: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    "requirements.txt": `flask\n${requirements}`,
    "app.py": `import os\nfrom flask import Flask\napp = Flask(__name__)\n${app}`,
    ...more,
  };
}

/** A variable of any service. */
export const variable = (plan: Plan, name: string): Variable | undefined =>
  plan.services.flatMap(({ env }) => env).find((each) => each.name === name);
/** What is provided. */
export const engines = (plan: Plan): Database["engine"][] => plan.databases.map(({ engine }) => engine);
/** The only service, or the first. */
export const first = (plan: Plan): Service => plan.services[0] as Service;
