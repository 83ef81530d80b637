import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import type { Progress } from "./progress.ts";
import { remainingMs } from "./time-limit.ts";

/** What stands, looked at again when the sooner of two wants it. */
export function soonest<T extends { readonly afterMs?: number }>(standing: T, afterMs: number | undefined): T {
  if (afterMs === undefined) return standing;
  return { ...standing, afterMs: Math.min(standing.afterMs ?? afterMs, afterMs) };
}

/** When to look again besides what the watches wake: a stage that asked for it, a platform failure that is retried, the end of the time limit. */
export function nextLookMs(run: RunRecord, progress: Progress, status: RepoRunStatus, now: Date): number | undefined {
  const waits: number[] = [];
  if (progress.pending?.afterMs !== undefined) waits.push(progress.pending.afterMs);
  if (progress.failure?.blame === "Platform") waits.push(60_000);
  if (progress.pending !== undefined) waits.push(remainingMs({ ...run, status }, now));
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
}
