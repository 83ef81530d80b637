import { label, type RunRef } from "../../run-ref.ts";
import type { Cluster, CronJobRecord, DeploymentRecord, JobRecord, Records } from "../cluster.ts";

/** Removes what stands for services that the plan no longer has; costs nothing when there is nothing. */
export async function removeUnplanned(cluster: Cluster, run: RunRef, services: readonly string[]): Promise<void> {
  const isGone = (record: Records["Deployment" | "Job" | "CronJob"]) =>
    !services.includes(record.labels[label.service] ?? "");
  await removeCronJobs(cluster, run, isGone);
  await removeJobs(cluster, run, isGone);
  await removeDeployments(cluster, run, isGone);
}

export async function removeJobs(cluster: Cluster, run: RunRef, which: (job: JobRecord) => boolean): Promise<void> {
  for (const job of cluster.children("Job", run.namespace, run.name)) {
    if (isReleased(job) && which(job)) await cluster.remove("Job", run.namespace, job.name, job.uid);
  }
}

export async function removeCronJobs(
  cluster: Cluster,
  run: RunRef,
  which: (cronJob: CronJobRecord) => boolean,
): Promise<void> {
  for (const cronJob of cluster.children("CronJob", run.namespace, run.name)) {
    if (isReleased(cronJob) && which(cronJob)) {
      await cluster.remove("CronJob", run.namespace, cronJob.name, cronJob.uid);
    }
  }
}

/** A Service of a release, where it stands. */
export async function removeService(cluster: Cluster, run: RunRef, name: string): Promise<void> {
  const services = cluster.children("Service", run.namespace, run.name);
  const service = services.find((each) => each.name === name && isReleased(each));
  if (service) await cluster.remove("Service", run.namespace, service.name, service.uid);
}

/** Each with its Services, which go first: the Deployment is what a later pass finds it by. */
export async function removeDeployments(
  cluster: Cluster,
  run: RunRef,
  which: (deployment: DeploymentRecord) => boolean,
): Promise<void> {
  for (const deployment of cluster.children("Deployment", run.namespace, run.name)) {
    if (!isReleased(deployment) || !which(deployment)) continue;
    const services = cluster
      .children("Service", run.namespace, run.name)
      .filter((each) => each.labels[label.service] === deployment.labels[label.service]);
    for (const service of services) await removeService(cluster, run, service.name);
    await cluster.remove("Deployment", run.namespace, deployment.name, deployment.uid);
  }
}

function isReleased(record: Records["Deployment" | "Job" | "CronJob" | "Service"]): boolean {
  return record.labels[label.stage] === "release" && !record.deleting;
}
