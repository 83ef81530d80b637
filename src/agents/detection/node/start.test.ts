import { describe, expect, it } from "vitest";
import { detectIn } from "../language.contract.ts";
import { node } from "./node.ts";

const listening = 'require("http").createServer().listen(process.env.PORT)';

async function serviceOf(pkg: unknown, files: Readonly<Record<string, string>>) {
  const detection = await detectIn(node, { "package.json": JSON.stringify(pkg), ...files });
  const [service] = detection?.services ?? [];
  if (service === undefined) throw new Error("no service");
  return service;
}

describe("programs whose names give nothing away", () => {
  const bare = { name: "lunch", version: "1.0.0" };

  it("are taken where they listen, the others as further ways to start", async () => {
    const files = {
      "menu.js": listening,
      "orders.js": listening,
      "menu.test.js": listening,
      "notes.js": "module.exports = 1;",
    };
    expect(await serviceOf(bare, files)).toMatchObject({
      kind: "Web",
      start: "node menu.js",
      sure: "Likely",
      otherStarts: [{ line: "node orders.js", from: "orders.js is a program that listens" }],
    });
  });

  it("are not looked for where something is said", async () => {
    const said = await serviceOf(
      { ...bare, scripts: { start: "node orders.js" } },
      { "menu.js": listening, "orders.js": listening },
    );
    expect(said).toMatchObject({ start: "node orders.js", otherStarts: [] });
    expect(
      (await detectIn(node, { "package.json": JSON.stringify(bare), "notes.js": "module.exports = 1;" }))?.services ??
        [],
    ).toEqual([]);
  });
});

describe("a template for Bun", () => {
  const hono =
    'import { Hono } from "hono";\nconst app = new Hono();\napp.get("/", (c) => c.text("hello"));\nexport default app;\n';
  const scripts = { dev: "bun run --hot src/index.ts" };

  it("is run by Bun, which serves what its first file gives away", async () => {
    const pkg = { scripts, dependencies: { hono: "4" }, devDependencies: { "@types/bun": "latest" } };
    expect(await serviceOf(pkg, { "src/index.ts": hono })).toMatchObject({
      kind: "Web",
      runtime: { name: "bun" },
      manager: { name: "bun", mode: "Unfrozen" },
      start: "bun src/index.ts",
    });
  });
});

it("leaves a Procfile of another language to that one", async () => {
  const linters = { scripts: { lint: "eslint ." }, devDependencies: { eslint: "9" } };
  const files = { "package.json": JSON.stringify(linters), Procfile: "web: uwsgi ./etc/uwsgi.ini\n" };
  expect((await detectIn(node, files))?.services ?? []).toEqual([]);
  expect(await serviceOf(linters, { Procfile: "web: node go.js\n" })).toMatchObject({ start: "node go.js" });
});

describe("a package without a build script", () => {
  const scripts = { start: "node server.js", "build:css": "x", "build:frontend": "x", "build:server": "x" };

  it("is built by the scripts of its parts", async () => {
    const service = await serviceOf({ scripts }, { "server.js": listening });
    expect(service.recipe.build).toBe("npm run build:frontend && npm run build:server");
  });

  it("is built for production by one that says so", async () => {
    const service = await serviceOf({ scripts: { ...scripts, "build:prod": "x" } }, { "server.js": listening });
    expect(service.recipe.build).toBe("npm run build:prod");
  });
});

it("gives a program that opens a page for its developer a browser that does nothing", async () => {
  const files = { "server.js": listening };
  const opens = await serviceOf({ scripts: { start: "node server.js" }, dependencies: { opn: "5" } }, files);
  expect(opens.recipe.runEnv["BROWSER"]).toBe("true");
  const plain = await serviceOf({ scripts: { start: "node server.js" } }, files);
  expect(plain.recipe.runEnv["BROWSER"]).toBeUndefined();
});
