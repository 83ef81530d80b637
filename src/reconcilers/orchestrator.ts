import type { AgentContext } from "../agents/agent.ts";
import type { Pass, Reconcile, RunRecord } from "../agents/pass.ts";
import type { DatabaseAccess } from "../agents/database/access.ts";
import { removeUnplannedDatabases } from "../agents/database/db-agent.ts";
import { removeLooks } from "../agents/health/remove-looks.ts";
import { removeUnplanned } from "../agents/runner/remove.ts";
import { digestOf } from "../digest.ts";
import type { Failure } from "../failure.ts";
import type { Outcome } from "../outcome.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { type LackingApproval, lacksApproval, type Proposed, proposedBuild, proposedRelease } from "./approvals.ts";
import type { BuildManager, Image } from "./build-manager.ts";
import type { DatabaseManager } from "./database-manager.ts";
import { orderOf } from "./dependency-order.ts";
import type { HealthManager } from "./health-manager.ts";
import type { ModelManager } from "./model-manager.ts";
import type { PlanRecord } from "./record.ts";
import { Progress } from "./progress.ts";
import type { AgentMemoryManager } from "./memory-manager.ts";
import type { ReleaseManager } from "./release-manager.ts";
import { endingOf, type RepairManager, sayAttempt } from "./repair-manager.ts";
import type { RestoreManager } from "./restore-manager.ts";
import { Rollout } from "./rollout.ts";
import { needsOf } from "./needs.ts";
import { nextLookMs, soonest } from "./next-look.ts";
import type { Follow } from "./follow.ts";
import { settled } from "./settled.ts";
import { isStalled, statusOf } from "./status.ts";
import type { SurveyManager } from "./survey-manager.ts";
import { type FailureLog, noLog } from "./failure-log.ts";
import { timedOut } from "./time-limit.ts";
import { serving } from "./serving.ts";
import type { Turns } from "./turns.ts";
import { withoutDetails } from "./quiet.ts";
import { withHeartbeat } from "./heartbeat.ts";
import { sayPending } from "./say-pending.ts";
import type { Story } from "./story.ts";
import type { Sweeper } from "./sweeper.ts";
import { stopWork } from "./stop-work.ts";

/** Those who decide, one for each stage. */
export interface Managers {
  readonly survey: SurveyManager;
  readonly database: DatabaseManager;
  readonly build: BuildManager;
  readonly release: ReleaseManager;
  readonly health: HealthManager;
  readonly repair: RepairManager;
  readonly restore: RestoreManager;
  readonly memory: AgentMemoryManager;
}

/** What goes on beside the stages. */
export interface Helpers {
  readonly story: Story;
  readonly sweeper: Sweeper;
  readonly follow: Follow;
  readonly turns: Turns;
  readonly models?: Pick<ModelManager, "useOf">;
}

/**
 * Runs the managers for one RepoRun and answers to its user: source, plan, databases, images, release, health and links, each a call and a "not yet".
 * It works from state alone; asked again it does nothing twice.
 */
export class Orchestrator {
  readonly #managers: Managers;
  readonly #story: Story;
  readonly #sweeper: Sweeper;
  readonly #follow: Follow;
  readonly #turns: Turns;
  readonly #rollout: Rollout;
  readonly #models: Helpers["models"];

  constructor(managers: Managers, helpers: Helpers) {
    this.#managers = managers;
    this.#rollout = new Rollout(managers.release, managers.health, helpers.story);
    this.#story = helpers.story;
    this.#sweeper = helpers.sweeper;
    this.#follow = helpers.follow;
    this.#turns = helpers.turns;
    this.#models = helpers.models;
  }

