import { describe, expect, it } from "vitest";
import type { Plan } from "../../../plan.ts";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

const listening = "require('http').createServer(f).listen(process.env.PORT || 4000)";
const files = {
  "package.json": JSON.stringify({ private: true, workspaces: ["apps/*", "packages/*"], scripts: { start: "turbo run start" } }),
  "package-lock.json": "{}",
  "apps/api/package.json": JSON.stringify({ name: "api", scripts: { start: "node server.js" } }),
  "apps/api/server.js": `if (url === "/api/goods") f()\n${listening}`,
  "apps/admin/package.json": JSON.stringify({ name: "admin", scripts: { start: "node server.js" } }),
  "apps/admin/server.js": listening,
  "apps/web/package.json": JSON.stringify({ name: "web", scripts: { build: "vite build" }, devDependencies: { vite: "7" } }),
  "apps/web/index.html": "",
  "apps/web/main.js": "fetch('/api/goods')",
  "packages/text/package.json": JSON.stringify({ name: "text", main: "index.js", scripts: { build: "tsc" } }),
  "packages/text/index.js": "module.exports = {}",
}; // prettier-ignore

async function draft(services: RepoRunSpec["services"], path?: string) {
  const source = { git: { url: "https://git.example.org/shop.git" }, ...(path === undefined ? {} : { path }) };
  const spec = services === undefined ? { source } : { source, services };
  return await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
}

async function planOf(services: RepoRunSpec["services"], path?: string): Promise<Plan> {
  const plan = await draft(services, path);
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value;
}

const names = ({ services }: Plan): readonly string[] => services.map(({ name }) => name);

describe("a person's word on a monorepo", () => {
  it("is not needed: every app runs, and no library", async () => {
    expect(names(await planOf(undefined))).toEqual(["admin", "api", "web"]);
  });

  it("is not needed for what works beside the others, and gets no documents", async () => {
    const worker = { "mailer/go.mod": "module a\n", "mailer/main.go": 'package main\nimport "time"\nfunc main() {\n\tfor {\n\t\ttime.Sleep(1)\n\t}\n}\n' };
    const pages = { "dev-docs/package.json": files["apps/web/package.json"], "dev-docs/index.html": "" };
    const source = { git: { url: "https://git.example.org/shop.git" } };
    const plan = await draftPlan(treeOf({ ...files, ...worker, ...pages }), { spec: { source }, platform: anyPlatform, name: "shop" });
    if (plan.state !== "done") throw new Error(JSON.stringify(plan));
    expect(names(plan.value)).toEqual(["admin", "api", "web", "mailer"]);
  }); // prettier-ignore

  it("switches one off, and the page is led to what is left", async () => {
    const plan = await planOf([{ name: "admin", enabled: false }]);
    expect(names(plan)).toEqual(["api", "web"]);
    expect(plan.services[1]?.routes).toMatchObject([{ prefix: "/api", service: "api" }]);
  });

  it("chooses by folders, and gives them other names, by which they are led to one another", async () => {
    const plan = await planOf([
      { name: "shop-api", path: "apps/api" },
      { name: "shop-page", path: "apps/web" },
    ]);
    expect(names(plan)).toEqual(["shop-api", "shop-page"]);
    expect(plan.services[1]?.routes).toMatchObject([{ prefix: "/api", service: "shop-api" }]);
    expect(plan.services[1]?.recipe.files[0]?.text).toContain("reverse_proxy shop-shop-api:80");
    expect(plan.services.map(({ recipe }) => [recipe.context, recipe.install])).toEqual([
      [".", "cd ../.. && npm ci"],
      [".", "cd ../.. && npm ci"],
    ]);
  });

  it("overrides how one is started, built and asked, and leaves the others as they are", async () => {
    const plan = await planOf([{ name: "api", start: "node other.js", build: "make", port: 5050, env: [{ name: "MODE", value: "x" }] }]);
    const [admin, api] = plan.services;
    expect(api).toMatchObject({ start: "node other.js", recipe: { build: "make" }, port: { number: 5050, from: "Spec" } });
    expect(admin).toMatchObject({ start: "node server.js", recipe: { build: null } });
  }); // prettier-ignore

  it("looks at one app alone by the source's path, installed in the workspace's root all the same", async () => {
    const plan = await planOf(undefined, "apps/api");
    expect(names(plan)).toEqual(["api"]);
    expect(plan.services[0]?.recipe).toMatchObject({
      context: ".",
      workdir: "apps/api",
      install: "cd ../.. && npm ci",
    });
  });

  it("is told what there is where it names a service that is not there", async () => {
    const refused = await draft([{ name: "shop" }]);
    expect(refused).toMatchObject({ state: "failed", failure: { reason: "UnknownService" } });
    expect(JSON.stringify(refused)).toContain("found: admin, api, web");
  });
});

it("runs the end of a lesson, and not the folder from which one starts writing", async () => {
  const app = (folder: string) => ({
    [`${folder}/package.json`]: JSON.stringify({ scripts: { start: "node server.js" } }),
    [`${folder}/server.js`]: listening,
  });
  const spec = { source: { git: { url: "https://git.example.org/lesson.git" } } };
  const folders = ["initial", "initial-kotlin", "complete", "complete-kotlin"].map(app);
  const files = Object.assign({ "README.md": "" }, ...folders) as Readonly<Record<string, string>>;
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "lesson" });
  expect(plan.state === "done" && names(plan.value)).toEqual(["complete"]);
});
