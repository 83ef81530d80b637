import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { node } from "./node.ts";
import { readPackage } from "./package-json.ts";
import { membersOf } from "./workspace.ts";

type Files = Readonly<Record<string, string>>;

/** A workspace of an app that is made of `text`, which is made of `words`, and of a page that it knows nothing of. */
const shop: Files = {
  "package.json": JSON.stringify({ private: true, workspaces: ["apps/*", "packages/*"] }),
  "apps/api/package.json": JSON.stringify({
    name: "@shop/api",
    scripts: { build: "tsc", start: "node dist/server.js" },
    dependencies: { express: "5", "@shop/text": "*" },
  }),
  "packages/text/package.json": JSON.stringify({
    name: "@shop/text",
    main: "dist/index.js",
    scripts: { build: "tsc" },
    dependencies: { "@shop/words": "*" },
  }),
  "packages/words/package.json": JSON.stringify({ name: "@shop/words", scripts: { build: "tsc" } }),
  "apps/page/package.json": JSON.stringify({ name: "@shop/page", scripts: { build: "vite build" } }),
};

async function serviceIn(files: Files, path = "apps/api"): Promise<Service> {
  const service = (await detectIn(node, { ...shop, ...files }, path))?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

function rootWith(more: object): Files {
  return { "package.json": JSON.stringify({ private: true, workspaces: ["apps/*", "packages/*"], ...more }) };
}

describe("an app of a workspace", () => {
  it("is installed in the workspace's root, built behind what it is made of, and runs in its own folder", async () => {
    const service = await serviceIn({ "package-lock.json": "{}", ".nvmrc": "22" });
    expect(service).toMatchObject({
      name: "api",
      path: "apps/api",
      runtime: { version: "22", from: ".nvmrc" },
      start: "node dist/server.js",
      recipe: {
        context: ".",
        workdir: "apps/api",
        manifests: [],
        install: "cd ../.. && npm ci",
        build:
          "(cd ../../packages/words && npm run build) && (cd ../../packages/text && npm run build) && npm run build",
      },
    });
  });

  it("leaves the others of the workspace out of its image", async () => {
    expect((await serviceIn({})).recipe.prune).toBe("rm -rf ../page");
  });

  it("keeps a page that its code shows, and builds it first", async () => {
    const code = 'app.use(express.static(path.join(__dirname, "..", "page", "dist")))';
    const { recipe } = await serviceIn({ "apps/api/server.js": code });
    expect(recipe.build).toContain("(cd ../page && npm run build) && npm run build");
    expect(recipe.prune).toBeNull();
  });

  it("is built with its parts by pnpm's own filter", async () => {
    const pnpm = { "pnpm-workspace.yaml": 'packages:\n  - "apps/*"\n  - packages/*\n', "pnpm-lock.yaml": "" };
    const { recipe } = await serviceIn({ ...pnpm, "package.json": "{}" });
    expect(recipe.install).toBe("cd ../.. && pnpm install --frozen-lockfile");
    expect(recipe.build).toBe('pnpm --filter "@shop/api..." run build');
  });

  it.each([
    [{ packageManager: "npm@11.1.0", devDependencies: { turbo: "^2.3.0" } }, " --env-mode=loose"],
    [{ devDependencies: { turbo: "2" } }, " --env-mode=loose --dangerously-disable-package-manager-check"],
    [{ devDependencies: { turbo: "~1.8.1" } }, ""],
  ])("is built by turbo (%j), which hides no variable from it", async (root, flags) => {
    const { recipe } = await serviceIn(rootWith(root));
    expect(recipe.build).toBe(`npx turbo run build --filter="@shop/api..."${flags}`);
  });

  it("is built without a script of its own as well, once its parts are", async () => {
    const app = { name: "@shop/api", scripts: { start: "node server.js" }, dependencies: { "@shop/words": "1" } };
    const { recipe } = await serviceIn({ "apps/api/package.json": JSON.stringify(app) });
    expect(recipe.build).toBe("(cd ../../packages/words && npm run build)");
  });

  it("has the client of a database generated where nothing else does it", async () => {
    const words = { name: "@shop/words", scripts: { "db:generate": "prisma generate" }, dependencies: { prisma: "6" } };
    const { recipe } = await serviceIn({ "packages/words/package.json": JSON.stringify(words) });
    expect(recipe.build).toContain("(cd ../../packages/words && npm run db:generate) && (cd ../../packages/text");
  });

  it("is built by a tool that the root names for all", async () => {
    const root = rootWith({ devDependencies: { vite: "7", eslint: "9" } });
    const app = { name: "@shop/page", scripts: { build: "vite build", start: "yarn && vite" } };
    const files = { ...root, "apps/page/package.json": JSON.stringify(app), "apps/page/index.html": "" };
    expect(await serviceIn(files, "apps/page")).toMatchObject({
      framework: "vite",
      recipe: { build: "npm run build" },
    });
  });

  it("brings what native modules of its parts need", async () => {
    const text = { name: "@shop/text", dependencies: { canvas: "3" } };
    const { recipe } = await serviceIn({ "packages/text/package.json": JSON.stringify(text) });
    expect(recipe.runPackages).toContain("libcairo2");
  });
});

it("leaves a root's own build alone that names its packages itself", async () => {
  const app = { scripts: { build: "npm run build --workspaces", start: "node server.js" }, dependencies: { "@shop/words": "*" } };
  expect((await serviceIn(rootWith(app), ".")).recipe.build).toBe("npm run build");
}); // prettier-ignore

describe("members", () => {
  const packages = ["a/package.json", "libs/b/package.json", "libs/deep/c/package.json", "other/d/package.json"];

  async function foldersOf(files: Files): Promise<readonly string[]> {
    const tree = treeOf({ ...Object.fromEntries(packages.map((path) => [path, "{}"])), ...files });
    const root = await readPackage(tree, ".");
    return root === undefined ? [] : (await membersOf(tree, root)).map(({ path }) => path);
  }

  it.each([
    [["libs/*"], ["libs/b"]],
    [["libs/**"], ["libs/b", "libs/deep/c"]],
    [["libs/**", "!libs/deep/*"], ["libs/b"]],
    [
      ["./a", "other/d/"],
      ["a", "other/d"],
    ],
    [["**/c"], ["libs/deep/c"]],
  ])("%j are %j", async (workspaces, folders) => {
    expect(await foldersOf({ "package.json": JSON.stringify({ workspaces }) })).toEqual(folders);
  });

  it("are named by lerna.json where nobody else names them", async () => {
    expect(await foldersOf({ "package.json": "{}", "lerna.json": '{"packages": ["libs/*"], }' })).toEqual(["libs/b"]);
  });

  it("are none where the settings are no settings", async () => {
    expect(await foldersOf({ "package.json": "{}", "pnpm-workspace.yaml": "- x\n" })).toEqual([]);
    expect(await foldersOf({ "package.json": '{"workspaces": {"nohoist": []}}' })).toEqual([]);
  });
});

it("finds no way to start in a script that only starts others", async () => {
  for (const start of ["concurrently 'npm:a' 'npm:b'", "run-p start:*", "turbo run start", "moon run :start"]) {
    expect(await detectIn(node, { "package.json": JSON.stringify({ private: true, scripts: { start } }) })).toBeUndefined();
  }
}); // prettier-ignore
