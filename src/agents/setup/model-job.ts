import type { V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { ModelRequest } from "../../model-call.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import { type JobObject, jobOf, programContainer } from "./job-pod.ts";

/** The Job that asks a model: without a right in the cluster, and alone in seeing the endpoint's key. */
export function modelJob(input: {
  readonly run: RunRef;
  readonly name: string;
  readonly request: ModelRequest;
  readonly keyFrom?: { readonly name: string; readonly key: string } | undefined;
  readonly settings: Settings;
}): JobObject {
  const { run, name, request, keyFrom, settings } = input;
  const { timeoutSeconds } = request.endpoint;
  const volumes: V1Volume[] = [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }];
  const mounts: V1VolumeMount[] = [];
  if (keyFrom) {
    const items = [{ key: keyFrom.key, path: "key" }];
    volumes.push({ name: "key", secret: { secretName: keyFrom.name, items, optional: true, defaultMode: 0o440 } });
    mounts.push({ name: "key", mountPath: "/model-key", readOnly: true });
  }
  const asks = programContainer({
    name: "model",
    image: settings.images.runner,
    pullPolicy: settings.images.pullPolicy,
    args: ["job", "model"],
    request,
    mounts,
    resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  });
  // The probe, the question, a step down the ladder and a repair, each with its retries and the pauses between them.
  const deadlineSeconds = 60 + 4 * request.maxAttempts * (timeoutSeconds + request.maxWaitSeconds);
  return jobOf({
    run,
    name,
    inputDigest: request.inputDigest,
    stage: "model",
    deadlineSeconds,
    pod: { containers: [asks], volumes },
  });
}
