import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTree } from "./folder-tree.ts";
import { maxReadBytes } from "./source-tree.ts";

let outside: string;
let root: string;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "tree-"));
  root = join(outside, "repository");
  mkdirSync(join(root, "src/deep"), { recursive: true });
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(root, "a.txt"), "\uFEFFhello");
  writeFileSync(join(root, "src/deep/b.txt"), "b");
});

afterEach(() => {
  rmSync(outside, { recursive: true, force: true });
});

it("reads what an editor of Windows wrote in UTF-16, and takes no other zero byte for text", async () => {
  writeFileSync(join(root, "requirements.txt"), Buffer.from("\uFEFFflask==3.1\r\n", "utf16le"));
  writeFileSync(join(root, "image.bin"), Buffer.from([0xff, 0xfe, 0, 0]));
  const tree = openTree(root);
  expect(await tree.read("requirements.txt")).toBe("flask==3.1\r\n");
  expect(await tree.read("image.bin")).toBeUndefined();
});

it("reads, lists and walks what is inside", async () => {
  mkdirSync(join(root, "node_modules/x"), { recursive: true });
  writeFileSync(join(root, "node_modules/x/index.js"), "");
  mkdirSync(join(root, ".git"));
  const tree = openTree(root);
  expect(await tree.read("./src/../a.txt")).toBe("hello");
  expect(await tree.has("src")).toBe(false);
  expect(await tree.list(".")).toEqual(["a.txt", "node_modules/", "src/"]);
  expect(await tree.files()).toEqual(["a.txt", "src/deep/b.txt"]);
  expect(await tree.files("src")).toEqual(["src/deep/b.txt"]);
  expect(await tree.list("nothing")).toEqual([]);
});

it("never follows anything out", async () => {
  symlinkSync("../secret", join(root, "link"));
  symlinkSync("..", join(root, "up"));
  symlinkSync(join(outside, "secret"), join(root, "absolute"));
  const tree = openTree(root);
  for (const path of ["link", "absolute", "up/secret", "../secret", "src/../../secret", "/../secret"]) {
    expect(await tree.read(path)).toBeUndefined();
    expect(await tree.has(path)).toBe(false);
  }
  expect(await tree.list("up")).toEqual([]);
  expect(await tree.list("..")).toEqual([]);
  expect(await tree.list(".")).toEqual(["a.txt", "src/"]);
});

it("follows links that stay inside, and does not walk in circles", async () => {
  symlinkSync("a.txt", join(root, "same"));
  symlinkSync("../..", join(root, "src/deep/top"));
  const tree = openTree(root);
  expect(await tree.read("same")).toBe("hello");
  expect(await tree.files()).toEqual(["a.txt", "same", "src/deep/b.txt"]);
});

it("reads no large files, no bytes that are no text, and nothing that waits", async () => {
  writeFileSync(join(root, "large"), "x".repeat(maxReadBytes + 1));
  writeFileSync(join(root, "binary"), Buffer.from([1, 0, 2]));
  execFileSync("mkfifo", [join(root, "pipe")]);
  const tree = openTree(root);
  expect(await tree.read("large")).toBeUndefined();
  expect(await tree.read("binary")).toBeUndefined();
  expect(await tree.read("pipe")).toBeUndefined();
});
