import type { V1ResourceRequirements } from "@kubernetes/client-node";
import { type RunRequest, wishOf } from "./run-request.ts";

/** Stands where neither plan nor spec says anything: every pod of ours has requests and limits, which quotas ask for. */
const fallback = {
  requests: { cpu: "50m", memory: "128Mi" },
  limits: { cpu: "2", memory: "512Mi" },
};

/** Requests and limits: what the person says wins, key by key, over the plan. */
export function resourcesOf(request: Pick<RunRequest, "spec" | "service">): V1ResourceRequirements {
  const wished = wishOf(request)?.resources;
  const planned = request.service.resources;
  const limits = { ...fallback.limits, ...planned.limits, ...texts(wished?.limits) };
  const own = texts(wished?.requests);
  const requests: Record<string, string> = { ...fallback.requests, ...planned.requests, ...own };
  for (const [name, limit] of Object.entries(limits)) {
    // A limit below a planned request, or a request above a planned limit, would be refused by the API server.
    const asked = requests[name];
    if (asked === undefined || quantity(asked) <= quantity(limit)) continue;
    if (own[name] === undefined) requests[name] = limit;
    else limits[name as keyof typeof limits] = asked;
  }
  return { requests, limits };
}

function texts(quantities: Readonly<Record<string, number | string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities ?? {}).map(([name, value]) => [name, String(value)]));
}

const scales: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `256Mi`, `100m`, `2` as a number; what is not understood is left to the API server. */
export function quantity(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text);
  return match ? Number(match[1]) * (scales[match[2] ?? ""] ?? 1) : 0;
}
