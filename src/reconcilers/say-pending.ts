import type { Pending, Progress } from "./progress.ts";

/** What is told in its own words, because a person may have to do something about it or wonders why nothing moves. */
const telling = new Set(["Retrying", "Queued", "Unschedulable", "Evicted", "Fixing", "Planning"]);

/**
 * The reason and message of Ready while a stage is under way, from all that was met on the way. They change with the stage and not within it,
 * since each change is a write; the finer steps are Events, and a long stage tells its time every half minute. Undefined where nothing is waited for.
 */
export function sayPending(progress: Progress): Pending | undefined {
  const { waits } = progress;
  const [first] = waits;
  if (first === undefined) return undefined;
  const asked = waits.flatMap(({ retryAfterSeconds }) => (retryAfterSeconds === undefined ? [] : [retryAfterSeconds]));
  const after = asked.length === 0 ? {} : { afterMs: Math.min(...asked) * 1000 };
  // A run of which anything moves is not queued.
  const queued = waits.every(({ reason }) => reason === "Queued");
  const told = waits.find(({ reason }) => telling.has(reason) && (queued || reason !== "Queued"));
  if (told) return { reason: told.reason, message: told.message, ...after };
  return { ...stageOf(progress, first.message), ...after };
}

function stageOf(progress: Progress, message: string): Pending {
  const { record } = progress;
  if (!record) return { reason: "Cloning", message };
  if (progress.stage === "Planned" || progress.stage === "None") {
    return { reason: "Building", message: `plan ${record.revision}: ${record.plan.summary}` };
  }
  // Who stands back for another is worth a word each; the others are rolling out.
  const held = progress.waits
    .map((wait) => wait.message)
    .filter((text) => /^\S+ waits for |: \w+ runs before /.test(text));
  const names = record.plan.services.map(({ name }) => name);
  const moving = names.filter(
    (name) => !held.some((text) => text.startsWith(`${name} `) || text.startsWith(`${name}:`)),
  );
  const plan = record.fixes.length > 0 ? ` plan ${record.revision}` : "";
  const rolling = moving.length === 0 ? [] : [`${moving.join(", ")}: rolling out${plan}`];
  return { reason: "Starting", message: [...rolling, ...held].join("; ") };
}
