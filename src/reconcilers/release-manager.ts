import type { AgentContext } from "../agents/agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import type { Release, Seen } from "../agents/runner/run-request.ts";
import type { RunnerAgent } from "../agents/runner/runner-agent.ts";
import { ensureRegistrySecret } from "../agents/setup/registry-access.ts";
import type { Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { Settings } from "../settings.ts";
import type { Image } from "./build-manager.ts";
import type { PlanRecord } from "./record.ts";

export interface ReleaseRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly service: Service;
  readonly image: Image;
  /** What looking at the running program taught since. */
  readonly seen?: Seen;
}

/** Release: the right to pull, then the objects of a service. Asked again with the same image and plan it changes nothing. */
export class ReleaseManager extends BaseManager<ReleaseRequest, Release> {
  readonly name = "ReleaseManager";
  readonly #settings: Settings;
  readonly #runner: RunnerAgent;

  constructor(settings: Settings, runner: RunnerAgent) {
    super();
    this.#settings = settings;
    this.#runner = runner;
  }

  protected async work(request: ReleaseRequest, context: AgentContext): Promise<Outcome<Release>> {
    const { pass, record, service, image } = request;
    const { run, cluster } = pass;
    const registry = await ensureRegistrySecret(cluster, run, this.#settings, run.spec.image);
    if (registry.state !== "done") return registry;
    return await this.#runner.run(
      {
        cluster,
        run,
        plan: record.plan,
        service,
        image: image.reference,
        imageFacts: { user: image.user, exposed: image.exposed },
        settings: this.#settings,
        spec: run.spec,
        revision: record.revision,
        commit: record.commit,
        ...(request.seen === undefined ? {} : { seen: request.seen }),
        ...(registry.value === undefined ? {} : { registrySecret: registry.value }),
      },
      context,
    );
  }
}
