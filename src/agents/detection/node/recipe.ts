import type { Recipe } from "../../../plan.ts";
import { nodeConfigFile } from "../../config/node-config.ts";
import { linesOf, toolsFolder } from "../../dependency/node-manager.ts";
import type { SystemLibraries } from "../../requirements/node-libraries.ts";
import { caddyStage } from "../static/caddy.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";
import type { Server } from "./servers.ts";
import type { Site } from "./sites.ts";
import type { NodeStart } from "./start.ts";
import { newRecipe } from "../new-service.ts";
import { buildWithParts, inFolder, type Member, withoutOthers } from "./workspace-build.ts";

/** All that was found out about a package, before it is written down as a recipe. */
export interface NodeFacts extends Member {
  readonly tree: SourceTree;
  readonly server: Server | undefined;
  readonly site: Site | undefined;
  readonly start: NodeStart | undefined;
  readonly runsBun: boolean;
  /** Line of the base image. */
  readonly version: string;
  /** The one release of Node that package.json takes, where the image has another one. */
  readonly exactNode: string | undefined;
  /** The program calls its package manager while it runs. */
  readonly callsManager: boolean;
  readonly libraries: SystemLibraries;
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How the image of a Node package is made. */
export async function nodeRecipe(facts: NodeFacts): Promise<Recipe> {
  const { pkg, root, manager, site, start, libraries } = facts;
  const lines = linesOf(manager);
  const workdir = root.path === pkg.path ? "." : root.path === "." ? pkg.path : pkg.path.slice(root.path.length + 1);
  const here = workdir === "." ? "/app" : `/app/${workdir}`;
  const bins = [...new Set([`${here}/node_modules/.bin`, "/app/node_modules/.bin"])];
  const tool = site === undefined && start?.line === facts.server?.start ? facts.server?.tool : undefined;
  const managed = /(?:^|[\s"'&|;])(?:pnpm|yarn|bunx?|pnpx)\s/.test(start?.line ?? "") || facts.callsManager;
  const tools = [...exactNodeOf(facts), ...lines.tools];
  if (manager.name === "pnpm" && libraries.build.includes("make")) tools.push(nodeHeaders);
  if (tool !== undefined) tools.push(`npm install --global --prefix ${toolsFolder} ${tool}`);
  if (facts.runsBun && manager.name !== "bun") tools.push(`npm install --global --prefix ${toolsFolder} bun@1`);
  const wanted = tool !== undefined || facts.exactNode !== undefined || managed;
  const needsTools = site === undefined && tools.length > 0 && wanted;
  const image = `docker.io/library/node:${facts.version}-slim`;
  const build = withAdapter(facts, buildOf(facts, lines.run));
  const final = site
    ? caddyStage(`${here}/${site.output}`, site.fallback)
    : {
        runImage: runsWithoutNode(facts, tool) ? "docker.io/library/debian:bookworm-slim" : image,
        files: [...(await missingEnvFiles(facts, here)), ...(await settingsFile(facts, here))],
        runEnv: {
          NODE_ENV: "production",
          PATH: [...bins, ...(needsTools ? [`${toolsFolder}/bin`] : []), systemPath].join(":"),
          ...runEnvOf(facts),
          // Yarn asks its settings again before it runs a script.
          ...(manager.berry && /(?:^|\s)yarn\s/.test(start?.line ?? "") ? lines.env : {}),
        },
        artifacts: [...(needsTools ? [{ from: toolsFolder, to: toolsFolder }] : []), { from: "/app", to: "/app" }],
      };
  return newRecipe({
    context: root.path,
    workdir,
    buildImage: image,
    buildPackages: [...libraries.build],
    runPackages: site ? [] : [...libraries.run],
    tools,
    manifests: isInWorkspace(facts) ? [] : await manifestsOf(facts),
    // In a member's folder npm would install for that one alone, and leave out what the root brings for all.
    install: pkg.loose === true ? looseInstall(pkg) : inFolder(pkg.path, root.path, lines.install),
    build,
    prune: site ? null : isInWorkspace(facts) ? withoutOthers(facts) : prunes(facts) ? lines.prune : null,
    caches: [lines.cache],
    buildEnv: {
      PATH: [`${toolsFolder}/bin`, systemPath].join(":"),
      // Create React App takes each warning for an error where it is set.
      CI: pkg.all.has("react-scripts") ? "false" : "true",
      ...(pkg.all.has("husky") ? { HUSKY: "0" } : {}),
      ...(pkg.all.has("next") ? { NEXT_TELEMETRY_DISABLED: "1" } : {}),
      ...facts.server?.buildEnv,
      ...lines.env,
      ...(libraries.build.includes("make") ? { npm_config_nodedir: "/usr/local" } : {}),
      ...(usesBrowser(pkg) ? { PUPPETEER_SKIP_DOWNLOAD: "true", PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" } : {}),
    },
    ...final,
  });
}

function looseInstall({ dependencies }: NodePackage): string | null {
  return dependencies.size === 0 ? null : `npm install --no-save ${[...dependencies.keys()].join(" ")}`;
}

/** Node's headers where node-gyp would put them, which else fetches them from Node's own host: pnpm 11 passes no `nodedir` on to it. */
const nodeHeaders =
  "d=~/.cache/node-gyp/$(node -p process.versions.node) && mkdir -p $d && ln -sfn /usr/local/include $d/include && echo 11 > $d/installVersion";

/** A package manager refuses to install under another Node than the only one that package.json takes: it comes from the registry then. */
function exactNodeOf({ exactNode }: NodeFacts): string[] {
  return exactNode === undefined ? [] : [`npm install --global --prefix ${toolsFolder} node@${exactNode}`];
}

/** Bun itself runs the file, and nothing that is installed could ask for Node. */
function runsWithoutNode({ runsBun, start, pkg }: NodeFacts, tool: string | undefined): boolean {
  const file = /^bun\s+(?:run\s+)?[\w@./-]+\.[cm]?[jt]sx?$/.test(start?.line ?? "");
  return runsBun && file && tool === undefined && pkg.dependencies.size === 0;
}

/** `node --env-file=.env` ends where that file is kept out of the repository: an empty one, since a pod's variables come otherwise. */
async function missingEnvFiles({ tree, pkg }: NodeFacts, here: string): Promise<Recipe["files"]> {
  const scripts = Object.values(pkg.json.scripts).join("\n");
  const named = [...scripts.matchAll(/--env-file[= ](?<file>\.?[\w-]{1,40}(?:\.[\w-]{1,40}){0,3})(?=["'\s]|$)/g)];
  const files = [...new Set(named.map(({ groups }) => groups?.["file"] ?? ""))].slice(0, 3);
  const there = await Promise.all(files.map(async (file) => await tree.has(at(pkg.path, file))));
  // A build never sees the one that people keep for themselves, committed or not.
  const unseen = /^\.env(?:\.(?:.+\.)?local)?$/;
  return files
    .filter((file, index) => there[index] !== true || unseen.test(file))
    .map((file) => ({ path: `${here}/${file}`, text: "# Variables come from the pod's environment.\n" }));
}

/** Settings that the code asks the package `config` for, and that only variables can give. */
async function settingsFile({ tree, pkg }: NodeFacts, here: string): Promise<Recipe["files"]> {
  const file = await nodeConfigFile(tree, pkg.path);
  return file === undefined ? [] : [{ path: `${here}/${file.path}`, text: file.text }];
}

/** Another host's adapter gives way to the one that makes a server. */
function withAdapter({ server, site, manager }: NodeFacts, build: string | null): string | null {
  const instead = site === undefined ? server?.instead : undefined;
  if (instead === undefined || build === null) return build;
  const adds = { npm: "npm install --no-save", pnpm: "pnpm add --ignore-workspace-root-check" } as const;
  const add = manager.name === "npm" || manager.name === "pnpm" ? adds[manager.name] : `${manager.name} add`;
  return `${add} ${instead.add} && sed -i 's#${instead.of}#${instead.add}#' ${instead.in} && ${build}`;
}

function runEnvOf({ pkg, server }: NodeFacts): Record<string, string> {
  return {
    ...(server?.name === "next" ? { NEXT_TELEMETRY_DISABLED: "1" } : {}),
    ...server?.runEnv,
    ...(usesBrowser(pkg) ? { PUPPETEER_EXECUTABLE_PATH: "/usr/bin/chromium" } : {}),
    // It opens a page once it listens: without a browser that ends it. xdg-open asks this variable first.
    ...(["open", "opn", "better-opn"].some((name) => pkg.dependencies.has(name)) ? { BROWSER: "true" } : {}),
  };
}

function usesBrowser(pkg: NodePackage): boolean {
  return ["puppeteer", "puppeteer-core", "playwright"].some((name) => pkg.all.has(name));
}

/** What is built, and by which line; null where nothing is. */
function buildOf(facts: NodeFacts, run: (script: string) => string): string | null {
  const { pkg, server, start } = facts;
  const scripts = pkg.json.scripts;
  const script = ["build", "heroku-postbuild"].find((name) => scripts[name] !== undefined);
  if (script !== undefined) {
    const setsMode = /NODE_ENV/.test(scripts[script] ?? "");
    const readsMode = /\b(?:webpack|postcss|tailwindcss|rollup|gulp|parcel)\b/.test(scripts[script] ?? "");
    const line = readsMode && !setsMode ? `NODE_ENV=production ${run(script)}` : run(script);
    return buildWithParts(facts, script, line);
  }
  const compiles = pkg.all.has("typescript") && /^(?:dist|build|lib|out)\//.test(start?.file ?? "");
  const own = start?.build ?? server?.build ?? (compiles ? "npx tsc" : partBuilds(scripts, run));
  return buildWithParts(facts, undefined, own);
}

/** Where there is no `build`: the script for production, else those of the parts, as far as they go by usual names. */
function partBuilds(scripts: NodePackage["json"]["scripts"], run: (script: string) => string): string | null {
  const whole = ["build:prod", "build:production", "build:all"].find((name) => scripts[name] !== undefined);
  if (whole !== undefined) return run(whole);
  const parts = Object.keys(scripts).filter((name) =>
    /^build[:-](?:client|front-?end|web|ui|server|back-?end|api|app)$/.test(name),
  );
  return parts.length === 0 ? null : parts.slice(0, 4).map(run).join(" && ");
}

function isInWorkspace({ pkg, root, members }: NodeFacts): boolean {
  return root.path !== pkg.path || members.length > 0;
}

/** True where what only a build needs can be taken out: nothing that the start names is among it. */
function prunes({ pkg, start, server }: NodeFacts): boolean {
  const development = pkg.json.devDependencies;
  if (Object.keys(development).length === 0) return false;
  const words = (start?.line ?? "").split(/[\s"'=:/]+/);
  if (Object.keys(development).some((name) => words.includes(name) || words.includes(programs[name] ?? "")))
    return false;
  if (words.some((word) => word === "npx" || word === "pnpm" || word === "yarn" || word === "npm")) return false;
  return server === undefined || pkg.dependencies.has(server.dependency) || /^node\s/.test(start?.line ?? "");
}

/** Packages whose program is called otherwise. */
const programs: Readonly<Record<string, string>> = {
  typescript: "tsc",
  "@nestjs/cli": "nest",
  "@remix-run/serve": "remix-serve",
  "@react-router/serve": "react-router-serve",
  "npm-run-all": "run-s",
  "dotenv-cli": "dotenv",
  "@babel/node": "babel-node",
  "ts-node": "ts-node/register",
};

const manifestNames = [
  "package.json",
  "package.json5",
  "package.yaml",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  ".pnpmfile.cjs",
  "yarn.lock",
  ".yarnrc",
  ".yarnrc.yml",
  "bun.lock",
  "bun.lockb",
  "bunfig.toml",
  ".npmrc",
];
const manifestFolders = ["patches/", "prisma/", ".yarn/releases/", ".yarn/plugins/", ".yarn/patches/"];

/** What an install reads; empty where it may read anything: scripts of the package itself, or folders as dependencies. */
async function manifestsOf({ tree, pkg }: NodeFacts): Promise<string[]> {
  const scripts = ["preinstall", "install", "postinstall", "prepare"].map((name) => pkg.json.scripts[name] ?? "");
  const reads = scripts.some(
    (script) =>
      script !== "" &&
      !/^(?:husky(?:\s+install)?|prisma generate|patch-package|is-ci \|\| husky install)$/.test(script),
  );
  const local = [...pkg.all.values()].some((version) => /^(?:file|link|portal|workspace):/.test(version));
  if (reads || local) return [];
  const names = await tree.list(pkg.path);
  const found = manifestNames.filter((name) => names.includes(name));
  for (const folder of manifestFolders) {
    if ((await tree.list(at(pkg.path, folder.slice(0, -1)))).length > 0) found.push(folder);
  }
  return found;
}
