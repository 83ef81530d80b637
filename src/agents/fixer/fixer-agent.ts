import { applyFix, type Fix } from "../../fix.ts";
import { fingerprint } from "../../fix-replay.ts";
import { digestOf } from "../../digest.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import type { Plan } from "../../plan.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Evidence, Rule } from "./rule.ts";
import { rules } from "./rules.ts";

export interface MendRequest {
  readonly evidence: Evidence;
  readonly plan: Plan;
  /** Fixes that led to this plan, oldest first. */
  readonly history: readonly Fix[];
  /** Most fixes for one commit. */
  readonly maxAttempts: number;
  readonly now: Date;
}

/** How often one signature is mended in one service before it counts as not mendable. */
const maxPerSignature = 2;

/** Reads a failure and either proposes one typed change of plan or says that nothing in the plan can mend it. Rules first; memory and model come later. */
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
    const { evidence, plan, history } = request;
    const { failure } = evidence;
    const service = plan.services.find((each) => each.name === failure.service) ?? plan.services[0];
    if (!service) return failed(failure);
    if (history.length >= request.maxAttempts) {
      return failed({
        reason: "BudgetExhausted",
        message: `${history.length} fixes were tried; last failure: ${failure.message}`.slice(0, 1000),
        hint: "repo-runner explain NAME shows what was tried; spec.fix.maxAttempts raises the limit",
        layer: failure.layer,
        blame: "Repo",
        service: service.name,
        ...(failure.lines === undefined ? {} : { lines: failure.lines }),
      });
    }
    const before = digestOf(plan);
    for (const rule of this.#rules) {
      if (
        history.filter((fix) => fix.service === service.name && fix.signature === rule.signature).length >=
        maxPerSignature
      )
        continue;
      const proposal = rule.propose(evidence, service, plan);
      if (!proposal) continue;
      const fix: Fix = {
        service: service.name,
        layer: rule.layer,
        signature: rule.signature,
        rule: rule.id,
        by: "Rule",
        action: proposal.action,
        summary: proposal.summary.slice(0, 256),
        appliesTo: fingerprint(service, proposal.action),
        at: `${request.now.toISOString().slice(0, 19)}Z`,
      };
      // A change that changes nothing, or was made before on the same plan, would only be tried again.
      if (digestOf(applyFix(plan, fix)) === before) continue;
      if (
        history.some((earlier) => digestOf(earlier.action) === digestOf(fix.action) && earlier.service === fix.service)
      )
        continue;
      context.log("fix proposed", { rule: rule.id, action: fix.action.kind, service: service.name });
      return done(fix);
    }
    return failed(failure);
  }
}
