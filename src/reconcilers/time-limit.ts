import type { RunRecord } from "../agents/pass.ts";
import type { Failure } from "../failure.ts";
import { seconds } from "./build-manager.ts";

const defaultLimit = "45m";

/** spec.timeout, for one commit from source to Verified: it runs while Reconciling is true, so waiting for a secret, a person or a turn costs none of it; nor does a pause of all fixes. */
export function remainingMs(run: Pick<RunRecord, "spec" | "status" | "generation">, now: Date): number {
  const reconciling = run.status?.conditions?.find((condition) => condition.type === "Reconciling");
  const since = reconciling?.lastTransitionTime;
  const limitMs = seconds(run.spec.timeout ?? defaultLimit) * 1000;
  const paused =
    run.status?.conditions?.some(({ type, reason }) => type === "Ready" && reason === "FixesPaused") === true;
  return since === undefined || paused || reconciling?.reason === "Queued"
    ? limitMs
    : Date.parse(since) + limitMs - now.getTime();
}

/** The failure of a run whose time is up. A new generation starts a new clock. */
export function timedOut(run: RunRecord, now: Date): Failure | undefined {
  if (run.status?.observedGeneration !== run.generation || remainingMs(run, now) > 0) return undefined;
  const ready = run.status.conditions?.find((condition) => condition.type === "Ready");
  return {
    reason: "TimedOut",
    message:
      `${run.spec.timeout ?? defaultLimit}, the limit for one commit (spec.timeout), is over; it was ${ready?.reason ?? "working"}: ${ready?.message ?? ""}`.slice(
        0,
        1000,
      ),
    hint: "raise spec.timeout, or look at what took so long: repo-runner logs NAME",
    layer: "Cluster",
    blame: "Spec",
  };
}
