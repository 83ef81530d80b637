import type { V1PodSpec } from "@kubernetes/client-node";
import { done, failed, type Outcome } from "../../outcome.ts";
import { isPodSecurity, refusalToFailure } from "../refusal.ts";
import { podObject } from "./objects.ts";
import { identityFor } from "./pod.ts";
import type { RunRequest } from "./run-request.ts";

/**
 * Asks the API server before anything is made: a refusal by quota, policy or Pod Security would else be hidden in an event. Gives the pod that
 * is admitted: `wide` where the namespace allows it, else the narrow one.
 */
export async function admittedPod(
  request: RunRequest,
  podFor: (wide: boolean) => V1PodSpec,
): Promise<Outcome<V1PodSpec>> {
  const { cluster, service } = request;
  const wide = podFor(true);
  const refusal = await cluster.preflight(podObject(request, wide));
  if (!refusal) return done(wide);
  if (identityFor(request).uid === 0 && isPodSecurity(refusal)) {
    const narrow = podFor(false);
    const again = await cluster.preflight(podObject(request, narrow));
    return again
      ? failed({ ...refusalToFailure(again, `a pod of ${service.name}`), service: service.name })
      : done(narrow);
  }
  return failed({ ...refusalToFailure(refusal, `a pod of ${service.name}`), service: service.name });
}
