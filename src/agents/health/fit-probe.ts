import type { ProbePlan } from "../../plan.ts";
import type { Answer } from "./answers.ts";

/**
 * The probe that fits what was seen: a path that answers 2xx or 3xx may decide over readiness (the kubelet takes nothing else for well); where the
 * planned path answers otherwise, any connection counts.
 */
export function fitProbe(planned: ProbePlan, asked: Answer): ProbePlan {
  if (planned.path === undefined) return planned;
  const { status = 0, location = "" } = asked;
  // The kubelet follows a redirect to the same host, and a program that wants TLS before it has none itself.
  const isLedAway = status >= 300 && location.startsWith("https://");
  const fits = status >= 200 && status < 400 && !isLedAway;
  if (fits) return planned;
  const { path: _path, ...rest } = planned;
  return rest;
}
