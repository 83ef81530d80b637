import type { Cluster } from "../agents/cluster.ts";
import type { RunRecord } from "../agents/pass.ts";
import { isWhole } from "./standing.ts";
import { watchedOf, withServing } from "./watched.ts";
import type { Condition, RepoRunStatus } from "../repo-run.ts";

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
  if (is("Stalled")?.status === "True")
    return ready?.reason === "NeedsSecret" || ready?.reason === "NeedsApproval"
      ? undefined
      : withServing(run, status, cluster, now);
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
  if (!isWhole(run, status, cluster)) return undefined;
  const watched = watchedOf(run, cluster, now);
  const wasDegraded = conditions.find((condition) => condition.type === "Ready")?.reason === "Degraded";
  const down = watched.find((each) => each.state === "Degraded");
  if (down?.state === "Degraded") {
    // Its words are kept as they were when it went down: while it is down nothing is written.
    if (wasDegraded) return { status };
    return {
      status: {
        ...status,
        conditions: withReady(
          conditions,
          {
            status: "False",
            reason: "Degraded",
            message: `${down.name}: no pod has been ready for 30 s: ${down.because}`,
          },
          run.generation,
          now,
        ),
      },
    };
  }
  const doubtful = watched.find((each) => each.state === "Doubtful");
  if (doubtful?.state === "Doubtful") return { status, afterMs: doubtful.againMs };
  return { status: wasDegraded ? recovered(run, status, now) : status };
}

function recovered(run: RunRecord, status: RepoRunStatus, now: Date): RepoRunStatus {
  const services = status.services ?? [];
  const link = status.links?.[0];
  const said = link
    ? `${link.service}: ${link.status ?? ""}${link.title === undefined ? "" : ` "${link.title}"`}, back since ${now.toISOString().slice(11, 19)}`
    : `${services[0]?.name ?? "it"} is back`;
  const reason = services.some((service) => service.maturity === "Verified") ? "Verified" : "Running";
  return {
    ...status,
    conditions: withReady(status.conditions ?? [], { status: "True", reason, message: said }, run.generation, now),
  };
}

interface Word {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

function withReady(conditions: readonly Condition[], word: Word, generation: number, now: Date): Condition[] {
  const at = { lastTransitionTime: `${now.toISOString().slice(0, 19)}Z`, observedGeneration: generation };
  const rest = conditions.filter((condition) => !["Ready", "Serving", "Reconciling"].includes(condition.type));
  return [
    { type: "Ready", ...word, message: word.message.slice(0, 1024), ...at },
    {
      type: "Serving",
      status: word.status,
      reason: word.status === "True" ? "WantedRelease" : "Degraded",
      message: "",
      ...at,
    },
    ...(word.status === "False"
      ? [{ type: "Reconciling", status: "True" as const, reason: "Degraded", message: "", ...at }]
      : []),
    ...rest,
  ];
}
