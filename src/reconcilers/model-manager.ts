import type { AgentContext } from "../agents/agent.ts";
import type { Evidence } from "../agents/fixer/evidence.ts";
import type { Proposal } from "../agents/fixer/rule.ts";
import { BaseManager } from "../agents/manager.ts";
import { accounted } from "../agents/model/accounts.ts";
import { endpointDefaults, ModelRouter, type Spent } from "../agents/model/model-router.ts";
import { type Prompt, promptFor, promptVersion } from "../agents/model/prompt.ts";
import type { Pass } from "../agents/pass.ts";
import { modelJob } from "../agents/setup/model-job.ts";
import { digestOf, shortHash } from "../digest.ts";
import type { Fix } from "../fix.ts";
import { fingerprint } from "../fix-replay.ts";
import { ModelAnswer, type ModelRequest } from "../model-call.ts";
import type { ModelEndpoint } from "../model-policy.ts";
import { done, type Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { Settings } from "../settings.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { runJob } from "./job-stage.ts";
import type { ModelRules, Policies } from "./policies.ts";
import type { PlanRecord } from "./record.ts";

/** A failure that no rule and no lesson knows, and the changes that code would carry out. */
export interface ModelQuestion {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly service: Service;
  readonly evidence: Evidence;
  readonly proposals: readonly Proposal[];
}

/** Told of each call once, for metrics. */
export type CallObserver = (call: {
  readonly endpoint: string;
  readonly outcome: string;
  readonly tokens: number;
  readonly usd: number;
}) => void;

const agent = "FixerAgent";
const task = "ClassifyFailure";

/**
 * Has a model choose among changes that code has made: route, budget, a Job that asks, the answer written down before it is used, the account. Whatever is
 * answered, nothing but one of the offered changes comes out, and that passes the same policy as a rule's.
 */
export class ModelManager extends BaseManager<ModelQuestion, Fix | undefined> {
  readonly name = "ModelManager";
  readonly #router = new ModelRouter();
  readonly #policies: Policies;
  readonly #checkpoints: Checkpoints;
  readonly #settings: Settings;
  readonly #observe: CallObserver;

  constructor(
    policies: Policies,
    checkpoints: Checkpoints,
    settings: Settings,
    observe: CallObserver = () => undefined,
  ) {
    super();
    this.#policies = policies;
    this.#checkpoints = checkpoints;
    this.#settings = settings;
    this.#observe = observe;
  }

  protected async work(question: ModelQuestion, context: AgentContext): Promise<Outcome<Fix | undefined>> {
    const { pass, record, service, evidence, proposals } = question;
    const rules = this.#policies.modelsFor(pass, agent);
    if (!rules || proposals.length === 0) return done(undefined);
    const prompt = promptFor(record.plan, service, evidence, proposals);
    const asked: string[] = [];
    // A model's change that did not help is what escalates.
    const before = record.attempts.filter(({ fix }) => fix?.by === "Model").length;
    for (;;) {
      const current = this.#policies.modelsFor(pass, agent) ?? rules;
      const route = await this.#router.run(
        {
          policy: current.spec,
          status: current.resource?.status,
          agent: "Fixer",
          task,
          attempt: 1 + before + asked.length,
          promptChars: prompt.system.length + prompt.user.length,
          isPublic: isPublic(pass),
          asked,
          spent: await this.#spent(pass),
          now: pass.clock.now(),
        },
        context,
      );
      if (route.state !== "done") return route;
      const { endpoint, why } = route.value;
      if (!endpoint) {
        context.log("no model asked", { reason: route.value.reason, why });
        if (route.value.reason === "BudgetExhausted")
          pass.events.emit({
            type: "Warning",
            reason: "ModelBudgetExhausted",
            message: `${why}: rules alone from here on`,
          });
        return done(undefined);
      }
      const answer = await this.#ask(question, prompt, { endpoint, rules: current }, context);
      if (answer.state !== "done") return answer;
      asked.push(endpoint.name);
      const fix = this.#chosen(question, prompt, answer.value, context);
      if (fix) return done(fix);
    }
  }

  /** The fix that was chosen; undefined, and the reason in the log, for everything else that a model may say. */
  #chosen(
    { pass, service, evidence, proposals }: ModelQuestion,
    { ids }: Prompt,
    answer: ModelAnswer,
    context: AgentContext,
  ): Fix | undefined {
    const { choice, endpoint, model, outcome } = answer;
    const said = { endpoint, outcome, candidate: choice?.candidate, confidence: choice?.confidence };
    if (choice === undefined) {
      context.log("model gave no answer", { ...said, why: answer.message });
      return undefined;
    }
    const proposal = choice.candidate === "none" ? undefined : proposals[ids.indexOf(choice.candidate)];
    if (proposal === undefined || choice.confidence === "low") {
      context.log("model's answer not taken", {
        ...said,
        verdict: proposal === undefined ? "NoCandidate" : "LowConfidence",
      });
      return undefined;
    }
    context.log("model's answer taken", { ...said, action: proposal.action.kind, reason: choice.reason });
    return {
      service: service.name,
      layer: evidence.failure.layer,
      signature: "ModelChoice",
      rule: endpoint,
      by: "Model",
      action: proposal.action,
      summary: `${proposal.summary} (chosen by ${model.slice(0, 60)})`.slice(0, 256),
      appliesTo: fingerprint(service, proposal.action),
      at: `${pass.clock.now().toISOString().slice(0, 19)}Z`,
    };
  }

  /** The answer to exactly this: written down before anybody acts on it, so that nobody asks or pays twice. */
  async #ask(
    { pass }: ModelQuestion,
    prompt: Prompt,
    { endpoint, rules }: { readonly endpoint: ModelEndpoint; readonly rules: ModelRules },
    context: AgentContext,
  ): Promise<Outcome<ModelAnswer>> {
    const { run, cluster } = pass;
    const key = digestOf([promptVersion, endpoint.name, endpoint.baseURL, endpoint.model, prompt.system, prompt.user]);
    const known = ModelAnswer.safeParse(await this.#checkpoints.recall(cluster, run, "model", key));
    if (known.success) {
      await this.#account(pass, rules, key, known.data);
      return done(known.data);
    }
    const request = requestOf(prompt, endpoint, rules, key);
    const answer = await runJob(pass, {
      stage: "model",
      what: `question to the model ${endpoint.name}`,
      inputDigest: key,
      make: (name) => modelJob({ run, name, request, keyFrom: endpoint.apiKeySecretRef, settings: this.#settings }),
    });
    if (answer.state === "waiting") return answer;
    const told = answer.state === "done" ? ModelAnswer.safeParse(answer.value.value) : undefined;
    const value =
      told?.success === true
        ? told.data
        : noAnswer(endpoint, answer.state === "failed" ? answer.failure.message : "its answer has no known form");
    await this.#checkpoints.remember(cluster, run, { stage: "model", service: endpoint.name }, { key, value });
    await this.#account(pass, rules, key, value);
    if (answer.state === "done")
      await cluster.remove("Job", run.namespace, answer.value.job.name, answer.value.job.uid);
    this.#tell(pass, value, context);
    return done(value);
  }

  #tell(pass: Pass, answer: ModelAnswer, context: AgentContext): void {
    const { usage, costUsd, seconds, endpoint, model, outcome } = answer;
    const now = pass.clock.now().getTime();
    this.#observe({ endpoint, outcome, tokens: usage.inputTokens + usage.outputTokens, usd: costUsd });
    const tokens = usage.known ? { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens } : {};
    context.span?.modelCall({
      endpoint,
      model,
      agent,
      promptVersion,
      outcome,
      ...tokens,
      costUsd,
      startMs: now - seconds * 1000,
      endMs: now,
    });
    context.log("model asked", { endpoint, outcome, ...usage, costUsd, seconds, rung: answer.rung });
  }

  /** Counted once, whoever dies in between: by the name of the answer. */
  async #account(
    { cluster, clock, log }: Pass,
    { spec, resource }: ModelRules,
    key: string,
    answer: ModelAnswer,
  ): Promise<void> {
    if (!resource) return;
    const status = accounted(spec, resource.status, { key: shortHash(key, 24), answer }, clock.now());
    if (!status) return;
    const refused = await cluster.setStatus("ModelPolicy", resource, status);
    if (refused) log("usage not written", { policy: resource.name, why: refused.message });
  }

  /** What this run has used up: its answers lie in its own namespace. */
  async #spent({ cluster, run }: Pass): Promise<Spent> {
    const answers = await this.#checkpoints.all(cluster, run, "model");
    return answers
      .flatMap((value) => ModelAnswer.safeParse(value).data ?? [])
      .reduce<Spent>(
        (sum, { usage, costUsd }) => ({
          usd: sum.usd + costUsd,
          tokens: sum.tokens + usage.inputTokens + usage.outputTokens,
          calls: sum.calls + 1,
        }),
        { usd: 0, tokens: 0, calls: 0 },
      );
  }
}

