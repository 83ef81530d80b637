import type { ApprovalStep } from "../approval.ts";
import type { Written } from "../agents/cluster.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { digestOf } from "../digest.ts";
import type { Failure } from "../failure.ts";
import type { Attempt, Fix } from "../fix.ts";
import type { Need, Plan } from "../plan.ts";
import type { Image } from "./build-manager.ts";
import { planDigest, type PlanRecord } from "./record.ts";

/** A step that `spec.approve` may name, and exactly what is done in it. */
export interface Proposed {
  readonly step: ApprovalStep;
  /** Digest of what is done: of this run and no other, so that what was approved is what is carried out. */
  readonly digest: string;
  /** For people, one line. */
  readonly summary: string;
}

/**
 * What the person's own words add to a plan: which Secrets, account, links and limits. A change of them asks anew. What only says when and how long
 * work is done changes nothing that was approved.
 */
function wordsOf({ spec }: RunRecord): unknown {
  const { approve: _approve, suspend: _suspend, state: _state, timeout: _timeout, fix: _fix, ...words } = spec;
  return words;
}

/** What is built: every recipe of the plan, from this commit. */
export function proposedBuild({ run }: Pass, record: PlanRecord): Proposed {
  return {
    step: "Build",
    digest: digestOf([run.uid, "Build", record.commit, planDigest(record), wordsOf(run)]),
    summary: `build plan ${String(record.revision)} of ${record.commitName}: ${record.plan.summary}`,
  };
}

/** What is released: the plan with these very images. */
export function proposedRelease({ run }: Pass, record: PlanRecord, images: ReadonlyMap<string, Image>): Proposed {
  const built = [...images.values()].toSorted((a, b) => (a.service < b.service ? -1 : 1));
  const named = built.map(({ service, digest }) => `${service} ${digest.slice(0, 19)}`).join(", ");
  return {
    step: "Release",
    digest: digestOf([
      run.uid,
      "Release",
      planDigest(record),
      wordsOf(run),
      built.map(({ service, digest }) => [service, digest]),
    ]),
    summary: `release plan ${String(record.revision)} of ${record.commitName}: ${named}`,
  };
}

/** Who proposed a fix: `rule N02`, `lesson-…`, `model small`. */
export function proposerOf({ by, rule, lesson }: Fix): string {
  if (by === "Model") return `model ${rule}`;
  return lesson ?? `rule ${rule}`;
}

/** How a failed plan is changed: a fix, or the plan that is taken instead. */
export function proposedFix(
  { run }: Pass,
  record: PlanRecord,
  step: { readonly how: Attempt["how"]; readonly fix?: Fix | undefined; readonly plan: Plan },
): Proposed {
  const { how, fix } = step;
  return {
    step: "Fix",
    digest: digestOf([
      run.uid,
      "Fix",
      planDigest(record),
      how,
      fix?.service ?? null,
      fix?.action ?? null,
      digestOf(step.plan),
    ]),
    summary:
      fix === undefined ? `${how}: another plan is taken` : `${fix.service}: ${fix.summary} (${proposerOf(fix)})`,
  };
}

/** The approval of exactly this, where there is one. */
export function approvalFor(
  { run, cluster }: Pass,
  { step, digest }: Proposed,
): Written["RepoRunApproval"] | undefined {
  return cluster
    .written("RepoRunApproval", run.namespace)
    .find(({ spec }) => spec.run === run.name && spec.step === step && spec.digest === digest);
}

/** A yes that is not there yet: the end of this pass, from which an approval wakes it, and what only a person can give. */
export interface LackingApproval {
  readonly failure: Failure;
  readonly need: Need;
}

/** Whether a person has to say yes first, and has not; `always`: a policy asks, whatever the run does. */
export function lacksApproval(pass: Pass, proposed: Proposed, always = false): LackingApproval | undefined {
  const { run } = pass;
  const { step, digest, summary } = proposed;
  if (!always && run.spec.approve?.includes(step) !== true) return undefined;
  if (approvalFor(pass, proposed)) return undefined;
  return {
    failure: {
      reason: "NeedsApproval",
      message: `${step} waits for a person's yes: ${summary}`.slice(0, 1000),
      hint: `repo-runner approve ${run.name} -n ${run.namespace}`,
      layer: "Config",
      blame: "Spec",
    },
    need: { kind: "Approval", name: step, why: summary.slice(0, 256), digest },
  };
}
