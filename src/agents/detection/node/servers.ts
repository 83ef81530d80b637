import type { SourceTree } from "../source-tree.ts";
import { angularOutput, configOf } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";

/** A framework that is known by a dependency: how it starts in production, and where it then listens. */
export interface Server {
  readonly name: string;
  readonly dependency: string;
  /** Production start, where it has one of its own. */
  readonly start?: string;
  /** Its own start is right even where a script says otherwise. */
  readonly ownStart?: boolean;
  /** Shell line that builds, for a repository without a build script. */
  readonly build?: string;
  /** Package that is added before the build, and the file in which it takes another's place. */
  readonly instead?: { readonly add: string; readonly of: string; readonly in: string };
  /** npm package that the start calls and that the repository does not bring. */
  readonly tool?: string;
  /** Variables by which its build or its start is told what is right in an image. */
  readonly buildEnv?: Readonly<Record<string, string>>;
  readonly runEnv?: Readonly<Record<string, string>>;
  readonly port: number;
}

const nitro = "node .output/server/index.mjs";
const everywhere = { HOST: "0.0.0.0" };

/** Servers, the most particular first: Next brings React, Nest brings Express. */
const servers: readonly Server[] = [
  { name: "next", dependency: "next", start: "next start", build: "npx next build", port: 3000 },
  { name: "nuxt", dependency: "nuxt", start: nitro, build: "npx nuxt build", runEnv: everywhere, port: 3000 },
  { name: "nuxt", dependency: "nuxt3", start: nitro, build: "npx nuxi build", runEnv: everywhere, port: 3000 },
  { name: "remix", dependency: "@remix-run/serve", start: "remix-serve ./build/server/index.js", port: 3000 },
  {
    name: "react-router",
    dependency: "@react-router/serve",
    start: "react-router-serve ./build/server/index.js",
    port: 3000,
  },
  { name: "solid-start", dependency: "@solidjs/start", start: nitro, runEnv: everywhere, port: 3000 },
  {
    name: "analog",
    dependency: "@analogjs/platform",
    start: "node dist/analog/server/index.mjs",
    runEnv: everywhere,
    port: 3000,
  },
  { name: "sveltekit", dependency: "@sveltejs/adapter-node", start: "node build", runEnv: everywhere, port: 3000 },
  {
    name: "astro",
    dependency: "@astrojs/node",
    start: "node ./dist/server/entry.mjs",
    runEnv: everywhere,
    port: 4321,
  },
  { name: "waku", dependency: "waku", start: "waku start", build: "npx waku build", port: 8080 },
  { name: "strapi", dependency: "@strapi/strapi", start: "strapi start", build: "npx strapi build", runEnv: everywhere, port: 1337 },
  { name: "keystone", dependency: "@keystone-6/core", start: "keystone start", build: "npx keystone build", port: 3000 },
  { name: "medusa", dependency: "@medusajs/medusa", start: "medusa start", port: 9000 },
  { name: "directus", dependency: "directus", start: "directus start", runEnv: everywhere, port: 8055 },
  // Its start script names the file as it lies in build/, beside a package.json of its own.
  { name: "adonis", dependency: "@adonisjs/core", start: "cd build && node bin/server.js", build: "node ace build", ownStart: true, runEnv: everywhere, port: 3333 },
  { name: "nest", dependency: "@nestjs/core", start: "node dist/main", build: "npx nest build", port: 3000 },
  { name: "redwood", dependency: "@redwoodjs/core", start: "rw serve", build: "npx rw build", port: 8910 },
  { name: "fastify", dependency: "fastify", port: 3000 },
  { name: "koa", dependency: "koa", port: 3000 },
  { name: "hapi", dependency: "@hapi/hapi", port: 3000 },
  { name: "hono", dependency: "@hono/node-server", port: 3000 },
  { name: "feathers", dependency: "@feathersjs/feathers", port: 3030 },
  { name: "loopback", dependency: "@loopback/rest", port: 3000 },
  { name: "sails", dependency: "sails", port: 1337 },
  { name: "express", dependency: "express", port: 3000 },
  { name: "polka", dependency: "polka", port: 3000 },
  { name: "restify", dependency: "restify", port: 8080 },
  { name: "elysia", dependency: "elysia", port: 3000 },
  { name: "h3", dependency: "h3", port: 3000 },
  { name: "apollo", dependency: "@apollo/server", port: 4000 },
  { name: "graphql-yoga", dependency: "graphql-yoga", port: 4000 },
  { name: "json-server", dependency: "json-server", port: 3000 },
  { name: "socket.io", dependency: "socket.io", port: 3000 },
]; // prettier-ignore

