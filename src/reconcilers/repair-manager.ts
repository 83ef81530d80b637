import type { AgentContext } from "../agents/agent.ts";
import { applyFix } from "../agents/fixer/apply/apply-fix.ts";
import { gather, keptEvidence, printOf, type Surroundings } from "../agents/fixer/evidence.ts";
import { failedService, type FixerAgent, type MendRequest } from "../agents/fixer/fixer-agent.ts";
import { podEvents } from "../agents/fixer/pod-events.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import { digestOf } from "../digest.ts";
import type { Failure } from "../failure.ts";
import type { Action, Attempt, Ending, Fix, LeftOut } from "../fix.ts";
import { done, failed, type Outcome } from "../outcome.ts";
import { approvalFor, proposerOf, type LackingApproval, lacksApproval, proposedFix } from "./approvals.ts";
import { candidatesFor, mostCandidates } from "../agents/model/candidates.ts";
import { promptFor } from "../agents/model/prompt.ts";
import { isGood } from "./history.ts";
import type { ModelManager } from "./model-manager.ts";
import type { Policies } from "./policies.ts";
import type { AgentMemoryManager } from "./memory-manager.ts";
import type { Service } from "../plan.ts";
import { planDifference } from "../plan-difference.ts";
import type { PlanAdvisor } from "./plan-advisor.ts";
import type { PlanStore } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";
import { bestOf, rollBackTo, triedIn } from "./repair-course.ts";

export interface RepairRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly failure: Failure;
  readonly log: readonly string[];
  /** How far the plan came before it failed. */
  readonly maturity: string;
}

/** The next revision of the plan; or it is known, and a person has to say yes to it first. */
export type Mended =
  | { readonly how: "Revised"; readonly record: PlanRecord }
  | { readonly how: "Asks"; readonly lack: LackingApproval };

/** Who takes part in mending. */
export interface RepairCrew {
  readonly fixer: FixerAgent;
  readonly plans: PlanStore;
  readonly memory: AgentMemoryManager;
  readonly policies: Policies;
  /** Absent: rules and memory alone. */
  readonly models?: ModelManager;
  readonly advisor?: PlanAdvisor;
}

/** What the next revision is made of. */
type Step = Pick<Attempt, "how" | "fix" | "to" | "evidence" | "leftOut"> &
  Pick<PlanRecord, "plan"> & { readonly fixes: readonly Fix[] };

/**
 * The one way back: a failure that the plan can mend becomes the next revision of the plan. Fixes that bring it no further are gone back on, to
 * the plan that came furthest; then it is begun anew once with the second-best plan; then it ends, with everything that was tried.
 */
export class RepairManager extends BaseManager<RepairRequest, Mended> {
  readonly name = "RepairManager";
  readonly #crew: RepairCrew;

  constructor(crew: RepairCrew) {
    super();
    this.#crew = crew;
  }

