import type { AgentContext } from "../agents/agent.ts";
import { checkLine, checksOf, checkText, readCheck } from "../agents/dependency/check.ts";
import type { DatabaseAccess } from "../agents/database/access.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import { readProgramLog } from "../agents/health/program-log.ts";
import type { Release, RunRequest, Seen } from "../agents/runner/run-request.ts";
import type { RunnerAgent } from "../agents/runner/runner-agent.ts";
import type { StepAgent } from "../agents/runner/step-agent.ts";
import { stepInput } from "../agents/runner/step-job.ts";
import { withGenerated } from "../agents/runner/release-work.ts";
import { ensureRegistrySecret } from "../agents/setup/registry-access.ts";
import { digestOf } from "../digest.ts";
import { done, type Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import { label } from "../run-ref.ts";
import type { Settings } from "../settings.ts";
import type { Image } from "./build-manager.ts";
import { type Checkpoints, keepLog } from "./checkpoint.ts";
import type { FailureLog } from "./failure-log.ts";
import { jobName, podsOf } from "./job-stage.ts";
import type { PlanRecord } from "./record.ts";

export interface ReleaseRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly service: Service;
  readonly image: Image;
  /** The databases of the plan that are ready. */
  readonly databases: readonly DatabaseAccess[];
  /** What looking at the running program taught since. */
  readonly seen?: Seen;
}

/** Release: the right to pull, what has to be done once before, then the objects of a service. Asked again with the same image and plan it changes nothing. */
export class ReleaseManager extends BaseManager<ReleaseRequest, Release> {
  readonly name = "ReleaseManager";
  readonly #settings: Settings;
  readonly #runner: RunnerAgent;
  readonly #stepper: StepAgent;
  readonly #checkpoints: Checkpoints;

  constructor(
    settings: Settings,
    agents: { readonly runner: RunnerAgent; readonly step: StepAgent },
    checkpoints: Checkpoints,
  ) {
    super();
    this.#settings = settings;
    this.#runner = agents.runner;
    this.#stepper = agents.step;
    this.#checkpoints = checkpoints;
  }

  protected async work(request: ReleaseRequest, context: AgentContext): Promise<Outcome<Release>> {
    const asked = await this.#request(request);
    return asked.state === "done" ? await this.#runner.run(asked.value, context) : asked;
  }

  /** True when this very release of the service stands already. */
  async stands(request: ReleaseRequest): Promise<boolean> {
    const asked = await this.#request(request);
    return asked.state === "done" && this.#runner.stands(asked.value);
  }

  /** The Service of one that others look for by an alias. */
  async open(request: ReleaseRequest): Promise<Outcome<undefined>> {
    const asked = await this.#request(request);
    return asked.state === "done" ? await this.#runner.open(asked.value) : asked;
  }

  /** The release steps of a service, each once for the same image, line and environment, in their order. */
  async steps(request: ReleaseRequest, context: AgentContext): Promise<Outcome<undefined>> {
    const { pass, service } = request;
    const { run, cluster, clock } = pass;
    const isChecked = checksOf(service).length > 0;
    if ((service.releaseSteps.length === 0 && !isChecked) || run.spec.state === "Stopped") return done(undefined);
    const asked = await this.#request(request);
    if (asked.state !== "done") return asked;
    const checked = await this.#check(request, asked.value, context);
    if (checked.state !== "done") return checked;
    for (const step of service.releaseSteps) {
      const key = stepInput(asked.value, step);
      if ((await this.#checkpoints.recall(cluster, run, "step", key)) !== undefined) continue;
      // A person who asks for another try gets one; what has succeeded is never done again.
      const jobOfTry = jobName(run, "step", digestOf([key, run.requestedAt ?? null]), 0);
      const outcome = await this.#stepper.run({ ...asked.value, step, jobName: jobOfTry, now: clock.now() }, context);
      if (outcome.state !== "done") return outcome;
      const value = { step: step.name, at: clock.now().toISOString() };
      await this.#checkpoints.remember(cluster, run, { stage: "step", service: service.name }, { key, value });
      pass.events.emit({ type: "Normal", reason: "ReleaseStepDone", message: `${service.name}: ${step.name}` });
      await cluster.remove("Job", run.namespace, outcome.value.name, outcome.value.uid);
    }
    return done(undefined);
  }

  /**
   * What DependencyAgent wants to know of a new image: whether modules import there. The answer is kept, told, and shown by `explain`; a module that does not
   * import stops nobody here, for the program itself shows best whether it needs it.
   */
  async #check(request: ReleaseRequest, asked: RunRequest, context: AgentContext): Promise<Outcome<undefined>> {
    const { pass, service } = request;
    const { run, cluster, clock } = pass;
    const line = checkLine(service, checksOf(service));
    if (line === undefined) return done(undefined);
    const step = { name: "Check" as const, line, from: "DependencyAgent" };
    const key = stepInput(asked, step);
    if ((await this.#checkpoints.recall(cluster, run, "check", key)) !== undefined) return done(undefined);
    const outcome = await this.#stepper.run(
      { ...asked, step, jobName: jobName(run, "check", key, 0), now: clock.now() },
      context,
    );
    if (outcome.state === "waiting") return outcome;
    const job = outcome.state === "done" ? outcome.value : undefined;
    const pod = job && podsOf(cluster, run, job.name)[0];
    const result = pod && readCheck(await readProgramLog(cluster, pod, 60));
    if (outcome.state === "failed" && outcome.failure.reason !== "ReleaseStepFailed") return outcome;
    const text = result === undefined ? "the check came to no answer" : checkText(result);
    const value = {
      service: service.name,
      revision: request.record.revision,
      at: clock.now().toISOString(),
      text,
      ...result,
    };
    await this.#checkpoints.remember(cluster, run, { stage: "check", service: service.name }, { key, value });
    const isWell = result?.modules.every(({ imports }) => imports) === true;
    const message = `${service.name}: ${text}`.slice(0, 900);
    pass.events.emit({ type: isWell ? "Normal" : "Warning", reason: "DependenciesChecked", message });
    if (job) await cluster.remove("Job", run.namespace, job.name, job.uid);
    return done(undefined);
  }

  /** What the step that failed wrote last, and where it is kept. */
  async stepLog({ run, cluster }: Pass, service: Service): Promise<FailureLog> {
    const jobs = cluster
      .children("Job", run.namespace, run.name)
      .filter(({ labels }) => labels[label.stage] === "step" && labels[label.service] === service.name);
    const pod = jobs.flatMap((job) => podsOf(cluster, run, job.name))[0];
    if (!pod) return { lines: [], kept: undefined };
    const lines = await readProgramLog(cluster, pod, 200);
    return { lines, kept: await keepLog(cluster, run, { stage: "step", service: service.name, key: pod.uid, lines }) };
  }

  async #request(request: ReleaseRequest): Promise<Outcome<RunRequest>> {
    const { pass, record, service, image, databases } = request;
    const { run, cluster } = pass;
    const registry = await ensureRegistrySecret(cluster, run, this.#settings, run.spec.image);
    if (registry.state !== "done") return registry;
    return done(
      withGenerated({
        cluster,
        run,
        plan: record.plan,
        service,
        image: image.reference,
        imageFacts: { user: image.user, exposed: image.exposed },
        imageStart: image.start,
        databases,
        settings: this.#settings,
        spec: run.spec,
        revision: record.revision,
        commit: record.commit,
        ...(request.seen === undefined ? {} : { seen: request.seen }),
        ...(registry.value === undefined ? {} : { registrySecret: registry.value }),
      }),
    );
  }
}
