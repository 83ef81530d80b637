import type { V1PodSpec } from "@kubernetes/client-node";
import { digestOf } from "../../digest.ts";
import type { ReleaseStep } from "../../plan.ts";
import { annotation, labelsOf } from "../../run-ref.ts";
import { environmentOf } from "./environment.ts";
import { type JobObject, jobSpec, metadataOf } from "./objects.ts";
import { podOf } from "./pod.ts";
import type { RunRequest } from "./run-request.ts";
import { foldersOf } from "./volumes.ts";

/** Longest that one step may take. */
const deadlineSeconds = 1800;

/** What a Job runs before a release: a step of the plan, or a check that an agent asks for. */
export type Step = Omit<ReleaseStep, "name"> & { readonly name: ReleaseStep["name"] | "Check" };

/** What a step depends on: while it is the same, the step is not run again. Two services that say the same of one image run it once. */
export function stepInput(request: RunRequest, step: Step): string {
  const { env, envFrom } = environmentOf(request, undefined);
  return digestOf([request.image, step.line, env, envFrom, foldersOf(request)]);
}

/** The pod of a step: that of the service, restricted as it is, with the step's line in place of the program; nothing listens. */
export function stepPod(request: RunRequest, step: Step, passed: number | undefined, wide: boolean): V1PodSpec {
  return podOf(request, { passed, served: undefined, probe: request.service.probe }, wide, step.line);
}

/** The Job of a step: tried once, since half a migration is not to be run again unasked. */
export function stepJob(
  request: RunRequest,
  { name, input, pod }: { readonly name: string; readonly input: string; readonly pod: V1PodSpec },
): JobObject {
  const { run, service } = request;
  const annotations = { [annotation.input]: input };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadataOf(request, name, annotations), labels: labelsOf(run, "step", service.name) },
    spec: jobSpec(request, { podAnnotations: annotations, pod, stage: "step", deadlineSeconds }),
  };
}
