import { expect, it } from "vitest";
import type { Platform } from "../detection/language.ts";
import { anyPlatform, noWishes } from "../detection/language.contract.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { boundingWord, chooseLine, pinnedWords, type Lines, type LineWord } from "./line-choice.ts";

const runtime: Lines = {
  name: "ruby",
  lines: [
    { line: "3.1", since: "2021-12", until: "2025-03" },
    { line: "3.3", since: "2023-12", until: "2027-03" },
    { line: "3.4", since: "2024-12", until: "2028-03" },
    { line: "4.0", since: "2025-12", until: "2029-03" },
  ],
  usual: "3.4",
};
const here: Platform = { ...anyPlatform, baseImages: "Listed", listed: { ruby: ["3.1", "3.3"] } };
const pin = (said: string, from = ".ruby-version"): LineWord => ({ said, from, pins: true });
const bound = (said: string): LineWord => ({ said, from: "Gemfile", pins: false });

it.each([
  ["what is pinned, whole", [pin("3.2.1")], "3.2.1"],
  ["the usual line within a range", [bound(">=3.1")], "3.4"],
  ["the newest below the usual one", [bound("<3.4")], "3.3"],
  ["the oldest above it", [bound(">=4")], "4.0"],
  ["what the others allow, too", [bound(">=3.1"), bound("<3.4")], "3.3"],
  ["the first, where the others contradict", [bound(">=3.4"), bound("<3")], "3.4"],
  ["what is wanted, where no image is known", [bound("~2.3.0")], "2.3.0"],
])("takes %s", (_what, words, version) => {
  expect(chooseLine(runtime, words, anyPlatform).version).toBe(version);
});

it("lets the nearest image stand in for a pinned version, and says so", () => {
  expect(chooseLine(runtime, [pin("3.2.1")], here)).toEqual({
    version: "3.3",
    from: ".ruby-version",
    warning: "ruby 3.2.1 (.ruby-version) has no image here; 3.3 stands in",
  });
  expect(chooseLine(runtime, [pin("3.1.4")], here)).toEqual({ version: "3.1", from: ".ruby-version" });
});

it("names what is wanted where nothing here will do", () => {
  expect(chooseLine(runtime, [pin("2.7", "spec")], here)).toEqual({ version: "2.7", from: "spec" });
  expect(chooseLine(runtime, [bound(">=3.4")], here)).toEqual({ version: "3.4", from: "Gemfile" });
});

it("lets an old repository have a line of its days that is still mended", () => {
  const old = { ...anyPlatform, commitDate: new Date("2022-05-01") };
  expect(chooseLine(runtime, [], old)).toEqual({ version: "3.3", from: "commit date 2022-05" });
  expect(chooseLine(runtime, [], anyPlatform)).toEqual({ version: "3.4", from: "default" });
  expect(chooseLine(runtime, [], here)).toEqual({ version: "3.3", from: "default" });
});

it("reads spec, environment, version files, asdf and mise, in this order", async () => {
  const places = { names: ["ruby"], environment: ["RUBY_VERSION"], files: [".ruby-version"] };
  const tree = treeOf({
    "app/.ruby-version": "# ours\nruby-3.2.1\n",
    "app/.tool-versions": "nodejs 22\nruby 3.1.0\n",
    "app/mise.toml": '[tools]\nruby = ["3.0"]\n',
    ".ruby-version": "2.7.8\n",
  });
  const wishes = {
    ...noWishes,
    service: { name: "web", runtime: { name: "ruby", version: "3.4" } },
    env: { RUBY_VERSION: "3.3.x" },
  };
  const words = await pinnedWords(tree, "app", wishes, places);
  expect(words.map(({ said, from }) => [said, from])).toEqual([
    ["3.4", "spec"],
    ["3.3", "env RUBY_VERSION"],
    ["3.2.1", "app/.ruby-version"],
    ["3.1.0", "app/.tool-versions"],
    ["3.0", "app/mise.toml"],
    ["2.7.8", ".ruby-version"],
  ]);
});

it("hears nothing in what is no version", async () => {
  const places = { names: ["ruby"], environment: [], files: [".ruby-version"] };
  const tree = treeOf({ ".ruby-version": "3.2\u0007; rm -rf /\n", "mise.toml": 'ruby = "latest"\n' });
  expect(await pinnedWords(tree, ".", noWishes, places)).toEqual([]);
  expect(boundingWord("whatever", "Gemfile", "Gemfile")).toBeUndefined();
});
