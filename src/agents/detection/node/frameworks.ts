import type { SourceTree } from "../source-tree.ts";
import type { NodePackage } from "./package-json.ts";

/** A framework that is known by a dependency: how it starts in production, and where it then listens. */
export interface Server {
  readonly name: string;
  readonly dependency: string;
  /** Production start, where it has one of its own. */
  readonly start?: string;
  /** Shell line that builds, for a repository without a build script. */
  readonly build?: string;
  readonly port: number;
}

/** Servers, the most particular first: Next brings React, Nest brings Express. */
const servers: readonly Server[] = [
  { name: "next", dependency: "next", start: "next start", build: "npx next build", port: 3000 },
  { name: "nuxt", dependency: "nuxt", start: "node .output/server/index.mjs", build: "npx nuxt build", port: 3000 },
  { name: "remix", dependency: "@remix-run/serve", start: "remix-serve ./build/server/index.js", port: 3000 },
  {
    name: "react-router",
    dependency: "@react-router/serve",
    start: "react-router-serve ./build/server/index.js",
    port: 3000,
  },
  { name: "sveltekit", dependency: "@sveltejs/adapter-node", start: "node build", port: 3000 },
  { name: "astro", dependency: "@astrojs/node", start: "node ./dist/server/entry.mjs", port: 4321 },
  { name: "nest", dependency: "@nestjs/core", start: "node dist/main", build: "npx nest build", port: 3000 },
  { name: "fastify", dependency: "fastify", port: 3000 },
  { name: "koa", dependency: "koa", port: 3000 },
  { name: "hapi", dependency: "@hapi/hapi", port: 3000 },
  { name: "hono", dependency: "@hono/node-server", port: 3000 },
  { name: "express", dependency: "express", port: 3000 },
  { name: "polka", dependency: "polka", port: 3000 },
  { name: "restify", dependency: "restify", port: 8080 },
  { name: "elysia", dependency: "elysia", port: 3000 },
  { name: "apollo", dependency: "@apollo/server", port: 4000 },
  { name: "socket.io", dependency: "socket.io", port: 3000 },
];

/** The framework that a package serves with. Adapters of front-end frameworks are often development dependencies; a server that a test uses is none. */
export function serverOf(pkg: NodePackage): Server | undefined {
  return servers.find(({ dependency, start }) =>
    start === undefined ? pkg.dependencies.has(dependency) : pkg.all.has(dependency),
  );
}

/** A page that is built once and served as files. */
export interface Site {
  readonly name: string;
  /** Folder of the built files, relative to the service. */
  readonly output: string;
  /** Paths that no file has are answered by the first page: its own script knows them. */
  readonly fallback: boolean;
  readonly because: string;
}

/** Start scripts that serve a page while it is being written; in production its files are served instead. */
export const devServer =
  /^(?:npx\s+|[A-Z_]+=\S+\s+|cross-env\s+)*(?:vite(?:\s+(?:preview|dev|serve))?(?:\s|$)|react-scripts\s+start|react-app-rewired\s+start|craco\s+start|ng\s+serve|vue-cli-service\s+serve|astro\s+(?:dev|preview|start)|parcel(?:\s+serve)?\s|webpack(?:-dev-server|\s+serve)|expo\s+start|gatsby\s+(?:develop|serve)|docusaurus\s+(?:start|serve)|eleventy\s+--serve|svelte-kit\s+dev|snowpack\s+dev)/;

/** Start scripts that only serve built files: Caddy does it instead. */
const fileServer = /^(?:npx\s+)?(?:serve|http-server|live-server|sirv|vite\s+preview)(?:\s|$)/;

const outputs: readonly {
  readonly name: string;
  readonly dependency: string;
  readonly build: RegExp;
  readonly output: string;
  readonly fallback: boolean;
}[] = [
  {
    name: "create-react-app",
    dependency: "react-scripts",
    build: /react-scripts|react-app-rewired|craco/,
    output: "build",
    fallback: true,
  },
  { name: "vue-cli", dependency: "@vue/cli-service", build: /vue-cli-service/, output: "dist", fallback: true },
  { name: "gatsby", dependency: "gatsby", build: /gatsby\s+build/, output: "public", fallback: false },
  { name: "docusaurus", dependency: "@docusaurus/core", build: /docusaurus\s+build/, output: "build", fallback: false },
  { name: "eleventy", dependency: "@11ty/eleventy", build: /eleventy/, output: "_site", fallback: false },
  {
    name: "vitepress",
    dependency: "vitepress",
    build: /vitepress\s+build/,
    output: ".vitepress/dist",
    fallback: false,
  },
  { name: "parcel", dependency: "parcel", build: /parcel\s+build/, output: "dist", fallback: true },
];

