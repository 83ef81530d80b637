import { expect, it } from "vitest";
import { anyPlatform, noWishes } from "../detection/language.contract.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { chooseNode, type NodeManifest, nodeWords } from "./node-version.ts";

async function choice(
  files: Readonly<Record<string, string>>,
  options: { engines?: string; env?: Record<string, string>; listed?: string[]; date?: string; spec?: string } = {},
) {
  const manifest: NodeManifest = { path: "package.json", engines: options.engines, volta: undefined };
  const service =
    options.spec === undefined ? undefined : { name: "web", runtime: { name: "node", version: options.spec } };
  const wishes = { ...noWishes, env: options.env ?? {}, service };
  const words = await nodeWords(treeOf(files), ["."], [manifest], wishes);
  return chooseNode(words, {
    ...anyPlatform,
    commitDate: options.date === undefined ? undefined : new Date(options.date),
    ...(options.listed === undefined ? {} : { baseImages: "Listed" as const, listed: { node: options.listed } }),
  });
}

it("hears spec before environment before version file before manifest", async () => {
  const files = { ".nvmrc": "v18.20.1\n" };
  expect(await choice(files, { engines: ">=16" })).toMatchObject({ version: "18", from: ".nvmrc" });
  expect(await choice(files, { env: { NODE_VERSION: "20" } })).toMatchObject({
    version: "20",
    from: "env NODE_VERSION",
  });
  expect(await choice(files, { env: { NODE_VERSION: "20" }, spec: "22.11.0" })).toMatchObject({
    version: "22.11.0",
    from: "spec",
  });
  expect(await choice({}, { engines: ">=22" })).toMatchObject({ version: "24", from: 'package.json engines ">=22"' });
  expect(await choice({})).toEqual({ version: "24", from: "default" });
});

it.each([
  [{ ".nvmrc": "lts/jod" }, "22"],
  [{ ".nvmrc": "lts/*" }, "24"],
  [{ ".node-version": "20.11.1\n" }, "20"],
  [{ ".tool-versions": "python 3.12.1\nnodejs 20.11.1\n" }, "20"],
  [{ "mise.toml": '[tools]\nnode = "22"\n' }, "22"],
  [{ ".nvmrc": "# the newest\n$(evil)\n" }, "24"],
])("reads %j", async (files, version) => {
  expect((await choice(files)).version).toBe(version);
});

it.each([
  [{ ".github/workflows/test.yml": "    - uses: x\n      with:\n        node-version: 22\n" }, "22", "CI, test.yml"],
  [{ ".github/workflows/test.yml": "    matrix:\n      node-version: [18.x, 20.x]\n" }, "20", "CI, test.yml"],
  [{ ".gitlab-ci.yml": "image: node:20-alpine\n" }, "20", "CI, .gitlab-ci.yml"],
  [{ ".devcontainer/devcontainer.json": '{ // x\n "image": "example.org/typescript-node:1-20" }' }, "20", ".devcontainer/devcontainer.json"],
  [{ ".devcontainer.json": '{"features": {"example.org/features/node:1": {"version": "22"}}}' }, "22", ".devcontainer.json"],
  [{ "netlify.toml": '[build.environment]\n  NODE_VERSION = "20.11"\n' }, "20", "netlify.toml"],
  [{ "app.yaml": "runtime: nodejs22\n" }, "22", "app.yaml"],
])("asks others only where nobody speaks: %j", async (files, version, from) => {
  expect(await choice(files)).toMatchObject({ version, from });
  expect(await choice(files, { engines: "24" })).toMatchObject({ version: "24" });
  expect(await choice(files, { listed: ["24"] })).toMatchObject({ version: "24", from: "default" });
}); // prettier-ignore

it("takes the nearest image that satisfies, and says where a pin had to give way", async () => {
  const listed = ["22", "24"];
  expect(await choice({}, { engines: ">=18 <24", listed })).toMatchObject({ version: "22" });
  const stood = await choice({ ".nvmrc": "20" }, { engines: ">=18", listed });
  expect(stood).toMatchObject({ version: "22", warning: "node 20 (.nvmrc) has no image here; 22 stands in" });
});

it("names the wanted version where no image satisfies the manifest", async () => {
  expect(await choice({}, { engines: "18.x", listed: ["22", "24"] })).toEqual({
    version: "18",
    from: 'package.json engines "18.x"',
    where: "package.json",
  });
});

it("takes the oldest supported line for a repository that nobody touched for years", async () => {
  expect(await choice({}, { date: "2019-11-02" })).toEqual({ version: "22", from: "commit date 2019-11" });
  expect(await choice({}, { date: "2026-01-02" })).toEqual({ version: "24", from: "default" });
});

it("names the one release that package.json takes, or has it come beside the nearest line that is there", async () => {
  expect(await choice({}, { engines: "22.19.0" })).toMatchObject({ version: "22.19.0" });
  expect(await choice({}, { engines: "22.19.0", listed: ["22", "24"] })).toMatchObject({
    version: "22.19.0",
    image: "22",
  });
  expect(await choice({}, { engines: "23.5.0", listed: ["22", "24"] })).toMatchObject({
    version: "23.5.0",
    image: "24",
  });
  expect((await choice({}, { engines: "^22.19.0", listed: ["22", "24"] })).image).toBeUndefined();
});
