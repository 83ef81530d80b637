import { label } from "../run-ref.ts";
import type { JobRecord } from "./cluster.ts";

/** Whether a Job clones, reads or builds now: what the limits of an installation count. */
export function isAtWork({ labels, deleting, succeeded, failure }: JobRecord): boolean {
  const stage = labels[label.stage];
  return (stage === "survey" || stage === "build") && !deleting && succeeded === 0 && failure === undefined;
}
