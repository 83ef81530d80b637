import { z } from "zod";
import { type Way, linkTo } from "./way.ts";

const Status = z.object({
  loadBalancer: z.object({
    ingress: z.array(z.object({ ip: z.string().max(64).optional(), hostname: z.string().max(253).optional() })),
  }),
});

/** An address of its own from the cloud. It costs money, so nobody gets one unasked. */
export const loadBalancer: Way = {
  kind: "LoadBalancer",
  serviceType: "LoadBalancer",
  objects: () => [],
  read(_request, { service }) {
    const host = balancerAddress(service.status);
    return host === undefined ? undefined : [linkTo(host, 80)];
  },
};

/** First address in `status.loadBalancer`, of a Service or an Ingress. */
export function balancerAddress(status: unknown): string | undefined {
  const parsed = Status.safeParse(status);
  const first = parsed.success ? parsed.data.loadBalancer.ingress[0] : undefined;
  return first?.ip ?? first?.hostname;
}
