import type { Cluster } from "../agents/cluster.ts";
import type { RunRecord } from "../agents/pass.ts";
import type { Condition, RepoRunStatus } from "../repo-run.ts";

/** How long a release that was verified may be without a ready pod before it counts as degraded. */
export const degradedAfterMs = 30_000;

/**
 * A run that has ended and that nobody asked anything new of costs no request: its status stands. Undefined when there is work to do.
 * While well nothing is written; unavailable for 30 s is Ready=False/Degraded, and back by itself.
 */
export function settled(
  run: RunRecord,
  cluster: Cluster,
  now: Date,
): { status: RepoRunStatus; afterMs?: number } | undefined {
  const { status } = run;
  if (run.deleting) return { status: status ?? {} };
  if (!status || status.observedGeneration !== run.generation) return undefined;
  if (run.requestedAt !== undefined && run.requestedAt !== status.lastHandledRequest) return undefined;
  const conditions = status.conditions ?? [];
  const is = (type: string) => conditions.find((condition) => condition.type === type);
  if (is("Reconciling")?.status === "True" && is("Ready")?.reason !== "Degraded") return undefined;
  const ready = is("Ready");
  if (is("Stalled")?.status === "True") return ready?.reason === "NeedsSecret" ? undefined : { status };
  if (ready?.reason === "Suspended" || ready?.reason === "Stopped")
    return run.spec.suspend === true || run.spec.state === "Stopped" ? { status } : undefined;
  if (ready?.status !== "True" && ready?.reason !== "Degraded") return undefined;
  return release(run, status, conditions, cluster, now);
}

function release(
  run: RunRecord,
  status: RepoRunStatus,
  conditions: readonly Condition[],
  cluster: Cluster,
  now: Date,
): { status: RepoRunStatus; afterMs?: number } | undefined {
  const long = (status.services ?? []).filter((service) => service.kind === "Web" || service.kind === "Worker");
  const deployments = cluster.children("Deployment", run.namespace, run.name);
  const own = long.map((service) =>
    deployments.find((each) => each.labels["repo-runner.dev/service"] === service.name),
  );
  // One that was deleted by hand is made again by a whole pass.
  if (own.some((deployment) => deployment === undefined)) return undefined;
  const down = own.filter((deployment) => deployment?.unavailableSince !== undefined);
  const since = down.map((deployment) => Date.parse(deployment?.unavailableSince ?? "")).toSorted((a, b) => a - b)[0];
  const degraded = conditions.find((condition) => condition.type === "Ready")?.reason === "Degraded";
  if (since === undefined) return { status: degraded ? recovered(run, status, now) : status };
  const wait = since + degradedAfterMs - now.getTime();
  if (wait > 0) return { status, afterMs: wait };
  if (degraded) return { status };
  const names = down.map((deployment) => deployment?.labels["repo-runner.dev/service"] ?? deployment?.name).join(", ");
  return {
    status: {
      ...status,
      conditions: withReady(
        conditions,
        "False",
        "Degraded",
        `${names}: no pod has been ready for 30 s (${trouble(run, cluster)})`,
        run.generation,
        now,
      ),
    },
  };
}

/** Why, as far as the pods say. */
function trouble(run: RunRecord, cluster: Cluster): string {
  const pods = cluster
    .children("Pod", run.namespace, run.name)
    .filter((pod) => pod.labels["repo-runner.dev/stage"] === "release");
  const container = pods.flatMap((pod) => pod.containers).find((each) => each.type === "App" && !each.ready);
  if (!container) return pods.length === 0 ? "it has no pod" : "its pod is not ready";
  if (container.last)
    return `${container.last.reason ?? "ended"}, exit code ${container.last.exitCode}, ${container.restarts} restarts`;
  return container.reason ?? container.state;
}

function recovered(run: RunRecord, status: RepoRunStatus, now: Date): RepoRunStatus {
  const services = status.services ?? [];
  const link = status.links?.[0];
  const said = link
    ? `${link.service}: ${link.status ?? ""}${link.title === undefined ? "" : ` "${link.title}"`}, back since ${now.toISOString().slice(11, 19)}`
    : `${services[0]?.name ?? "it"} is back`;
  const reason = services.some((service) => service.maturity === "Verified") ? "Verified" : "Running";
  return { ...status, conditions: withReady(status.conditions ?? [], "True", reason, said, run.generation, now) };
}

function withReady(
  conditions: readonly Condition[],
  status: "True" | "False",
  reason: string,
  message: string,
  generation: number,
  now: Date,
): Condition[] {
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const serving = {
    type: "Serving",
    status,
    reason: status === "True" ? "WantedRelease" : "Degraded",
    message: "",
    lastTransitionTime: at,
    observedGeneration: generation,
  };
  const reconciling = {
    type: "Reconciling",
    status: "True" as const,
    reason: "Degraded",
    message: "",
    lastTransitionTime: at,
    observedGeneration: generation,
  };
  const rest = conditions.filter((condition) => !["Ready", "Serving", "Reconciling"].includes(condition.type));
  return [
    {
      type: "Ready",
      status,
      reason,
      message: message.slice(0, 1024),
      lastTransitionTime: at,
      observedGeneration: generation,
    },
    serving,
    ...(status === "False" ? [reconciling] : []),
    ...rest,
  ];
}
