import type { RunRecord } from "../agents/pass.ts";
import type { Pending } from "./progress.ts";

const everyMs = 30_000;

/** A stage that lasts tells so every half minute, and never oftener: `plan 1: node 24 (express), 30 s`. */
export function withHeartbeat(run: RunRecord, pending: Pending, now: Date): Pending {
  // A place in a queue is told once: metrics have the moving numbers.
  if (pending.reason === "Queued") return pending;
  const began = beganAt(run, pending);
  if (began === undefined) return { ...pending, afterMs: Math.min(pending.afterMs ?? everyMs, everyMs) };
  const elapsed = now.getTime() - began;
  const beats = Math.floor(elapsed / everyMs);
  const nextMs = (beats + 1) * everyMs - elapsed;
  const message = beats === 0 ? pending.message : `${pending.message}, ${sayMs(beats * everyMs)}`;
  return { ...pending, message, afterMs: Math.min(pending.afterMs ?? nextMs, nextMs) };
}

/** When the stage began: the last of the stages before it became true, or work on the run began. Undefined when it has just begun. */
function beganAt(run: RunRecord, pending: Pending): number | undefined {
  const conditions = run.status?.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === "Ready");
  const reconciling = conditions.find((condition) => condition.type === "Reconciling");
  if (reconciling?.reason !== pending.reason || ready === undefined) return undefined;
  const stages = conditions.filter(
    (condition) =>
      ["SourceReady", "Planned", "ImagesReady", "Released", "Reconciling"].includes(condition.type) &&
      condition.status === "True",
  );
  const times = stages.map((condition) => Date.parse(condition.lastTransitionTime));
  return times.length === 0 ? undefined : Math.max(...times);
}

function sayMs(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
