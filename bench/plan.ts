import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openTree } from "../src/agents/detection/folder-tree.ts";
import { renderDockerfile } from "../src/agents/setup/dockerfile.ts";
import { draftPlan } from "../src/agents/survey.ts";
import type { RepoRunSpec } from "../src/repo-run.ts";
import { type Bench, median, spread } from "./measure.ts";

const repos = join(import.meta.dirname, "..", "test", "e2e", "repos");
const budgetMs = 50;

/** Plans every sample in process, from opening its folder to its Dockerfile: what one pays on top of a clone. */
export const benchPlan: Bench = async (flags) => {
  const rounds = flags.get("rounds") ?? 15;
  const samples = readdirSync(repos, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const first = new Map<string, number>();
  const warm = new Map<string, number[]>();
  let planned = 0;
  // Every sample in turn, so that a slow moment of the machine does not fall on one of them.
  for (let round = 0; round <= rounds; round += 1) {
    for (const sample of samples) {
      const startedAt = performance.now();
      if ((await plan(sample)) && round === 0) planned += 1;
      const ms = performance.now() - startedAt;
      if (round === 0) first.set(sample, ms);
      else warm.set(sample, [...(warm.get(sample) ?? []), ms]);
    }
  }
  const medians = samples
    .map((sample) => ({ sample, ms: median(warm.get(sample) ?? []) }))
    .toSorted((a, b) => b.ms - a.ms);
  return {
    name: "plan",
    title: `plan of a checkout, in process, over ${samples.length} samples`,
    head: ["what", "ms", "budget"],
    rows: [
      ["median of the samples' medians (range)", spread(medians.map(({ ms }) => ms)), `≤ ${budgetMs} ms`],
      ["the first time in a process, median (range)", spread([...first.values()]), ""],
      ...medians.slice(0, 5).map(({ sample, ms }) => [`slowest: ${sample}`, ms.toFixed(1), ""]),
    ],
    notes: [`${rounds} rounds; ${planned} samples gave a plan, the others a failure, which is timed as well`],
    figures: Object.fromEntries(medians.map(({ sample, ms }) => [sample, ms])),
  };
};

async function plan(sample: string): Promise<boolean> {
  const spec: RepoRunSpec = { source: { git: { url: `https://git.example.org/${sample}.git` } } };
  const now = new Date();
  const platform = { baseImages: "Any", listed: {}, now, commitDate: now } as const;
  const outcome = await draftPlan(openTree(join(repos, sample)), { spec, platform, name: sample });
  if (outcome.state !== "done") return false;
  for (const service of outcome.value.services) {
    if (service.recipe.dockerfile === undefined) renderDockerfile(service, { caBundle: false, buildEnv: {} });
  }
  return true;
}
