import { type Envelope, readEnvelope } from "../envelope.ts";
import type { Cluster, ContainerRecord, JobRecord, KubeObject, PodRecord } from "../agents/cluster.ts";
import type { Pass } from "../agents/pass.ts";
import { joinChunks } from "../chunks.ts";
import { shortHash } from "../digest.ts";
import type { Failure } from "../failure.ts";
import { done, failed, waiting, type Outcome } from "../outcome.ts";
import { annotation, label, type RunRef, type Stage } from "../run-ref.ts";
import { jobTrouble } from "./job-trouble.ts";
import { nextLookSeconds, takePreflightTurn } from "./preflight-turns.ts";
import type { Turns } from "./turns.ts";
import { nameConflict, refusalToFailure } from "../agents/refusal.ts";

/** How often one Job is made anew after a transient failure, and how long to wait before each: a registry or a mirror may be away for a while. */
const attemptDelaysMs = [0, 5_000, 30_000, 60_000, 120_000, 300_000, 600_000];

export const lastAttempt = attemptDelaysMs.length - 1;

/** A command of the repository that ended for want of the network has mostly tried itself, and what it wants is mostly not to be had from here. */
const commandAttempts = 4;

export interface JobStage {
  readonly stage: Stage;
  /** Of a stage that has one Job for each service. */
  readonly service?: string;
  /** For people: `clone and survey`, `build of web`. */
  readonly what: string;
  readonly inputDigest: string;
  /** Where it has to wait for its turn. */
  readonly turns?: Turns;
  make(name: string): KubeObject;
}

export interface JobAnswer {
  readonly value: unknown;
  readonly job: { readonly name: string; readonly uid: string };
  readonly seconds: number;
}

/** Name of a Job: the same run, input and attempt always give the same, so a restarted controller adopts what is there. */
export function jobName(run: RunRef, stage: string, inputDigest: string, attempt: number): string {
  return `${run.name.slice(0, 40)}-${stage}-${shortHash([run.uid, inputDigest, attempt], 8)}`;
}

/** Makes the Job of a stage where it is missing, waits for its envelope, and makes it anew after a transient failure. */
export async function runJob(pass: Pass, stage: JobStage): Promise<Outcome<JobAnswer>> {
  const { run, cluster } = pass;
  const jobs = cluster.children("Job", run.namespace, run.name);
  let last: Failure | undefined;
  for (const [attempt, delayMs] of attemptDelaysMs.entries()) {
    if (last?.exitCode !== undefined && attempt >= commandAttempts) break;
    const name = jobName(run, stage.stage, stage.inputDigest, attempt);
    const job = jobs.find((each) => each.name === name);
    if (!job) {
      const since = latestEnd(pass, stage.stage);
      const waitMs = last && since !== undefined ? since + delayMs - pass.clock.now().getTime() : 0;
      if (waitMs > 0)
        return waiting("Retrying", cut(`${stage.what}: tried again, ${last?.message ?? ""}`), waitMs / 1000);
      return await start(pass, stage, name);
    }
    const outcome = await read(pass, stage, job);
    if (outcome.state !== "failed") return outcome;
    if (outcome.failure.layer !== "Transient") return outcome;
    last = outcome.failure;
  }
  const end = last ?? lost(stage);
  const hint = end.hint?.replace(/;? it is tried again(?:; |$)/, "; ").replace(/; $/, "");
  return failed({ ...end, ...(hint === undefined ? {} : { hint }), layer: "Cluster", blame: "Platform" });
}

function cut(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}

async function start(pass: Pass, stage: JobStage, name: string): Promise<Outcome<JobAnswer>> {
  await removeOutdated(pass, stage);
  const queued = stage.turns?.take(pass);
  if (queued) return queued;
  const created = await pass.cluster.create(stage.make(name));
  if (created.state === "refused") return failed(refusalToFailure(created.refusal, `Job ${name}`));
  if (created.state === "exists") {
    const standing = await pass.cluster.get("Job", pass.run.namespace, name);
    const ours = standing?.metadata.ownerReferences?.some((owner) => owner.uid === pass.run.uid) ?? true;
    if (!ours) return failed(nameConflict("Job", name));
  }
  pass.log("job started", { job: name, stage: stage.stage });
  return waiting(doing(stage), stage.what);
}

/** What a person reads while it is at work. */
function doing({ stage }: JobStage): string {
  if (stage === "model") return "Fixing";
  return stage === "survey" ? "Cloning" : "Building";
}

/** Jobs of the same stage that answer another question: the spec has changed while they were at work. */
async function removeOutdated(pass: Pass, stage: JobStage): Promise<void> {
  const { run, cluster } = pass;
  for (const job of cluster.children("Job", run.namespace, run.name)) {
    if (job.labels[label.stage] !== stage.stage || job.deleting) continue;
    if (stage.service !== undefined && job.labels[label.service] !== stage.service) continue;
    if (job.annotations[annotation.input] === stage.inputDigest) continue;
    await cluster.remove("Job", run.namespace, job.name, job.uid);
    pass.log("outdated job removed", { job: job.name });
  }
}