function requestOf(prompt: Prompt, endpoint: ModelEndpoint, { spec, resource }: ModelRules, key: string): ModelRequest {
  const { name, baseURL, model, price, reasoningEffort } = endpoint;
  const wanted = endpoint.structuredOutput ?? "Auto";
  const seen = resource?.status?.endpoints?.find(
    (each) => each.name === name && each.model === model,
  )?.structuredOutput;
  const bySight = seen && ({ Enforced: "JsonSchema", Accepted: "Text", Rejected: "Tool" } as const)[seen];
  return {
    inputDigest: key,
    agent,
    promptVersion,
    system: prompt.system,
    user: prompt.user,
    candidates: [...prompt.ids],
    endpoint: {
      name,
      baseURL,
      model,
      maxOutputTokens: endpoint.maxOutputTokens ?? endpointDefaults.maxOutputTokens,
      tokenParam: endpoint.tokenParam ?? "Auto",
      structuredOutput: wanted === "Auto" ? (bySight ?? "Auto") : wanted,
      temperature: endpoint.temperature ?? 0,
      ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
      timeoutSeconds: endpoint.timeoutSeconds ?? endpointDefaults.timeoutSeconds,
      ...(price === undefined ? {} : { price }),
    },
    maxAttempts: spec.retry?.maxAttempts ?? 3,
    maxWaitSeconds: spec.retry?.maxWaitSeconds ?? 30,
    probe: wanted === "Auto" && seen === undefined,
  };
}

function noAnswer({ name, model }: ModelEndpoint, message: string): ModelAnswer {
  return {
    endpoint: name,
    model,
    outcome: "Unreachable",
    usage: { inputTokens: 0, outputTokens: 0, known: false },
    costUsd: 0,
    requests: 0,
    seconds: 0,
    rung: "Text",
    message: message.slice(0, 256),
  };
}

/** Whoever may fetch it without a Secret may read it. */
function isPublic({ run }: Pass): boolean {
  const { git, oci } = run.spec.source;
  return git?.secretRef === undefined && oci?.secretRef === undefined;
}
