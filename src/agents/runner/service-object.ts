import type { V1ServicePort, V1ServiceSpec } from "@kubernetes/client-node";
import type { KubeObject } from "../cluster.ts";
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

/**
 * The Service of a release. People and links reach port 80, whatever the program listens on; other code of the run may call it by the number
 * that the plan knows or that was seen (`http://api:3000`). NodePorts are chosen by the API server alone.
 */
export function serviceObject(
  request: RunRequest,
  name: string,
  served: number | undefined,
  link: Pick<V1ServiceSpec, "type" | "loadBalancerClass">,
): ServiceObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(request, name),
    spec: { ...link, selector: selectorOf(request), ports: portsOf(request, served) },
  };
}

function portsOf(request: RunRequest, served: number | undefined): V1ServicePort[] {
  const first: V1ServicePort[] =
    served === undefined ? [] : [{ name: "http", port: httpPort, targetPort: served, protocol: "TCP" }];
  const own = [served, request.service.port.number].filter((port) => served !== undefined && port !== undefined);
  const ports = [
    ...first,
    ...own.map((port) => ({ name: `http-${port}`, port, targetPort: served, protocol: "TCP" }) as V1ServicePort),
    ...furtherPorts(request),
  ];
  return ports.filter(
    (each, at) =>
      ports.findIndex(
        (other) => (other.port === each.port && other.protocol === each.protocol) || other.name === each.name,
      ) === at,
  );
}