/** A front end whose built files are all there is to serve; undefined when something of its own has to run. */
export async function siteOf(tree: SourceTree, pkg: NodePackage): Promise<Site | undefined> {
  const build = pkg.json.scripts["build"] ?? "";
  const start = pkg.json.scripts["start"];
  const served = start !== undefined && (devServer.test(start) || fileServer.test(start));
  const because =
    start === undefined ? "it is built once and has no server" : `its start script (${start}) is for writing it`;
  if (pkg.all.has("next")) {
    const config = await firstOf(tree, pkg.path, "next.config");
    if (!/output\s*:\s*["'`]export["'`]/.test(config)) return undefined;
    const output = quotedAfter(config, "distDir") ?? "out";
    return { name: "next", output, fallback: false, because: "next.config says output: export" };
  }
  if (start !== undefined && !served) return undefined;
  if (start === undefined && (serverOf(pkg) !== undefined || build === "")) return undefined;
  if (pkg.all.has("astro") && !pkg.all.has("@astrojs/node")) {
    const config = await firstOf(tree, pkg.path, "astro.config");
    if (/output\s*:\s*["'`]server["'`]|adapter\s*:/.test(config)) return undefined;
    return { name: "astro", output: quotedAfter(config, "outDir") ?? "dist", fallback: false, because };
  }
  const known = outputs.find((each) => pkg.all.has(each.dependency) && (build === "" || each.build.test(build)));
  if (known) return { name: known.name, output: known.output, fallback: known.fallback, because };
  if (pkg.all.has("@angular/core") && (/\bng\s+build\b/.test(build) || /\bng\s+serve\b/.test(start ?? ""))) {
    return { name: "angular", output: await angularOutput(tree, pkg.path), fallback: true, because };
  }
  const kits = ["@sveltejs/kit", "@remix-run/dev", "@react-router/dev", "@tanstack/react-start", "@solidjs/start"];
  if (!pkg.all.has("vite") || kits.some((name) => pkg.all.has(name))) return undefined;
  const config = await firstOf(tree, pkg.path, "vite.config");
  const hasPage = await tree.has(at(pkg.path, "index.html"));
  // A library is built by Vite as well, and has no page.
  if (/\blib\s*:\s*\{/.test(config) || (!hasPage && !/\broot\s*:/.test(config))) return undefined;
  const flag = folder(/--outDir[= ]([\w./-]+)/.exec(build)?.[1]);
  const output = flag ?? quotedAfter(config, "outDir") ?? "dist";
  return { name: "vite", output, fallback: true, because };
}

async function firstOf(tree: SourceTree, path: string, name: string): Promise<string> {
  for (const ending of ["js", "ts", "mjs", "mts", "cjs"]) {
    const text = await tree.read(at(path, `${name}.${ending}`));
    if (text !== undefined) return text.replaceAll(/^\s*\/\/.*$/gm, "");
  }
  return "";
}

function quotedAfter(text: string, key: string): string | undefined {
  return folder(new RegExp(`\\b${key}\\s*:\\s*["'\`]([\\w./-]+)["'\`]`).exec(text)?.[1]);
}

/** A folder inside the service, or undefined. */
function folder(text: string | undefined): string | undefined {
  const bare = text?.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  return bare === undefined || bare === "" || bare.split("/").includes("..") ? undefined : bare;
}

async function angularOutput(tree: SourceTree, path: string): Promise<string> {
  const text = (await tree.read(at(path, "angular.json"))) ?? "";
  const told = folder(/"outputPath"\s*:\s*(?:\{\s*"base"\s*:\s*)?"([\w./-]+)"/.exec(text)?.[1]);
  const project = /"projects"\s*:\s*\{\s*"([\w.-]+)"/.exec(text)?.[1] ?? "app";
  const output = told ?? `dist/${project}`;
  // The newer builder puts what browsers get into a folder of its own.
  return /"builder"\s*:\s*"@angular[^"]*:application"/.test(text) ? `${output}/browser` : output;
}

/** A path in a folder. */
export function at(path: string, name: string): string {
  return path === "." ? name : `${path}/${name}`;
}
