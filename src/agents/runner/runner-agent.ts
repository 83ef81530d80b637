import type { V1PodSpec } from "@kubernetes/client-node";
import { digestOf, shortHash } from "../../digest.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import { annotation, label } from "../../run-ref.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { DeploymentRecord, JobRecord, KubeObject } from "../cluster.ts";
import { wayFor } from "../links/links.ts";
import type { LinkRequest } from "../links/way.ts";
import { isPodSecurity, refusalToFailure } from "../refusal.ts";
import { claim } from "./claim.ts";
import { removeDeployments, removeJobs } from "./remove.ts";
import { ensureGeneratedSecret, generatedNames, generatedSecretName } from "./generated-secret.ts";
import { childName } from "./names.ts";
import {
  accountObject,
  cronJobObject,
  deploymentObject,
  jobObject,
  podObject,
  serviceObject,
  volumeObjects,
} from "./objects.ts";
import { identityFor, podOf, type PortSetting } from "./pod.ts";
import { type Release, type RunRequest, type Seen, wishOf } from "./run-request.ts";
import { recallSeen, rememberSeen } from "./seen.ts";

/** What is told to a program that has no port of its own in the plan. */
const defaultPort = 8080;

/** Everything about one release that is known before any request is made. */
interface Work {
  readonly request: RunRequest;
  readonly ports: PortSetting;
  readonly seen: Seen;
  /** Digest of what was asked, without what was seen. */
  readonly base: string;
  readonly podInput: string;
  readonly input: string;
  readonly name: string;
  readonly replicas: number;
  readonly kubeService: string | undefined;
}

/** Puts one service into the cluster: account, Service, volumes, and a Deployment, Job or CronJob. What stands already as it should costs no request. */
export class RunnerAgent extends BaseAgent<RunRequest, Release> {
  readonly name = "RunnerAgent";

  protected async work(request: RunRequest, context: AgentContext): Promise<Outcome<Release>> {
    const work = workOf(request);
    if (stands(work)) {
      await removeOthers(work);
      return done(releaseOf(work, false));
    }
    const ready = await this.#around(work);
    if (ready.state !== "done") return ready;
    const pod = await admitted(work);
    if (pod.state !== "done") return pod;
    const placed = await place(work, pod.value);
    if (placed.state !== "done") return placed;
    await removeOthers(work);
    context.log("released", { service: request.service.name, workload: work.name, ...placed.value });
    return done(releaseOf(work, true));
  }

  /** What a pod needs before it can be admitted, and what leads to it. */
  async #around({ request, kubeService, ports }: Work): Promise<Outcome<undefined>> {
    const { cluster, run, plan, service, spec, settings } = request;
    if (spec.pod?.serviceAccountName === undefined) {
      const account = await claim(cluster, run, accountObject(request), true);
      if (account.state !== "done") return account;
    }
    const generated = await ensureGeneratedSecret(cluster, run, plan.services);
    if (generated.state !== "done") return generated;
    for (const volume of volumeObjects(request)) {
      const claimed = await claim(cluster, run, volume, true);
      if (claimed.state !== "done") return claimed;
    }
    if (kubeService === undefined || ports.served === undefined) return done(undefined);
    const way = wayFor(service.name, spec, settings);
    const link: LinkRequest = { run, service: service.name, kubeService, spec, settings };
    const objects: KubeObject[] = [
      serviceObject(request, kubeService, ports.served, { type: way.serviceType }),
      ...way.objects(link),
    ];
    for (const object of objects) {
      const claimed = await claim(cluster, run, object);
      if (claimed.state !== "done") return claimed;
    }
    return done(undefined);
  }
}

