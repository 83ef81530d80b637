import type { Cluster } from "../agents/cluster.ts";
import type { RunRecord } from "../agents/pass.ts";

/** The commit of a release that was verified before and still has a pod that is ready; undefined when none has. */
export function serving(run: RunRecord, cluster: Cluster): string | undefined {
  const verified = run.status?.history?.find((entry) => entry.outcome === "Verified" || entry.outcome === "Running");
  if (!verified) return undefined;
  const answers = cluster
    .children("Deployment", run.namespace, run.name)
    .some((deployment) => deployment.available > 0);
  return answers ? verified.revision : undefined;
}
