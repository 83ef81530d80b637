/**
 * `node bench/plan-trees.ts FOLDER [--rounds=N]`: plans every folder of FOLDER in one process, N times (default 1), and prints how long it took.
 * For other people's collections of examples; what another program takes for the same folders is timed from outside.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openTree } from "../src/agents/detection/folder-tree.ts";
import { draftPlan } from "../src/agents/survey.ts";
import type { RepoRunSpec } from "../src/repo-run.ts";
import { median, spread } from "./measure.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "1" } },
});
const [folder = "."] = positionals;
const trees = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const times = new Map<string, number[]>();
let planned = 0;
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const name of trees) {
    const startedAt = performance.now();
    if ((await isPlanned(name)) && round === 0) planned += 1;
    times.set(name, [...(times.get(name) ?? []), performance.now() - startedAt]);
  }
}
const medians = trees.map((name) => ({ name, ms: median(times.get(name) ?? []) })).toSorted((a, b) => b.ms - a.ms);
const total = medians.reduce((sum, { ms }) => sum + ms, 0);
const slowest = medians.slice(0, 3).map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`);
const each = spread(medians.map(({ ms }) => ms));
console.log(
  `${trees.length} trees, ${planned} planned; ${each} ms a tree, ${total.toFixed(0)} ms in all; slowest: ${slowest.join(", ")}`,
);

async function isPlanned(name: string): Promise<boolean> {
  const spec: RepoRunSpec = { source: { git: { url: "https://git.example.org/a/b.git" } } };
  const now = new Date();
  const platform = { baseImages: "Any", listed: {}, now, commitDate: undefined } as const;
  return (await draftPlan(openTree(join(folder, name)), { spec, platform, name: "tree" })).state === "done";
}
