import type { AgentContext } from "../agents/agent.ts";
import type { DatabaseAccess } from "../agents/database/access.ts";
import { startedPod } from "../agents/health/pods.ts";
import type { Pass } from "../agents/pass.ts";
import type { Release } from "../agents/runner/run-request.ts";
import type { Failure } from "../failure.ts";
import { rank } from "../maturity.ts";
import { waiting } from "../outcome.ts";
import type { Dependency, Service } from "../plan.ts";
import type { Image } from "./build-manager.ts";
import { besides, neededBy } from "./dependency-order.ts";
import { type FailureLog, noLog } from "./failure-log.ts";
import type { HealthManager } from "./health-manager.ts";
import type { Progress } from "./progress.ts";
import type { PlanRecord } from "./record.ts";
import type { ReleaseManager } from "./release-manager.ts";
import type { Story } from "./story.ts";

/** All images are built; what is to be released, in this order. */
export interface RolloutStep {
  readonly pass: Pass;
  readonly progress: Progress;
  readonly record: PlanRecord;
  readonly order: readonly Service[];
  readonly images: ReadonlyMap<string, Image>;
  readonly databases: readonly DatabaseAccess[];
}

/** A failure on the way, and the lines that say why. */
export interface Trouble {
  readonly failure: Failure;
  readonly log: () => Promise<FailureLog>;
}

/**
 * Brings a whole plan out: what has to be done once before (release steps), then each service as soon as what it depends on is there; those that
 * depend on nothing at once. What stands already waits for nobody.
 */
export class Rollout {
  readonly #release: ReleaseManager;
  readonly #health: Pick<HealthManager, "run" | "log">;
  readonly #story: Story;

  constructor(release: ReleaseManager, health: Pick<HealthManager, "run" | "log">, story: Story) {
    this.#release = release;
    this.#health = health;
    this.#story = story;
  }

  async run(step: RolloutStep, context: AgentContext): Promise<Trouble | undefined> {
    const { progress, order } = step;
    for (const service of order) {
      const opened = await this.#release.open(requestOf(step, service));
      if (opened.state === "failed") return { failure: opened.failure, log: noLog };
      if (opened.state === "waiting") progress.wait(opened);
    }
    const held = new Set<string>();
    for (const service of order) {
      const before = await this.#before(step, service, context);
      if (before === "done") continue;
      if (before !== "waiting") return before;
      held.add(service.name);
    }
    // While an older release serves, nothing of it is replaced before every step of the new one has ended well.
    if (held.size > 0 && progress.serves !== undefined) return undefined;
    const releases = new Map<string, Release>();
    const erring: Service[] = [];
    for (const service of order.filter(({ name }) => !held.has(name))) {
      const trouble = await this.#one(step, service, releases, context);
      if (trouble?.failure.reason === "AnswersError") erring.push(service);
      else if (trouble) return trouble;
    }
    for (const service of erring) {
      const trouble = await this.#lastWord(step, service, erring, releases, context);
      if (trouble) return trouble;
    }
    return undefined;
  }

  /** An error that a service answers may be that of another which is not there yet: it counts once all that do not wait for it themselves are well. */
  async #lastWord(
    step: RolloutStep,
    service: Service,
    erring: readonly Service[],
    releases: Map<string, Release>,
    context: AgentContext,
  ): Promise<Trouble | undefined> {
    const { progress, record } = step;
    const others = besides(record.plan, erring).map((each) => progress.service(each.name, each.kind));
    const late = others.filter(({ maturity }) => rank(maturity) < rank("Verified"));
    if (late.length > 0) {
      const names = late.map(({ name }) => name).join(", ");
      return progress.wait(
        waiting("Starting", `${service.name} answers with an error; it is asked again once ${names} answers`),
      );
    }
    const since = others
      .flatMap(({ links }) => links.map(({ seenAt }) => seenAt))
      .toSorted()
      .at(-1);
    return await this.#one(step, service, releases, context, since);
  }

  /** The databases and the release steps of one service. */
  async #before(step: RolloutStep, service: Service, context: AgentContext): Promise<"done" | "waiting" | Trouble> {
    const { pass, progress, record, databases } = step;
    const missing = neededBy(record.plan, service).databases.filter(
      (name) => !databases.some((access) => access.name === name),
    );
    if (missing.length > 0) {
      progress.wait(waiting("Starting", `${service.name} waits for ${missing.join(", ")}`));
      return "waiting";
    }
    const steps = await this.#release.steps(requestOf(step, service), context);
    if (steps.state === "done") return "done";
    if (steps.state === "failed") {
      const log = () => this.#release.stepLog(pass, service);
      return { failure: steps.failure, log: steps.failure.blame === "Repo" ? log : noLog };
    }
    progress.wait(steps);
    return "waiting";
  }

  async #one(
    step: RolloutStep,
    service: Service,
    releases: Map<string, Release>,
    context: AgentContext,
    since?: string,
  ): Promise<Trouble | undefined> {
    const { pass, progress, record } = step;
    const request = requestOf(step, service);
    const missing = neededBy(record.plan, service).services.filter((needed) => !isMet(step, releases, needed));
    if (missing.length > 0 && !(await this.#release.stands(request))) {
      progress.wait(waiting("Starting", `${service.name} waits for ${missing.map(({ name }) => name).join(", ")}`));
      return undefined;
    }
    const release = await this.#release.run(request, context);
    if (release.state === "failed") return { failure: release.failure, log: noLog };
    if (release.state === "waiting") return progress.wait(release);
    releases.set(service.name, release.value);
    if (progress.stage === "ImagesReady") progress.stage = "Released";
    if (progress.halted === "Stopped") return undefined;

    const seen = progress.service(service.name, service.kind);
    const looked = { ...request, release: release.value, progress: seen, ...(since === undefined ? {} : { since }) };
    const health = await this.#health.run(looked, context);
    this.#story.tell(pass, progress, undefined);
    if (health.state === "failed") {
      return { failure: health.failure, log: () => this.#health.log(pass, release.value, service) };
    }
    if (health.state === "waiting") progress.wait(health);
    return undefined;
  }
}

function requestOf({ pass, record, images, databases }: RolloutStep, service: Service) {
  const image = images.get(service.name);
  if (!image) throw new Error(`no image of ${service.name}`);
  return { pass, record, service, image, databases };
}

/** Whether a service is as far as another wants it. What is wanted of one that was not released in this pass is not met. */
function isMet(
  { pass, progress }: RolloutStep,
  releases: ReadonlyMap<string, Release>,
  { name, until }: Dependency,
): boolean {
  const release = releases.get(name);
  const seen = progress.services.get(name);
  if (release === undefined || seen === undefined) return false;
  if (progress.halted === "Stopped" || rank(seen.maturity) >= rank("Verified")) return true;
  return until === "Started" && startedPod(pass.cluster, pass.run, release) !== undefined;
}