  protected async work(request: RepairRequest, context: AgentContext): Promise<Outcome<Mended>> {
    const { pass, record, failure, log, maturity } = request;
    const { run, clock } = pass;
    if (failure.reason === "NeedsSecret") return await this.#nameVariable(request, context);
    if (!isMendable(failure) || run.spec.fix?.mode === "Off") return failed(failure);
    const limits = this.#crew.policies.limitsFor(pass);
    if (limits.pausedBy !== undefined) return failed(pausedFailure(failure, limits.pausedBy));
    const evidence = gather(failure, log, await this.#around(pass, record, failure));
    const saw = endingOf(failure, maturity, evidence.print);
    const back = await this.#back(pass, record, saw);
    const leftOut: LeftOut[] = [];
    const proof = { evidence: keptEvidence(evidence), leftOut };
    if (back) return await this.#write(request, saw, { ...back, ...proof });
    const { plan, attempts } = record;
    const service = failedService(plan, failure);
    const lessons = service === undefined ? [] : this.#crew.memory.recall(pass, service, evidence.print);
    const maxAttempts = run.spec.fix?.maxAttempts ?? 8;
    const asked = {
      evidence,
      plan,
      attempts,
      lessons,
      maxAttempts,
      spec: run.spec,
      refuses: (kind: Action["kind"]) => limits.refuses(kind),
      leaveOut: (left: LeftOut) => leftOut.push(left),
      now: clock.now(),
    };
    const known = await this.#crew.fixer.run(asked, context);
    const fix =
      isUnknown(known, failure) && service
        ? await this.#askModel(request, { asked, service, failed: known }, context)
        : known;
    if (fix.state === "waiting") return fix;
    tellDenied(pass, leftOut);
    if (fix.state === "done") {
      const next = { how: "Fix", fix: fix.value, plan: applyFix(plan, fix.value), ...proof } as const;
      return await this.#write(request, saw, { ...next, fixes: [...record.fixes, fix.value] });
    }
    const { second } = record;
    if (second !== undefined && fix.failure.blame === "Repo" && !attempts.some(({ how }) => how === "Restart")) {
      return await this.#write(request, saw, { how: "Restart", plan: second, fixes: [], ...proof });
    }
    return failed(withTried(asDefect(fix.failure), attempts, saw));
  }

  /** What no rule and no lesson knows is put to a model, where there is one; its choice is one of the changes that code would carry out. */
  async #askModel(
    { pass, record }: RepairRequest,
    {
      asked,
      service,
      failed: before,
    }: { readonly asked: MendRequest; readonly service: Service; readonly failed: Outcome<Fix> },
    context: AgentContext,
  ): Promise<Outcome<Fix>> {
    const { fixer, models } = this.#crew;
    const tried = asked.attempts.filter(({ how }) => how === "Fix").length;
    if (models === undefined || tried >= asked.maxAttempts) return before;
    const { evidence } = asked;
    const proposals = fixer.acceptable(candidatesFor(service, evidence), service, asked).slice(0, mostCandidates);
    const question = {
      pass,
      agent: "FixerAgent",
      task: "ClassifyFailure",
      service,
      layer: evidence.failure.layer,
      prompt: promptFor(record.plan, service, evidence, proposals),
      proposals,
      before: record.attempts.filter(({ fix }) => fix?.by === "Model").length,
    } as const;
    const chosen = await models.run(question, context);
    if (chosen.state === "done") return chosen.value === undefined ? before : done(chosen.value);
    return chosen;
  }

  /** What stands around a failure: what its pods went through, what the last good plan had not, its manifests. */
  async #around(
    { cluster, run }: Pass,
    { plan, attempts, excerpts = [] }: PlanRecord,
    failure: Failure,
  ): Promise<Surroundings> {
    const service = failedService(plan, failure);
    const verified = (run.status?.history ?? []).flatMap((entry) =>
      isGood(entry) && entry.plan !== undefined ? [entry.plan] : [],
    );
    const best = bestOf(attempts) ?? (verified.length > 0 ? Math.max(...verified) : undefined);
    const good = best === undefined ? undefined : await this.#crew.plans.read(cluster, run, best);
    return {
      events: service === undefined ? [] : podEvents(cluster, run, service.name),
      changed: good ? planDifference(good.plan, plan) : [],
      manifests: excerpts,
    };
  }

  /** A variable that only a person can give, unless a model knows what it is for by its name. */
  async #nameVariable(request: RepairRequest, context: AgentContext): Promise<Outcome<Mended>> {
    const { pass, record, failure, maturity } = request;
    const tried = record.attempts.filter(({ how }) => how === "Fix").length;
    if (tried >= (pass.run.spec.fix?.maxAttempts ?? 8)) return failed(failure);
    const named = await this.#crew.advisor?.nameVariable(pass, record, failure, context);
    if (named?.state === "waiting") return named;
    const fix = named?.state === "done" ? named.value : undefined;
    if (!fix) return failed(failure);
    const step = { how: "Fix", fix, plan: applyFix(record.plan, fix), fixes: [...record.fixes, fix] } as const;
    return await this.#write(request, endingOf(failure, maturity), step);
  }

  /** The plan that came furthest, where the fixes since have led nowhere. */
  async #back(pass: Pass, record: PlanRecord, saw: Ending): Promise<Step | undefined> {
    const to = rollBackTo(record.attempts, saw);
    if (to === undefined) return undefined;
    const best = await this.#crew.plans.read(pass.cluster, pass.run, to);
    return best && { how: "RollBack", to, plan: best.plan, fixes: best.fixes };
  }

  async #write(request: RepairRequest, saw: Ending, step: Step): Promise<Outcome<Mended>> {
    const { pass, record, failure } = request;
    const proposed = proposedFix(pass, record, step);
    const asks = step.fix !== undefined && this.#crew.policies.limitsFor(pass).asks(step.fix.action.kind);
    const lack = lacksApproval(pass, proposed, asks);
    if (lack) return done({ how: "Asks", lack });
    const by = approvalFor(pass, proposed)?.spec.by;
    const revision = record.revision + 1;
    const { how, plan, fixes } = step;
    const attempt: Attempt = {
      how,
      revision,
      from: record.revision,
      on: digestOf(record.plan),
      saw,
      ...(step.fix === undefined ? {} : { fix: step.fix }),
      ...(step.to === undefined ? {} : { to: step.to }),
      ...(by === undefined ? {} : { approvedBy: by }),
      ...(step.evidence === undefined ? {} : { evidence: step.evidence }),
      changed: [...planDifference(record.plan, plan)],
      ...(step.leftOut === undefined || step.leftOut.length === 0 ? {} : { leftOut: step.leftOut.slice(-8) }),
      at: `${pass.clock.now().toISOString().slice(0, 19)}Z`,
    };
    const next = await this.#crew.plans.write(pass.cluster, pass.run, {
      ...record,
      revision,
      fixes: [...fixes],
      attempts: [...record.attempts, attempt].slice(-48),
      parent: attempt.on,
      plan,
    });
    if (next.state !== "done") return next;
    const signature = step.fix?.signature ?? failure.reason;
    pass.events.emit({ type: "Warning", reason: signature, message: failure.message.slice(0, 300) });
    pass.events.emit({ type: "Normal", reason: "Fixing", message: sayAttempt(attempt) });
    return done({ how: "Revised", record: next.value });
  }
}

