import type { V1ServicePort, V1ServiceSpec } from "@kubernetes/client-node";
import type { RunRef } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { wayFor } from "../links/links.ts";
import { childName } from "./names.ts";
import { metadataOf, selectorOf } from "./objects.ts";
import { type RunRequest, wishOf } from "./run-request.ts";

export interface ServiceObject extends KubeObject {
  readonly kind: "Service";
  readonly spec: V1ServiceSpec;
}

/** The port of every Service of a program that answers HTTP. */
export const httpPort = 80;

/** Ports that a service offers besides its first, each number once: the person's before the plan's. */
export function furtherPorts(request: Pick<RunRequest, "service" | "spec">): readonly V1ServicePort[] {
  const asked = [...(wishOf(request)?.extraPorts ?? []), ...request.service.extraPorts];
  const ports = asked.map(({ name, port, protocol = "TCP" }): V1ServicePort => ({
    name,
    port,
    targetPort: port,
    protocol,
  }));
  return ports.filter(
    (each, at) => ports.findIndex((other) => other.port === each.port && other.protocol === each.protocol) === at,
  );
}

/** Whether anything reaches the service by a Kubernetes Service: people, or another part of the run. */
export function isOffered(request: Pick<RunRequest, "service" | "spec">): boolean {
  const { kind } = request.service;
  return kind === "Web" || (kind === "Worker" && furtherPorts(request).length > 0);
}

/** The Service that only the run's own code uses, where the one that people reach must not offer as much. */
export function insideName(run: RunRef, service: string): string {
  return childName(run, `${service}-inside`);
}

/**
 * Whether a service has two Services: people reach one from outside of the cluster (a NodePort, a load balancer), and other code of the run looks
 * for further ports, or for the program's own number by another name (`http://api:3000`). What is meant for inside is never opened to the outside.
 */
export function isSplit(request: Pick<RunRequest, "service" | "spec" | "settings">): boolean {
  const { service, spec, settings } = request;
  if (service.kind !== "Web" || wayFor(service, spec, settings).serviceType === "ClusterIP") return false;
  return service.aliases.length > 0 || furtherPorts(request).length > 0;
}

/** The Services of a release, the one that links lead to first. NodePorts are chosen by the API server alone. */
export function serviceObjects(
  request: RunRequest,
  name: string,
  served: number | undefined,
): readonly [ServiceObject, ...ServiceObject[]] {
  const { run, service, spec, settings } = request;
  if (served === undefined) return [serviceObject(request, name, "ClusterIP", furtherPorts(request))];
  const type = wayFor(service, spec, settings).serviceType;
  if (type === "ClusterIP") return [serviceObject(request, name, type, portsOf(request, served))];
  const outside = serviceObject(request, name, type, [httpTo(served, "http", httpPort)]);
  if (!isSplit(request)) return [outside];
  return [outside, serviceObject(request, insideName(run, service.name), "ClusterIP", portsOf(request, served))];
}

function serviceObject(
  request: RunRequest,
  name: string,
  type: NonNullable<V1ServiceSpec["type"]>,
  ports: readonly V1ServicePort[],
): ServiceObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(request, name),
    spec: { type, selector: selectorOf(request), ports: [...ports] },
  };
}

/** Port 80 leads to the program whatever it listens on; so do the number that was seen, and the one that the plan knows. */
function portsOf(request: RunRequest, served: number): V1ServicePort[] {
  const numbers = [served, request.service.port.number].filter((port) => port !== undefined);
  const ports = [
    httpTo(served, "http", httpPort),
    ...numbers.map((port) => httpTo(served, `http-${port}`, port)),
    ...furtherPorts(request),
  ];
  return ports.filter(
    (each, at) =>
      ports.findIndex(
        (other) => (other.port === each.port && other.protocol === each.protocol) || other.name === each.name,
      ) === at,
  );
}

function httpTo(targetPort: number, name: string, port: number): V1ServicePort {
  return { name, port, targetPort, protocol: "TCP" };
}
