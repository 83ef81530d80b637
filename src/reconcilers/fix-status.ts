import type { Attempt, Fix } from "../fix.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { printOf } from "../agents/fixer/evidence.ts";
import type { Progress } from "./progress.ts";
import { sayAttempt } from "./repair-manager.ts";
import { outcomeOf } from "./repair-course.ts";

type FixStatus = NonNullable<RepoRunStatus["fixes"]>[number];

/** What was mended, oldest first, ten at most: fixes of earlier drafts that were kept, then everything that was tried since. */
export function fixesOf(progress: Progress): Pick<RepoRunStatus, "fixes" | "fixCount"> {
  const { record } = progress;
  if (!record) return {};
  const { attempts, fixes, draft } = record;
  const own = new Set(attempts.map(({ fix }) => fix?.at));
  // What was replayed has helped before; the revisions before the draft stand for it.
  const replayed = attempts.some(({ how }) => how === "Restart") ? [] : fixes.filter(({ at }) => !own.has(at));
  const kept = replayed.map((fix, index): FixStatus => {
    const revision = Math.max(1, draft - replayed.length + 1 + index);
    return { ...entryOf(fix, revision), outcome: progress.allWell ? "Fixed" : "Untested" };
  });
  const tried = attempts.map((attempt, index): FixStatus => ({
    ...(attempt.fix ? entryOf(attempt.fix, attempt.revision) : turnOf(attempt)),
    outcome: outcomeIn(progress, attempt, attempts[index + 1]),
  }));
  const all = [...kept, ...tried].filter(
    (each, index, list) => list.findLastIndex(({ revision }) => revision === each.revision) === index,
  );
  return all.length === 0 ? {} : { fixes: all.slice(-10), fixCount: all.length };
}

function entryOf({ layer, signature, by, action, summary, at }: Fix, revision: number): FixStatus {
  return { revision, layer, signature, by, action: action.kind, summary, at };
}

function turnOf(attempt: Attempt): FixStatus {
  const { how, revision, saw, at } = attempt;
  return {
    revision,
    layer: saw.layer,
    signature: saw.reason,
    by: "Rule",
    action: how,
    summary: sayAttempt(attempt).slice(0, 256),
    at,
  };
}

/** Of the last attempt it is told by what is seen now. */
function outcomeIn(progress: Progress, attempt: Attempt, next: Attempt | undefined): FixStatus["outcome"] {
  if (next !== undefined) return outcomeOf(attempt.saw, next.saw);
  if (progress.allWell) return "Fixed";
  const { failure } = progress;
  if (failure === undefined) return "Untested";
  const { reason, layer } = failure;
  return outcomeOf(attempt.saw, { reason, layer, maturity: progress.maturity ?? "Planned", print: printOf(failure) });
}
