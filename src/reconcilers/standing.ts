import type { Cluster, Records } from "../agents/cluster.ts";
import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { annotation, label } from "../run-ref.ts";

/** Kinds without which a service of that kind is not there. */
const parts: Readonly<Record<string, readonly ("Deployment" | "Service" | "CronJob")[]>> = {
  Web: ["Deployment", "Service"],
  Worker: ["Deployment"],
  Cron: ["CronJob"],
};

/** Whether all that a well run is made of stands; what was deleted by hand is made again by a whole pass. Reads records only. */
export function isWhole(run: RunRecord, status: RepoRunStatus, cluster: Cluster): boolean {
  const has = (kind: "Deployment" | "Service" | "CronJob" | "StatefulSet", by: string, name: string) =>
    cluster.children(kind, run.namespace, run.name).some((each) => isThere(each) && each.labels[by] === name);
  const bound = (run.spec.databases ?? []).filter(({ bindTo }) => bindTo !== undefined).map(({ name }) => name);
  const provided = (status.databases ?? []).filter(({ name }) => !bound.includes(name));
  const services = cluster.children("Service", run.namespace, run.name).filter(isThere);
  const split = cluster
    .children("Deployment", run.namespace, run.name)
    .filter(({ annotations }) => annotations[annotation.services] !== undefined);
  return (
    split.every(
      ({ labels, annotations }) =>
        services.filter((each) => each.labels[label.service] === labels[label.service]).length >=
        Number(annotations[annotation.services]),
    ) &&
    (status.services ?? []).every(({ name, kind }) =>
      (parts[kind ?? ""] ?? []).every((part) => has(part, label.service, name)),
    ) &&
    provided.every(({ name }) => has("StatefulSet", label.database, name) && has("Service", label.database, name))
  );
}

function isThere(record: Records[keyof Records]): boolean {
  const stage = record.labels[label.stage];
  return !record.deleting && (stage === "release" || stage === "database");
}
