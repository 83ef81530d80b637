import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { nx } from "./nx.ts";

type Files = Readonly<Record<string, string>>;

const program = (folder: string, build: object = {}) => ({
  projectType: "application",
  targets: {
    build: {
      executor: "@nx/esbuild:esbuild",
      options: { outputPath: `dist/${folder}`, main: `${folder}/src/main.ts` },
      ...build,
    },
  },
});
const listens = "require('http').createServer(f).listen(process.env.PORT || 3333)";

holdsLanguageContract(nx, {
  "nx.json": "{}",
  "package.json": '{"name": "one"}',
  "project.json": JSON.stringify({ name: "one", targets: { build: { executor: "@nx/js:tsc", options: { outputPath: "dist", main: "src/main.ts" } } } }),
  "src/main.ts": listens,
}); // prettier-ignore

const base: Files = {
  "nx.json": "{ // of Nx\n}",
  "package.json": JSON.stringify({ private: true, scripts: { start: "nx serve" }, dependencies: { next: "16", express: "5" } }),
  "package-lock.json": "{}",
}; // prettier-ignore

async function servicesOf(files: Files, path = ".", env = {}): Promise<readonly Service[]> {
  return (await detectIn(nx, { ...base, ...files }, path, { ...noWishes, env }))?.services ?? [];
}

async function startOf(folder: string, project: object, files: Files = {}): Promise<string | null | undefined> {
  const [service] = await servicesOf({ [`${folder}/project.json`]: JSON.stringify(project), ...files });
  return service?.start;
}

describe("an application of Nx", () => {
  const api = { "apps/api/project.json": JSON.stringify(program("apps/api")), "apps/api/src/main.ts": listens };

  it("is built by its target in the workspace's root, and started where the build leaves it", async () => {
    const [service] = await servicesOf(api);
    expect(service).toMatchObject({
      name: "api",
      kind: "Web",
      path: "apps/api",
      start: "node dist/apps/api/main.js",
      recipe: { context: ".", workdir: ".", install: "npm ci", build: "npx nx build api" },
    });
  });

  it("is built for production where there is such a configuration, without the others in its image", async () => {
    const worker = program("apps/mailer", { configurations: { production: {} } });
    const files = { "apps/mailer/project.json": JSON.stringify(worker), "apps/mailer/src/main.ts": "setInterval(f, 9)" };
    const [, service] = await servicesOf({ ...api, ...files });
    expect(service).toMatchObject({ name: "mailer", kind: "Worker" });
    expect(service?.recipe).toMatchObject({ build: "npx nx run mailer:build:production", prune: "rm -rf .nx apps/api" });
  }); // prettier-ignore

  it("is no library and no set of tests", async () => {
    const library = JSON.stringify({ ...program("libs/core"), projectType: "library" });
    const tests = JSON.stringify(program("apps/api-e2e"));
    expect(await servicesOf({ "libs/core/project.json": library, "apps/api-e2e/project.json": tests })).toEqual([]);
  });

  it("is chosen by NX_APP_NAME, and by the folder that is looked at", async () => {
    const shop = { "apps/shop/project.json": JSON.stringify(program("apps/shop")) };
    expect((await servicesOf({ ...api, ...shop }, ".", { NX_APP_NAME: "shop" })).map(({ name }) => name)).toEqual(["shop"]);
    expect((await servicesOf({ ...api, ...shop }, "apps/shop")).map(({ name }) => name)).toEqual(["shop"]);
  }); // prettier-ignore

  it("comes first where nx.json calls it the usual one", async () => {
    const shop = { "apps/shop/project.json": JSON.stringify(program("apps/shop")) };
    const services = await servicesOf({ ...api, ...shop, "nx.json": '{"defaultProject": "shop"}' });
    expect(services.map(({ name }) => name)).toEqual(["shop", "api"]);
  });
});

describe("what a build of Nx leaves", () => {
  it("keeps the folders of the sources where a compiler makes it", async () => {
    expect(await startOf("apps/api", program("apps/api", { executor: "@nx/js:tsc" }))).toBe("node dist/apps/api/src/main.js");
  }); // prettier-ignore

  it("is Next's server, in the folder of the build or of the app", async () => {
    const told = { targets: { build: { executor: "@nx/next:build", options: { outputPath: "dist/apps/site" } } } };
    expect(await startOf("apps/site", told)).toBe("cd dist/apps/site && exec next start");
    expect(await startOf("apps/site", {}, { "apps/site/next.config.js": "module.exports = {}" })).toBe("cd apps/site && exec next start");
  }); // prettier-ignore

  it.each([
    ["@angular-devkit/build-angular:application", "dist/apps/site/browser"],
    ["@angular-devkit/build-angular:browser", "dist/apps/site"],
    ["@nx/web:webpack", "dist/apps/site"],
  ])("is a page of files by %s", async (executor, output) => {
    const project = { targets: { build: { executor, options: { outputPath: "dist/apps/site" } } } };
    const [service] = await servicesOf({ "apps/site/project.json": JSON.stringify(project) });
    expect(service?.recipe.artifacts).toEqual([{ from: `/app/${output}`, to: "/srv" }]);
  });

  it("is where vite.config says", async () => {
    const vite = { "apps/site/vite.config.ts": "build: { outDir: '../../dist/apps/site' }", "apps/site/index.html": "" };
    const [service] = await servicesOf({ "apps/site/package.json": '{"name": "@shop/site"}', ...vite });
    expect(service?.recipe).toMatchObject({ build: "npx nx build @shop/site", artifacts: [{ from: "/app/dist/apps/site" }] });
  }); // prettier-ignore

  it("is started by its own start target where that is one command", async () => {
    const start = { executor: "nx:run-commands", options: { command: "node server.js", cwd: "apps/api" } };
    const project = { targets: { start, build: { command: "tsc" } } };
    expect(await startOf("apps/api", project)).toBe("cd apps/api && node server.js");
  });

  it("takes nothing of a hostile project for part of a line", async () => {
    const bad = program("apps/api", { options: { outputPath: "dist; rm -rf /", main: "x.ts" } });
    expect(await startOf("apps/api", bad)).toBeUndefined();
    expect(await startOf("apps/api", { ...program("apps/api"), name: "a; b" })).toBeUndefined();
  });
});

it("leaves packages with scripts to their package manager, and runs them beside", async () => {
  const files = {
    "package.json": JSON.stringify({ workspaces: ["apps/*"] }),
    "apps/api/project.json": JSON.stringify(program("apps/api")),
    "apps/api/src/main.ts": listens,
    "apps/front/package.json": JSON.stringify({ name: "front", scripts: { start: "node server.js" } }),
    "apps/front/server.js": listens,
  };
  const services = await servicesOf(files);
  expect(services.map(({ name, start }) => [name, start])).toEqual([["api", "node dist/apps/api/main.js"], ["front", "node server.js"]]);
}); // prettier-ignore
