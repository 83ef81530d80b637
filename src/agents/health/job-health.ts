import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import type { ContainerRecord, PodRecord } from "../cluster.ts";
import type { Health, HealthRequest } from "./health-request.ts";
import { appOf } from "./pods.ts";
import { headline, lastLines, placeIn, readProgramLog } from "./program-log.ts";
import { programState } from "./program-state.ts";
import { starting } from "../runner/starting.ts";

/** How a program that ends by itself does: exit code 0 is Completed, with how long it took and its last line. */
export async function jobHealth(request: HealthRequest, pods: readonly PodRecord[]): Promise<Outcome<Health>> {
  const { cluster, run, service, release } = request;
  const job = cluster.children("Job", run.namespace, run.name).find((each) => each.name === release.workload);
  const over = pods.find((pod) => appOf(pod)?.state === "Terminated" && pod.reason === undefined);
  const app = over && appOf(over);
  if (over && app) return app.exitCode === 0 ? await completed(request, over, app) : await broken(request, over, app);
  if (job && job.succeeded > 0) return done({ maturity: "Completed", evidence: "exit code 0", links: [], restarts: 0 });
  if (job?.failure) {
    return failed({
      reason: "JobFailed",
      message: `${service.name}: ${job.failure.reason}: ${job.failure.message}`.slice(0, 900),
      layer: "Process",
      blame: "Repo",
      service: service.name,
    });
  }
  const [newest] = pods;
  if (!newest) return starting(service.name, 5);
  const state = await programState(request, newest);
  return state.state === "done" ? waiting("Running", `${service.name} runs until it ends by itself`, 60) : state;
}

async function completed({ cluster }: HealthRequest, pod: PodRecord, app: ContainerRecord): Promise<Outcome<Health>> {
  const last = (await readProgramLog(cluster, pod, 3)).at(-1);
  const said = last === undefined ? "" : `: "${last.slice(0, 120)}"`;
  return done({
    maturity: "Completed",
    evidence: `exit code 0 after ${secondsOf(app)} s${said}`,
    links: [],
    restarts: 0,
  });
}

async function broken(
  { cluster, service, run }: HealthRequest,
  pod: PodRecord,
  app: ContainerRecord,
): Promise<Outcome<Health>> {
  const log = await readProgramLog(cluster, pod, 40);
  const said = headline(log);
  const place = placeIn(log);
  const killed = app.reason === "OOMKilled";
  return failed({
    reason: killed ? "OutOfMemory" : "JobFailed",
    message: `${service.name} ended with exit code ${app.exitCode ?? "?"} after ${secondsOf(app)} s${said === undefined ? " and wrote nothing" : `: ${said}`}`,
    hint: killed
      ? `raise services[name=${service.name}].resources.limits.memory`
      : asksForArguments(log)
        ? `it asks for arguments: give the whole line, services[name=${service.name}].start`
        : `repo-runner logs ${run.name} shows all it wrote`,
    layer: "Process",
    blame: killed ? "Spec" : "Repo",
    service: service.name,
    ...lastLines(log),
    ...(app.exitCode === undefined ? {} : { exitCode: app.exitCode }),
    ...(place === undefined ? {} : { where: place }),
  });
}

function secondsOf({ startedAt, finishedAt }: ContainerRecord): number {
  if (startedAt === undefined || finishedAt === undefined) return 0;
  return Math.max(0, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000));
}

/** A program that tells how it is called, and that something of it was missing. */
function asksForArguments(log: readonly string[]): boolean {
  const text = log.join("\n").slice(-8000);
  return (
    /^\s*usage:/im.test(text) &&
    /required|missing|expected|must be|too few|not enough|no (?:command|file|argument)|requires/i.test(text)
  );
}
