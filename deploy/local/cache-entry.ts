import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

const markName = ".complete";

/** What an entry was made of, and what it then held. */
interface Mark {
  readonly inputs: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * A folder of the cache, made once. It is made under another name and renamed when whole; `.complete` in it says so. What is there without
 * that file, of other inputs, or with files that are missing or shorter than they were, is made anew.
 */
export async function cachedFolder(
  folder: string,
  inputs: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  if (isWhole(folder, inputs)) return folder;
  removeLeftovers(folder);
  const temporary = `${folder}.${String(process.pid)}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    await make(temporary);
    const mark: Mark = { inputs, ...measure(temporary) };
    writeFileSync(join(temporary, markName), JSON.stringify(mark));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

function isWhole(folder: string, inputs: string): boolean {
  try {
    const mark = JSON.parse(readFileSync(join(folder, markName), "utf8")) as Mark;
    const { files, bytes } = measure(folder);
    return mark.inputs === inputs && mark.files === files && mark.bytes === bytes;
  } catch {
    return false;
  }
}

function measure(folder: string): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const entry = lstatSync(join(folder, name));
    if (!entry.isFile() || name === markName) continue;
    files += 1;
    bytes += entry.size;
  }
  return { files, bytes };
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
