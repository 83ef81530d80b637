import type { AgentContext } from "../agents/agent.ts";
import type { Pass, Reconcile, RunRecord } from "../agents/pass.ts";
import { removeLooks } from "../agents/health/remove-looks.ts";
import { removeUnplanned } from "../agents/runner/remove.ts";
import { digestOf } from "../digest.ts";
import type { Failure } from "../failure.ts";
import type { Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import type { BuildManager, Image } from "./build-manager.ts";
import type { HealthManager } from "./health-manager.ts";
import type { PlanRecord } from "./record.ts";
import { Progress } from "./progress.ts";
import type { ReleaseManager } from "./release-manager.ts";
import type { RepairManager } from "./repair-manager.ts";
import { needsOf } from "./needs.ts";
import { settled } from "./settled.ts";
import { statusOf } from "./status.ts";
import type { SurveyManager } from "./survey-manager.ts";
import { type FailureLog, noLog } from "./failure-log.ts";
import { remainingMs, timedOut } from "./time-limit.ts";
import { serving } from "./serving.ts";
import { withHeartbeat } from "./heartbeat.ts";
import { sayPending } from "./say-pending.ts";
import type { Story } from "./story.ts";
import type { Sweeper } from "./sweeper.ts";
import { stopWork } from "./stop-work.ts";

/** Those who decide, one for each stage. */
export interface Managers {
  readonly survey: SurveyManager;
  readonly build: BuildManager;
  readonly release: ReleaseManager;
  readonly health: HealthManager;
  readonly repair: RepairManager;
}

/**
 * Runs the managers for one RepoRun and answers to its user: source, plan, images, release, health and links, each a call and a "not yet".
 * It works from state alone; asked again it does nothing twice.
 */
export class Orchestrator {
  readonly #managers: Managers;
  readonly #story: Story;
  readonly #sweeper: Sweeper;

  constructor(managers: Managers, story: Story, sweeper: Sweeper) {
    this.#managers = managers;
    this.#story = story;
    this.#sweeper = sweeper;
  }

  readonly reconcile: Reconcile = async (pass) => {
    const { run, clock } = pass;
    await this.#sweeper.sweep(pass);
    const standing = settled(run, pass.cluster, clock.now());
    if (standing) {
      this.#story.tell(pass, undefined, standing.status);
      if (isWell(standing.status)) await removeLooks(pass.cluster, run);
      return standing;
    }
    const progress = new Progress();
    progress.serves = serving(run, pass.cluster);
    await this.#walk(pass, progress);
    if (progress.pending && !progress.failure) progress.pending = withHeartbeat(run, progress.pending, clock.now());
    const status = statusOf(run, progress, clock.now());
    this.#story.tell(pass, progress, status);
    const afterMs = nextLookMs(run, progress, status, clock.now());
    // One more look once the end is written down: what only served to see it is taken away.
    if (afterMs === undefined && !isSame(run, status)) return { status, afterMs: 1000 };
    return { status, afterMs: afterMs ?? this.#sweeper.idleMs };
  };

  async #walk(pass: Pass, progress: Progress): Promise<void> {
    const { run } = pass;
    if (run.spec.suspend === true) {
      progress.halted = "Suspended";
      await stopWork(pass);
      return;
    }
    const overdue = timedOut(run, pass.clock.now());
    if (overdue) {
      progress.failure = overdue;
      await stopWork(pass);
      return;
    }

    const record = this.#step(progress, await this.#managers.survey.run(pass, contextOf(pass)));
    if (!record) return;
    progress.record = record;
    progress.stage = "Planned";
    progress.warnings = [...record.plan.warnings];
    progress.needs = needsOf(record.plan, run.spec);
    for (const service of record.plan.services) progress.service(service.name, service.kind);
    await removeUnplanned(
      pass.cluster,
      run,
      record.plan.services.map((service) => service.name),
    );
    this.#story.tell(pass, progress, undefined);

    const images = await this.#build(pass, progress, record);
    if (!images) return;
    progress.stage = "ImagesReady";
    this.#story.tell(pass, progress, undefined);

    if (run.spec.state === "Stopped") progress.halted = "Stopped";
    for (const service of record.plan.services) {
      const image = images.get(service.name);
      if (image) await this.#release(pass, progress, { record, service, image });
      if (progress.failure || progress.mended) return;
    }
    if (progress.allWell) progress.needs = [];
  }

  /** All images at once: each is a Job of its own, and one that fails does not hide the others. */
  async #build(pass: Pass, progress: Progress, record: PlanRecord): Promise<ReadonlyMap<string, Image> | undefined> {
    const images = new Map<string, Image>();
    for (const service of record.plan.services) {
      const outcome = await this.#managers.build.run({ pass, record, service }, contextOf(pass));
      if (outcome.state === "done") {
        images.set(service.name, outcome.value);
        const seen = progress.service(service.name, service.kind);
        seen.image = outcome.value;
        seen.maturity = "Built";
      } else if (outcome.state === "failed") {
        await this.#mend(pass, progress, record, outcome.failure, () =>
          this.#managers.build.log(pass, record, service),
        );
        return undefined;
      } else {
        this.#wait(progress, outcome);
      }
    }
    return images.size === record.plan.services.length ? images : undefined;
  }

  async #release(
    pass: Pass,
    progress: Progress,
    step: { record: PlanRecord; service: Service; image: Image },
  ): Promise<void> {
    const { record, service } = step;
    const seen = progress.service(service.name, service.kind);
    const release = await this.#managers.release.run({ pass, ...step }, contextOf(pass));
    if (release.state === "waiting") return this.#wait(progress, release);
    if (release.state === "failed") return this.#mend(pass, progress, record, release.failure, noLog);
    if (progress.stage === "ImagesReady") progress.stage = "Released";
    if (progress.halted === "Stopped") return;

    const health = await this.#managers.health.run(
      { pass, ...step, release: release.value, progress: seen },
      contextOf(pass),
    );
    this.#story.tell(pass, progress, undefined);
    if (health.state === "waiting") return this.#wait(progress, health);
    if (health.state === "failed") {
      return this.#mend(pass, progress, record, health.failure, () =>
        this.#managers.health.log(pass, release.value, service),
      );
    }
  }

  /** The one way back: a repository's failure becomes the next revision of the plan, or the end of the story. */
  async #mend(
    pass: Pass,
    progress: Progress,
    record: PlanRecord,
    failure: Failure,
    read: () => Promise<FailureLog>,
  ): Promise<void> {
    if (failure.reason === "NeedsSecret") {
      progress.failure = failure;
      return;
    }
    const log = failure.blame === "Repo" ? await read() : await noLog();
    const next = await this.#managers.repair.run({ pass, record, failure, log: log.lines }, contextOf(pass));
    if (next.state === "waiting") return this.#wait(progress, next);
    if (next.state === "failed") {
      progress.failure = { ...next.failure, ...(log.kept === undefined ? {} : { log: log.kept }) };
      return;
    }
    progress.record = next.value;
    progress.mended = true;
    const fix = next.value.fixes.at(-1);
    progress.pending = { reason: "Fixing", message: `plan ${next.value.revision}: ${fix?.summary ?? ""}`, afterMs: 0 };
  }

  #step<T>(progress: Progress, outcome: Outcome<T>): T | undefined {
    switch (outcome.state) {
      case "done":
        return outcome.value;
      case "waiting":
        this.#wait(progress, outcome);
        return undefined;
      case "failed":
        progress.failure = outcome.failure;
        return undefined;
    }
  }

  #wait(progress: Progress, outcome: { reason: string; message: string; retryAfterSeconds?: number }): void {
    const asked = outcome.retryAfterSeconds === undefined ? [] : [outcome.retryAfterSeconds * 1000];
    const known = progress.pending?.afterMs === undefined ? [] : [progress.pending.afterMs];
    const waits = [...asked, ...known];
    progress.pending = {
      ...(progress.pending ?? sayPending(progress, outcome)),
      ...(waits.length === 0 ? {} : { afterMs: Math.min(...waits) }),
    };
  }
}

function isWell(status: RepoRunStatus): boolean {
  return status.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
}

function isSame(run: RunRecord, status: RepoRunStatus): boolean {
  return (
    run.status?.observedGeneration === status.observedGeneration &&
    digestOf(run.status?.conditions ?? []) === digestOf(status.conditions ?? [])
  );
}

function contextOf(pass: Pass): AgentContext {
  return { signal: pass.signal, log: pass.log };
}

/** When to look again besides what the watches wake: a stage that asked for it, a platform failure that is retried, the end of the time limit. */
function nextLookMs(run: RunRecord, progress: Progress, status: RepoRunStatus, now: Date): number | undefined {
  const waits: number[] = [];
  if (progress.pending?.afterMs !== undefined) waits.push(progress.pending.afterMs);
  if (progress.failure?.blame === "Platform") waits.push(60_000);
  if (progress.pending !== undefined) waits.push(remainingMs({ ...run, status }, now));
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
}
