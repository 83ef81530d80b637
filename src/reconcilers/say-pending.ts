import type { Pending, Progress } from "./progress.ts";

/** What is told in its own words, because a person may have to do something about it or wonders why nothing moves. */
const telling = new Set(["Retrying", "Queued", "Unschedulable", "Evicted", "Fixing", "Planning"]);

/**
 * The reason and message of Ready while a stage is under way. They change with the stage and not within it, since each change is a write;
 * the finer steps are Events, and a long stage tells its time every half minute.
 */
export function sayPending(
  progress: Progress,
  outcome: { readonly reason: string; readonly message: string },
): Pending {
  if (telling.has(outcome.reason)) return { reason: outcome.reason, message: outcome.message };
  const { record } = progress;
  if (!record) return { reason: "Cloning", message: outcome.message };
  if (progress.stage === "Planned" || progress.stage === "None") {
    return { reason: "Building", message: `plan ${record.revision}: ${record.plan.summary}` };
  }
  const names = record.plan.services.map((service) => service.name).join(", ");
  return {
    reason: "Starting",
    message: `${names}: rolling out${record.fixes.length > 0 ? ` plan ${record.revision}` : ""}`,
  };
}
