import type { AgentContext } from "../agents/agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { JobRecord } from "../agents/cluster.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import type { BuilderPool } from "../agents/setup/builder.ts";
import { ensureCaBundle } from "../agents/setup/ca-bundle.ts";
import { ensureSourceSecret } from "../agents/source/source-secret.ts";
import { renderDockerfile } from "../agents/setup/dockerfile.ts";
import { buildJob } from "../agents/setup/pods.ts";
import { ensureRegistrySecret } from "../agents/setup/registry-access.ts";
import { plainLines } from "../chunks.ts";
import { digestOf, shortHash } from "../digest.ts";
import { BuildResult } from "../envelope.ts";
import { annotation, label } from "../run-ref.ts";
import { redactLines } from "../redact.ts";
import { done, failed, type Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import type { Settings } from "../settings.ts";
import { type Checkpoints, keepLog } from "./checkpoint.ts";
import type { FailureLog } from "./failure-log.ts";
import { jobName, lastAttempt, podsOf, runJob } from "./job-stage.ts";
import { planName } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";
import type { Turns } from "./turns.ts";

/** One built service: where nodes pull it from, always by digest, and what its config says. */
export interface Image extends BuildResult {
  readonly service: string;
  /** `localhost:5005/tenants/…@sha256:…` */
  readonly reference: string;
  /** Digest of everything that went into it. */
  readonly key: string;
  /** The shell line that is its own command: of the service that it was built for. */
  readonly start: string | null;
}

export interface BuildRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  readonly service: Service;
}

/** Images: one Job for each service that is not built yet, on the builder of the run's namespace. */
export class BuildManager extends BaseManager<BuildRequest, Image> {
  readonly name = "BuildManager";
  readonly #settings: Settings;
  readonly #builders: BuilderPool;
  readonly #checkpoints: Checkpoints;
  readonly #turns: Turns;

  constructor(settings: Settings, builders: BuilderPool, checkpoints: Checkpoints, turns: Turns) {
    super();
    this.#turns = turns;
    this.#settings = settings;
    this.#builders = builders;
    this.#checkpoints = checkpoints;
  }

  protected async work(asked: BuildRequest, context: AgentContext): Promise<Outcome<Image>> {
    const service = builtForOf(asked.record, asked.service);
    const outcome = await this.#build({ ...asked, service }, context);
    return outcome.state === "done" ? done({ ...outcome.value, service: asked.service.name }) : outcome;
  }

