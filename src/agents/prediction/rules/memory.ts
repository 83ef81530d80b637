import { estimateOf } from "../estimate.ts";
import type { Foreseen, PredictionRule, Scene } from "../prediction-rule.ts";

/** Three quarters of the usual builder (4 GiB), in MiB: the rest is for BuildKit itself and for what was estimated too low. */
const mostOfUsual = 3072;

async function memory(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  const estimate = service.recipe.builder === undefined ? await estimateOf(scene) : undefined;
  if (estimate === undefined || estimate.buildMegabytes <= mostOfUsual) return [];
  const because = `its build is thought to take ${String(estimate.buildMegabytes)} MiB (${estimate.from}); the larger builder is taken`;
  return [{ action: { kind: "SetMemory", stage: "Build", megabytes: 6144 }, because }];
}

/** What a build takes, where that is more than the usual builder has. */
export const memoryRules: readonly PredictionRule[] = [
  {
    id: "V50",
    forestalls: "K10c",
    sees: "so many packages, or so heavy a tool, that the usual builder is too small",
    origin: "the table of estimates",
    of: ["node", "bun", "python", "go", "rust", "java", "kotlin", "scala", "ruby", "php", "csharp"],
    foresee: memory,
  },
];
