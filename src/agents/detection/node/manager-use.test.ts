import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn } from "../language.contract.ts";
import { node } from "./node.ts";

async function serviceOf(pkg: unknown, files: Readonly<Record<string, string>>): Promise<Service> {
  const found = await detectIn(node, { "package.json": JSON.stringify(pkg), ...files });
  const service = found?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

const pkg = { name: "tool", private: true, scripts: { start: "node main.js" } };

describe("a program that asks its package manager", () => {
  it("is started by the manager where it reads what only the manager sets", async () => {
    const code = "console.log(process.env.npm_package_version)";
    expect((await serviceOf(pkg, { "main.js": code })).start).toBe("npm run start");
    expect((await serviceOf(pkg, { "main.js": "console.log(process.env.npm_token)" })).start).toBe("node main.js");
  });

  it("has later Yarns' settings with it, since they are asked again", async () => {
    const files = {
      "main.js": "console.log(process.env['npm_config_user_agent'])",
      "yarn.lock": "__metadata:\n  version: 8\n",
    };
    const { start, recipe } = await serviceOf(pkg, files);
    expect(start).toBe("yarn run start");
    expect(recipe.runEnv).toMatchObject({ YARN_NODE_LINKER: "node-modules" });
    expect(recipe.runEnv["PATH"]).toContain("/opt/tools/bin");
  });

  it("finds it in its image where it calls it", async () => {
    const files = { "main.js": "require('child_process').execSync('pnpm --version')", "pnpm-lock.yaml": "" };
    const { recipe } = await serviceOf(pkg, files);
    expect(recipe.artifacts).toContainEqual({ from: "/opt/tools", to: "/opt/tools" });
    const plain = await serviceOf(pkg, { ...files, "main.js": "console.log('pnpm')" });
    expect(plain.recipe.artifacts).toEqual([{ from: "/app", to: "/app" }]);
  });
});

it("finds Node's headers without its host, where pnpm has native code compiled", async () => {
  const native = { ...pkg, dependencies: { "better-sqlite3": "^12" } };
  const files = { "main.js": "require('better-sqlite3')", "pnpm-lock.yaml": "" };
  expect((await serviceOf(native, files)).recipe.tools.join("\n")).toContain("ln -sfn /usr/local/include $d/include");
  expect((await serviceOf(pkg, files)).recipe.tools.join("\n")).not.toContain("node-gyp");
});

describe("Bun beside another manager", () => {
  it("is put in place for a start that names it", async () => {
    const bun = { ...pkg, scripts: { start: "bun main.ts" } };
    const service = await serviceOf(bun, { "main.ts": "console.log(Bun.version)", "pnpm-lock.yaml": "" });
    expect(service.runtime).toMatchObject({ name: "node", version: "24" });
    expect(service.recipe.tools).toContain("npm install --global --prefix /opt/tools bun@1");
    expect(service.recipe.artifacts).toContainEqual({ from: "/opt/tools", to: "/opt/tools" });
  });

  it("needs no Node in the image where it runs a file that depends on nothing", async () => {
    const bun = { ...pkg, scripts: { start: "bun main.ts" }, engines: { bun: ">=1" } };
    const files = { "main.ts": "console.log(Bun.version)" };
    expect((await serviceOf(bun, files)).recipe.runImage).toBe("docker.io/library/debian:bookworm-slim");
    const depending = { ...bun, dependencies: { express: "^5" } };
    expect((await serviceOf(depending, files)).recipe.runImage).toBe("docker.io/library/node:24-slim");
  });
});

describe("versions that a manager insists on", () => {
  const files = { "main.js": "console.log(1)" };
  const manager = async (engines: object) => (await serviceOf({ ...pkg, engines }, files)).manager;

  it.each([
    ["8.15.9", "8.15.9"],
    ["11.5.x", "11.5.x"],
    ["^9.1 || ^8", "9"],
    [">=9", "10"],
    ["9; rm -rf /", "10"],
  ])("takes a pnpm that engines %s allow", async (said, version) => {
    expect(await manager({ pnpm: said })).toMatchObject({ name: "pnpm", version });
  });

  it.each([
    ["4", "2.4.3", "yarn@2.4.3"],
    ["6", "3", "@yarnpkg/cli-dist@3"],
    ["8", "4", "@yarnpkg/cli-dist@4"],
  ])("takes the Yarn that wrote a lock of format %s", async (format, version, tool) => {
    const lock = { ...files, "yarn.lock": `# generated\n\n__metadata:\n  version: ${format}\n  cacheKey: 8\n` };
    const service = await serviceOf(pkg, lock);
    expect(service.manager?.version).toBe(version);
    expect(service.recipe.tools).toEqual([`npm install --global --prefix /opt/tools ${tool}`]);
  });
});
