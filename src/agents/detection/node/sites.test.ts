import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn } from "../language.contract.ts";
import { node } from "./node.ts";

async function serviceOf(pkg: unknown, files: Readonly<Record<string, string>> = {}): Promise<Service> {
  const service = (await detectIn(node, { "package.json": JSON.stringify(pkg), ...files }))?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

describe("sites", () => {
  const vite = { scripts: { start: "vite", build: "vite build" }, devDependencies: { vite: "^7" } };

  it("serves what Vite built, never its development server", async () => {
    const service = await serviceOf(vite, { "index.html": "", "vite.config.ts": 'build: { outDir: "./out" }' });
    expect(service).toMatchObject({
      kind: "Web",
      framework: "vite",
      start: "caddy run --config /etc/caddy/Caddyfile",
      recipe: {
        runImage: "docker.io/library/caddy:2",
        build: "npm run build",
        artifacts: [{ from: "/app/out", to: "/srv" }],
      },
    });
    expect(service.recipe.files[0]?.text).toContain("/index.html");
  });

  it.each([
    [
      {
        scripts: { start: "react-scripts start", build: "react-scripts build" },
        dependencies: { "react-scripts": "5" },
      },
      "/app/build",
    ],
    [
      {
        scripts: { start: "react-app-rewired --openssl-legacy-provider start", build: "react-app-rewired build" },
        dependencies: { "react-scripts": "4", "react-app-rewired": "2" },
      },
      "/app/build",
    ],
    [{ scripts: { dev: "astro dev", build: "astro build" }, dependencies: { astro: "5" } }, "/app/dist"],
    [{ scripts: { dev: "next dev", build: "next build" }, dependencies: { next: "16" } }, "/app/out"],
  ])("knows where %j leaves its files", async (pkg, from) => {
    const service = await serviceOf(pkg, { "next.config.mjs": 'export default { output: "export" }' });
    expect(service.recipe.artifacts).toEqual([{ from, to: "/srv" }]);
  });

  it.each([
    [{ "@react-router/dev": "7" }, { "react-router.config.ts": "export default { ssr: false }" }, "/app/build/client"],
    [{ "@remix-run/dev": "2" }, { "vite.config.ts": "remix({ ssr: false })" }, "/app/build/client"],
    [{ "@sveltejs/kit": "2", "@sveltejs/adapter-static": "3", vite: "6" }, {}, "/app/build"],
    [
      { vite: "6" },
      { "vite.config.ts": 'root: "src", build: { outDir: "../dist" }', "src/index.html": "" },
      "/app/dist",
    ],
    [{ vite: "6" }, { "vite.config.ts": 'root: "web"', "web/index.html": "" }, "/app/web/dist"],
    [{ "@docusaurus/core": "3" }, {}, "/app/build", "docusaurus build"],
    [{ vitepress: "1" }, {}, "/app/docs/.vitepress/dist", "vitepress build docs"],
    [{ expo: "56" }, {}, "/app/dist", "expo export --platform web"],
  ])("serves the files of %j from where they are", async (devDependencies, files, from, build = "vite build") => {
    const service = await serviceOf({ private: true, scripts: { build }, devDependencies }, files);
    expect(service.recipe.artifacts).toEqual([{ from, to: "/srv" }]);
  });

  it("starts a server that renders pages itself", async () => {
    const server = {
      ...vite,
      scripts: { start: "node server.js", build: "vite build" },
      dependencies: { express: "5" },
    };
    expect((await serviceOf(server, { "index.html": "" })).start).toBe("node server.js");
  });

  it("serves the folder that a start script names itself", async () => {
    const pkg = {
      private: true,
      scripts: { build: "rollup -c", start: "sirv public --single" },
      devDependencies: { rollup: "4" },
    };
    const { recipe } = await serviceOf(pkg);
    expect(recipe.artifacts).toEqual([{ from: "/app/public", to: "/srv" }]);
    expect(recipe.files[0]?.text).toContain("/index.html\n");
  });

  it("puts Node's adapter in the place of another host's", async () => {
    const devDependencies = { "@sveltejs/kit": "2", "@sveltejs/adapter-vercel": "6" };
    const service = await serviceOf({ private: true, scripts: { build: "vite build" }, devDependencies });
    expect(service).toMatchObject({
      start: "node build",
      recipe: {
        build:
          "npm install --no-save @sveltejs/adapter-node && sed -i 's#@sveltejs/adapter-vercel#@sveltejs/adapter-node#' svelte.config.js && npm run build",
      },
    });
  });

  it.each(["yarn --cwd ./web start", "npm start --workspace web", "npm --prefix web start", "pnpm --filter web start"])(
    "leaves what %s starts to the package that it names",
    async (start) => {
      const pkg = { private: true, workspaces: ["web"], scripts: { start } };
      expect(await detectIn(node, { "package.json": JSON.stringify(pkg) })).toBeUndefined();
    },
  );
});

it("serves the committed page that a start script only shows while it is written", async () => {
  const watched = {
    scripts: { start: "npm run build && node scripts/start.js", build: "node scripts/build.js" },
    devDependencies: { "browser-sync": "3" },
  };
  const files = { "scripts/start.js": "require('child_process').spawn('browser-sync')", "dist/index.html": "" };
  expect(await serviceOf(watched, files)).toMatchObject({
    kind: "Web",
    recipe: { build: "npm run build", artifacts: [{ from: "/app/dist", to: "/srv" }] },
  });
});
