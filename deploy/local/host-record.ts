import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalPaths } from "./paths.ts";

/** What `up` made on this machine outside its own folders: `down` takes away exactly this, and `status` shows it. */
export interface HostRecord {
  readonly interfaces: readonly string[];
  /** Kernel settings, with the value that they had before. */
  readonly settings: Readonly<Record<string, string>>;
  /** nftables tables, `family name`, made by programs that we start. */
  readonly tables: readonly string[];
  /** Control groups below each hierarchy. */
  readonly cgroups: readonly string[];
  /** Folders outside the data folder. */
  readonly folders: readonly string[];
}

export const nothingMade: HostRecord = { interfaces: [], settings: {}, tables: [], cgroups: [], folders: [] };

export function readHostRecord(paths: LocalPaths): HostRecord {
  try {
    return { ...nothingMade, ...(JSON.parse(readFileSync(recordFile(paths), "utf8")) as Partial<HostRecord>) };
  } catch {
    return nothingMade;
  }
}

/** Written before the thing itself is made: a record of something that is not there does no harm. */
export function writeHostRecord(paths: LocalPaths, record: HostRecord): void {
  mkdirSync(paths.cluster, { recursive: true, mode: 0o700 });
  writeFileSync(`${recordFile(paths)}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${recordFile(paths)}.new`, recordFile(paths));
}

function recordFile(paths: LocalPaths): string {
  return join(paths.cluster, "made-on-this-machine.json");
}
