import { labelsOf, ownerOf } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { hostNameOf, pathOf } from "./host-name.ts";
import { type LinkRequest, type Way, linkTo } from "./way.ts";

interface RouteObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A name at a Gateway, by an HTTPRoute. */
export const gateway: Way = {
  kind: "Gateway",
  serviceType: "ClusterIP",
  objects(request) {
    const { run, service, kubeService } = request;
    const parent = gatewayOf(request);
    const host = hostNameOf(request);
    if (!parent) return [];
    const object: RouteObject = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: {
        name: kubeService,
        namespace: run.namespace,
        labels: labelsOf(run, "release", service),
        ownerReferences: [ownerOf(run)],
      },
      spec: {
        parentRefs: [parent],
        ...(host === undefined ? {} : { hostnames: [host] }),
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: pathOf(request) } }],
            backendRefs: [{ name: kubeService, port: 80 }],
          },
        ],
      },
    };
    return [object];
  },
  read(request) {
    // A route does not say at which address its Gateway listens: the name has to lead there.
    const host = hostNameOf(request);
    return host === undefined ? undefined : [linkTo(host, 80, pathOf(request))];
  },
};

function gatewayOf({ spec, settings }: LinkRequest): { name: string; namespace?: string } | undefined {
  const own = spec.links?.gatewayRef;
  if (own) return own.namespace === undefined ? { name: own.name } : { name: own.name, namespace: own.namespace };
  return settings.links.gateway;
}
