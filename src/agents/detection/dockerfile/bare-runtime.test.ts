import { describe, expect, it } from "vitest";
import { detectIn, noWishes } from "../language.contract.ts";
import { languages } from "../languages.ts";
import { treeOf } from "../literal-tree.ts";
import { readCompose } from "../compose/compose.ts";
import { dockerfile } from "./dockerfile.ts";

const files = {
  Dockerfile: "FROM node:24\nCOPY . .\nEXPOSE 3000\n",
  "package.json": '{"scripts": {"test": "x", "start": "node index.js"}}',
};

async function startIn(changed: Readonly<Record<string, string>>) {
  return (await detectIn(dockerfile, { ...files, ...changed }))?.services[0]?.start;
}

describe("a Dockerfile that starts nothing", () => {
  it("starts as package.json says", async () => {
    expect(await startIn({})).toBe("npm start");
    expect(await startIn({ "yarn.lock": "" })).toBe("yarn start");
  });

  it.each([
    ["a CMD", { Dockerfile: `${files.Dockerfile}CMD ["node", "x.js"]\n` }],
    ["an ENTRYPOINT of a stage below", { Dockerfile: 'FROM node:24 AS a\nENTRYPOINT ["x"]\nFROM a\n' }],
    ["another base image", { Dockerfile: "FROM nginx\n" }],
    ["no start script", { "package.json": '{"scripts": {}, "start": "x"}' }],
  ])("is left alone with %s", async (_, changed) => {
    expect(await startIn(changed)).toBeNull();
  });

  it("starts as a compose file says, where it does", async () => {
    const tree = treeOf({ ...files, "compose.yaml": "services:\n  web: { build: ., command: node other.js }\n" });
    const [service] = (await readCompose(tree, ".", languages, noWishes))?.services ?? [];
    expect(service).toMatchObject({ start: null, args: ["node", "other.js"] });
  });
});
