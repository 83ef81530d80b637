import type { Cluster, ContainerRecord, PodRecord } from "../cluster.ts";
import type { RunRef } from "../../run-ref.ts";
import { label } from "../../run-ref.ts";

const mostPods = 3;

/**
 * What the kubelet and the scheduler told of a service's pods, newest first: `web-7f9 app: terminated OOMKilled, exit code 137, 3 restarts`. From the watch, so
 * that a failure costs no request, and without a right to read Events.
 */
export function podEvents(cluster: Cluster, run: RunRef, service: string): readonly string[] {
  return cluster
    .children("Pod", run.namespace, run.name)
    .filter((pod) => pod.labels[label.service] === service)
    .toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1))
    .slice(0, mostPods)
    .flatMap((pod) => [...ofPod(pod), ...pod.containers.flatMap((each) => ofContainer(pod.name, each))]);
}

function ofPod({ name, reason, unschedulable }: PodRecord): readonly string[] {
  return [
    ...(reason === undefined ? [] : [`${name}: ${reason}`]),
    ...(unschedulable === undefined ? [] : [`${name}: not scheduled, ${unschedulable.slice(0, 120)}`]),
  ];
}

function ofContainer(pod: string, { name, type, state, reason, message, exitCode, last, restarts }: ContainerRecord) {
  if (type === "Ephemeral") return [];
  const words = state === "Waiting" ? (message ?? "").slice(0, 120) : "";
  const now = [
    `${state.toLowerCase()}${reason === undefined ? "" : ` ${reason}`}`,
    ...(exitCode === undefined ? [] : [`exit code ${String(exitCode)}`]),
    ...(words === "" ? [] : [words]),
    ...(last === undefined ? [] : [`before: ${last.reason ?? "ended"}, exit code ${String(last.exitCode)}`]),
    ...(restarts === 0 ? [] : [`${String(restarts)} restarts`]),
  ];
  return state === "Running" && last === undefined ? [] : [`${pod} ${name}: ${now.join(", ")}`];
}
