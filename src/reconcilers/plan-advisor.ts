import type { AgentContext } from "../agents/agent.ts";
import { applyFix } from "../agents/fixer/apply/apply-fix.ts";
import { gather } from "../agents/fixer/evidence.ts";
import type { FixerAgent, MendRequest } from "../agents/fixer/fixer-agent.ts";
import { startCandidates, variableCandidates } from "../agents/model/candidates.ts";
import { startPrompt, variablePrompt } from "../agents/model/plan-questions.ts";
import type { Pass } from "../agents/pass.ts";
import { envSecretName } from "../agents/runner/names.ts";
import type { Failure } from "../failure.ts";
import type { Action, Attempt, Fix } from "../fix.ts";
import { done, type Outcome } from "../outcome.ts";
import type { Plan, Service } from "../plan.ts";
import type { ModelManager, ModelQuestion } from "./model-manager.ts";
import { needsOf } from "./needs.ts";
import type { Policies } from "./policies.ts";

/** A plan with the fixes that it already has. */
export interface Draft {
  readonly plan: Plan;
  readonly fixes: readonly Fix[];
}

/** Most services of one draft that a model is asked about. */
const mostAsked = 4;

/**
 * Puts to a model what code cannot tell about a plan: which of several starts is meant, what a variable is for. Only where a policy has models; what it may
 * choose from is made by code, and is held to the same policies as a fix.
 */
export class PlanAdvisor {
  readonly #fixer: FixerAgent;
  readonly #policies: Policies;
  readonly #models: ModelManager;

  constructor(fixer: FixerAgent, policies: Policies, models: ModelManager) {
    this.#fixer = fixer;
    this.#policies = policies;
    this.#models = models;
  }

  /** The draft, started as a model would where detection was not sure and has found several ways. */
  async chooseStarts(pass: Pass, draft: Draft, context: AgentContext): Promise<Outcome<Draft>> {
    let { plan, fixes } = draft;
    const unsure = plan.services.filter(
      ({ name, sure, otherStarts }) =>
        sure === "Likely" &&
        otherStarts.length > 0 &&
        !fixes.some(({ service, action }) => service === name && action.kind === "SetStart"),
    );
    for (const service of unsure.slice(0, mostAsked)) {
      const proposals = this.#allowed(pass, service, startCandidates(service), { plan, attempts: [] });
      const chosen = await this.#models.run(
        {
          pass,
          agent: "DetectionAgent",
          task: "ChooseStart",
          service,
          layer: "Process",
          prompt: startPrompt(service, proposals),
          proposals,
          before: 0,
        },
        context,
      );
      if (chosen.state === "waiting") return chosen;
      if (chosen.state === "failed" || chosen.value === undefined) continue;
      plan = applyFix(plan, chosen.value);
      fixes = [...fixes, chosen.value];
    }
    return done({ plan, fixes });
  }

  /** What a variable that the run waits for may be given, where its name says enough; undefined where only a person knows. */
  async nameVariable(
    pass: Pass,
    { plan, attempts }: { readonly plan: Plan; readonly attempts: readonly Attempt[] },
    failure: Failure,
    context: AgentContext,
  ): Promise<Outcome<Fix | undefined>> {
    const service = plan.services.find(({ name }) => name === failure.service);
    if (!service || failure.where !== `Secret/${envSecretName(pass.run)}`) return done(undefined);
    const missing = new Set(needsOf(plan, pass.run.spec).map(({ name }) => name));
    const wanted = service.env.filter(({ name, source, phase }) => {
      return source === "Needed" && phase !== "Build" && missing.has(name);
    });
    // All of them or none: a run that waits for a person anyway is not helped by a guess.
    for (const variable of wanted) {
      const candidates = variableCandidates(service, variable.name);
      const proposals = this.#allowed(pass, service, candidates, { plan, attempts });
      if (proposals.length === 0) return done(undefined);
    }
    const [variable] = wanted;
    if (variable === undefined || wanted.length > mostAsked) return done(undefined);
    const proposals = this.#allowed(pass, service, variableCandidates(service, variable.name), { plan, attempts });
    const question: ModelQuestion = {
      pass,
      agent: "ConfigAgent",
      task: "NameVariable",
      service,
      layer: "Config",
      prompt: variablePrompt(service, variable, proposals),
      proposals,
      before: 0,
    };
    return await this.#models.run(question, context);
  }

  /** What policies let through, what has an effect, and what was not tried. */
  #allowed(
    pass: Pass,
    service: Service,
    proposals: ReturnType<typeof startCandidates>,
    { plan, attempts }: Pick<MendRequest, "plan" | "attempts">,
  ): ReturnType<typeof startCandidates> {
    const { spec } = pass.run;
    const limits = this.#policies.limitsFor(pass);
    if (limits.pausedBy !== undefined || spec.fix?.mode === "Off") return [];
    const evidence = gather({ reason: "Unsure", message: "", layer: "Config", blame: "Repo" }, []);
    const refuses = (kind: Action["kind"]) =>
      limits.asks(kind) ? "a person has to say yes to it first" : limits.refuses(kind);
    const request = { evidence, plan, attempts, maxAttempts: 1, spec, refuses, now: pass.clock.now() };
    return this.#fixer.acceptable(proposals, service, request);
  }
}
