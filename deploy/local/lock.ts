import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ownProcess, isSameProcess, type ProcessMark } from "./process-mark.ts";

/** Does the work while nobody else does any under the same lock file. A lock whose owner is gone counts for nothing. */
export async function withLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    if (!told) waiting();
    told = true;
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(ownProcess()), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  try {
    const owner = JSON.parse(readFileSync(file, "utf8")) as ProcessMark;
    if (!isSameProcess(owner)) rmSync(file, { force: true });
  } catch {
    // Half written, or just given back: the next look tells.
  }
  return false;
}
