import { annotation, label, type RunRef } from "../../run-ref.ts";
import type { Cluster, ContainerRecord, PodRecord } from "../cluster.ts";
import { appContainer, type Release } from "../runner/run-request.ts";

/** Pods of one release, newest first; pods of an earlier one that still answers are not among them. */
export function podsOf(cluster: Cluster, run: RunRef, release: Release): readonly PodRecord[] {
  return cluster
    .children("Pod", run.namespace, run.name)
    .filter(
      (pod) =>
        !pod.deleting &&
        pod.labels[label.stage] === "release" &&
        pod.labels[label.service] === release.service &&
        pod.annotations[annotation.input] === release.podInput,
    )
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** From the deletion of a pod until every node has taken it out of its Services, in ms: the endpoint slice, then kube-proxy (its `minSyncPeriod` is 1 s). */
const leavesMs = 3000;

/** How long pods of another release of the same service may still answer in place of this one, in ms: 0 where none does, Infinity while one is to stay. */
export function othersAnswerMs(cluster: Cluster, run: RunRef, release: Release, now: Date): number {
  const others = cluster
    .children("Pod", run.namespace, run.name)
    .filter(
      (pod) =>
        pod.ready &&
        pod.labels[label.stage] === "release" &&
        pod.labels[label.service] === release.service &&
        pod.annotations[annotation.input] !== release.podInput,
    )
    .map(({ deleting, deletedAtMs }) =>
      deletedAtMs === undefined ? (deleting ? 0 : Infinity) : deletedAtMs + leavesMs - now.getTime(),
    );
  return Math.max(0, ...others);
}

/** The program's own container. */
export function appOf(pod: PodRecord): ContainerRecord | undefined {
  return pod.containers.find((container) => container.name === appContainer);
}

/** A pod whose program runs now, so that its sockets can be looked at and its address asked; undefined while there is none. */
export function startedPod(cluster: Cluster, run: RunRef, release: Release): PodRecord | undefined {
  return podsOf(cluster, run, release).find((pod) => appOf(pod)?.state === "Running" && pod.ip !== undefined);
}
