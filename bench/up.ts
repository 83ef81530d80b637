import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Bench, spread, tell } from "./measure.ts";

const launcher = join(import.meta.dirname, "..", "repo-runner");
const limitMs = 900_000;

/** `make up` with warm caches, from a stopped cluster to the sample's link. It stops the embedded cluster, so it runs only where that is allowed. */
export const benchUp: Bench = async (flags) => {
  if (process.env["REPO_RUNNER_BENCH_UP"] !== "1") {
    throw new Error("this stops the embedded cluster three times; REPO_RUNNER_BENCH_UP=1 allows it");
  }
  const rounds = flags.get("rounds") ?? 3;
  // Once unmeasured, so that every cache is warm.
  await launch("up");
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await launch("down");
    const startedAt = performance.now();
    await launch("up");
    seconds.push((performance.now() - startedAt) / 1000);
    tell(`up, round ${round + 1}: ${(seconds.at(-1) ?? 0).toFixed(1)} s`);
  }
  return {
    name: "up",
    title: "up with warm caches, from a stopped cluster to the sample's link",
    head: ["what", "seconds", "budget"],
    rows: [["repo-runner up", spread(seconds), "median ≤ 90 s"]],
    notes: [`${rounds} rounds of down and up; the data of the cluster is kept`],
    figures: seconds,
  };
};

async function launch(command: "up" | "down"): Promise<void> {
  const child = spawn(launcher, [command], { stdio: ["ignore", "ignore", "inherit"], timeout: limitMs });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`repo-runner ${command} ended with ${code ?? "a signal"}`);
}
