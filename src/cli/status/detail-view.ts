import type { PlanRecordSeen } from "../cluster/plan-seen.ts";
import { condition, standingOf, type RunSeen } from "../cluster/run-seen.ts";
import type { EventSeen } from "../cluster/watch.ts";
import { renderFailure } from "../failure-view.ts";
import { renderReport } from "../run/report-view.ts";
import { runFailureView } from "../run/run-failure.ts";
import { age, clean, table } from "../text.ts";

/** One run in detail, from what is known of it. */
export interface DetailView {
  readonly run: RunSeen;
  readonly record: PlanRecordSeen | undefined;
  readonly events: readonly EventSeen[];
  readonly lines: readonly string[];
  readonly now: Date;
}

/** How one run stands: report or failure, then what happened last. */
export function renderDetail({ run, record, events, lines, now }: DetailView): string[] {
  const { status, metadata } = run;
  const standing = standingOf(run);
  const ready = condition(run, "Ready");
  const head = `${metadata.name} in namespace ${metadata.namespace}${status.source?.revision === undefined ? "" : ` · ${clean(status.source.revision, 100)}`}${status.plan ? ` · plan ${String(status.plan.revision ?? 1)}` : ""}`;
  const out = [head, ""];
  if (standing === "well") out.push(...renderReport({ run, record, seconds: undefined, reached: undefined }));
  else if (standing === "moving") out.push(...renderMoving(run));
  else if (standing === "halted") out.push(`!! held: ${clean(ready?.message ?? "", 300)}`);
  else out.push(...renderFailure(runFailureView(run, lines)));
  if (events.length > 0) {
    const rows = events
      .slice(-12)
      .map((event) => [`  ${age(event.at, now)} ago`, clean(event.reason, 40), clean(event.message, 160)]);
    out.push("", "happened", ...table(rows, 3));
  }
  return out;
}

/** The line of a run that is on its way: what serves, and what it moves to. */
export function renderMoving(run: RunSeen): string[] {
  const ready = condition(run, "Ready");
  const serving = condition(run, "Serving");
  const wanted = clean(run.status.source?.revision ?? "the newest commit", 100);
  if (serving?.status === "True" && run.status.url !== undefined) {
    const old = serving.message === "" ? "the release before" : clean(serving.message, 100);
    return [`${run.metadata.name} serves ${old} at ${clean(run.status.url, 200)} and is moving to ${wanted}`];
  }
  const reason = ready?.status === "Unknown" ? ready.reason : "Waiting";
  return [
    `${run.metadata.name} is on its way: ${reason} ${clean(ready?.message ?? "for the controller", 300)}`.trimEnd(),
  ];
}
