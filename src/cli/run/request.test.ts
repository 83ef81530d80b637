import { describe, expect, it } from "vitest";
import { CommandError } from "../exit-code.ts";
import { durationMs, refOf, runObject } from "./request.ts";
import { nameFromAddress, nameProblem } from "./run-name.ts";
import { looksSecret, readEnvFile, readVariables, splitVariables } from "./variables.ts";

it.each([
  ["https://git.example.org/team/shop.git", "shop"],
  ["https://git.example.org/team/My_App.git/", "my-app"],
  ["git@git.example.org:team/2048.git", "app-2048"],
  ["https://git.example.org/", "git-example-org"],
])("%s is named %s", (address, name) => {
  expect(nameFromAddress(address)).toBe(name);
  expect(nameProblem(name)).toBeUndefined();
});

it("a long name is cut with a hash, so that two long ones stay two", () => {
  const one = nameFromAddress(`https://git.example.org/${"a".repeat(80)}1.git`);
  const other = nameFromAddress(`https://git.example.org/${"a".repeat(80)}2.git`);
  expect(one).not.toBe(other);
  expect(nameProblem(one)).toBeUndefined();
});

it.each([
  ["main", { branch: "main" }],
  ["feature/x", { branch: "feature/x" }],
  ["v1.2.3", { tag: "v1.2.3" }],
  ["refs/tags/nightly", { tag: "nightly" }],
  ["pull/7", { pullRequest: 7 }],
  ["4f1c9e2a0b3c4d5e6f708192a3b4c5d6e7f80912", { commit: "4f1c9e2a0b3c4d5e6f708192a3b4c5d6e7f80912" }],
])("--ref %s", (text, ref) => {
  expect(refOf(text)).toEqual(ref);
});

it.each(["4f1c9e2", "--upload-pack=x", "a..b", "a b"])("--ref %s is refused", (text) => {
  expect(() => refOf(text)).toThrow(CommandError);
});

describe("variables", () => {
  it("what looks secret is told by name or by a password in an address", () => {
    expect(looksSecret({ name: "STRIPE_KEY", value: "x" })).toBe(true);
    expect(looksSecret({ name: "DATABASE_URL", value: "postgres://u:p@h/db" })).toBe(true);
    expect(looksSecret({ name: "LOG_LEVEL", value: "info" })).toBe(false);
    expect(looksSecret({ name: "NEXT_PUBLIC_KEY", value: "x" })).toBe(false);
  });
  it("secrets never come near the spec, unless plainly asked for", () => {
    const given = readVariables(["API_TOKEN=planted", "A=1", "A=2"]);
    const split = splitVariables(given, false);
    expect(split).toEqual({ open: [{ name: "A", value: "2" }], secret: [{ name: "API_TOKEN", value: "planted" }] });
    const request = { name: "x", url: "https://git.example.org/x.git", path: undefined, ref: undefined, ...split };
    expect(JSON.stringify(runObject(request, "default"))).not.toContain("planted");
    expect(splitVariables(given, true).secret).toEqual([]);
  });
  it("an env file has comments, quotes and export", () => {
    expect(readEnvFile('# c\nexport A=1\nB="x y"\nC=v # c\n\n')).toEqual([
      { name: "A", value: "1" },
      { name: "B", value: "x y" },
      { name: "C", value: "v" },
    ]);
  });
  it("a word that is no variable is refused without its text", () => {
    expect(() => readVariables(["hunter2"])).toThrow(/KEY=VALUE/);
    expect(() => readVariables(["hunter2"])).not.toThrow(/hunter2/);
  });
});

it("durations", () => {
  expect(durationMs("1h30m", "--timeout")).toBe(5_400_000);
  expect(() => durationMs("soon", "--timeout")).toThrow(CommandError);
});
