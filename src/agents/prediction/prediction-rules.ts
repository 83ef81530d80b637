import type { PredictionRule } from "./prediction-rule.ts";
import { locks } from "./rules/locks.ts";
import { memoryRules } from "./rules/memory.ts";
import { nodeRules } from "./rules/node.ts";
import { pythonSurroundings } from "./rules/python-surroundings.ts";
import { pythonVersions } from "./rules/python-versions.ts";
import { starts } from "./rules/starts.ts";
import { surroundings } from "./rules/surroundings.ts";

/** Every prediction, in the order in which they are made: what changes a runtime before what is installed on it. */
export const predictionRules: readonly PredictionRule[] = [
  ...starts,
  ...pythonVersions.toSorted((one, other) => Number(other.id === "V05") - Number(one.id === "V05")),
  ...pythonSurroundings,
  ...nodeRules,
  ...locks,
  ...surroundings,
  ...memoryRules,
];

/** The rule of a prediction, by its number; undefined for one that no longer is. */
export function predictionRuleOf(id: string): PredictionRule | undefined {
  return predictionRules.find((rule) => rule.id === id);
}
