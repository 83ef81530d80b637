import { z } from "zod";
import { digestOf } from "../digest.ts";
import { Attempt, Fix } from "../fix.ts";
import { Plan } from "../plan.ts";
import { RepoRunSpec } from "../repo-run.ts";

/** The beginning of a manifest, as the survey saw it: evidence for whoever mends the plan. */
export const Excerpt = z.object({
  path: z.string().max(256),
  lines: z.array(z.string().max(200)).max(60),
});

/**
 * One revision of a plan with everything that has to outlive a lost status: an immutable ConfigMap `<run>-plan-<revision>`.
 * `sourceKey` says what was asked (source, overlay, request), so that the same question finds its answer.
 */
export const PlanRecord = z.object({
  v: z.literal(1),
  revision: z.int().positive(),
  /** Revision that was drafted by the survey; equal to `revision` for a draft. */
  draft: z.int().positive(),
  sourceKey: z.string(),
  /** Digest of `spec.source` and the last handled request: while it holds, the commit is pinned. */
  pinKey: z.string(),
  commit: z.string(),
  commitName: z.string(),
  subject: z.string(),
  files: z.int(),
  bytes: z.int(),
  fixes: z.array(Fix),
  /** Everything that was tried since the draft, what did not help as well, oldest first. */
  attempts: z.array(Attempt).max(48).default([]),
  /** What the survey would have planned else; taken once, when nothing else helps. */
  second: Plan.optional(),
  excerpts: z.array(Excerpt).max(4).optional(),
  /** Digest of the revision that this one was made from. */
  parent: z.string().nullable(),
  /** The revision that it says once more, word for word: asked anew, and nothing has changed. */
  repeats: z.int().positive().optional(),
  startedAt: z.string(),
  /** What the person had said when it was drafted: who goes back to this plan goes back to these words. */
  said: RepoRunSpec.pick({ services: true, databases: true, env: true }).optional(),
  plan: Plan,
});
export type PlanRecord = z.infer<typeof PlanRecord>;

/** Name of the plan, for status and for the keys of what is built from it. */
export function planDigest(record: PlanRecord): string {
  return digestOf(record.plan);
}
