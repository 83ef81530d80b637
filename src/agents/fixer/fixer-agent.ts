import type { Action, Attempt, Fix, LeftOut } from "../../fix.ts";
import { fingerprint } from "../../fix-replay.ts";
import { digestOf } from "../../digest.ts";
import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import type { Plan, Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import { applyFix } from "./apply/apply-fix.ts";
import { effectOf } from "./effect.ts";
import type { Evidence } from "./evidence.ts";
import { fixFrom, isTrusted, type Known } from "../memory/lessons.ts";
import { refusalOf } from "./policy.ts";
import { type Answer, findsOf, type Proposal, type Rule, type Verdict } from "./rule.ts";
import { rules } from "./rules.ts";

/** What is asked of FixerAgent. */
export interface MendRequest {
  readonly evidence: Evidence;
  readonly plan: Plan;
  /** Everything that was tried on plans of the same draft, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Fixes of earlier drafts that this plan already has. */
  readonly replayed?: readonly Fix[];
  /** Most fixes for one draft. */
  readonly maxAttempts: number;
  /** What a policy says of a kind of change: why it is not allowed; undefined where it is. */
  readonly refuses?: (kind: Action["kind"]) => string | undefined;
  /** What earlier runs have taught of this very failure, best first. */
  readonly lessons?: readonly Known[];
  /** Told of each change that was proposed and not made. */
  readonly leaveOut?: (left: LeftOut) => void;
  /** A person's word: no fix goes against it. */
  readonly spec?: RepoRunSpec;
  readonly now: Date;
}

/** How often one rule mends one service before it counts as not mendable by it: each time with another remedy, or of another part. */
const maxPerRule = 3;

/** Reads a failure and either proposes one typed change of plan or says that nothing in the plan can mend it. What has helped before goes first, then the rules, then lessons that are less sure. */
export class FixerAgent extends BaseAgent<MendRequest, Fix> {
  readonly name = "FixerAgent";
  readonly #rules: readonly Rule[];

  constructor(known: readonly Rule[] = rules) {
    super();
    this.#rules = known;
  }

  protected work(request: MendRequest, context: AgentContext): Promise<Outcome<Fix>> {
    return Promise.resolve(this.#decide(request, context));
  }

  #decide(request: MendRequest, context: AgentContext): Outcome<Fix> {
    const { evidence, plan, attempts } = request;
    const { failure } = evidence;
    const service = failedService(plan, failure);
    if (!service) return failed(failure);
    const tried = attempts.filter(({ how }) => how === "Fix").length;
    const { lessons = [] } = request;
    const remembered = this.#remembered(lessons.filter(isTrusted), service, request, context);
    if (remembered) return tried >= request.maxAttempts ? failed(exhausted(failure, tried, service)) : done(remembered);
    for (const rule of this.#rules) {
      if (isUsedUp(rule, service, attempts)) continue;
      const answers = findsOf(rule, evidence, service, plan).flatMap((found) => rule.answers(found));
      for (const answer of changesFirst(answers)) {
        if (isVerdict(answer)) return failed(ended(failure, answer, service));
        const fix = fixOf(rule, service, answer, request.now);
        const reason = this.#unfit(fix, service, request);
        if (reason !== undefined) {
          context.log("fix left out", {
            rule: rule.id,
            action: fix.action.kind,
            service: service.name,
            reason: reason.why,
          });
          request.leaveOut?.({ by: rule.id, action: fix.action.kind, ...reason });
          continue;
        }
        if (tried >= request.maxAttempts) return failed(exhausted(failure, tried, service));
        context.log("fix proposed", { rule: rule.id, action: fix.action.kind, service: service.name });
        return done(fix);
      }
    }
    const unsure = this.#remembered(
      lessons.filter((each) => !isTrusted(each)),
      service,
      request,
      context,
    );
    return unsure && tried < request.maxAttempts ? done(unsure) : failed(failure);
  }

  /** The first lesson that can be taken. */
  #remembered(
    lessons: readonly Known[],
    service: Service,
    request: MendRequest,
    context: AgentContext,
  ): Fix | undefined {
    for (const lesson of lessons) {
      const fix = fixFrom(lesson, service, request.now);
      const reason = this.#unfit(fix, service, request);
      context.log(reason === undefined ? "fix remembered" : "fix left out", {
        lesson: lesson.name,
        action: fix.action.kind,
        service: service.name,
        ...(reason === undefined ? {} : { reason: reason.why }),
      });
      if (reason === undefined) return fix;
      request.leaveOut?.({ by: lesson.name, action: fix.action.kind, ...reason });
    }
    return undefined;
  }

  /** Of changes that somebody else proposes, those that could be carried out now: allowed, of effect, and not tried before. */
  acceptable(proposals: readonly Proposal[], service: Service, request: MendRequest): readonly Proposal[] {
    return proposals.filter(({ action, summary }) => {
      const rule = { id: "", signature: "", layer: "Build" as const };
      return this.#unfit(fixOf(rule, service, { action, summary }, request.now), service, request) === undefined;
    });
  }

  /** Why a fix is not taken; undefined where it is. */
  #unfit(
    fix: Fix,
    service: Service,
    { plan, attempts, spec, refuses }: MendRequest,
  ): Pick<LeftOut, "verdict" | "why"> | undefined {
    const denied = refuses?.(fix.action.kind);
    if (denied !== undefined) return { verdict: "Denied", why: denied.slice(0, 200) };
    const refusal = refusalOf(fix.action, service, spec);
    if (refusal !== undefined) return { verdict: "Refused", why: refusal.slice(0, 200) };
    const changed = applyFix(plan, fix);
    if (effectOf(changed) === effectOf(plan)) return { verdict: "NoEffect", why: "it changes nothing" };
    const on = digestOf(plan);
    const same = digestOf([fix.service, fix.action]);
    const before = attempts.some(
      (attempt) => attempt.fix && attempt.on === on && digestOf([attempt.fix.service, attempt.fix.action]) === same,
    );
    if (before) return { verdict: "Tried", why: "it was tried on this very plan" };
    // A plan that has failed before is not made again on another way.
    return attempts.some((attempt) => attempt.on === digestOf(changed))
      ? { verdict: "Tried", why: "the plan that it makes has failed before" }
      : undefined;
  }
}

