import type { Cluster } from "../agents/cluster.ts";
import { isGood } from "./history.ts";
import type { RunRecord } from "../agents/pass.ts";

/** The commit of a release that was verified before and still has a pod that is ready; undefined when none has. */
export function serving(run: RunRecord, cluster: Cluster): string | undefined {
  const verified = run.status?.history?.find(isGood);
  if (!verified) return undefined;
  const answers = cluster
    .children("Deployment", run.namespace, run.name)
    .some((deployment) => deployment.available > 0);
  return answers ? verified.revision : undefined;
}
