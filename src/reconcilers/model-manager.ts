import type { AgentContext } from "../agents/agent.ts";
import type { Proposal } from "../agents/fixer/rule.ts";
import { BaseManager } from "../agents/manager.ts";
import { accounted } from "../agents/model/accounts.ts";
import { ModelLedger } from "../agents/model/model-ledger.ts";
import { endpointDefaults, estimateTokens, ModelRouter } from "../agents/model/model-router.ts";
import type { Prompt } from "../agents/model/prompt.ts";
import type { Pass } from "../agents/pass.ts";
import { modelJob } from "../agents/setup/model-job.ts";
import { digestOf, shortHash } from "../digest.ts";
import type { Fix } from "../fix.ts";
import type { Layer } from "../failure.ts";
import { fingerprint } from "../fix-replay.ts";
import { ModelAnswer, type ModelUse } from "../model-call.ts";
import type { ModelEndpoint, ModelTask } from "../model-policy.ts";
import { done, type Outcome, waiting } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { Settings } from "../settings.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { runJob } from "./job-stage.ts";
import { ModelAnswers } from "./model-answers.ts";
import { noAnswer, requestOf } from "./model-request.ts";
import type { ModelRules, Policies } from "./policies.ts";

/** A question about one service, and the changes that code would carry out. */
export interface ModelQuestion {
  readonly pass: Pass;
  readonly agent: "FixerAgent" | "DetectionAgent" | "ConfigAgent";
  readonly task: ModelTask;
  readonly service: Service;
  /** Where on the ladder its answer belongs. */
  readonly layer: Layer;
  readonly prompt: Prompt;
  readonly proposals: readonly Proposal[];
  /** Changes that a model has chosen before and that did not help: what escalates. */
  readonly before: number;
}

/** Told of each call once, for metrics. */
export type CallObserver = (call: {
  readonly endpoint: string;
  readonly outcome: string;
  readonly tokens: number;
  readonly usd: number;
}) => void;

/** When a question that has to wait looks again, in seconds. */
const busySeconds = 5;

/**
 * Has a model choose among changes that code has made: route, budget, a Job that asks, the answer written down before it is used, the account. Whatever is
 * answered, nothing but one of the offered changes comes out, and that passes the same policy as a rule's.
 */
