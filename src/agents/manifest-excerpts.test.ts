import { describe, expect, it } from "vitest";
import { samplePlan } from "./fixer/sample-service.ts";
import { treeOf } from "./detection/literal-tree.ts";
import { manifestExcerpts } from "./manifest-excerpts.ts";

describe("manifestExcerpts", () => {
  it("keeps beginnings of manifests alone: no lock file, no .env, no code", async () => {
    const tree = treeOf({
      "package.json": '{\n  "scripts": { "start": "node server.js" }\n}\n',
      "package-lock.json": "{}",
      ".env": "KEY=abc",
      "server.js": "1",
    });
    expect(await manifestExcerpts(tree, samplePlan())).toEqual([
      { path: "package.json", lines: ["{", '  "scripts": { "start": "node server.js" }', "}"] },
    ]);
  });

  it("shows no half of a secret that is cut where a line or the file ends for it", async () => {
    const token = "SECRET-STOLEN-9F8E7D6C5B4A";
    for (const before of [150, 165, 170, 1980, 7970]) {
      const padding = `${"x".repeat(99)}\n`.repeat(Math.floor(before / 100)) + "y".repeat(before % 100);
      const text = `${padding}"apiToken":"${token}"\n${"z\n".repeat(50)}`;
      const [excerpt] = await manifestExcerpts(treeOf({ "package.json": text }), samplePlan());
      expect(excerpt?.lines.join("\n")).not.toContain("SECRET");
    }
  });

  it("is bounded, without control characters and secrets", async () => {
    const token = `npm_${"a1B2".repeat(9)}`;
    const long = `//registry.example.org/:_authToken=${token}\u0007\n${`${"y".repeat(900)}\n`.repeat(90)}`;
    const [excerpt] = await manifestExcerpts(treeOf({ "package.json": long }), samplePlan());
    const text = excerpt?.lines.join("\n") ?? "";
    expect(text.length).toBeLessThan(2100);
    expect(text).not.toContain(token);
    expect(text).not.toContain("\u0007");
  });
});
