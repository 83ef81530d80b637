import { done, type Outcome } from "../../outcome.ts";
import type { Action } from "../../fix.ts";
import type { Plan, Service } from "../../plan.ts";
import type { Prediction } from "../../prediction.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { applyFix } from "../fixer/apply/apply-fix.ts";
import { effectOf } from "../fixer/effect.ts";
import { refusalOf } from "../fixer/policy.ts";
import { ruleOf } from "../fixer/rules.ts";
import { estimateOf } from "./estimate.ts";
import { type Foreseen, isAbout, type PredictionRule } from "./prediction-rule.ts";
import { predictionRules } from "./prediction-rules.ts";
import { endOfLife } from "./tables/end-of-life.ts";

/** What is asked of PredictiveAnalysis. */
export interface PredictionRequest {
  readonly tree: SourceTree;
  /** A draft, as the other agents left it. */
  readonly plan: Plan;
  /** A person's word: no prediction goes against it. */
  readonly spec: RepoRunSpec;
  readonly now: Date;
}

/** Most predictions that a plan has; a repository of which more is to be said is better read by its first failure. */
const mostPredictions = 16;

/**
 * Looks at a draft before anything is built: what is known to go wrong is mended in it by the same typed actions as fixes, and what building and
 * running it takes is estimated. It reads the tree only.
 */
export class PredictiveAnalysis extends BaseAgent<PredictionRequest, Plan> {
  readonly name = "PredictiveAnalysis";
  readonly #rules: readonly PredictionRule[];

  constructor(known: readonly PredictionRule[] = predictionRules) {
    super();
    this.#rules = known;
  }

  protected async work(request: PredictionRequest, context: AgentContext): Promise<Outcome<Plan>> {
    const predictions: Prediction[] = [];
    let { plan } = request;
    for (const { name } of request.plan.services) {
      for (const rule of this.#rules) {
        const found = plan.services.find((each) => each.name === name);
        if (found === undefined || !isAbout(rule, found)) continue;
        for (const foreseen of await rule.foresee({ tree: request.tree, service: found, plan })) {
          if (predictions.length >= mostPredictions) break;
          const made = predicted(plan, name, rule, foreseen, request.spec);
          if (made === undefined) continue;
          context.log("failure foreseen", { rule: rule.id, service: name, action: foreseen.action.kind });
          ({ plan } = made);
          predictions.push(made.prediction);
        }
      }
    }
    const estimates = await Promise.all(
      plan.services.map((service) => estimateOf({ tree: request.tree, service, plan })),
    );
    const ended = plan.services.flatMap((service) => endOfLife(service, request.now) ?? []);
    return done({
      ...plan,
      warnings: [...plan.warnings, ...ended.map((text) => plainText(text, 256))].slice(0, 8),
      ...(predictions.length === 0 ? {} : { predictions }),
      estimates: estimates.filter((each) => each !== undefined),
    });
  }
}

/** The draft with one prediction in it; undefined where policy or the spec forbid it, or nothing would change. */
function predicted(
  plan: Plan,
  name: string,
  rule: PredictionRule,
  { action, because, where, forestalls = rule.forestalls }: Foreseen,
  spec: RepoRunSpec,
): { readonly plan: Plan; readonly prediction: Prediction } | undefined {
  const service = plan.services.find((each) => each.name === name);
  const forestalled = ruleOf(forestalls);
  if (service === undefined || forestalled === undefined || refusalOf(action, service, spec) !== undefined)
    return undefined;
  if (isTold(action, name, spec)) return undefined;
  const changed = applyFix(plan, { service: name, action }, "a prediction");
  if (effectOf(changed) === effectOf(plan)) return undefined;
  const prediction: Prediction = {
    service: name,
    rule: rule.id,
    forestalls,
    signature: forestalled.signature,
    action,
    because: plainText(because),
    ...(where === undefined ? {} : { where: plainText(where) }),
  };
  return { plan: withReason(changed, prediction), prediction };
}

/** Whether a person wrote the line himself that an action would change: a fix may, once it has failed; a prediction does not. */
function isTold(action: Action, name: string, spec: RepoRunSpec): boolean {
  const wish = spec.services?.find((each) => each.name === name);
  const lines: readonly Action["kind"][] = [
    ...(wish?.install === undefined ? [] : (["SetInstallMode", "AddDependencies", "SkipStep"] as const)),
    ...(wish?.build === undefined ? [] : (["AddBuildStep", "SetBuildFlag", "SkipStep"] as const)),
  ];
  return lines.includes(action.kind);
}

/** The service's own list of reasons tells it as well: `plan --why` and `explain` show these. */
function withReason(plan: Plan, { service: name, rule, action, because, where }: Prediction): Plan {
  const reason = {
    about: "prediction",
    value: `${rule} ${action.kind}`,
    because,
    ...(where === undefined ? {} : { where }),
  };
  const add = (service: Service): Service => ({ ...service, why: [...service.why, reason].slice(-64) });
  return { ...plan, services: plan.services.map((service) => (service.name === name ? add(service) : service)) };
}

/** Whether a person or the installation wants no predictions. */
export function predicts(spec: Pick<RepoRunSpec, "fix">, installed: "Auto" | "Off"): boolean {
  return installed === "Auto" && spec.fix?.prediction !== "Off";
}
