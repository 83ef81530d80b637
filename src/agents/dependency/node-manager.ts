import type { NodePackage } from "../detection/node/package-json.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { VersionRange } from "../requirements/version-range.ts";

export type NodeManagerName = "npm" | "pnpm" | "yarn" | "bun";

/** Which program installs, by what it was recognized, and which lock file binds it. */
export interface NodeManager {
  readonly name: NodeManagerName;
  /** Yarn from 2 on: other flags, other folders. */
  readonly berry: boolean;
  /** Null: as it comes with Node (npm). */
  readonly version: string | null;
  /** Name of the lock file beside the package.json of the root; null without one that this manager reads. */
  readonly lockFile: string | null;
  readonly because: string;
  readonly where: string;
  readonly warnings: readonly string[];
}

const locks: readonly (readonly [file: string, manager: NodeManagerName])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["yarn.lock", "yarn"],
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
];

/** Versions that are put in place where a repository names none. Bumped by hand, with the samples. */
const newest = { pnpm: "10", yarn: "1.22.22", berry: "4", bun: "1" } as const;

/** The last Yarn 2, and the only one that the registry has whole. */
const lastYarn2 = "2.4.3";

/** Chooses by `packageManager` > lock file > Yarn's own settings > engines > npm. `root` is the package beside which the lock lies. */
export async function chooseManager(tree: SourceTree, root: NodePackage): Promise<NodeManager> {
  const prefix = root.path === "." ? "" : `${root.path}/`;
  const found: (readonly [file: string, manager: NodeManagerName])[] = [];
  for (const lock of locks) if (await tree.has(prefix + lock[0])) found.push(lock);
  const named = /^(npm|pnpm|yarn|bun)@(\d+(?:\.\d+){0,2}(?:-[\w.]+)?)/.exec(root.json.packageManager ?? "");
  const name = (named?.[1] as NodeManagerName | undefined) ?? found[0]?.[1] ?? (await unlocked(tree, prefix, root));
  const lockFile = found.find(([, manager]) => manager === name)?.[0] ?? null;
  const others = found.filter(([, manager]) => manager !== name).map(([file]) => file);
  const told = named?.[2];
  const yarn = name === "yarn" ? await readYarn(tree, prefix, lockFile, told) : undefined;
  const version = yarn?.version ?? told ?? enginesOf(root, name) ?? (await versionOf(tree, prefix, name, lockFile));
  return {
    name,
    berry: yarn?.berry ?? false,
    version,
    // A Yarn 1 lock is rewritten by a later Yarn: it binds nothing.
    lockFile: yarn?.foreignLock === true ? null : lockFile,
    because:
      told === undefined
        ? lockFile === null
          ? "no lock file"
          : `${lockFile} is there`
        : plainText(`packageManager ${root.json.packageManager ?? ""}`),
    where: told === undefined && lockFile !== null ? prefix + lockFile : root.file,
    warnings:
      others.length === 0 ? [] : [plainText(`${others.join(", ")} beside ${lockFile ?? name}: ${name} is used`)],
  };
}

async function unlocked(tree: SourceTree, prefix: string, root: NodePackage): Promise<NodeManagerName> {
  if (await tree.has(`${prefix}pnpm-workspace.yaml`)) return "pnpm";
  if (await tree.has(`${prefix}.yarnrc.yml`)) return "yarn";
  const engine = (["pnpm", "bun", "yarn"] as const).find((name) => root.json.engines[name] !== undefined);
  // A template for Bun has no lock yet, and its scripts call it.
  const isBuns =
    ["@types/bun", "bun-types"].some((name) => root.all.has(name)) && root.json.engines["node"] === undefined;
  const callsBun = Object.values(root.json.scripts).some((script) => /^bunx?\s/.test(script));
  return engine ?? (isBuns && callsBun ? "bun" : "npm");
}

async function readYarn(
  tree: SourceTree,
  prefix: string,
  lockFile: string | null,
  told: string | undefined,
): Promise<{ berry: boolean; version: string; foreignLock: boolean }> {
  const lock = lockFile === null ? undefined : await tree.read(prefix + lockFile);
  const berryLock = lock === undefined ? undefined : /^__metadata:/m.test(lock);
  const settings = await tree.has(`${prefix}.yarnrc.yml`);
  const major = told === undefined ? undefined : Number.parseInt(told, 10);
  const berry = major === undefined ? (berryLock ?? settings) : major >= 2;
  return {
    berry,
    version: major === 2 ? lastYarn2 : (told ?? (berry ? berryOf(lock) : newest.yarn)),
    foreignLock: berryLock !== undefined && berryLock !== berry,
  };
}

/** The Yarn that wrote the lock: a later one would rewrite it. */
function berryOf(lock: string | undefined): string {
  const format = Number(/^__metadata:\s{1,20}version: (?<format>\d{1,3})$/m.exec(lock ?? "")?.groups?.["format"] ?? 8);
  if (format >= 8) return newest.berry;
  return format >= 5 ? "3" : lastYarn2;
}

