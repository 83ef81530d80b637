import { digestOf } from "../digest.ts";
import type { RepoRunStatus } from "../repo-run.ts";

/**
 * While a stage goes on, how far each service and database has come is no reason for a write of its own: it comes with the next word, which
 * is half a minute away at most. Events name each rung meanwhile. Gives the status as it stands where nothing but that has changed.
 */
export function withoutDetails(before: RepoRunStatus | undefined, after: RepoRunStatus): RepoRunStatus {
  if (before === undefined || !isUnderWay(after)) return after;
  return digestOf(wordsOf(before)) === digestOf(wordsOf(after)) ? before : after;
}

function isUnderWay({ conditions = [] }: RepoRunStatus): boolean {
  return conditions.some(({ type, status }) => type === "Reconciling" && status === "True");
}

function wordsOf({ services: _services, databases: _databases, ...words }: RepoRunStatus): unknown {
  return words;
}
