import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { KubeObject } from "../cluster.ts";

export type WayName = "None" | "NodePort" | "LoadBalancer" | "Ingress" | "Gateway";

/** One service of a run that people reach by a link. */
export interface LinkRequest {
  readonly run: RunRef;
  readonly service: string;
  /** Name of its Kubernetes Service; port 80 of it. */
  readonly kubeService: string;
  readonly spec: RepoRunSpec;
  readonly settings: Settings;
}

/** What stands in the cluster for a link, read live. */
export interface LinkObserved {
  readonly service: KubeObject & { readonly spec?: V1ServiceSpec; readonly status?: unknown };
  /** The way's own object (Ingress, HTTPRoute), where it has one. */
  readonly object: KubeObject | undefined;
  /** Address of a node that people reach. */
  readonly nodeAddress: string | undefined;
}

/** An address that people use, and how it is asked: `host` may be an address while the request names another host. */
export interface Link {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly hostHeader: string;
  readonly path: string;
}

/** One way to give people an address. */
export interface Way {
  readonly kind: WayName;
  readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
  /** What it needs besides the Service. */
  objects(request: LinkRequest): readonly KubeObject[];
  /** The links, as soon as they are known; empty when this way makes none. */
  read(request: LinkRequest, observed: LinkObserved): readonly Link[] | undefined;
}

/** `http://host/` or `http://host:30412/`. */
export function linkTo(host: string, port: number, path = "/"): Link {
  const shown = host.includes(":") ? `[${host}]` : host;
  const authority = port === 80 ? shown : `${shown}:${port}`;
  return { url: `http://${authority}${path}`, host, port, hostHeader: authority, path };
}
