import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { node } from "./node.ts";

const express = { name: "shop", scripts: { start: "node server.js" }, dependencies: { express: "^5" } };
const listening = 'require("http").createServer().listen(process.env.PORT)';

holdsLanguageContract(node, { "package.json": JSON.stringify(express), "server.js": listening });

async function serviceOf(pkg: unknown, files: Readonly<Record<string, string>> = {}, path = "."): Promise<Service> {
  const file = path === "." ? "package.json" : `${path}/package.json`;
  const service = (await detectIn(node, { [file]: JSON.stringify(pkg), ...files }, path))?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

async function startOf(scripts: Readonly<Record<string, string>>, more: object = {}): Promise<string | null> {
  return (await serviceOf({ ...express, scripts, ...more })).start;
}

describe("package managers", () => {
  it.each([
    ["package-lock.json", "npm", "npm ci"],
    ["pnpm-lock.yaml", "pnpm", "pnpm install --frozen-lockfile"],
    ["yarn.lock", "yarn", "yarn install --frozen-lockfile"],
    ["bun.lock", "bun", "bun install --frozen-lockfile"],
  ])("%s means %s", async (lockFile, name, install) => {
    const service = await serviceOf(express, { [lockFile]: "" });
    expect(service).toMatchObject({ manager: { name, lockFile, mode: "Frozen" }, recipe: { install } });
    expect(service.recipe.manifests).toEqual(["package.json", lockFile]);
  });

  it("installs by the manifest without a lock file", async () => {
    expect(await serviceOf(express)).toMatchObject({
      manager: { name: "npm", lockFile: null, mode: "Unfrozen" },
      recipe: { install: "npm install" },
    });
  });

  it("believes packageManager, and says which lock it passes over", async () => {
    const files = {
      "package.json": JSON.stringify({ ...express, packageManager: "pnpm@9.1.2+sha512.x" }),
      "package-lock.json": "{}",
    };
    const detection = await detectIn(node, files);
    expect(detection?.services[0]?.manager).toMatchObject({ name: "pnpm", version: "9.1.2", mode: "Unfrozen" });
    expect(detection?.warnings).toEqual(["package-lock.json beside pnpm: pnpm is used"]);
  });

  it("tells Yarn 1 from later ones by the lock, which a later one would rewrite", async () => {
    const later = { "yarn.lock": "__metadata:\n  version: 8\n" };
    expect((await serviceOf(express, later)).recipe.install).toBe("yarn install --immutable");
    const foreign = { "yarn.lock": "# yarn lockfile v1\n" };
    const service = await serviceOf({ ...express, packageManager: "yarn@4.5.0" }, foreign);
    expect(service.manager).toMatchObject({ version: "4.5.0", lockFile: null, mode: "Unfrozen" });
  });

  it("puts a pnpm in place that can read the lock", async () => {
    const service = await serviceOf(express, { "pnpm-lock.yaml": "lockfileVersion: '6.0'\n" });
    expect(service.recipe.tools).toEqual(["npm install --global --prefix /opt/tools pnpm@8"]);
  });

  it("copies everything before an install that runs the repository's own scripts", async () => {
    const scripts = { ...express.scripts, postinstall: "node tools/setup.js" };
    expect((await serviceOf({ ...express, scripts })).recipe.manifests).toEqual([]);
    const known = await serviceOf({ ...express, scripts: { ...express.scripts, prepare: "husky" } });
    expect(known.recipe.manifests).toEqual(["package.json"]);
  });

  it("names no registry, whatever the repository's settings are", async () => {
    const service = await serviceOf(express, { "yarn.lock": "__metadata:\n", ".yarnrc.yml": "npmRegistryServer: x\n" });
    expect(JSON.stringify(service)).not.toContain("http");
  });
});

describe("starts", () => {
  it.each([
    ["node server.js", "node server.js"],
    ["npm run serve", "node serve.js"],
    ["yarn serve", "node serve.js"],
    ["nodemon server.js", "node server.js"],
    ["nodemon --watch src server.js", "node server.js"],
    ["nodemon ./bin/www", "node ./bin/www"],
    ["nodemon", "node index.js"],
    ["nodemon --exec babel-node server.js", "babel-node server.js"],
    ['nodemon -w src --exec "babel-node" server.js', "babel-node server.js"],
    ["node --watch server.js", "node server.js"],
    ["cross-env NODE_ENV=production node server.js", "NODE_ENV=production node server.js"],
    ["npm run build && node dist/index.js", "node dist/index.js"],
    ["node migrate.js && node server.js", "node migrate.js && node server.js"],
  ])("%s is started as %s", async (script, line) => {
    expect(await startOf({ start: script, serve: "node serve.js", build: "tsc" })).toBe(line);
  });

  it("takes a Procfile's web line first", async () => {
    expect((await serviceOf(express, { Procfile: "release: x\nweb: node web.js\n" })).start).toBe("node web.js");
  });

  it("starts what Nest has built, not its compiler", async () => {
    const nest = {
      scripts: { build: "nest build", start: "nest start", "start:prod": "node dist/main" },
      dependencies: { "@nestjs/core": "^11" },
    };
    expect(await serviceOf(nest)).toMatchObject({
      framework: "nest",
      start: "node dist/main",
      recipe: { build: "npm run build" },
    });
  });

  it("starts Next in production, with and without a script", async () => {
    const next = { dependencies: { next: "^16", react: "^19" } };
    expect(await serviceOf(next)).toMatchObject({
      framework: "next",
      start: "next start",
      recipe: { build: "npx next build" },
    });
    const writing = { ...next, scripts: { start: "next dev", build: "next build" } };
    expect((await serviceOf(writing)).start).toBe("next start");
  });

  it.each([
    [{ "@remix-run/serve": "2", "@remix-run/dev": "2" }, "remix", "remix-serve ./build/server/index.js"],
    [{ "@react-router/serve": "7", "@react-router/dev": "7" }, "react-router", "react-router-serve ./build/server/index.js"],
    [{ nuxt: "4" }, "nuxt", "node .output/server/index.mjs"],
    [{ "@solidjs/start": "1", vinxi: "0.5" }, "solid-start", "node .output/server/index.mjs"],
    [{ "@sveltejs/kit": "2", "@sveltejs/adapter-auto": "4", vite: "6" }, "sveltekit", "node build"],
    [{ "@tanstack/react-start": "^1.121.7", vite: "6" }, "tanstack-start", "node .output/server/index.mjs"],
    [{ "@tanstack/react-start": "latest", vite: "8" }, "tanstack-start", "srvx --prod -s ../client dist/server/server.js"],
    [{ "@strapi/strapi": "5" }, "strapi", "strapi start"],
    [{ waku: "1" }, "waku", "waku start"],
  ])("starts %j as %s without a script", async (devDependencies, framework, start) => {
    const service = await serviceOf({ private: true, scripts: { build: "vite build", dev: "vite dev" }, devDependencies });
    expect(service).toMatchObject({ kind: "Web", framework, start });
  }); // prettier-ignore

  it("brings srvx where nothing else serves TanStack's handler, and takes it along", async () => {
    const pkg = {
      private: true,
      scripts: { build: "vite build" },
      dependencies: { "@tanstack/react-start": "1.140.0" },
    };
    const { recipe } = await serviceOf(pkg);
    expect(recipe.tools).toEqual(["npm install --global --prefix /opt/tools srvx"]);
    expect(recipe.artifacts[0]).toEqual({ from: "/opt/tools", to: "/opt/tools" });
  });

  it("lets adapter-auto take Node's adapter, whatever it would believe of this host", async () => {
    const devDependencies = { "@sveltejs/kit": "2", "@sveltejs/adapter-auto": "4" };
    const service = await serviceOf({ private: true, scripts: { build: "vite build" }, devDependencies });
    expect(service.recipe.buildEnv).toMatchObject({ GCP_BUILDPACKS: "true" });
  });

  it("starts Adonis where its build leaves it", async () => {
    const adonis = {
      scripts: { build: "node ace build", start: "node bin/server.js" },
      dependencies: { "@adonisjs/core": "6" },
    };
    expect((await serviceOf(adonis)).start).toBe("cd build && node bin/server.js");
  });

  it("starts Angular's own server where it renders pages itself", async () => {
    const angular = {
      scripts: { start: "ng serve", build: "ng build" },
      dependencies: { "@angular/core": "20", "@angular/ssr": "20" },
    };
    const files = {
      "angular.json": '{"projects":{"shop":{"architect":{"build":{"builder":"@angular/build:application"}}}}}',
    };
    expect((await serviceOf(angular, files)).start).toBe("node dist/shop/server/server.mjs");
  });

  it("leaves the script of another folder's package to that package", async () => {
    expect(await startOf({ start: "cd apps/web && npm start" })).toBe("cd apps/web && npm start");
  });

  it("takes main only where its file is, or will be", async () => {
    const files = { "server.js": listening };
    const pkg = { private: true, main: "gone.js", dependencies: { express: "5" } };
    expect((await serviceOf(pkg, files)).start).toBe("node server.js");
    const built = { private: true, main: "dist/app.js", scripts: { build: "tsc" }, dependencies: { express: "5" } };
    expect((await serviceOf(built)).start).toBe("node dist/app.js");
  });

  it("keeps other ways to start for a fix to choose from", async () => {
    const service = await serviceOf({ ...express, scripts: { start: "node serve.js" } }, { "server.js": listening });
    expect(service.otherStarts).toContainEqual({ line: "node server.js", from: "server.js is there" });
  });

  it("runs TypeScript by what the repository brings for it", async () => {
    const pkg = { private: true, dependencies: { express: "5" }, devDependencies: { tsx: "4" } };
    const service = await serviceOf(pkg, { "src/server.ts": listening });
    expect(service).toMatchObject({ start: "tsx src/server.ts", recipe: { prune: null } });
  });
});

describe("kinds", () => {
  it("tells what ends from what waits and what listens, through its imports", async () => {
    const pkg = { private: true, type: "module", scripts: { start: "node main.js" } };
    const kindOf = async (work: string) =>
      (await serviceOf(pkg, { "main.js": 'import "./lib/work.js";', "lib/work.js": work })).kind;
    expect(await kindOf("console.log(1)")).toBe("Job");
    expect(await kindOf("// server.listen(3)\nconsole.log(1)")).toBe("Job");
    expect(await kindOf("setInterval(() => {}, 1000)")).toBe("Worker");
    expect(await kindOf("import http from 'node:http'; http.createServer().listen(3000)")).toBe("Web");
  });

  it("calls a library a library, and names what it looked for", async () => {
    const pkg = { name: "left", version: "1.0.0", main: "index.js", dependencies: { lodash: "4" } };
    const detection = await detectIn(node, { "package.json": JSON.stringify(pkg), "index.js": "module.exports = 1" });
    expect(detection?.services).toEqual([]);
    expect(detection?.notAService).toBe("a Node library (left, package.json main)");
    expect(detection?.lookedFor).toContainEqual(["a server in the dependencies", "none known (lodash)"]);
  });

  it("calls a server framework a library as well: it listens inside, where nobody starts it", async () => {
    const pkg = { name: "framework", version: "1.0.0", files: ["lib"] };
    const files = { "index.js": 'module.exports = require("./lib/app.js")', "lib/app.js": listening };
    expect((await detectIn(node, { "package.json": JSON.stringify(pkg), ...files }))?.services).toEqual([]);
    const app = { "package.json": JSON.stringify(pkg), "index.js": listening };
    expect((await detectIn(node, app))?.services[0]?.start).toBe("node index.js");
  });

  it("runs an entry of which nobody can take anything: it is no library", async () => {
    const files = { "package.json": JSON.stringify({ name: "hi", main: "index.js" }), "index.js": "console.log('hi')" };
    expect((await detectIn(node, files))?.services[0]).toMatchObject({ kind: "Job", start: "node index.js" });
  });

  it("reads package.json5 as pnpm does", async () => {
    const files = {
      "package.json5": "{\n  // http://x\n  name: 'a', scripts: { start: \"node a.js\", },\n}",
      "a.js": "",
    };
    expect((await detectIn(node, files))?.services[0]?.start).toBe("node a.js");
  });

  it("is silent about a package.json that only holds tools", async () => {
    const pkg = { private: true, scripts: { lint: "eslint ." }, devDependencies: { eslint: "9" } };
    expect(await detectIn(node, { "package.json": JSON.stringify(pkg) })).toBeUndefined();
  });

  it("is silent about what is no JSON", async () => {
    expect(await detectIn(node, { "package.json": "{ broken" })).toBeUndefined();
    expect(await detectIn(node, { "package.json": "[]" })).toBeUndefined();
  });
});

it("brings what native modules need, and prunes what only a build needs", async () => {
  const service = await serviceOf(
    { ...express, dependencies: { express: "5", canvas: "3", puppeteer: "24" }, devDependencies: { eslint: "9" } },
    { "package-lock.json": "{}" },
  );
  expect(service.recipe.buildPackages).toEqual(expect.arrayContaining(["python3", "make", "g++"]));
  expect(service.recipe.runPackages).toEqual(expect.arrayContaining(["libcairo2", "chromium"]));
  expect(service.recipe.prune).toBe("npm prune --omit=dev");
});

it("judges a start of several commands by the last: a preparation is not what runs", async () => {
  const service = await serviceOf(
    { name: "a", scripts: { start: "node prepare.js; serve -s _static -l $PORT" }, dependencies: { serve: "14" } },
    { "prepare.js": "require('fs').writeFileSync('x', '1');" },
  );
  expect(service.kind).toBe("Web");
});

it("lays down the file of variables that scripts insist on and nobody commits", async () => {
  const pkg = {
    ...express,
    scripts: { start: "node --env-file=.env server.js", dev: "node --env-file .env.here x.js" },
  };
  const committed = { "server.js": listening, ".env": "A=1", ".env.here": "" };
  expect((await serviceOf(pkg, committed)).recipe.files).toHaveLength(1);
  expect((await serviceOf(pkg, { "server.js": listening, ".env.here": "" })).recipe.files).toMatchObject([
    { path: "/app/.env" },
  ]);
  const lenient = { ...express, scripts: { start: "node --env-file-if-exists=.env server.js" } };
  expect((await serviceOf(lenient, { "server.js": listening })).recipe.files).toEqual([]);
});