/** What package.json's engines say of pnpm, which refuses to run as another one, where the usual version is not meant. */
function enginesOf(root: NodePackage, name: NodeManagerName): string | undefined {
  const said = root.json.engines[name]?.trim();
  if (name !== "pnpm" || said === undefined) return undefined;
  const range = VersionRange.read(said);
  if (range === undefined || range.allows(newest.pnpm)) return undefined;
  if (/^\d{1,3}(?:\.(?:\d{1,4}|x)){0,2}$/.test(said)) return said;
  return pnpmLines.find((line) => range.allows(line));
}

/** Major versions of pnpm, the newest first. */
const pnpmLines = ["12", "11", "10", "9", "8", "7", "6"];

async function versionOf(
  tree: SourceTree,
  prefix: string,
  name: NodeManagerName,
  lockFile: string | null,
): Promise<string | null> {
  if (name === "npm") return null;
  if (name === "bun") return newest.bun;
  if (name !== "pnpm") return newest.yarn;
  // The first lines are enough: these files are long.
  const lock = lockFile === null ? "" : ((await tree.read(prefix + lockFile)) ?? "").slice(0, 200);
  const format = /^lockfileVersion:\s*['"]?(\d+(?:\.\d+)?)/m.exec(lock)?.[1];
  if (format === undefined) return newest.pnpm;
  if (format === "5.3") return "6";
  if (format.startsWith("5.")) return "7";
  if (format.startsWith("6.")) return "8";
  return newest.pnpm;
}

/** Shell lines of a manager. */
export interface ManagerLines {
  /** Puts the program itself in place; empty for npm. Into a folder of its own, so that it can be taken along. */
  readonly tools: readonly string[];
  readonly install: string;
  /** Takes out what only a build needs; null where that is not safe. */
  readonly prune: string | null;
  readonly cache: { readonly id: string; readonly target: string };
  readonly env: Readonly<Record<string, string>>;
  readonly run: (script: string) => string;
}

/** Where package managers are put: found by PATH in the build stage, and copied where the start needs one. */
export const toolsFolder = "/opt/tools";

/** How a manager installs, frozen to the lock file where there is one. */
export function linesOf({ name, berry, version, lockFile }: NodeManager): ManagerLines {
  const put = (what: string): readonly string[] => [`npm install --global --prefix ${toolsFolder} ${what}`];
  const frozen = lockFile !== null;
  const run = (script: string): string => `${name} run ${script}`;
  switch (name) {
    case "npm":
      return {
        tools: version === null ? [] : put(`npm@${version}`),
        install: frozen ? "npm ci" : "npm install",
        prune: "npm prune --omit=dev",
        cache: { id: "npm", target: "/root/.npm" },
        env: { npm_config_fund: "false", npm_config_audit: "false", npm_config_update_notifier: "false" },
        run,
      };
    case "pnpm":
      return {
        tools: put(`pnpm@${version ?? newest.pnpm}`),
        install: `pnpm install ${frozen ? "--frozen-lockfile" : "--no-frozen-lockfile"}`,
        // It would run the scripts of the root once more, by tools that it has just taken away (pnpm 8 to 10).
        prune: "pnpm prune --prod --ignore-scripts",
        cache: { id: "pnpm", target: "/root/.local/share/pnpm/store" },
        env: {
          npm_config_store_dir: "/root/.local/share/pnpm/store",
          npm_config_package_import_method: "copy",
          // What is installed is what was asked for; pnpm would fetch itself anew otherwise.
          npm_config_manage_package_manager_versions: "false",
        },
        run,
      };
    case "yarn":
      return berry
        ? {
            tools: put(version === lastYarn2 ? `yarn@${version}` : `@yarnpkg/cli-dist@${version ?? newest.berry}`),
            install: frozen ? "yarn install --immutable" : "yarn install --no-immutable",
            prune: null,
            cache: { id: "yarn-berry", target: "/root/.yarn/berry/cache" },
            env: {
              YARN_NODE_LINKER: "node-modules",
              YARN_ENABLE_GLOBAL_CACHE: "true",
              YARN_ENABLE_TELEMETRY: "false",
            },
            run,
          }
        : {
            tools: put(`yarn@${version ?? newest.yarn}`),
            install: frozen ? "yarn install --frozen-lockfile" : "yarn install",
            prune: "yarn install --production --ignore-scripts --prefer-offline",
            cache: { id: "yarn", target: "/usr/local/share/.cache/yarn" },
            env: { YARN_CACHE_FOLDER: "/usr/local/share/.cache/yarn" },
            run,
          };
    case "bun":
      return {
        tools: put(`bun@${version ?? newest.bun}`),
        install: frozen ? "bun install --frozen-lockfile" : "bun install",
        prune: null,
        cache: { id: "bun", target: "/root/.bun/install/cache" },
        env: {},
        run,
      };
  }
}