export class ModelManager extends BaseManager<ModelQuestion, Fix | undefined> {
  readonly name = "ModelManager";
  readonly #router = new ModelRouter();
  readonly #ledger = new ModelLedger();
  readonly #used = new Map<string, ModelUse>();
  readonly #policies: Policies;
  readonly #answers: ModelAnswers;
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
    this.#answers = new ModelAnswers(checkpoints);
    this.#settings = settings;
    this.#observe = observe;
  }

  protected async work(question: ModelQuestion, context: AgentContext): Promise<Outcome<Fix | undefined>> {
    const { pass, agent, task, prompt, proposals, before } = question;
    const rules = this.#policies.modelsFor(pass, agent);
    if (!rules || proposals.length === 0) return done(undefined);
    const { uid } = pass.run;
    const policy = idOf(rules);
    const asked: string[] = [];
    for (;;) {
      const current = this.#policies.modelsFor(pass, agent) ?? rules;
      const now = pass.clock.now();
      const promptChars = prompt.system.length + prompt.user.length;
      const route = await this.#router.run(
        {
          policy: current.spec,
          status: current.resource?.status,
          agent: agent.replace(/Agent$/, ""),
          task,
          attempt: 1 + before + asked.length,
          promptChars,
          isPublic: isPublic(pass),
          asked,
          spent: await this.#usedBy(pass),
          open: this.#ledger.openBeside(policy, uid, now),
          busy: (endpoint, tokens) => this.#ledger.busy(policy, uid, endpoint, tokens, now),
          now,
        },
        context,
      );
      if (route.state !== "done") return route;
      const { endpoint, why } = route.value;
      if (!endpoint) {
        context.log("no model asked", { reason: route.value.reason, why });
        if (route.value.reason === "Busy") return waiting("WaitingForModel", why, busySeconds);
        if (route.value.reason === "BudgetExhausted")
          pass.events.emit({
            type: "Warning",
            reason: "ModelBudgetExhausted",
            message: `${why}: rules alone from here on`,
          });
        return done(undefined);
      }
      const maxOutputTokens = endpoint.maxOutputTokens ?? endpointDefaults.maxOutputTokens;
      this.#ledger.open(policy, uid, { ...endpoint, maxOutputTokens }, estimateTokens(promptChars), now);
      const answer = await this.#ask(question, { endpoint, rules: current }, context);
      if (answer.state !== "waiting") this.#ledger.close(uid);
      if (answer.state !== "done") return answer;
      asked.push(endpoint.name);
      await this.#usedBy(pass);
      const fix = this.#chosen(question, answer.value, context);
      if (fix) return done(fix);
    }
  }

  /** What a run has used of models, as far as it was asked since this process began. */
  useOf(uid: string): ModelUse | undefined {
    return this.#used.get(uid);
  }

  async #usedBy(pass: Pass): Promise<ModelUse> {
    const use = await this.#answers.used(pass);
    if (this.#used.size > 1024) this.#used.clear();
    if (use.endpoint !== undefined) this.#used.set(pass.run.uid, use);
    return use;
  }

  /** The fix that was chosen; undefined, and the reason in the log, for everything else that a model may say. */
  #chosen(
    { pass, service, layer, task, prompt, proposals }: ModelQuestion,
    answer: ModelAnswer,
    context: AgentContext,
  ): Fix | undefined {
    const { choice, endpoint, model, outcome } = answer;
    const said = { endpoint, task, outcome, candidate: choice?.candidate, confidence: choice?.confidence };
    if (choice === undefined) {
      context.log("model gave no answer", { ...said, why: answer.message });
      return undefined;
    }
    const proposal = choice.candidate === "none" ? undefined : proposals[prompt.ids.indexOf(choice.candidate)];
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
      layer,
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
    question: ModelQuestion,
    { endpoint, rules }: { readonly endpoint: ModelEndpoint; readonly rules: ModelRules },
    context: AgentContext,
  ): Promise<Outcome<ModelAnswer>> {
    const { pass, prompt } = question;
    const { run, cluster } = pass;
    const key = digestOf([prompt.version, endpoint.name, endpoint.baseURL, endpoint.model, prompt.system, prompt.user]);
    const known = await this.#answers.recall(pass, key);
    if (known) {
      await this.#account(pass, rules, key, known);
      return done(known);
    }
    const shared = await this.#answers.ofOthers(pass, key, rules.spec.cache?.hours);
    if (shared) {
      context.log("model's answer to another run taken", { endpoint: endpoint.name, run: shared.askedBy });
      await this.#answers.keep(pass, key, shared);
      return done(shared);
    }
    const request = requestOf(question, endpoint, rules, key);
    const answer = await runJob(pass, {
      stage: "model",
      what: `question to the model ${endpoint.name}`,
      inputDigest: key,
      make: (name) => modelJob({ run, name, request, keyFrom: endpoint.apiKeySecretRef, settings: this.#settings }),
    });
    if (answer.state === "waiting") return answer;
    const told = answer.state === "done" ? ModelAnswer.safeParse(answer.value.value) : undefined;
    const said =
      told?.success === true
        ? told.data
        : noAnswer(endpoint, answer.state === "failed" ? answer.failure.message : "its answer has no known form");
    const value = { ...said, at: `${pass.clock.now().toISOString().slice(0, 19)}Z`, askedBy: run.name };
    await this.#answers.keep(pass, key, value);
    await this.#account(pass, rules, key, value);
    if (answer.state === "done")
      await cluster.remove("Job", run.namespace, answer.value.job.name, answer.value.job.uid);
    this.#tell(question, value, context);
    return done(value);
  }

  #tell({ pass, agent, prompt }: ModelQuestion, answer: ModelAnswer, context: AgentContext): void {
    const { usage, costUsd, seconds, endpoint, model, outcome } = answer;
    const now = pass.clock.now().getTime();
    this.#observe({ endpoint, outcome, tokens: usage.inputTokens + usage.outputTokens, usd: costUsd });
    const tokens = usage.known ? { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens } : {};
    context.span?.modelCall({
      endpoint,
      model,
      agent,
      promptVersion: prompt.version,
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
    // Of an answer that another run has paid for nothing is left to count.
    if (!resource || answer.requests === 0) return;
    const status = accounted(spec, resource.status, { key: shortHash(key, 24), answer }, clock.now());
    if (!status) return;
    const refused = await cluster.setStatus("ModelPolicy", resource, status);
    if (refused) log("usage not written", { policy: resource.name, why: refused.message });
  }
}

function idOf({ resource }: ModelRules): string {
  return resource === undefined ? "environment" : `${resource.namespace}/${resource.name}`;
}

/** Whoever may fetch it without a Secret may read it. */
function isPublic({ run }: Pass): boolean {
  const { git, oci } = run.spec.source;
  return git?.secretRef === undefined && oci?.secretRef === undefined;
}
