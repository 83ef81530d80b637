import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cachedFolder } from "./cache-entry.ts";

let cache = "";
let made = 0;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cache-"));
  made = 0;
});
afterEach(() => {
  rmSync(cache, { recursive: true });
});

async function make(folder: string): Promise<void> {
  made += 1;
  writeFileSync(join(folder, "program"), `version ${String(made)}`);
  await Promise.resolve();
}

it("makes an entry once", async () => {
  const folder = join(cache, "entry");
  await cachedFolder(folder, "inputs", make);
  await cachedFolder(folder, "inputs", make);
  expect(made).toBe(1);
});

it("makes it anew for other inputs", async () => {
  const folder = join(cache, "entry");
  await cachedFolder(folder, "one", make);
  await cachedFolder(folder, "two", make);
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("version 2");
});

it("notices an entry that somebody left half written", async () => {
  const folder = join(cache, "entry");
  mkdirSync(folder);
  writeFileSync(join(folder, "program"), "vers");
  await cachedFolder(folder, "inputs", make);
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("version 1");
});

it("notices a file that is shorter than it was, or gone", async () => {
  const folder = join(cache, "entry");
  await cachedFolder(folder, "inputs", make);
  writeFileSync(join(folder, "program"), "vers");
  await cachedFolder(folder, "inputs", make);
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("version 2");
  rmSync(join(folder, "program"));
  await cachedFolder(folder, "inputs", make);
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("version 3");
});

it("a failure leaves nothing behind, and what was there stays", async () => {
  const folder = join(cache, "entry");
  await cachedFolder(folder, "one", make);
  await expect(cachedFolder(folder, "two", () => Promise.reject(new Error("no space")))).rejects.toThrow("no space");
  expect(readdirSync(cache)).toEqual(["entry"]);
  expect(existsSync(join(folder, "program"))).toBe(true);
});

it("removes what a process that was killed was making", async () => {
  mkdirSync(join(cache, "entry.4194305.new"));
  mkdirSync(join(cache, "other.4194305.new"));
  await cachedFolder(join(cache, "entry"), "inputs", make);
  expect(readdirSync(cache).toSorted((a, b) => a.localeCompare(b))).toEqual(["entry", "other.4194305.new"]);
});
