import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import { jobOf, type JobObject } from "../setup/job-pod.ts";
import { cloneParts, type SourceSpec } from "./clone-container.ts";

const deadlineSeconds = 120;

/** The Job that asks a remote which commit its branch or tag stands for now; the same container as a clone, with another word. */
export function resolveJob(input: {
  readonly run: RunRef;
  readonly name: string;
  readonly inputDigest: string;
  readonly source: SourceSpec;
  readonly sourceSecret?: string;
  readonly settings: Settings;
}): JobObject {
  const { container, volumes } = cloneParts(input);
  const resolve = Object.assign(container, {
    name: "resolve",
    args: ["job", "resolve"],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  });
  const { run, name, inputDigest } = input;
  return jobOf({ run, name, inputDigest, stage: "follow", deadlineSeconds, pod: { containers: [resolve], volumes } });
}