  /** The image of a service where it was built before; never builds. */
  async known(pass: Pass, record: PlanRecord, asked: Service): Promise<Image | undefined> {
    const service = builtForOf(record, asked);
    const key = imageKey(record, service);
    const known = BuildResult.safeParse(await this.#checkpoints.recall(pass.cluster, pass.run, "build", key));
    return known.success
      ? { ...this.#image({ pass, record, service }, key, known.data), service: asked.name }
      : undefined;
  }

  async #build(request: BuildRequest, _context: AgentContext): Promise<Outcome<Image>> {
    const { pass, record, service } = request;
    const { run, cluster } = pass;
    const key = imageKey(record, service);
    // While a Job of it is at work there is no answer yet that could be known. Attempts that failed say nothing: a later one may have answered.
    const underWay = jobsOf(pass, key).some((job) => job.failed === 0 && job.failure === undefined);
    const known = underWay
      ? undefined
      : BuildResult.safeParse(await this.#checkpoints.recall(cluster, run, "build", key));
    if (known?.success === true) return done(this.#image(request, key, known.data));
    const shared = underWay ? undefined : await this.#builtByOthers(request, key);
    if (shared) return done(this.#image(request, key, shared));

    const bundle = await ensureCaBundle(cluster, run, this.#settings);
    if (bundle.state !== "done") return bundle;
    const registrySecret = await ensureRegistrySecret(cluster, run, this.#settings, run.spec.image);
    if (registrySecret.state !== "done") return registrySecret;
    const size = run.spec.build?.size ?? service.recipe.builder ?? "Medium";
    const builder = await this.#builders.ensure(cluster, run.namespace, size, run);
    if (builder.state !== "done") return builder;

    const sourceSecret = await ensureSourceSecret(cluster, run, run.spec.source, this.#settings);
    if (sourceSecret.state !== "done") return sourceSecret;
    const answer = await runJob(pass, {
      stage: "build",
      turns: this.#turns,
      service: service.name,
      what: `build of ${service.name}`,
      inputDigest: key,
      make: (name) =>
        buildJob({
          run,
          name,
          inputDigest: key,
          service,
          request: {
            image: `${this.#repository(request, "push")}:${run.uid.slice(0, 8)}-${key.slice(7, 19)}`,
            commit: record.commit,
            spec: run.spec,
            tenant: run.namespace,
            plan: record.revision,
          },
          planConfigMap: planName(run, record.revision),
          builder: builder.value,
          settings: this.#settings,
          timeoutSeconds: seconds(run.spec.build?.timeout ?? "20m"),
          ...(sourceSecret.value === undefined ? {} : { sourceSecret: sourceSecret.value }),
          ...(registrySecret.value === undefined ? {} : { registrySecret: registrySecret.value }),
        }),
    });
    if (answer.state === "failed") return failed({ ...answer.failure, service: service.name });
    if (answer.state === "waiting") return answer;
    const built = BuildResult.safeParse(answer.value.value);
    if (!built.success) {
      return failed({
        reason: "BuildInvalid",
        message: `build of ${service.name}: its answer is not an image`,
        layer: "Cluster",
        blame: "Platform",
        service: service.name,
      });
    }
    await this.#remember(request, key, built.data);
    // The one that answered goes last: whoever comes after a crash in between finds either it or the checkpoint.
    const failedOnes = jobsOf(pass, key).filter((job) => job.name !== answer.value.job.name);
    for (const job of [...failedOnes, answer.value.job]) await cluster.remove("Job", run.namespace, job.name, job.uid);
    return done(this.#image(request, key, built.data));
  }

  /** The same image as another run of the namespace had built; what is found is this run's own from then on. Never looked for elsewhere. */
  async #builtByOthers(request: BuildRequest, key: string): Promise<BuildResult | undefined> {
    const { run, cluster, log } = request.pass;
    const value = shareKey(run, key);
    if (value === undefined) return undefined;
    for (const other of await this.#checkpoints.recallOthers(cluster, run, { name: label.image, value })) {
      const known = BuildResult.safeParse({
        from: { run: other.run, service: other.service },
        ...(other.value as object),
      });
      if (other.key !== key || !known.success) continue;
      await this.#remember(request, key, known.data);
      log("image was built before", { service: request.service.name, by: other.run });
      return known.data;
    }
    return undefined;
  }

  async #remember({ pass, service }: BuildRequest, key: string, value: BuildResult): Promise<void> {
    const shared = shareKey(pass.run, key);
    const labels = shared === undefined ? {} : { labels: { [label.image]: shared } };
    const at = { stage: "build", service: service.name, ...labels } as const;
    await this.#checkpoints.remember(pass.cluster, pass.run, at, { key, value });
  }

  /** What a failed build wrote last, redacted, for the rules and for people; and where it is kept. */
  async log(pass: Pass, record: PlanRecord, asked: Service): Promise<FailureLog> {
    const { run, cluster } = pass;
    const service = builtForOf(record, asked);
    const key = imageKey(record, service);
    for (let attempt = lastAttempt; attempt >= 0; attempt -= 1) {
      const pod = podsOf(cluster, run, jobName(run, "build", key, attempt))[0];
      const container = pod?.containers.find((each) => each.type === "App");
      if (!pod || !container) continue;
      const text = await cluster.log(pod.namespace, pod.name, container.name, { tailLines: 200, limitBytes: 65_536 });
      if (text === undefined) continue;
      const lines = redactLines(plainLines(text)).slice(-200);
      return { lines, kept: await keepLog(cluster, run, { stage: "build", service: service.name, key, lines }) };
    }
    return { lines: [], kept: undefined };
  }

  #image(request: BuildRequest, key: string, result: BuildResult): Image {
    return {
      ...result,
      service: request.service.name,
      key,
      start: request.service.start,
      reference: `${this.#repository(request, "pull", result.from)}@${result.digest}`,
    };
  }

  #repository(
    { pass: { run }, service }: BuildRequest,
    side: "push" | "pull",
    from: NonNullable<BuildResult["from"]> = { run: run.name, service: service.name },
  ): string {
    const { registry } = this.#settings;
    const own = run.spec.image?.repository;
    if (own !== undefined) return `${own}/${service.name}`;
    return `${registry[side]}/${registry.prefix}/${run.namespace}/${from.run}/${from.service}`;
  }
}

function jobsOf({ run, cluster }: Pass, key: string): readonly JobRecord[] {
  return cluster.children("Job", run.namespace, run.name).filter((job) => job.annotations[annotation.input] === key);
}

/** For each plan that is worked on, the service that an image is built for, by the name of each that uses it. */
const builtFor = new WeakMap<PlanRecord, ReadonlyMap<string, Service>>();

/** The first service that the same image is made for: services that differ only in how they are started share one, built once. */
export function builtForOf(record: PlanRecord, service: Service): Service {
  const { services } = record.plan;
  if (services.length === 1) return service;
  const known = builtFor.get(record) ?? sharedImages(record);
  builtFor.set(record, known);
  return known.get(service.name) ?? service;
}

function sharedImages(record: PlanRecord): ReadonlyMap<string, Service> {
  const firsts = new Map<string, Service>();
  const users = new Map<string, Service>();
  for (const service of record.plan.services) {
    const key = imageKey(record, { ...service, start: sharedStart(service) });
    const first = firsts.get(key) ?? service;
    firsts.set(key, first);
    users.set(service.name, first);
  }
  return users;
}

/** Whether there is a start at all stays part of an image: one without is started as its base says. */
function sharedStart({ start }: Service): string | null {
  return start === null ? null : "true";
}

/** Same commit, same rendering, same key: an image is never built twice. */
export function imageKey(record: PlanRecord, service: Service): string {
  const { recipe, path } = service;
  const rendered =
    recipe.dockerfile === undefined ? renderDockerfile(service, { caBundle: false, buildEnv: {} }) : null;
  const buildVariables = service.env.filter((variable) => variable.phase !== "Run");
  return digestOf([
    record.commit,
    path,
    recipe.dockerfile ?? null,
    recipe.target ?? null,
    recipe.context,
    ...(recipe.dockerfile === undefined || recipe.copies.length === 0 ? [] : [recipe.copies]),
    rendered,
    buildVariables,
  ]);
}

/** By what other runs of the namespace find an image; undefined where it may hold what is only this run's: build secrets, a registry of its own. */
export function shareKey({ spec }: Pick<RunRecord, "spec">, key: string): string | undefined {
  const { image, build, source } = spec;
  if (image?.repository !== undefined || (build?.secrets ?? []).length > 0) return undefined;
  return shortHash([key, source.git?.submodules ?? false, source.git?.lfs ?? false, source.path ?? "."], 24);
}

/** `20m`, `1h30m` as seconds; the CRD has checked the form. */
export function seconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
  return [...duration.matchAll(/(\d+)([smh])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? "s"] ?? 1),
    0,
  );
}
