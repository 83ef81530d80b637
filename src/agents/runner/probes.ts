import type { V1Probe } from "@kubernetes/client-node";
import type { ProbePlan } from "../../plan.ts";

/**
 * Probes that fit: quick and patient while it starts, then readiness by the path that is known to answer (any answer on the port where none
 * is), and a liveness that only asks whether somebody still accepts connections, so that a slow answer never restarts a program.
 */
export function probesOf(
  port: number,
  plan: ProbePlan,
): { startupProbe: V1Probe; readinessProbe: V1Probe; livenessProbe: V1Probe } {
  const tcp = { tcpSocket: { port } };
  const asked = plan.path === undefined ? tcp : { httpGet: { path: plan.path, port } };
  return {
    startupProbe: { ...tcp, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: Math.max(5, plan.startupSeconds) },
    readinessProbe: { ...asked, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...tcp, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
