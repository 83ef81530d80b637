import { Registry } from "prom-client";
import { expect, it } from "vitest";
import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { RunMetrics } from "./run-metrics.ts";

const at = { message: "", lastTransitionTime: "2026-11-22T18:00:00Z" };

function working(reason: string, more: RepoRunStatus = {}): RepoRunStatus {
  return {
    conditions: [
      { type: "Ready", status: "Unknown", reason, ...at },
      { type: "Reconciling", status: "True", reason, ...at },
    ],
    ...more,
  };
}

const ready: RepoRunStatus = {
  maturity: "Verified",
  conditions: [{ type: "Ready", status: "True", reason: "Verified", ...at }],
};

function run(status: RepoRunStatus | undefined): RunRecord {
  return { namespace: "n", name: "a", uid: "u", status } as unknown as RunRecord;
}

it("counts ends, stages and fixes by the statuses that are written, each once", async () => {
  const registry = new Registry();
  const numbers = new RunMetrics(registry);
  const fix = { revision: 2, layer: "Runtime", signature: "ListensOnLoopback", by: "Rule" as const };
  const tried = { fixes: [{ ...fix, outcome: "Untested" as const }] };
  const fixed = { fixes: [{ ...fix, outcome: "Fixed" as const }] };
  const story = [
    undefined,
    working("Cloning"),
    working("Building"),
    working("Starting", tried),
    { ...ready, ...fixed },
  ];
  for (const [index, after] of story.slice(1).entries()) {
    numbers.written(run(story[index]), after ?? {}, index * 10_000);
  }
  numbers.written(run(story.at(-1)), { ...ready, ...fixed }, 99_000);
  const text = await registry.metrics();
  expect(text).toContain('repo_runner_run_total{result="Ready",reason="Verified",maturity="Verified"} 1');
  expect(text).toContain('repo_runner_stage_duration_seconds_sum{stage="Building"} 10');
  expect(text).toContain('repo_runner_stage_duration_seconds_count{stage="Starting"} 1');
  expect(text).toContain('repo_runner_fix_attempts_total{layer="Runtime",source="Rule",outcome="Fixed"} 1');
  expect(text).toContain('repo_runner_rule_hits_total{signature="ListensOnLoopback"} 1');
});
