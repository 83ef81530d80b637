import { Counter, Histogram, type Registry } from "prom-client";
import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { phaseOf, reasonOf, workingSince } from "./run-phase.ts";

/** What runs do, as numbers: read off the statuses that are written, so that nothing else has to count. No name of a repository and no text of it is a label. */
export class RunMetrics {
  readonly #ends: Counter<"result" | "reason" | "maturity">;
  readonly #stages: Histogram<"stage">;
  readonly #fixes: Counter<"layer" | "source" | "outcome">;
  readonly #hits: Counter<"signature">;
  /** Since when a run is in its stage; by uid. */
  readonly #since = new Map<string, number>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#ends = new Counter({
      name: "repo_runner_run_total",
      help: "Pieces of work on runs that have ended, by how.",
      labelNames: ["result", "reason", "maturity"],
      registers,
    });
    this.#stages = new Histogram({
      name: "repo_runner_stage_duration_seconds",
      help: "Time that runs spent in a stage.",
      labelNames: ["stage"],
      buckets: [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 2700],
      registers,
    });
    this.#fixes = new Counter({
      name: "repo_runner_fix_attempts_total",
      help: "Fixes whose outcome is known.",
      labelNames: ["layer", "source", "outcome"],
      registers,
    });
    this.#hits = new Counter({
      name: "repo_runner_rule_hits_total",
      help: "Failures that were recognised and mended, by what was seen.",
      labelNames: ["signature"],
      registers,
    });
  }

  written(run: RunRecord, after: RepoRunStatus, nowMs: number): void {
    this.#stage(run, after, nowMs);
    const known = new Map((run.status?.fixes ?? []).map((fix) => [fix.revision, fix]));
    for (const fix of after.fixes ?? []) {
      const before = known.get(fix.revision);
      if (before === undefined) this.#hits.inc({ signature: fix.signature });
      if (fix.outcome === undefined || fix.outcome === "Untested" || before?.outcome === fix.outcome) continue;
      this.#fixes.inc({ layer: fix.layer ?? "", source: fix.by ?? "Rule", outcome: fix.outcome });
    }
  }

  forget(uid: string): void {
    this.#since.delete(uid);
  }

  #stage(run: RunRecord, after: RepoRunStatus, nowMs: number): void {
    const [before, now] = [phaseOf(run.status), phaseOf(after)];
    if (before === now) return;
    const since = this.#since.get(run.uid);
    if (since !== undefined) this.#stages.observe({ stage: before }, (nowMs - since) / 1000);
    if (workingSince(after) !== undefined) {
      this.#since.set(run.uid, nowMs);
      return;
    }
    this.#since.delete(run.uid);
    if (workingSince(run.status) === undefined) return;
    this.#ends.inc({ result: now, reason: reasonOf(after), maturity: after.maturity ?? "" });
  }
}
