import type { Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { Settings } from "../../settings.ts";
import { gateway } from "./gateway.ts";
import { ingress } from "./ingress.ts";
import { loadBalancer } from "./load-balancer.ts";
import { nodePort } from "./node-port.ts";
import { none } from "./none.ts";
import type { Way, WayName } from "./way.ts";

/** Every way to give people an address. */
export const ways: Readonly<Record<WayName, Way>> = {
  None: none,
  NodePort: nodePort,
  LoadBalancer: loadBalancer,
  Ingress: ingress,
  Gateway: gateway,
};

/**
 * How one service is linked: what its spec says, else what the administrator set. Auto takes the Gateway where one is named, else the Ingress
 * where a class is, else a NodePort; never a load balancer, which costs money.
 */
export function wayFor(
  service: Pick<Service, "name" | "inner">,
  spec: RepoRunSpec,
  settings: Pick<Settings, "links">,
): Way {
  const enabled = spec.services?.find((wish) => wish.name === service.name)?.link?.enabled;
  if (!(enabled ?? service.inner !== true)) return ways.None;
  const asked = spec.links?.via ?? "Auto";
  const via = asked === "Auto" ? settings.links.via : asked;
  if (via !== "Auto") return ways[via];
  if (settings.links.gateway !== undefined || spec.links?.gatewayRef !== undefined) return ways.Gateway;
  if (settings.links.ingressClassName !== undefined || spec.links?.ingressClassName !== undefined) return ways.Ingress;
  return ways.NodePort;
}
