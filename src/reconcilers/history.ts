import type { RepoRunStatus } from "../repo-run.ts";
import type { Progress } from "./progress.ts";
import type { PlanRecord } from "./record.ts";

type History = NonNullable<RepoRunStatus["history"]>;
type Entry = History[number];

const mostEntries = 10;
const defaultReleases = 3;

/** Outcomes of a release that was well. */
const good = new Set(["Verified", "Running", "Completed", "Scheduled"]);

/** Whether a release ended well. */
export function isGood(entry: Pick<Entry, "outcome">): boolean {
  return good.has(entry.outcome ?? "");
}

/** The newest release that was well and whose plan is kept. */
export function lastGood(history: History): (Entry & { plan: number }) | undefined {
  return history.find((entry): entry is Entry & { plan: number } => isGood(entry) && entry.plan !== undefined);
}

/** Revisions of the plans that are to be kept for a rollback: of the last releases that were well, as many as `spec.retention.releases` says. */
export function keptPlans(history: History | undefined, releases = defaultReleases): number[] {
  const plans = (history ?? []).flatMap((entry) => (entry.plan !== undefined && isGood(entry) ? [entry.plan] : []));
  return plans.slice(0, releases);
}

/**
 * One line for each release that ended, newest first, ten at most. The same plan ended again, or said once more, replaces its line; so does
 * another try of a commit that failed. A line whose plan is not kept any more cannot be gone back to.
 */
export function nextHistory(
  previous: History,
  record: PlanRecord,
  progress: Progress,
  at: { readonly now: Date; readonly releases: number | undefined },
): History {
  const outcome = progress.failure?.reason ?? progress.maturity ?? "Verified";
  const [latest, ...older] = previous;
  const again =
    (latest?.plan !== undefined && (latest.plan === record.revision || latest.plan === record.repeats)) ||
    (latest?.revision === record.commitName && (latest.plan === undefined || !isGood(latest)));
  if (latest && again && latest.outcome === outcome && latest.plan === record.revision) return previous;
  const entry: Entry = {
    release: again ? (latest?.release ?? 1) : (latest?.release ?? 0) + 1,
    revision: record.commitName.slice(0, 64),
    commit: record.commit,
    plan: record.revision,
    images: [...progress.services.values()].flatMap(({ name, image }) =>
      image ? [{ service: name, digest: image.digest }] : [],
    ),
    outcome,
    at: `${at.now.toISOString().slice(0, 19)}Z`,
  };
  const kept = keptPlans(previous, at.releases);
  const rest = (again ? older : previous).map(({ plan, ...each }) =>
    plan === undefined || !kept.includes(plan) ? each : { ...each, plan },
  );
  return [entry, ...rest].slice(0, mostEntries);
}
