import type { Cluster } from "../agents/cluster.ts";
import { type Watched, watchHealth } from "../agents/health/watch-health.ts";
import type { RunRecord } from "../agents/pass.ts";
import type { Condition, RepoRunStatus } from "../repo-run.ts";
import { label } from "../run-ref.ts";

/** What the watches say of the programs of a run that run on, each by the name of its service. */
export function watchedOf(
  run: RunRecord,
  cluster: Cluster,
  now: Date,
): readonly ({ readonly name: string } & Watched)[] {
  const isReleased = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    labels[label.stage] === "release";
  const pods = cluster.children("Pod", run.namespace, run.name).filter(isReleased);
  return cluster
    .children("Deployment", run.namespace, run.name)
    .filter((each) => isReleased(each) && !each.deleting)
    .map((deployment) => {
      const name = deployment.labels[label.service] ?? deployment.name;
      const own = pods.filter((pod) => pod.labels[label.service] === name);
      return { name, ...watchHealth(deployment, own, now) };
    });
}

/** A run whose wanted release has ended badly goes on saying whether the one before it answers: a pager watches that. */
export function withServing(
  run: RunRecord,
  status: RepoRunStatus,
  cluster: Cluster,
  now: Date,
): { status: RepoRunStatus; afterMs?: number } {
  const serving = status.conditions?.find(({ type }) => type === "Serving");
  if (serving === undefined || serving.reason === "NoRelease") return { status };
  const watched = watchedOf(run, cluster, now);
  const down = watched.find((each) => each.state === "Degraded");
  const doubtful = watched.find((each) => each.state === "Doubtful");
  if (!down && doubtful?.state === "Doubtful") return { status, afterMs: doubtful.againMs };
  if ((down !== undefined) === (serving.status === "False")) return { status };
  const changed: Condition = {
    ...serving,
    status: down ? "False" : "True",
    reason: down ? "Degraded" : "PreviousRelease",
    lastTransitionTime: `${now.toISOString().slice(0, 19)}Z`,
  };
  const conditions = (status.conditions ?? []).map((each) => (each === serving ? changed : each));
  return { status: { ...status, conditions } };
}
