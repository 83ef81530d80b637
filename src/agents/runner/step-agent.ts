import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import { label } from "../../run-ref.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Cluster, JobRecord, PodRecord } from "../cluster.ts";
import { plainText } from "../detection/plain-text.ts";
import { appOf } from "../health/pods.ts";
import { headline, lastLines, placeIn, readProgramLog } from "../health/program-log.ts";
import { programState } from "../health/program-state.ts";
import { nameConflict, refusalToFailure } from "../refusal.ts";
import { hostAliasesOf } from "./aliases.ts";
import { admittedPod } from "./admitted.ts";
import { owned } from "./claim.ts";
import { withGenerated, workOf } from "./release-work.ts";
import type { RunRequest } from "./run-request.ts";
import { type Step, stepInput, stepJob, stepPod } from "./step-job.ts";
import { surroundings } from "./surroundings.ts";

/** One step of a release, and the Job that is to run it. */
export interface StepRequest extends RunRequest {
  readonly step: Step;
  /** The same for the same input and the same try, so that a restarted controller adopts what is there. */
  readonly jobName: string;
  readonly now: Date;
}

/** Runs one release step as a Job with the new image, to its end; exit code 0 is done. One after the other: two migrations at once spoil a database. */
export class StepAgent extends BaseAgent<StepRequest, JobRecord> {
  readonly name = "StepAgent";

  protected async work(original: StepRequest, context: AgentContext): Promise<Outcome<JobRecord>> {
    const request = withGenerated(original);
    const aliases = hostAliasesOf(request);
    if (aliases.state !== "done") return aliases;
    const { cluster, run, jobName, step, service } = request;
    const jobs = cluster.children("Job", run.namespace, run.name).filter((job) => job.labels[label.stage] === "step");
    const job = jobs.find(({ name }) => name === jobName);
    if (job) return await stateOf(request, job);
    const busy = jobs.find((each) => !isOver(each, podsOf(cluster, each)));
    if (busy) return waiting("Starting", `${service.name}: ${step.name} waits for ${busy.name}`, 5);
    for (const old of jobs.filter((each) => each.labels[label.service] === service.name && !each.deleting)) {
      await cluster.remove("Job", run.namespace, old.name, old.uid);
    }
    const started = await start(request);
    if (started.state === "done")
      context.log("release step started", { service: service.name, step: step.name, job: jobName });
    return started.state === "done" ? runs(request) : started;
  }
}

async function start(request: StepRequest): Promise<Outcome<undefined>> {
  const { cluster, run, jobName: name, step } = request;
  const around = await surroundings(request);
  if (around.state !== "done") return around;
  const { passed } = workOf(request).ports;
  const pod = await admittedPod(request, (wide) => stepPod(request, step, passed, wide));
  if (pod.state !== "done") return pod;
  const created = await cluster.create(stepJob(request, { name, input: stepInput(request, step), pod: pod.value }));
  if (created.state === "refused") return failed(refusalToFailure(created.refusal, `Job ${name}`));
  if (created.state === "exists") {
    const standing = await cluster.get("Job", run.namespace, name);
    if (standing && !owned(standing, run)) return failed(nameConflict("Job", name));
  }
  return done(undefined);
}

async function stateOf(request: StepRequest, job: JobRecord): Promise<Outcome<JobRecord>> {
  const pods = podsOf(request.cluster, job);
  const over = pods.find((pod) => appOf(pod)?.state === "Terminated" && pod.reason === undefined);
  if (over && appOf(over)?.exitCode === 0) return done(job);
  if (over) return failed(await failureOf(request, over));
  if (job.succeeded > 0) return done(job);
  if (job.failure) return failed(lost(request, job.failure));
  const [newest] = pods;
  if (!newest) return runs(request, 10);
  const state = await programState(request, newest);
  return state.state === "failed" ? failed({ ...state.failure, service: request.service.name }) : runs(request, 60);
}

function runs({ service, step }: StepRequest, retryAfterSeconds?: number): Outcome<never> {
  return waiting("Starting", `${service.name}: ${step.name} runs before its pods`, retryAfterSeconds);
}

async function failureOf(request: StepRequest, pod: PodRecord): Promise<Failure> {
  const { cluster, run, service, step } = request;
  const app = appOf(pod);
  const log = await readProgramLog(cluster, pod, 40);
  const said = headline(log);
  const place = placeIn(log);
  const killed = app?.reason === "OOMKilled";
  return {
    ...stepFailed(
      request,
      `ended with exit code ${app?.exitCode ?? "?"}${killed ? ", out of memory" : ""}${said === undefined ? " and wrote nothing" : `: ${said}`}`,
    ),
    hint: killed
      ? `raise services[name=${service.name}].resources.limits.memory, then repo-runner retry ${run.name}`
      : `what ${step.name} had changed before it failed is still changed; mend it and push, or repo-runner retry ${run.name}`,
    ...lastLines(log),
    ...(app?.exitCode === undefined ? {} : { exitCode: app.exitCode }),
    ...(place === undefined ? {} : { where: place }),
  };
}

function lost(request: StepRequest, { reason, message }: { reason: string; message: string }): Failure {
  return {
    ...stepFailed(request, `did not come to its end: ${reason}: ${message}`),
    hint: `repo-runner retry ${request.run.name}`,
  };
}

function stepFailed({ service, step }: StepRequest, said: string): Failure {
  return {
    reason: "ReleaseStepFailed",
    message: `${service.name}: release step ${step.name} (${plainText(step.line, 120)}) ${said}`.slice(0, 900),
    layer: "Process",
    blame: "Repo",
    service: service.name,
  };
}

function isOver(job: JobRecord, pods: readonly PodRecord[]): boolean {
  return (
    job.deleting ||
    job.succeeded > 0 ||
    job.failure !== undefined ||
    pods.some((pod) => appOf(pod)?.state === "Terminated" && pod.reason === undefined)
  );
}

/** Newest first. */
function podsOf(cluster: Cluster, job: JobRecord): readonly PodRecord[] {
  return cluster
    .children("Pod", job.namespace, job.labels[label.run] ?? "")
    .filter((pod) => pod.labels["batch.kubernetes.io/job-name"] === job.name)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}
