import { label, type RunRef } from "../../run-ref.ts";
import type { Cluster } from "../cluster.ts";

/** Deletes asking pods once what they said is written down; costs nothing when there are none. */
export async function removeLooks(cluster: Cluster, run: RunRef): Promise<void> {
  const looks = cluster
    .children("Pod", run.namespace, run.name)
    .filter((pod) => pod.labels[label.stage] === "look" && !pod.deleting);
  for (const pod of looks) await cluster.remove("Pod", run.namespace, pod.name, pod.uid);
}
