import type { AgentContext } from "../agents/agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { removeUnplanned } from "../agents/runner/remove.ts";
import { done, type Outcome } from "../outcome.ts";
import { label } from "../run-ref.ts";
import type { BuildManager } from "./build-manager.ts";
import type { DatabaseManager } from "./database-manager.ts";
import { orderOf } from "./dependency-order.ts";
import { isGood, lastGood } from "./history.ts";
import type { PlanStore } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";
import type { ReleaseManager } from "./release-manager.ts";

export interface RestoreRequest {
  readonly pass: Pass;
  /** The plan whose release was never well. */
  readonly failed: PlanRecord | undefined;
}

/**
 * Back to the last release that was well, by itself, once the wanted one has ended badly: what the failed one had replaced is put back with the
 * image, the plan and the person's words of then. Databases stay as they are. Gives the commit that serves; undefined where there is none to go back to.
 */
export class RestoreManager extends BaseManager<RestoreRequest, string | undefined> {
  readonly name = "RestoreManager";
  readonly #plans: PlanStore;
  readonly #managers: {
    readonly database: DatabaseManager;
    readonly build: BuildManager;
    readonly release: ReleaseManager;
  };

  constructor(
    plans: PlanStore,
    managers: { readonly database: DatabaseManager; readonly build: BuildManager; readonly release: ReleaseManager },
  ) {
    super();
    this.#plans = plans;
    this.#managers = managers;
  }

  protected async work(request: RestoreRequest, context: AgentContext): Promise<Outcome<string | undefined>> {
    const { run, cluster } = request.pass;
    const history = run.status?.history ?? [];
    // What was well with this very plan is no failed release of it: something else is wrong.
    const wanted = request.failed?.revision ?? run.status?.plan?.revision;
    if (history.some((entry) => isGood(entry) && entry.plan !== undefined && entry.plan === wanted))
      return done(undefined);
    const before = lastGood(history);
    if (!before || !isReplaced(request.pass, before.plan)) return done(undefined);
    const record = await this.#plans.read(cluster, run, before.plan);
    if (!record) return done(undefined);
    const pass: Pass = { ...request.pass, run: asSaidThen(run, record) };
    const ordered = orderOf(record.plan);
    const provided = await this.#managers.database.run({ pass, record }, context);
    if ("failure" in ordered || provided.state !== "done") return done(undefined);
    // A Job has done its work then; it is not done again.
    for (const service of ordered.order.filter(({ kind }) => kind !== "Job")) {
      const image = await this.#managers.build.known(pass, record, service);
      if (!image) return done(undefined);
      const databases = provided.value.ready;
      const released = await this.#managers.release.run({ pass, record, service, image, databases }, context);
      if (released.state !== "done") return released.state === "failed" ? done(undefined) : released;
    }
    await removeUnplanned(
      cluster,
      run,
      record.plan.services.map(({ name }) => name),
    );
    context.log("back to the release before", { plan: before.plan, commit: record.commitName });
    return done(record.commitName);
  }
}

/** The run with what the person had said of its services and databases when that plan was made; all else as it is said now. */
function asSaidThen(run: RunRecord, { said }: PlanRecord): RunRecord {
  if (said === undefined) return run;
  const { services: _services, databases: _databases, env: _env, ...rest } = run.spec;
  return { ...run, spec: { ...rest, ...said } as RunRecord["spec"] };
}

/** Whether any part of a later release stands in the place of the one with this plan. */
function isReplaced({ run, cluster }: Pass, plan: number): boolean {
  const parts = [
    ...cluster.children("Deployment", run.namespace, run.name),
    ...cluster.children("CronJob", run.namespace, run.name),
  ];
  return parts
    .filter(({ labels }) => labels[label.stage] === "release")
    .some(({ annotations }) => Number(annotations["repo-runner.dev/revision"] ?? plan) > plan);
}
