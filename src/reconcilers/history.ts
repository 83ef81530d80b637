import type { RepoRunStatus } from "../repo-run.ts";
import type { Progress } from "./progress.ts";
import type { PlanRecord } from "./record.ts";

type History = NonNullable<RepoRunStatus["history"]>;

/** One line for each commit that ended, newest first, ten at most; the same commit ended again replaces its line. */
export function nextHistory(previous: History, record: PlanRecord, progress: Progress, now: Date): History {
  const outcome = progress.failure?.reason ?? [...progress.services.values()][0]?.maturity ?? "Verified";
  const [latest, ...older] = previous;
  if (latest?.revision === record.commitName) {
    return latest.outcome === outcome ? previous : [{ ...latest, outcome, at: stamp(now) }, ...older];
  }
  const release = (latest?.release ?? 0) + 1;
  return [{ release, revision: record.commitName.slice(0, 64), outcome, at: stamp(now) }, ...previous].slice(0, 10);
}

function stamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}
