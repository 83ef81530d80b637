import { digestOf, shortHash } from "../../digest.ts";
import { annotation } from "../../run-ref.ts";
import { wayFor } from "../links/links.ts";
import { generatedNames, generatedSecretName } from "./generated-secret.ts";
import { childName } from "./names.ts";
import { scheduleOf } from "./objects.ts";
import { podOf, type PortSetting } from "./pod.ts";
import { type RunRequest, type Seen, wishOf } from "./run-request.ts";
import { recallSeen, rememberSeen } from "./seen.ts";
import { furtherPorts, insideName, isOffered, isSplit } from "./service-object.ts";

/** What is told to a program that has no port of its own in the plan. */
const defaultPort = 8080;

/** Everything about one release that is known before any request is made. */
export interface Work {
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

/** Works out one release from what is asked and what stands: pure, but for the records of the watch. */
export function workOf(original: RunRequest): Work {
  const { run, service, image, spec, cluster } = original;
  const request = withGenerated(original);
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
  const way = wayFor(service, spec, request.settings);
  const input = digestOf([
    podInput,
    replicas,
    way.kind,
    wishOf(request)?.link ?? null,
    furtherPorts(request),
    isSplit(request),
    service.kind === "Cron" ? scheduleOf(request) : null,
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
    kubeService: isOffered(request) ? deploymentName : undefined,
  };
}

/** With the name of the Secret that holds what the plan generates, where it generates anything. */
export function withGenerated<T extends RunRequest>(request: T): T {
  const names = generatedNames(request.plan.services);
  return names.length === 0 ? request : { ...request, generatedSecret: generatedSecretName(request.run, names) };
}

/** A PORT that the person set as a variable is as good as a port in the spec: the program will listen there. */
function givenPort(request: RunRequest): number | undefined {
  const given = [...(wishOf(request)?.env ?? []), ...(request.spec.env ?? [])].find(({ name }) => name === "PORT");
  const port = Number(given?.value ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** True when the watch says that the very same release is there, with the Service that leads to it. */
export function stands({ request, name, input, podInput, kubeService }: Work): boolean {
  const { cluster, run, service } = request;
  const isThere = (kind: "Job" | "CronJob" | "Deployment" | "Service", of: string, asked?: string) =>
    cluster
      .children(kind, run.namespace, run.name)
      .some(
        (each) =>
          each.name === of && !each.deleting && (asked === undefined || each.annotations[annotation.input] === asked),
      );
  if (service.kind === "Job") return isThere("Job", name, podInput);
  if (service.kind === "Cron") return isThere("CronJob", name, input);
  const inside = isSplit(request) ? [insideName(run, service.name)] : [];
  const services = kubeService === undefined ? [] : [kubeService, ...inside];
  return isThere("Deployment", name, input) && services.every((each) => isThere("Service", each));
}
