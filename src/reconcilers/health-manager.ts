import type { AgentContext } from "../agents/agent.ts";
import type { HealthAgent } from "../agents/health/health-agent.ts";
import type { Health, HealthRequest } from "../agents/health/health-request.ts";
import { appOf, podsOf, startedPod } from "../agents/health/pods.ts";
import { readProgramLog } from "../agents/health/program-log.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import type { PortManagerAgent } from "../agents/ports/port-manager-agent.ts";
import type { Release, Seen } from "../agents/runner/run-request.ts";
import { done, type Outcome, waiting } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { Settings } from "../settings.ts";
import { keepLog } from "./checkpoint.ts";
import type { FailureLog } from "./failure-log.ts";
import type { ServiceProgress } from "./progress.ts";
import type { ReleaseManager, ReleaseRequest } from "./release-manager.ts";

export interface HealthStep extends ReleaseRequest {
  readonly release: Release;
  /** What is told of the service: each rung is noted as it is seen. */
  readonly progress: ServiceProgress;
  /** When the services beside it were well, as `HealthRequest` has it. */
  readonly since?: string;
}

/** Health and links: looks at the sockets of the program, then asks it as a person would. What was seen may release it again, with another port or probe. */
export class HealthManager extends BaseManager<HealthStep, Health> {
  readonly name = "HealthManager";
  readonly #settings: Settings;
  readonly #health: HealthAgent;
  readonly #ports: PortManagerAgent;
  readonly #releases: ReleaseManager;

  constructor(
    settings: Settings,
    agents: { readonly health: HealthAgent; readonly ports: PortManagerAgent },
    releases: ReleaseManager,
  ) {
    super();
    this.#settings = settings;
    this.#health = agents.health;
    this.#ports = agents.ports;
    this.#releases = releases;
  }

  protected async work(step: HealthStep, context: AgentContext): Promise<Outcome<Health>> {
    const { pass, service, release, progress } = step;
    progress.restarts = podsOf(pass.cluster, pass.run, release).reduce(
      (sum, pod) => sum + (appOf(pod)?.restarts ?? 0),
      0,
    );
    const looked = await this.#look(step, context);
    if (looked.state !== "done") return looked;
    const health = await this.#health.run(this.#request(step), context);
    if (health.state !== "done") return health;
    const { value } = health;
    if (value.refit !== undefined)
      return await this.#again(
        step,
        { ...(release.port === undefined ? {} : { port: release.port }), probe: value.refit },
        context,
      );
    progress.maturity = value.maturity;
    progress.evidence = value.evidence;
    progress.links = [...value.links];
    progress.restarts = value.restarts;
    if (service.kind === "Web" && release.port !== undefined) progress.port = release.port;
    return health;
  }

  /** The sockets of a program that runs and listens; done at once for what needs no port, or where it was seen before. */
  async #look(step: HealthStep, context: AgentContext): Promise<Outcome<undefined>> {
    const { pass, service, release, progress, image } = step;
    if (release.port !== undefined) progress.port = release.port;
    if (release.portFrom === "Seen") progress.portFrom = "Observed";
    if (service.kind !== "Web" || release.kubeService === undefined) return done(undefined);
    const pod = startedPod(pass.cluster, pass.run, release);
    // What does not run yet, or cannot, HealthAgent tells in its own words.
    if (!pod) return done(undefined);
    progress.maturity = "Started";
    if (release.portFrom === "Seen") return done(undefined);
    const decision = await this.#ports.run(
      { cluster: pass.cluster, service, release, pod, exposed: image.exposed },
      context,
    );
    if (decision.state === "failed") return decision;
    if (decision.state === "waiting") {
      // A program that crashes while its sockets are waited for has a better word to say.
      const health = await this.#health.run(this.#request(step), context);
      return health.state === "failed" ? health : decision;
    }
    progress.maturity = "Listening";
    progress.port = decision.value.port;
    if (service.port.from !== "Spec") progress.portFrom = "Observed";
    if (decision.value.port === release.port) return done(undefined);
    pass.log("port differs from the plan", { service: service.name, planned: release.port, seen: decision.value.port });
    return await this.#again(step, { port: decision.value.port }, context);
  }

  async #again(step: HealthStep, seen: Seen, context: AgentContext): Promise<Outcome<never>> {
    const { pass, record, service, image, databases } = step;
    const released = await this.#releases.run({ pass, record, service, image, databases, seen }, context);
    if (released.state === "failed") return released;
    return waiting("Starting", `${service.name}: rolling out what was seen`, 2);
  }

  #request({ pass, service, release, since }: HealthStep): HealthRequest {
    return {
      cluster: pass.cluster,
      run: pass.run,
      service,
      release,
      spec: pass.run.spec,
      settings: this.#settings,
      now: pass.clock.now(),
      ...(since === undefined ? {} : { since }),
    };
  }

  /** What the program wrote last, for the rules and for people. */
  async log(pass: Pass, release: Release, service: Service): Promise<FailureLog> {
    const { run, cluster } = pass;
    const pod = podsOf(cluster, run, release)[0];
    if (!pod) return { lines: [], kept: undefined };
    const lines = await readProgramLog(cluster, pod, 200);
    const kept = await keepLog(cluster, run, {
      stage: "release",
      service: service.name,
      key: `${release.podInput}/${pod.uid}`,
      lines,
    });
    return { lines, kept };
  }
}
