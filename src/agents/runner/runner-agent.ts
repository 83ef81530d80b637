import type { V1PodSpec } from "@kubernetes/client-node";
import { done, type Outcome } from "../../outcome.ts";
import { annotation, label } from "../../run-ref.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { KubeObject, Records } from "../cluster.ts";
import { wayFor } from "../links/links.ts";
import type { LinkRequest } from "../links/way.ts";
import { admittedPod } from "./admitted.ts";
import { addressOf, hostAliasesOf, wantsName } from "./aliases.ts";
import { claim } from "./claim.ts";
import { cronJobObject, deploymentObject, jobObject } from "./objects.ts";
import { identityFor, podOf } from "./pod.ts";
import { stands, type Work, workOf } from "./release-work.ts";
import { removeCronJobs, removeDeployments, removeJobs, removeService } from "./remove.ts";
import type { Release, RunRequest } from "./run-request.ts";
import { rememberSeen } from "./seen.ts";
import { insideName, isSplit, serviceObjects } from "./service-object.ts";
import { surroundings } from "./surroundings.ts";

/** Puts one service into the cluster: account, Service, volumes, and a Deployment, Job or CronJob. What stands already as it should costs no request. */
export class RunnerAgent extends BaseAgent<RunRequest, Release> {
  readonly name = "RunnerAgent";

  protected async work(request: RunRequest, context: AgentContext): Promise<Outcome<Release>> {
    const aliases = hostAliasesOf(request);
    if (aliases.state !== "done") return aliases;
    const work = workOf(request);
    if (stands(work)) {
      await removeOthers(work);
      return done(releaseOf(work, false));
    }
    const ready = await this.#around(work);
    if (ready.state !== "done") return ready;
    const pod = await admittedPod(work.request, (wide) => podOf(work.request, work.ports, wide));
    if (pod.state !== "done") return pod;
    const placed = await place(work, pod.value);
    if (placed.state !== "done") return placed;
    await removeOthers(work);
    context.log("released", { service: request.service.name, workload: work.name, ...placed.value });
    return done(releaseOf(work, true));
  }

  /** Whether this very release stands already: then nothing of it has to wait for anything. */
  stands(request: RunRequest): boolean {
    return hostAliasesOf(request).state === "done" && stands(workOf(request));
  }

  /** The Service of one that others look for by an alias, before any pod of the run is made; done at once for all others. */
  async open(request: RunRequest): Promise<Outcome<undefined>> {
    if (!wantsName(request)) return done(undefined);
    return addressOf(request, request.service) === undefined ? await offered(workOf(request)) : done(undefined);
  }

  /** What a pod needs before it can be admitted, and what leads to it. */
  async #around(work: Work): Promise<Outcome<undefined>> {
    const before = await surroundings(work.request);
    return before.state === "done" ? await offered(work) : before;
  }
}

/** The Service, and what people's links need besides it. */
async function offered({ request, kubeService, ports }: Work): Promise<Outcome<undefined>> {
  const { cluster, run, service, spec, settings } = request;
  if (kubeService === undefined) return done(undefined);
  const link: LinkRequest = { run, service: service.name, kubeService, spec, settings };
  const objects: readonly KubeObject[] = [
    ...serviceObjects(request, kubeService, ports.served),
    ...(ports.served === undefined ? [] : wayFor(service, spec, settings).objects(link)),
  ];
  for (const object of objects) {
    const claimed = await claim(cluster, run, object);
    if (claimed.state !== "done") return claimed;
  }
  return done(undefined);
}

async function place(work: Work, pod: V1PodSpec): Promise<Outcome<{ changed: string }>> {
  const { request, name, input, podInput, base, seen, replicas } = work;
  const { cluster, run, service, commit, revision } = request;
  const notes = {
    ...rememberSeen(seen, base),
    "repo-runner.dev/commit": commit,
    "repo-runner.dev/revision": String(revision),
    ...(isSplit(request) ? { [annotation.services]: "2" } : {}),
  };
  const podAnnotations = { [annotation.input]: podInput };
  if (service.kind === "Job") {
    if (replicas === 0) return done({ changed: "Stopped" });
    const job = jobObject(request, {
      name,
      annotations: { ...notes, [annotation.input]: podInput },
      podAnnotations,
      pod,
    });
    const claimed = await claim(cluster, run, job, true);
    return claimed.state === "done" ? done({ changed: claimed.value.changed }) : claimed;
  }
  const annotations = { ...notes, [annotation.input]: input };
  const object =
    service.kind === "Cron"
      ? cronJobObject(request, { name, annotations, podAnnotations, pod })
      : deploymentObject(request, { name, annotations, podAnnotations, pod, replicas });
  const claimed = await claim<KubeObject>(cluster, run, object);
  return claimed.state === "done" ? done({ changed: claimed.value.changed }) : claimed;
}

/** A service that became a Job, or the other way round, leaves nothing of what it was; nor does an earlier Job of it. */
async function removeOthers({ request, name }: Work): Promise<void> {
  const { cluster, run, service } = request;
  const isOwn = (each: Records["Deployment" | "Job" | "CronJob"]) => each.labels[label.service] === service.name;
  // Jobs of a CronJob are its own.
  if (service.kind !== "Cron") {
    await removeJobs(cluster, run, (job) => isOwn(job) && job.name !== name);
    await removeCronJobs(cluster, run, isOwn);
  }
  if (service.kind === "Job" || service.kind === "Cron") await removeDeployments(cluster, run, isOwn);
  else if (!isSplit(request)) await removeService(cluster, run, insideName(run, service.name));
}

function releaseOf(work: Work, changed: boolean): Release {
  const { request, ports, seen } = work;
  return {
    service: request.service.name,
    kind: request.service.kind,
    workload: work.name,
    podInput: work.podInput,
    kubeService: work.kubeService,
    port: ports.served,
    passedPort: ports.passed,
    portFrom: seen.port === undefined ? "Planned" : "Seen",
    appUid: identityFor(request).uid,
    probe: ports.probe,
    replicas: work.replicas,
    changed,
  };
}
