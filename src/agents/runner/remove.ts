import { label, type RunRef } from "../../run-ref.ts";
import type { Cluster, DeploymentRecord, JobRecord } from "../cluster.ts";

/** Removes what stands for services that the plan no longer has; costs nothing when there is nothing. */
export async function removeUnplanned(cluster: Cluster, run: RunRef, services: readonly string[]): Promise<void> {
  const isGone = (record: DeploymentRecord | JobRecord) => !services.includes(record.labels[label.service] ?? "");
  await removeJobs(cluster, run, isGone);
  await removeDeployments(cluster, run, isGone);
}

export async function removeJobs(cluster: Cluster, run: RunRef, which: (job: JobRecord) => boolean): Promise<void> {
  for (const job of cluster.children("Job", run.namespace, run.name)) {
    if (isReleased(job) && which(job)) await cluster.remove("Job", run.namespace, job.name, job.uid);
  }
}

/** Each with its Service, which goes first: the Deployment is what a later pass finds it by. */
export async function removeDeployments(
  cluster: Cluster,
  run: RunRef,
  which: (deployment: DeploymentRecord) => boolean,
): Promise<void> {
  for (const deployment of cluster.children("Deployment", run.namespace, run.name)) {
    if (!isReleased(deployment) || !which(deployment)) continue;
    const service = await cluster.get("Service", run.namespace, deployment.name);
    if (service?.metadata.labels?.[label.run] === run.name) {
      await cluster.remove("Service", run.namespace, deployment.name, service.metadata.uid);
    }
    await cluster.remove("Deployment", run.namespace, deployment.name, deployment.uid);
  }
}

function isReleased(record: DeploymentRecord | JobRecord): boolean {
  return record.labels[label.stage] === "release" && !record.deleting;
}