async function read(pass: Pass, stage: JobStage, job: JobRecord): Promise<Outcome<JobAnswer>> {
  const pods = podsOf(pass.cluster, pass.run, job.name);
  for (const pod of pods) {
    const told = envelopeOf(pod, stage.inputDigest);
    if (!told) continue;
    if (told.envelope.outcome === "Failed") return failed(told.envelope.failure ?? lost(stage));
    const value = await valueOf(pass.cluster, pod, told);
    if (value === undefined)
      return failed({
        ...lost(stage),
        message: `${stage.what}: its answer was cut; it is asked again`,
        layer: "Transient",
      });
    return done({ value, job: { name: job.name, uid: job.uid }, seconds: secondsOf(pod, told.container) });
  }
  const newest = pods[0];
  const now = pass.clock.now();
  const preflightFailure =
    !newest && now.getTime() - Date.parse(job.createdAt) > 5_000 && takePreflightTurn(pass.run.namespace, now)
      ? await refusedPod(pass, stage, job.name)
      : undefined;
  if (preflightFailure) return failed(preflightFailure);
  if (job.failure) return failed(jobFailure(stage, job, newest));
  const trouble = newest && jobTrouble(newest, now);
  if (trouble) return failed(trouble);
  return waiting(doing(stage), stage.what, newest ? undefined : nextLookSeconds(job, now));
}

/** A Job whose pods are refused (quota, policy) has an empty status for ever; a dry run gives the words. */
async function refusedPod(pass: Pass, stage: JobStage, name: string): Promise<Failure | undefined> {
  const job = stage.make(name) as KubeObject & { spec?: { template?: { metadata?: object; spec?: object } } };
  const template = job.spec?.template;
  if (!template?.spec) return undefined;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: `${name}-preflight`.slice(0, 63), namespace: pass.run.namespace },
    spec: template.spec,
  } as unknown as KubeObject;
  const refusal = await pass.cluster.preflight(pod);
  return refusal && refusalToFailure(refusal, `a pod of ${stage.what}`);
}

export function podsOf(cluster: Cluster, run: RunRef, job: string): readonly PodRecord[] {
  return cluster
    .children("Pod", run.namespace, run.name)
    .filter((pod) => pod.labels["batch.kubernetes.io/job-name"] === job)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

interface Told {
  readonly envelope: Envelope;
  readonly container: ContainerRecord;
}

function envelopeOf(pod: PodRecord, inputDigest: string): Told | undefined {
  for (const container of pod.containers) {
    if (container.state !== "Terminated" || !container.message) continue;
    const envelope = readEnvelope(container.message, inputDigest);
    if (envelope) return { envelope, container };
  }
  return undefined;
}

async function valueOf(cluster: Cluster, pod: PodRecord, told: Told): Promise<unknown> {
  const { envelope, container } = told;
  if (envelope.value !== undefined) return envelope.value;
  if (envelope.digest === undefined || envelope.size === undefined) return undefined;
  const log = await cluster.log(pod.namespace, pod.name, container.name, { limitBytes: 4_194_304 });
  return log === undefined ? undefined : joinChunks(log, { digest: envelope.digest, size: envelope.size });
}

function jobFailure(stage: JobStage, job: JobRecord, pod: PodRecord | undefined): Failure {
  if (job.failure?.reason === "DeadlineExceeded") {
    return {
      reason: "TimedOut",
      message: `${stage.what} took longer than its limit`,
      hint:
        stage.stage === "build"
          ? "raise spec.build.timeout, or set spec.build.size: Large"
          : "the repository may be too large, or its host too slow",
      layer: stage.stage === "build" ? "Build" : "Source",
      blame: "Spec",
    };
  }
  const killed = pod?.containers.find((container) => container.reason === "OOMKilled");
  if (killed) {
    return {
      reason: "OutOfMemory",
      message: `${stage.what} needed more memory than its pod may use`,
      layer: "Build",
      blame: "Platform",
      where: `pod ${pod?.name ?? ""}`,
    };
  }
  const crashed = pod?.containers.find(({ state, exitCode }) => state === "Terminated" && (exitCode ?? 0) !== 0);
  if (crashed === undefined) return lost(stage);
  // A program of ours that told nothing: a defect of ours, or a node that took its memory. It is tried a few times, and then says so.
  return {
    ...lost(stage),
    reason: "JobCrashed",
    message: `${stage.what}: its program ended with exit code ${String(crashed.exitCode)}${crashed.reason === undefined ? "" : ` (${crashed.reason})`} and told no result`,
    hint: `kubectl logs ${pod?.name ?? ""} -c ${crashed.name} -n ${pod?.namespace ?? ""}`,
    ...(crashed.exitCode === undefined ? {} : { exitCode: crashed.exitCode }),
  };
}

function lost(stage: JobStage): Failure {
  return {
    reason: "JobLost",
    message: `${stage.what}: its pod went before it told a result`,
    hint: "repo-runner retry NAME",
    layer: "Transient",
    blame: "Platform",
  };
}

function latestEnd(pass: Pass, stage: Stage): number | undefined {
  const ends = pass.cluster
    .children("Pod", pass.run.namespace, pass.run.name)
    .filter((pod) => pod.labels["repo-runner.dev/stage"] === stage)
    .flatMap((pod) => pod.containers.map((container) => container.finishedAt))
    .filter((at) => at !== undefined)
    .map((at) => Date.parse(at));
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

function secondsOf(pod: PodRecord, container: ContainerRecord): number {
  const end = container.finishedAt ? Date.parse(container.finishedAt) : Date.parse(pod.createdAt);
  return Math.max(0, Math.round((end - Date.parse(pod.createdAt)) / 1000));
}