  readonly reconcile: Reconcile = async (pass) => {
    const { run, clock } = pass;
    await this.#sweeper.sweep(pass);
    const standing = settled(run, pass.cluster, clock.now());
    if (standing) {
      this.#story.tell(pass, undefined, standing.status);
      if (isWell(standing.status)) await removeLooks(pass.cluster, run);
      return soonest(standing, await this.#follow.look(pass));
    }
    const progress = new Progress();
    progress.serves = serving(run, pass.cluster);
    await this.#walk(pass, progress);
    await this.#putBack(pass, progress);
    await this.#remember(pass, progress);
    progress.model = this.#models?.useOf(run.uid);
    progress.pending ??= sayPending(progress);
    if (progress.pending && !progress.failure) progress.pending = withHeartbeat(run, progress.pending, clock.now());
    const seen = statusOf(run, progress, clock.now());
    this.#story.tell(pass, progress, seen);
    const status = withoutDetails(run.status, seen);
    const afterMs = nextLookMs(run, progress, status, clock.now());
    const wake = this.#turns.called(pass);
    // One more look once the end is written down: what only served to see it is taken away.
    if (afterMs === undefined && !isSame(run, status)) return { status, afterMs: 1000, wake };
    return { status, afterMs: afterMs ?? this.#sweeper.idleMs, wake };
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
    await removeUnplannedDatabases(
      pass.cluster,
      run,
      record.plan.databases.map((database) => database.name),
    );
    this.#story.tell(pass, progress, undefined);
    const ordered = orderOf(record.plan);
    if ("failure" in ordered) {
      progress.failure = ordered.failure;
      return;
    }

    if (waitsForYes(pass, progress, proposedBuild(pass, record))) return;
    const databases = await this.#provide(pass, progress, record);
    if (!databases) return;
    const images = await this.#build(pass, progress, record);
    if (!images) return;
    progress.stage = "ImagesReady";
    if (waitsForYes(pass, progress, proposedRelease(pass, record, images))) return;
    this.#story.tell(pass, progress, undefined);

    if (run.spec.state === "Stopped") progress.halted = "Stopped";
    const { order } = ordered;
    const trouble = await this.#rollout.run({ pass, progress, record, order, images, databases }, contextOf(pass));
    if (trouble) return this.#mend(pass, progress, record, trouble.failure, trouble.log);
    if (progress.allWell) progress.needs = [];
  }

  /** Nothing more will make the wanted release well by itself: what served before is put back where it was replaced. */
  async #putBack(pass: Pass, progress: Progress): Promise<void> {
    const { failure, record } = progress;
    if (!failure || !isStalled(progress) || waitsForPerson(failure)) return;
    const restored = await this.#managers.restore.run({ pass, failed: record }, contextOf(pass));
    if (restored.state !== "done" || restored.value === undefined) return;
    progress.serves = restored.value;
    pass.events.emit({
      type: "Warning",
      reason: "RolledBack",
      message: `back to ${restored.value}: ${failure.message}`,
    });
  }

  /** What the end has shown of its fixes; before the end is written down, so that none is lost. */
  async #remember(pass: Pass, progress: Progress): Promise<void> {
    const { record, failure } = progress;
    if (!record || record.fixes.length + record.attempts.length === 0) return;
    const over = progress.allWell || (failure !== undefined && isStalled(progress) && !waitsForPerson(failure));
    if (!over) return;
    const saw = failure && endingOf(failure, progress.maturity ?? "Planned");
    await this.#managers.memory.run({ pass, record, saw }, contextOf(pass));
  }

  /** The databases that are ready; the others start while images are built. */
  async #provide(pass: Pass, progress: Progress, record: PlanRecord): Promise<readonly DatabaseAccess[] | undefined> {
    const provided = this.#step(progress, await this.#managers.database.run({ pass, record }, contextOf(pass)));
    if (!provided) return undefined;
    progress.databases = record.plan.databases.map(({ name, engine, version }) => {
      const access = provided.ready.find((each) => each.name === name);
      return { name, engine, version: access?.version ?? version, ...(access ? { secret: access.secret } : {}) };
    });
    progress.databasesReady = provided.waits.size === 0;
    for (const wait of provided.waits.values()) progress.wait(wait);
    return provided.ready;
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
        progress.wait(outcome);
      }
    }
    return images.size === record.plan.services.length ? images : undefined;
  }

  /** The one way back: a repository's failure becomes the next revision of the plan, or the end of the story. */
  async #mend(
    pass: Pass,
    progress: Progress,
    record: PlanRecord,
    failure: Failure,
    read: () => Promise<FailureLog>,
  ): Promise<void> {
    const log = failure.blame === "Repo" ? await read() : await noLog();
    const maturity = progress.maturity ?? "Planned";
    const next = await this.#managers.repair.run({ pass, record, failure, log: log.lines, maturity }, contextOf(pass));
    if (next.state === "waiting") return progress.wait(next);
    if (next.state === "failed") {
      progress.failure = { ...next.failure, ...(log.kept === undefined ? {} : { log: log.kept }) };
      return;
    }
    if (next.value.how === "Asks") return asks(progress, next.value.lack);
    progress.record = next.value.record;
    progress.mended = true;
    const attempt = progress.record.attempts.at(-1);
    progress.pending = { reason: "Fixing", message: attempt ? sayAttempt(attempt) : "", afterMs: 0 };
  }

  #step<T>(progress: Progress, outcome: Outcome<T>): T | undefined {
    switch (outcome.state) {
      case "done":
        return outcome.value;
      case "waiting":
        return progress.wait(outcome);
      case "failed":
        progress.failure = outcome.failure;
        return undefined;
    }
  }
}

/** Whether the pass ends here, since a person has to say yes first. */
function waitsForYes(pass: Pass, progress: Progress, proposed: Proposed): boolean {
  const lack = lacksApproval(pass, proposed);
  if (lack) asks(progress, lack);
  return lack !== undefined;
}

function asks(progress: Progress, { failure, need }: LackingApproval): void {
  progress.failure = failure;
  progress.needs = [need, ...progress.needs].slice(0, 16);
}

/** What a person gives makes it go on: nothing has ended badly. */
function waitsForPerson({ reason }: Failure): boolean {
  return reason === "NeedsSecret" || reason === "NeedsApproval";
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
  return { signal: pass.signal, log: pass.log, span: pass.span };
}
