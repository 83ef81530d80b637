import type { V1IngressSpec } from "@kubernetes/client-node";
import { labelsOf, ownerOf } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { hostNameOf, pathOf } from "./host-name.ts";
import { balancerAddress } from "./load-balancer.ts";
import { type Way, linkTo } from "./way.ts";

interface IngressObject extends KubeObject {
  readonly spec: V1IngressSpec;
}

/** A name at the cluster's Ingress. */
export const ingress: Way = {
  kind: "Ingress",
  serviceType: "ClusterIP",
  objects(request) {
    const { run, service, kubeService, settings, spec } = request;
    const ingressClassName = spec.links?.ingressClassName ?? settings.links.ingressClassName;
    const host = hostNameOf(request);
    const object: IngressObject = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: kubeService,
        namespace: run.namespace,
        labels: labelsOf(run, "release", service),
        ownerReferences: [ownerOf(run)],
      },
      spec: {
        ...(ingressClassName === undefined ? {} : { ingressClassName }),
        rules: [
          {
            ...(host === undefined ? {} : { host }),
            http: {
              paths: [
                {
                  path: pathOf(request),
                  pathType: "Prefix",
                  backend: { service: { name: kubeService, port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    };
    return [object];
  },
  read(request, { object }) {
    const address = balancerAddress((object as { status?: unknown } | undefined)?.status);
    const host = hostNameOf(request) ?? address;
    if (host === undefined || address === undefined) return undefined;
    // The name may not be known to the cluster's own DNS: the Ingress itself is asked, by that name.
    return [{ ...linkTo(host, 80, pathOf(request)), host: address }];
  },
};
