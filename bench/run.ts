/** `make bench`, or `node bench/run.ts scale floor plan idle up --runs=1000`: measures and prints; nothing passes or fails. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Bench, machineNote, render, type Report, tell } from "./measure.ts";

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  plan: async () => (await import("./plan.ts")).benchPlan,
  scale: async () => (await import("./scale.ts")).benchScale,
  idle: async () => (await import("./idle.ts")).benchIdle,
  memory: async () => (await import("./memory.ts")).benchMemory,
  floor: async () => (await import("./floor.ts")).benchFloor,
  "second-commit": async () => (await import("./second-commit.ts")).benchSecondCommit,
  source: async () => (await import("./source.ts")).benchSource,
  up: async () => (await import("./up.ts")).benchUp,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of scale, idle and memory. */
    runs: { type: "string" },
    rounds: { type: "string" },
    minutes: { type: "string" },
    workers: { type: "string" },
  },
});
const flags = new Map(Object.entries(values).map(([name, value]) => [name, Number(value)] as const));
const isUpAllowed = process.env["REPO_RUNNER_BENCH_UP"] === "1";
// `up` stops the cluster that others may be using.
const names =
  positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => name !== "up" || isUpAllowed);

const out = join(import.meta.dirname, "..", "out");
mkdirSync(out, { recursive: true });
const reports: Report[] = [];
for (const name of names) {
  const load = benches[name];
  if (!load) {
    console.error(`no bench named ${name}; there are ${Object.keys(benches).join(", ")}`);
    process.exitCode = 2;
    continue;
  }
  const machine = machineNote();
  tell(`${name}: ${machine}`);
  try {
    const report = await (await load())(flags);
    reports.push({ ...report, notes: [...report.notes, machine] });
    console.log(render(reports.at(-1) ?? report));
  } catch (error) {
    // What one bench lacks (a cluster, a Go program) does not keep the others from measuring.
    console.error(`!! ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
writeFileSync(join(out, "bench.json"), `${JSON.stringify({ at: new Date().toISOString(), reports }, undefined, 2)}\n`);
writeFileSync(join(out, "bench.md"), `# Bench\n\n${reports.map(render).join("\n")}`);
