import type { NodeManager } from "../../dependency/node-manager.ts";
import { isPlainFolder } from "../app-roots.ts";
import type { NodePackage } from "./package-json.ts";

/** A package of a workspace with what belongs to it. */
export interface Member {
  readonly pkg: NodePackage;
  readonly root: NodePackage;
  /** Every package of the workspace; empty where there is none. */
  readonly members: readonly NodePackage[];
  /** Those that this one is made of, each behind what it needs itself. */
  readonly parts: readonly NodePackage[];
  readonly manager: NodeManager;
}

/** Longest shell line that a plan holds. */
const maxLine = 2048;

/** From one folder to another, both relative to the tree's root. */
export function wayTo(from: string, to: string): string {
  const [start, end] = [from, to].map((path) => (path === "." ? [] : path.split("/")));
  let same = 0;
  while (same < (start ?? []).length && start?.[same] === end?.[same]) same += 1;
  const way = [...(start ?? []).slice(same).map(() => ".."), ...(end ?? []).slice(same)];
  return way.length === 0 ? "." : way.join("/");
}

/** The same line in another folder; as it is where that is the same folder. */
export function inFolder(from: string, to: string, line: string): string {
  const way = wayTo(from, to);
  return way === "." ? line : `cd ${way} && ${line}`;
}

/**
 * What builds a package by `own`, its own line, after the packages that it is made of: by turbo or pnpm where the workspace uses them, else one
 * after the other. `script`: name of its build script, undefined where `own` is another line.
 */
export function buildWithParts(member: Member, script: string | undefined, own: string | null): string | null {
  const { pkg, root, manager, parts } = member;
  const plain = parts.filter(({ path }) => isPlainFolder(path));
  const name = pkg.json.name ?? "";
  const named = /^[@\w][\w./-]{0,200}$/.test(name) && root.path !== pkg.path;
  const isNeeded = script !== undefined || plain.some((part) => part.json.scripts["build"] !== undefined);
  const calls = (stepsFor: (part: NodePackage) => readonly string[]): readonly string[] =>
    plain.flatMap((part) => {
      const steps = stepsFor(part).map((step) => `${manager.name} run ${step}`);
      return steps.length === 0 ? [] : [`(cd ${[wayTo(pkg.path, part.path), ...steps].join(" && ")})`];
    });
  const joined = (lines: readonly (string | null)[]): string | null => {
    const line = lines.filter((each) => each !== null).join(" && ");
    return line === "" ? null : line.length > maxLine ? own : line;
  };
  const last = script === undefined ? own : null;
  if (named && isNeeded && root.all.has("turbo"))
    return joined([...calls(generates), turboLine(root, script ?? "build", name), last]);
  if (named && isNeeded && manager.name === "pnpm")
    return joined([...calls(generates), `pnpm --filter "${name}..." run ${script ?? "build"}`, last]);
  // A root that is an app itself builds its packages by its own script, where that names them.
  if (root.path === pkg.path && namesPackages(pkg.json.scripts[script ?? "build"] ?? "")) return own;
  return joined([...calls((part) => [...generates(part), ...buildScript(part)]), own]);
}

/** The script by which Prisma generates a part's client, where neither its install nor its build does. */
function generates({ json: { scripts } }: NodePackage): readonly string[] {
  const word = /\bprisma generate\b/;
  if (["build", "prebuild", "postinstall", "prepare"].some((name) => word.test(scripts[name] ?? ""))) return [];
  return ["generate", "db:generate", "prisma:generate"].filter((name) => word.test(scripts[name] ?? "")).slice(0, 1);
}

function buildScript({ json }: NodePackage): readonly string[] {
  return json.scripts["build"] === undefined ? [] : ["build"];
}

/** Turbo hides variables of the environment from tasks that do not name them, and wants to be told which package manager there is. */
function turboLine(root: NodePackage, script: string, name: string): string {
  const version = /^[~^]?(\d+)(?:\.(\d+))?/.exec(root.all.get("turbo") ?? "");
  const major = version === null ? 2 : Number(version[1]);
  const loose = major > 1 || Number(version?.[2] ?? 0) >= 10 ? " --env-mode=loose" : "";
  const unnamed = major > 1 && root.json.packageManager === undefined;
  const check = unnamed ? " --dangerously-disable-package-manager-check" : "";
  return `npx turbo run ${script} --filter="${name}..."${loose}${check}`;
}

function namesPackages(script: string): boolean {
  return /\b(?:turbo|nx|lerna|moon|rush|wireit|workspaces?|foreach)\b|\s-(?:r|w|ws|F)\b|--(?:filter|recursive|prefix|cwd)\b|\bcd\s/.test(
    script,
  );
}

/** Takes the workspace's other packages out of the image: neither this one nor what it is made of needs them. Null where nothing is taken. */
export function withoutOthers({ pkg, members, parts }: Member): string | null {
  const kept = [pkg, ...parts].map(({ path }) => path);
  const others = members
    .map(({ path }) => path)
    .filter((path) => isPlainFolder(path) && !path.includes(" "))
    .filter(
      (path) => !kept.some((each) => each === path || each.startsWith(`${path}/`) || path.startsWith(`${each}/`)),
    );
  const line = `rm -rf ${others.map((path) => wayTo(pkg.path, path)).join(" ")}`;
  return others.length === 0 || line.length > maxLine || pkg.path === "." ? null : line;
}