function workOf(original: RunRequest): Work {
  const { run, plan, service, image, spec, cluster } = original;
  const names = generatedNames(plan.services);
  const request: RunRequest =
    names.length === 0 ? original : { ...original, generatedSecret: generatedSecretName(run, names) };
  const planned =
    wishOf(request)?.port ?? givenPort(request) ?? service.port.number ?? request.imageFacts.exposed[0] ?? defaultPort;
  const unseen: PortSetting = {
    passed: planned,
    served: service.kind === "Web" ? planned : undefined,
    probe: service.probe,
  };
  const base = digestOf([podOf(request, unseen, true), service.kind]);
  const deploymentName = childName(run, service.name);
  const deployment = cluster
    .children("Deployment", run.namespace, run.name)
    .find((each) => each.name === deploymentName && !each.deleting);
  const seen = { ...recallSeen(deployment?.annotations, base), ...request.seen };
  const ports: PortSetting = {
    passed: planned,
    served: unseen.served === undefined ? undefined : (seen.port ?? planned),
    probe: seen.probe ?? service.probe,
  };
  const podInput = digestOf([podOf(request, ports, true), image, service.kind]);
  const replicas = spec.state === "Stopped" ? 0 : (wishOf(request)?.replicas ?? wishOf(request)?.autoscaling?.min ?? 1);
  const way = wayFor(service.name, spec, request.settings);
  const input = digestOf([
    podInput,
    replicas,
    way.kind,
    wishOf(request)?.link ?? null,
    wishOf(request)?.extraPorts ?? null,
    wishOf(request)?.schedule ?? null,
    rememberSeen(seen, base),
  ]);
  return {
    request,
    ports,
    seen,
    base,
    podInput,
    input,
    // A Job cannot be changed: another input is another Job.
    name:
      service.kind === "Job" ? childName(run, `${service.name}-${shortHash([run.uid, podInput], 6)}`) : deploymentName,
    replicas,
    kubeService: service.kind === "Web" ? deploymentName : undefined,
  };
}

/** A PORT that the person set as a variable is as good as a port in the spec: the program will listen there. */
function givenPort(request: RunRequest): number | undefined {
  const given = [...(wishOf(request)?.env ?? []), ...(request.spec.env ?? [])].find(({ name }) => name === "PORT");
  const port = Number(given?.value ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** True when the watch says that the very same release is there. */
function stands({ request: { cluster, run, service }, name, input, podInput }: Work): boolean {
  if (service.kind === "Job") {
    const job = cluster.children("Job", run.namespace, run.name).find((each) => each.name === name);
    return job !== undefined && job.annotations[annotation.input] === podInput;
  }
  if (service.kind === "Cron") return false;
  const deployment = cluster.children("Deployment", run.namespace, run.name).find((each) => each.name === name);
  return deployment !== undefined && !deployment.deleting && deployment.annotations[annotation.input] === input;
}

/** Asks the API server before anything is made: a refusal by quota, policy or Pod Security would else be hidden in an event. */
async function admitted({ request, ports }: Work): Promise<Outcome<V1PodSpec>> {
  const { cluster, service } = request;
  const wide = podOf(request, ports, true);
  const refusal = await cluster.preflight(podObject(request, wide));
  if (!refusal) return done(wide);
  if (identityFor(request).uid === 0 && isPodSecurity(refusal)) {
    const narrow = podOf(request, ports, false);
    const again = await cluster.preflight(podObject(request, narrow));
    return again
      ? failed({ ...refusalToFailure(again, `a pod of ${service.name}`), service: service.name })
      : done(narrow);
  }
  return failed({ ...refusalToFailure(refusal, `a pod of ${service.name}`), service: service.name });
}

async function place(work: Work, pod: V1PodSpec): Promise<Outcome<{ changed: string }>> {
  const { request, name, input, podInput, base, seen, replicas } = work;
  const { cluster, run, service, commit, revision } = request;
  const notes = {
    ...rememberSeen(seen, base),
    "repo-runner.dev/commit": commit,
    "repo-runner.dev/revision": String(revision),
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
  const isOwn = (each: DeploymentRecord | JobRecord) => each.labels[label.service] === service.name;
  // Jobs of a CronJob are its own.
  if (service.kind !== "Cron") await removeJobs(cluster, run, (job) => isOwn(job) && job.name !== name);
  if (service.kind === "Job" || service.kind === "Cron") await removeDeployments(cluster, run, isOwn);
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
