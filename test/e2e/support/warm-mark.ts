import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Says to `.ci/run` that what is slow to build is in the cache, so that the whole set fits into its time. */
export function writeWarmMark(cache: string): void {
  writeFileSync(join(cache, "warm"), `${new Date().toISOString()}\n`);
}
