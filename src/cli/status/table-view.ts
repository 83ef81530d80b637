import { condition, standingOf, type RunSeen } from "../cluster/run-seen.ts";
import { age, clean, table } from "../text.ts";

/** All runs as a table: is it up, where, and if not why. */
export function renderTable(runs: readonly RunSeen[], memory: ReadonlyMap<string, string>, now: Date): string[] {
  if (runs.length === 0) return [];
  const rows = runs.map((run) => [
    run.metadata.namespace,
    run.metadata.name,
    readyWord(run),
    clean(run.status.url ?? "–", 120),
    age(condition(run, "Ready")?.lastTransitionTime ?? run.metadata.creationTimestamp, now),
    memory.get(`${run.metadata.namespace}/${run.metadata.name}`) ?? "–",
    note(run),
  ]);
  return table([["NAMESPACE", "NAME", "READY", "LINK", "SINCE", "MEMORY", "NOTE"], ...rows]);
}

/** `yes`, `moving`, `needs 2`, or the reason why not. */
export function readyWord(run: RunSeen): string {
  const ready = condition(run, "Ready");
  switch (standingOf(run)) {
    case "well":
      return run.status.maturity === "Completed" ? "done" : "yes";
    case "moving":
      return "moving";
    case "needs":
      return `needs ${String(run.status.needs.length)}`;
    case "retrying":
    case "failed":
    case "halted":
      return clean(ready?.reason ?? "no", 40);
  }
}

function note(run: RunSeen): string {
  const ready = condition(run, "Ready");
  switch (standingOf(run)) {
    case "well":
      return run.status.maturity === "Completed" ? clean(ready?.message ?? "", 80) : "";
    case "needs":
      return run.status.needs.map((need) => clean(need.name, 40)).join(", ");
    case "moving":
      return clean(ready?.status === "Unknown" ? ready.message : "on its way", 80);
    case "retrying":
      return `tried again by itself: ${clean(ready?.message ?? "", 80)}`;
    case "failed":
    case "halted":
      return clean(ready?.message ?? "", 100);
  }
}
