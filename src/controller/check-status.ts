import type { RepoRunStatus } from "../repo-run.ts";

/** What is wrong with a status, by Flux's two grades: `fail` misleads those who wait for it, `warn` is untidy. */
export interface StatusFindings {
  readonly fail: readonly string[];
  readonly warn: readonly string[];
}

type Condition = NonNullable<RepoRunStatus["conditions"]>[number];

const reasonForm = /^[A-Z][A-Za-z0-9]*$/;
const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Judges a status as kstatus, Flux and Argo CD will read it. One rule of Flux is ours with a difference: while a newer commit is on its way,
 * Ready may stay True beside Reconciling, because the older release still answers; kstatus reads that as InProgress.
 */
export function checkStatus(status: RepoRunStatus, generation: number): StatusFindings {
  const conditions = status.conditions ?? [];
  const of = (type: string): Condition | undefined => conditions.find((each) => each.type === type);
  const [ready, reconciling, stalled] = [of("Ready"), of("Reconciling"), of("Stalled")];
  const observed = status.observedGeneration;
  const fail: string[] = [];
  const warn: string[] = [];
  const failIf = (isSo: boolean, what: string): unknown => isSo && fail.push(what);
  const warnIf = (isSo: boolean, what: string): unknown => isSo && warn.push(what);

  failIf(ready === undefined, "Ready must always be there");
  failIf(reconciling !== undefined && stalled !== undefined, "Reconciling and Stalled exclude each other");
  failIf(reconciling !== undefined && reconciling.status !== "True", "Reconciling is there only while it is True");
  failIf(stalled !== undefined && stalled.status !== "True", "Stalled is there only while it is True");
  failIf(stalled !== undefined && ready?.status !== "False", "Ready must be False while Stalled is True");
  failIf(ready?.status === "Unknown" && reconciling === undefined, "Ready is Unknown only while Reconciling is True");
  failIf(observed === undefined, "observedGeneration must be there from the first write on");
  failIf((observed ?? 0) > generation, "observedGeneration must not be ahead of the generation");
  const isReady = ready?.status === "True" && reconciling === undefined;
  failIf(isReady && (observed ?? 0) < generation, "Ready must not be True for an older generation");
  for (const { type, observedGeneration } of conditions) {
    failIf((observedGeneration ?? 0) > generation, `${type}: observedGeneration must not be ahead of the generation`);
    failIf(isReady && observedGeneration !== observed, `${type}: observedGeneration must be the status's while Ready`);
    warnIf((observedGeneration ?? 0) < 1, `${type}: observedGeneration is missing`);
  }
  failIf(new Set(conditions.map((each) => each.type)).size < conditions.length, "a condition is there twice");
  for (const { type, reason, message, lastTransitionTime } of conditions) {
    failIf(!reasonForm.test(reason), `${type}: reason must be CamelCase`);
    failIf(!timeForm.test(lastTransitionTime), `${type}: lastTransitionTime must be a time in whole seconds`);
    failIf(message.length > 1024, `${type}: message must be at most 1024 characters`);
  }
  failIf(ready?.status === "False" && ready.message === "", "Ready=False must say why");
  warnIf(conditions.length > 0 && conditions[0]?.type !== "Ready", "Ready should come first");
  return { fail, warn };
}

/** What must hold between two statuses of one run: time moves with the status of a condition and never without, generations never go back. */
export function checkTransition(before: RepoRunStatus, after: RepoRunStatus): readonly string[] {
  const found: string[] = [];
  if ((after.observedGeneration ?? 0) < (before.observedGeneration ?? 0)) found.push("observedGeneration went back");
  for (const now of after.conditions ?? []) {
    const then = before.conditions?.find((each) => each.type === now.type);
    if (then?.status === now.status && then.lastTransitionTime !== now.lastTransitionTime) {
      found.push(`${now.type}: lastTransitionTime moved though its status did not`);
    }
    if (then && then.lastTransitionTime > now.lastTransitionTime)
      found.push(`${now.type}: lastTransitionTime went back`);
  }
  return found;
}