/**
 * The framework that a package serves with. Adapters of front-end frameworks are often development dependencies; a server that a test
 * uses is none.
 */
export async function serverOf(tree: SourceTree, pkg: NodePackage): Promise<Server | undefined> {
  const own = await metaServer(tree, pkg);
  if (own !== undefined) return own;
  return servers.find(({ dependency, start }) =>
    start === undefined ? pkg.dependencies.has(dependency) : pkg.all.has(dependency),
  );
}

/** Adapters of SvelteKit that build for one host and leave no server. */
const foreignAdapters = ["vercel", "netlify", "cloudflare", "cloudflare-workers"].map(
  (host) => `@sveltejs/adapter-${host}`,
);

/** Frameworks whose start depends on their settings. */
async function metaServer(tree: SourceTree, pkg: NodePackage): Promise<Server | undefined> {
  if (pkg.all.has("@tanstack/react-start") || pkg.all.has("@tanstack/solid-start")) return await tanstack(tree, pkg);
  if (pkg.all.has("@sveltejs/kit") && pkg.all.has("@sveltejs/adapter-auto") && !pkg.all.has("@sveltejs/adapter-node")) {
    // adapter-auto takes adapter-node, and installs it, where it believes to be on a host for Node servers.
    const buildEnv = { GCP_BUILDPACKS: "true" };
    const dependency = "@sveltejs/adapter-auto";
    return { name: "sveltekit", dependency, start: "node build", buildEnv, runEnv: everywhere, port: 3000 };
  }
  const foreign = foreignAdapters.find((name) => pkg.all.has(name));
  if (pkg.all.has("@sveltejs/kit") && foreign !== undefined && !pkg.all.has("@sveltejs/adapter-node")) {
    const instead = { add: "@sveltejs/adapter-node", of: foreign, in: "svelte.config.js" };
    const dependency = foreign;
    return { name: "sveltekit", dependency, instead, start: "node build", runEnv: everywhere, port: 3000 };
  }
  if (pkg.all.has("@angular/ssr") && (await tree.has(inFolder(pkg, "angular.json")))) {
    const output = (await angularOutput(tree, pkg.path)).replace(/\/browser$/, "");
    return { name: "angular", dependency: "@angular/ssr", start: `node ${output}/server/server.mjs`, port: 4000 };
  }
  return undefined;
}

/** Older ones and those with Nitro make `.output`; the others a bare handler, which srvx serves. */
async function tanstack(tree: SourceTree, pkg: NodePackage): Promise<Server> {
  const dependency = pkg.all.has("@tanstack/react-start") ? "@tanstack/react-start" : "@tanstack/solid-start";
  const minor = /^[~^]?1\.(\d+)/.exec(pkg.all.get(dependency) ?? "")?.[1];
  const config = `${await configOf(tree, pkg.path, "vite.config")}${await configOf(tree, pkg.path, "app.config")}`;
  const viaNitro = /\bnitro\b|nitroV2Plugin/.test(config) || pkg.all.has("vinxi") || Number(minor ?? 999) < 132;
  const base = { name: "tanstack-start", dependency, runEnv: everywhere, port: 3000 };
  if (viaNitro) return { ...base, start: nitro };
  const start = "srvx --prod -s ../client dist/server/server.js";
  return pkg.all.has("srvx") ? { ...base, start } : { ...base, start, tool: "srvx" };
}

function inFolder(pkg: NodePackage, name: string): string {
  return pkg.path === "." ? name : `${pkg.path}/${name}`;
}
