import type { RepoRunStatus } from "../repo-run.ts";

/** Where a run is, in as many words as a dashboard has room for. */
export const phases = [
  "Pending",
  "Queued",
  "Cloning",
  "Building",
  "Starting",
  "Fixing",
  "Working",
  "Ready",
  "Degraded",
  "Stopped",
  "Stalled",
] as const;
export type Phase = (typeof phases)[number];

const stages: ReadonlySet<string> = new Set<Phase>(["Queued", "Cloning", "Building", "Starting", "Fixing"]);

/** The phase that a status tells by its conditions; `Pending` while nobody has looked. */
export function phaseOf(status: RepoRunStatus | undefined): Phase {
  const ready = conditionOf(status, "Ready");
  if (ready === undefined) return "Pending";
  if (conditionOf(status, "Stalled")?.status === "True") return "Stalled";
  if (ready.reason === "Degraded") return "Degraded";
  const work = conditionOf(status, "Reconciling");
  if (work) return stages.has(work.reason) ? (work.reason as Phase) : "Working";
  return ready.status === "True" ? "Ready" : "Stopped";
}

/** Since when it is being worked on without a break, in ms since 1970; undefined while it is not. */
export function workingSince(status: RepoRunStatus | undefined): number | undefined {
  const work = conditionOf(status, "Reconciling");
  return work && Date.parse(work.lastTransitionTime);
}

/** What ended the work, or keeps it from its end: the reason of Ready. */
export function reasonOf(status: RepoRunStatus | undefined): string {
  return conditionOf(status, "Ready")?.reason ?? "Pending";
}

/** Seconds from the beginning of the work on a commit to its Ready, where a write ends just that; a release that comes back by itself is none. */
export function secondsToReady(before: RepoRunStatus | undefined, after: RepoRunStatus, now: Date): number | undefined {
  const began = conditionOf(before, "Reconciling");
  if (began === undefined || phaseOf(before) === "Degraded" || phaseOf(after) !== "Ready") return undefined;
  return Math.max(0, (now.getTime() - Date.parse(began.lastTransitionTime)) / 1000);
}

function conditionOf(status: RepoRunStatus | undefined, type: string) {
  return status?.conditions?.find((condition) => condition.type === type);
}
