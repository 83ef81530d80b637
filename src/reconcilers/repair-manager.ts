import type { AgentContext } from "../agents/agent.ts";
import type { FixerAgent } from "../agents/fixer/fixer-agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import { digestOf } from "../digest.ts";
import type { Failure } from "../failure.ts";
import { applyFix } from "../fix.ts";
import { failed, type Outcome } from "../outcome.ts";
import type { PlanStore } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";

export interface RepairRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly failure: Failure;
  readonly log: readonly string[];
}

/** The one way back: a failure that the plan can mend becomes the next revision of the plan. */
export class RepairManager extends BaseManager<RepairRequest, PlanRecord> {
  readonly name = "RepairManager";
  readonly #fixer: FixerAgent;
  readonly #plans: PlanStore;

  constructor(fixer: FixerAgent, plans: PlanStore) {
    super();
    this.#fixer = fixer;
    this.#plans = plans;
  }

  protected async work(request: RepairRequest, context: AgentContext): Promise<Outcome<PlanRecord>> {
    const { pass, record, failure, log } = request;
    const { run, cluster, clock } = pass;
    if (failure.blame !== "Repo" || run.spec.fix?.mode === "Off") return failed(failure);
    const fix = await this.#fixer.run(
      {
        evidence: { failure, log },
        plan: record.plan,
        history: record.fixes,
        maxAttempts: run.spec.fix?.maxAttempts ?? 8,
        now: clock.now(),
      },
      context,
    );
    if (fix.state === "failed") return failed(asDefect(fix.failure));
    if (fix.state !== "done") return fix;
    const next = await this.#plans.write(cluster, run, {
      ...record,
      revision: record.revision + 1,
      fixes: [...record.fixes, fix.value],
      parent: digestOf(record.plan),
      plan: applyFix(record.plan, fix.value),
    });
    if (next.state === "done") {
      pass.events.emit({ type: "Warning", reason: fix.value.signature, message: failure.message.slice(0, 300) });
      pass.events.emit({
        type: "Normal",
        reason: "Fixing",
        message: `plan ${next.value.revision}: ${fix.value.summary} (rule ${fix.value.rule})`,
      });
    }
    return next;
  }
}

/** Failures of the repository's own code that no rule knows: nothing in the plan can mend them, and the end is named so. */
const defects = new Set(["BuildFailed", "CrashLoop", "AnswersError"]);

function asDefect(failure: Failure): Failure {
  if (!defects.has(failure.reason)) return failure;
  return { ...failure, reason: "RepoDefect", hint: failure.hint ?? "mend it and push, then repo-runner update NAME" };
}
