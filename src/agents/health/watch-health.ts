import type { DeploymentRecord, PodRecord } from "../cluster.ts";
import { appOf } from "./pods.ts";

/** How long a release that was verified may be without an available pod before it counts as degraded. */
export const degradedAfterMs = 30_000;

/** What the watch says about a release that was well. */
export type Watched =
  | { readonly state: "Well" }
  /** Not available, but not for long enough; look again then. */
  | { readonly state: "Doubtful"; readonly againMs: number }
  | { readonly state: "Degraded"; readonly since: string; readonly because: string };

/** Reads records only: no request, nothing to write while well. */
export function watchHealth(
  deployment: Pick<DeploymentRecord, "unavailableSince" | "replicas">,
  pods: readonly PodRecord[],
  now: Date,
): Watched {
  const since = deployment.unavailableSince;
  if (since === undefined || deployment.replicas === 0) return { state: "Well" };
  const downMs = now.getTime() - Date.parse(since);
  if (downMs < degradedAfterMs) return { state: "Doubtful", againMs: Math.max(1, degradedAfterMs - downMs) };
  return { state: "Degraded", since, because: becauseOf(pods) };
}

function becauseOf(pods: readonly PodRecord[]): string {
  const ill = pods.find((pod) => !pod.deleting && !pod.ready) ?? pods.find((pod) => !pod.deleting);
  if (!ill) return "it has no pod";
  if (ill.unschedulable !== undefined) return `its pod has no place: ${ill.unschedulable.slice(0, 200)}`;
  const app = appOf(ill);
  if (!app) return `pod ${ill.name} has not started`;
  if (app.last) {
    return `pod ${ill.name}: ${app.last.reason ?? "ended"}, exit code ${app.last.exitCode}, ${app.restarts} restarts`;
  }
  if (app.state === "Waiting") return `pod ${ill.name}: ${app.reason ?? "waiting"}`;
  return `pod ${ill.name} does not answer its probe`;
}
