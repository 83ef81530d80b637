import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "./lock.ts";
import { isSameProcess, markProcess, ownProcess } from "./process-mark.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("lets one in at a time, and the next when that one is done", async () => {
  const file = join(folder, "a.lock");
  const seen: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    seen.push(`${name} in`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push(`${name} out`);
  };
  await Promise.all([withLock(file, () => undefined, work("a")), withLock(file, () => undefined, work("b"))]);
  expect(new Set([seen.slice(0, 2).join(), seen.slice(2).join()])).toEqual(new Set(["a in,a out", "b in,b out"]));
  expect(existsSync(file)).toBe(false);
});

it("a lock of a process that is gone counts for nothing", async () => {
  const file = join(folder, "a.lock");
  const child = spawn(process.execPath, ["-e", ""]);
  const mark = markProcess(child.pid ?? 0);
  await once(child, "close");
  writeFileSync(file, JSON.stringify(mark));
  expect(
    await withLock(
      file,
      () => undefined,
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});

it("gives the lock back when the work fails", async () => {
  const file = join(folder, "a.lock");
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.reject(new Error("no")),
    ),
  ).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

it("a process id that another process was given is not taken for the same", () => {
  const own = ownProcess();
  expect(isSameProcess(own)).toBe(true);
  expect(isSameProcess({ ...own, startTicks: String(Number(own.startTicks) - 1) })).toBe(false);
  expect(isSameProcess({ ...own, bootId: "another boot" })).toBe(false);
});
