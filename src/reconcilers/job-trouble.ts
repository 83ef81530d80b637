import type { PodRecord } from "../agents/cluster.ts";
import type { Failure } from "../failure.ts";
import { redact } from "../redact.ts";

/** How long a pod of ours may wait for a place: new nodes take a minute or two. */
const scheduleMs = 180_000;

/** Why a pod of one of our own Jobs does not start, where it is no passing state: its image, its node, its configuration. */
export function jobTrouble(pod: PodRecord, now: Date): Failure | undefined {
  const ageMs = now.getTime() - Date.parse(pod.createdAt);
  if (pod.unschedulable !== undefined && ageMs > scheduleMs) {
    return {
      reason: "Unschedulable",
      message: `no node has room for ${pod.name}: ${redact(pod.unschedulable).slice(0, 400)}`,
      hint: "free room or add a node; it goes on by itself",
      layer: "Cluster",
      blame: "Platform",
      where: `Pod/${pod.name}`,
    };
  }
  const held = pod.containers.find(
    (container) =>
      container.state === "Waiting" &&
      /^(ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/.test(
        container.reason ?? "",
      ),
  );
  if (!held || ageMs < 30_000) return undefined;
  const said = redact(held.message ?? held.reason ?? "").slice(0, 500);
  return held.reason === "ImagePullBackOff" || held.reason === "InvalidImageName"
    ? {
        reason: "ImagePullFailed",
        message: `Repo Runner's own image cannot be pulled for ${pod.name}: ${said}`,
        hint: "repo-runner doctor; the chart's images.runner names it",
        layer: "Cluster",
        blame: "Platform",
        where: `Pod/${pod.name}`,
      }
    : {
        reason: "PodCannotStart",
        message: `${pod.name} cannot start: ${said}`,
        hint: "repo-runner doctor",
        layer: "Cluster",
        blame: "Platform",
        where: `Pod/${pod.name}`,
      };
}
