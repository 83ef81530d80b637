import { done, failed, type Outcome } from "../../outcome.ts";
import type { Failure } from "../../failure.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { PodRecord } from "../cluster.ts";
import { wayFor } from "../links/links.ts";
import { askRelease } from "./ask-pod.ts";
import type { Health, HealthRequest } from "./health-request.ts";
import { jobHealth } from "./job-health.ts";
import { judge } from "./judge.ts";
import { appOf, othersAnswerMs, podsOf, startedPod } from "./pods.ts";
import { lastLines, readProgramLog } from "./program-log.ts";
import { programState } from "./program-state.ts";
import { scheduleOf } from "../runner/objects.ts";
import { starting } from "../runner/starting.ts";

/** A worker that ran this long without a restart is well. */
const workerUpMs = 20_000;
/** How long a program beside an older release may take to become ready before it is asked why not. */
const readyMs = 30_000;
/** A Deployment without any pod for this long was refused its pods. */
const noPodMs = 20_000;

/** Says how far a release has come, by looking: at its pods, and by a real request through its Service and its link. */
export class HealthAgent extends BaseAgent<HealthRequest, Health> {
  readonly name = "HealthAgent";

  protected async work(request: HealthRequest, context: AgentContext): Promise<Outcome<Health>> {
    const { cluster, run, service, release, spec } = request;
    if (service.kind === "Cron") {
      return done(well("Scheduled", `runs at ${scheduleOf({ service, spec })}`, 0));
    }
    const pods = podsOf(cluster, run, release);
    if (service.kind === "Job") return await jobHealth(request, pods);
    if (release.replicas === 0) return done(well("Running", "stopped: no replicas are wanted", 0));
    const [newest] = pods;
    if (!newest) return withoutPods(request);
    const started = startedPod(cluster, run, release);
    if (!started) return await notStarted(request, newest);
    const state = await programState(request, started);
    if (state.state !== "done") return state;
    const { restarts } = state.value;
    if (service.kind === "Worker") return workerHealth(request, started, restarts);
    const sharedMs = othersAnswerMs(cluster, run, release, request.now);
    const shared = sharedMs > 0;
    // An answer of the release before would be taken for one of this: it goes as soon as this one is ready.
    const leaves = started.ready && Number.isFinite(sharedMs);
    if (shared && !leaves && (started.ready || upMsOf(started, request.now) < readyMs))
      return starting(service.name, 2);
    const asked = await askRelease(request, started, leaves ? sharedMs : 0);
    if (asked.state !== "done") return asked;
    const verdict = judge({
      service: service.name,
      asked: shared ? { ...asked.value, service: undefined, link: undefined } : asked.value,
      probe: release.probe,
      probeWished: spec.services?.find((wish) => wish.name === service.name)?.probe?.path !== undefined,
      via: wayFor(service, spec, request.settings).kind,
      port: release.port,
      restarts,
    });
    if ("reason" in verdict) return failed(await withLog(request, started, verdict));
    context.log("asked", { service: service.name, maturity: verdict.maturity, evidence: verdict.evidence });
    return done(verdict);
  }
}

/** The program does not run now: the newest pod says why, and while it only starts an older look at a crash is not taken for it. */
async function notStarted(request: HealthRequest, pod: PodRecord): Promise<Outcome<Health>> {
  const state = await programState(request, pod);
  return state.state === "done" ? starting(request.service.name) : state;
}

function workerHealth({ service, now }: HealthRequest, pod: PodRecord, restarts: number): Outcome<Health> {
  const upMs = upMsOf(pod, now);
  if (upMs >= workerUpMs) return done(well("Running", `up for ${Math.floor(upMs / 1000)} s`, restarts));
  return starting(service.name, Math.max(1, Math.ceil((workerUpMs - upMs) / 1000)));
}

function upMsOf(pod: PodRecord, now: Date): number {
  const since = appOf(pod)?.startedAt;
  return since === undefined ? 0 : now.getTime() - Date.parse(since);
}

function withoutPods({ cluster, run, service, release, now }: HealthRequest): Outcome<Health> {
  const deployment = cluster
    .children("Deployment", run.namespace, run.name)
    .find((each) => each.name === release.workload);
  const since = deployment?.unavailableSince;
  const rolledOut = deployment !== undefined && deployment.observedGeneration >= deployment.generation;
  if (since === undefined || !rolledOut || now.getTime() - Date.parse(since) < noPodMs) {
    return starting(service.name, 5);
  }
  return failed({
    reason: "NoPods",
    message: `no pod of ${service.name} could be made for ${Math.round((now.getTime() - Date.parse(since)) / 1000)} s`,
    hint: `kubectl -n ${run.namespace} describe replicaset -l repo-runner.dev/run=${run.name} says why: a quota or a policy is usual`,
    layer: "Cluster",
    blame: "Platform",
    service: service.name,
    where: `Deployment/${release.workload}`,
  });
}

/** What the program wrote belongs to every failure that it could explain. */
async function withLog({ cluster }: HealthRequest, pod: PodRecord, failure: Failure): Promise<Failure> {
  if (failure.blame !== "Repo") return failure;
  return { ...failure, ...lastLines(await readProgramLog(cluster, pod, 40)) };
}

function well(maturity: Health["maturity"], evidence: string, restarts: number): Health {
  return { maturity, evidence, links: [], restarts };
}