/** A policy that keeps a run from being mended is told of: whoever wrote it may not know. */
function tellDenied({ events }: Pass, leftOut: readonly LeftOut[]): void {
  const denied = leftOut.filter(({ verdict }) => verdict === "Denied").map(({ by, why }) => `${by}: ${why}`);
  const message = [...new Set(denied)].join("; ").slice(0, 300);
  if (denied.length > 0) events.emit({ type: "Warning", reason: "FixDenied", message });
}

/** What the attempt is, in one sentence: for Events, and while the next revision is worked on. */
export function sayAttempt({ how, revision, fix, to }: Attempt): string {
  switch (how) {
    case "Fix":
      return `plan ${String(revision)}: ${fix?.summary ?? ""} (${fix === undefined ? "" : proposerOf(fix)})`;
    case "RollBack":
      return `plan ${String(revision)}: the fixes since plan ${String(to ?? 0)} led nowhere; back to it`;
    case "Restart":
      return `plan ${String(revision)}: begun anew with the second-best plan`;
  }
}

/** A program that needs more memory than it was given is the person's setting, and a plan's to raise where no person has said it. */
function isMendable({ blame, reason }: Failure): boolean {
  return blame === "Repo" || reason === "OutOfMemory";
}

/** A failure as later ones are judged by it. */
export function endingOf(failure: Failure, maturity: string, print = printOf(failure)): Ending {
  return {
    reason: failure.reason,
    layer: failure.layer,
    ...(failure.service === undefined ? {} : { service: failure.service }),
    maturity,
    print,
  };
}

/** Whether the answer is the failure itself: nobody knew it. */
function isUnknown(answer: Outcome<Fix>, { reason, message }: Failure): boolean {
  return answer.state === "failed" && answer.failure.reason === reason && answer.failure.message === message;
}

/** It is looked at again by itself: whoever has paused fixes will let them go on. */
function pausedFailure(failure: Failure, by: string): Failure {
  return {
    reason: "FixesPaused",
    message: `${by} has paused all fixes; what failed: ${failure.message}`.slice(0, 1000),
    hint: "set paused to false there, or mend it and push",
    layer: failure.layer,
    blame: "Platform",
    ...(failure.service === undefined ? {} : { service: failure.service }),
  };
}

/** Failures of the repository's own code that no rule knows: nothing in the plan can mend them, and the end is named so. */
const defects = new Set(["BuildFailed", "CrashLoop", "AnswersError"]);

function asDefect(failure: Failure): Failure {
  if (!defects.has(failure.reason)) return failure;
  return { ...failure, reason: "RepoDefect", hint: failure.hint ?? "mend it and push, then repo-runner update NAME" };
}

function withTried(failure: Failure, attempts: readonly Attempt[], saw: Ending): Failure {
  if (attempts.length === 0) return failure;
  const tried = `tried: ${triedIn(attempts, saw)}`;
  const hint = failure.hint === undefined ? tried : `${failure.hint} (${tried})`;
  return { ...failure, hint: hint.slice(0, 1024) };
}