/** Whose failure it is; the first service's, where it is nobody's. */
export function failedService(plan: Plan, failure: Failure): Service | undefined {
  return plan.services.find((each) => each.name === failure.service) ?? plan.services[0];
}

function isUsedUp(rule: Rule, service: Service, attempts: readonly Attempt[]): boolean {
  const uses = attempts.filter(({ fix }) => fix?.service === service.name && fix.rule === rule.id);
  return uses.length >= maxPerRule;
}

/** A line that can be mended comes before another that would end it. */
function changesFirst(answers: readonly Answer[]): readonly Answer[] {
  return [...answers.filter((answer) => !isVerdict(answer)), ...answers.filter(isVerdict)];
}

function isVerdict(answer: Answer): answer is Verdict {
  return "end" in answer;
}

function fixOf(
  rule: Pick<Rule, "id" | "signature" | "layer">,
  service: Service,
  { action, summary }: Proposal,
  now: Date,
): Fix {
  return {
    service: service.name,
    layer: rule.layer,
    signature: rule.signature,
    rule: rule.id,
    by: "Rule",
    action,
    summary: summary.slice(0, 256),
    appliesTo: fingerprint(service, action),
    at: `${now.toISOString().slice(0, 19)}Z`,
  };
}

function ended(failure: Failure, { end }: Verdict, service: Service): Failure {
  return {
    ...failure,
    ...end,
    message: end.message.slice(0, 1000),
    service: service.name,
  };
}

function exhausted(failure: Failure, tried: number, service: Service): Failure {
  return {
    reason: "BudgetExhausted",
    message: `${String(tried)} fixes were tried; last failure: ${failure.message}`.slice(0, 1000),
    hint: "repo-runner explain NAME shows what was tried; spec.fix.maxAttempts raises the limit",
    layer: failure.layer,
    blame: "Repo",
    service: service.name,
    ...(failure.lines === undefined ? {} : { lines: failure.lines }),
  };
}
