import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import { redact } from "../../redact.ts";
import type { ContainerRecord, PodRecord } from "../cluster.ts";
import type { HealthRequest } from "./health-request.ts";
import { configFailure } from "./missing-secret.ts";
import { appOf } from "./pods.ts";
import { headline, lastLines, placeIn, readProgramLog } from "./program-log.ts";
import { starting } from "../runner/starting.ts";

const pullTroubles = new Set(["ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"]);
const startTroubles = new Set(["CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"]);

/** How long a pod may wait for a place: new nodes take a minute. */
const scheduleMs = 90_000;
/** A program that ends sooner than this after each start is in a crash loop even while it runs. */
const briefMs = 10_000;

/** What a pod is judged by: it may belong to a release, or to a step before one. */
export type ProgramRequest = Omit<HealthRequest, "release">;

/** Whether a pod's program runs; else what is waited for, or why it cannot, with the lines that say so. */
export async function programState(request: ProgramRequest, pod: PodRecord): Promise<Outcome<ContainerRecord>> {
  const { service, now } = request;
  if (pod.phase === "Failed" && pod.reason !== undefined)
    return waiting("Evicted", `pod ${pod.name}: ${pod.reason}; it is replaced`);
  if (pod.unschedulable !== undefined) return unschedulable(request, pod, pod.unschedulable);
  const app = appOf(pod);
  const held = pod.containers.find(
    (each) => each.state === "Waiting" && each.type !== "Ephemeral" && (isPull(each) || each.name === app?.name),
  );
  if (!app) return starting(service.name);
  if (held && isPull(held)) {
    return held.reason === "ErrImagePull"
      ? waiting("Pulling", `the image of ${held.name} is tried again: ${redact(held.message ?? "").slice(0, 200)}`)
      : failed(pullFailure(service.name, held));
  }
  if (app.state === "Waiting") {
    if (app.reason === "CreateContainerConfigError") return failed(configFailure(request, app.message ?? ""));
    if (startTroubles.has(app.reason ?? "")) return failed(cannotStart(service.name, app));
    if (app.reason === "CrashLoopBackOff") return failed(await ended(request, pod, app));
    return starting(service.name);
  }
  if (app.state === "Terminated") {
    if (startTroubles.has(app.reason ?? "")) return failed(cannotStart(service.name, app));
    // Once may be bad luck, the second time it is the program.
    if (app.restarts === 0)
      return waiting("Starting", `${service.name} ended with exit code ${app.exitCode ?? "?"} and is started again`);
    return failed(await ended(request, pod, app));
  }
  const upMs = now.getTime() - Date.parse(app.startedAt ?? now.toISOString());
  if (app.restarts >= 3 && upMs < briefMs && !app.ready) return failed(await ended(request, pod, app));
  return done(app);
}

function isPull({ state, reason }: ContainerRecord): boolean {
  return state === "Waiting" && (pullTroubles.has(reason ?? "") || reason === "ErrImagePull");
}

function unschedulable({ now, service }: ProgramRequest, pod: PodRecord, said: string): Outcome<ContainerRecord> {
  const text = redact(said).slice(0, 500);
  const leftMs = scheduleMs - (now.getTime() - Date.parse(pod.createdAt));
  if (leftMs > 0) return waiting("Unschedulable", text, Math.ceil(leftMs / 1000));
  return failed({
    reason: "Unschedulable",
    message: `no node has room for ${service.name}: ${text}`,
    hint: "add room or nodes, or lower services[].resources.requests; it goes on by itself",
    layer: "Cluster",
    blame: "Platform",
    service: service.name,
    where: `Pod/${pod.name}`,
  });
}

function pullFailure(service: string, container: ContainerRecord): Failure {
  return {
    reason: "ImagePullFailed",
    message: `the image of ${service}'s container ${container.name} cannot be pulled: ${redact(container.message ?? container.reason ?? "").slice(0, 400)}`,
    hint: "is the registry up, and may the node reach it? It is tried again by itself",
    layer: "Cluster",
    blame: "Platform",
    service,
  };
}

/** The runtime could not start the program at all: no such file, no right to run it. */
function cannotStart(service: string, app: ContainerRecord): Failure {
  const said = redact(app.message ?? app.reason ?? "").slice(0, 400);
  return {
    reason: "CrashLoop",
    message: `${service} cannot be started: ${said}`,
    hint: `say how it is started: services[name=${service}].start`,
    layer: "Process",
    blame: "Repo",
    service,
    lines: [said],
    exitCode: app.exitCode ?? 127,
  };
}

/** A program that ended although it should run on. */
async function ended(request: ProgramRequest, pod: PodRecord, app: ContainerRecord): Promise<Failure> {
  const { cluster, service } = request;
  const now = app.state === "Terminated";
  const exitCode = (now ? app.exitCode : undefined) ?? app.last?.exitCode ?? -1;
  const reason = (now ? app.reason : undefined) ?? app.last?.reason;
  const log = await readProgramLog(cluster, pod, 40);
  const place = placeIn(log);
  const common = { layer: "Process" as const, service: service.name, ...lastLines(log), exitCode };
  if (reason === "OOMKilled") {
    return {
      ...common,
      reason: "OutOfMemory",
      message: `${service.name} was killed: it used more memory than its limit of ${memoryLimit(request)}`,
      hint: `raise services[name=${service.name}].resources.limits.memory`,
      blame: "Spec",
    };
  }
  if (exitCode === 0) {
    return {
      ...common,
      reason: "EndsByItself",
      message: `${service.name} ends by itself with exit code 0; a ${service.kind === "Web" ? "server" : "worker"} would run on`,
      hint: `if that is right, set services[name=${service.name}].kind: Job`,
      blame: "Repo",
    };
  }
  const said = headline(log);
  return {
    ...common,
    reason: "CrashLoop",
    message: `${service.name} ended with exit code ${exitCode}, ${app.restarts + 1} times${said === undefined ? " and wrote nothing" : `: ${said}`}`,
    hint: `repo-runner logs ${request.run.name} shows all it wrote`,
    blame: "Repo",
    ...(place === undefined ? {} : { where: place }),
  };
}

function memoryLimit({ service, spec }: ProgramRequest): string {
  const wished = spec.services?.find((wish) => wish.name === service.name)?.resources?.limits?.["memory"];
  return String(wished ?? service.resources.limits["memory"] ?? "512Mi");
}
