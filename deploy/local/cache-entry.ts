import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * A folder of the cache, made once. It is made under another name and renamed when whole; `.complete` in it says so and holds what it was made of.
 * What is there without that file is broken and made anew.
 */
export async function cachedFolder(
  folder: string,
  inputs: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  const mark = join(folder, ".complete");
  if (existsSync(mark) && readFileSync(mark, "utf8") === inputs) return folder;
  removeLeftovers(folder);
  const temporary = `${folder}.${String(process.pid)}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    await make(temporary);
    writeFileSync(join(temporary, ".complete"), inputs);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** What a process that was killed was making. */
function removeLeftovers(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const owner = name.startsWith(`${basename(folder)}.`)
      ? /\.(?<pid>\d+)\.new$/.exec(name)?.groups?.["pid"]
      : undefined;
    if (owner !== undefined && !existsSync(`/proc/${owner}`))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}
