import type { V1Container, V1EnvVar, V1JobSpec, V1PodSpec, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { annotation, labelsOf, ownerOf, type RunRef, type Stage } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";

/** A Job as it is POSTed. */
export interface JobObject extends KubeObject {
  readonly kind: "Job";
  readonly spec: V1JobSpec;
}

/** Uid of everything that runs in a tenant's namespace for us. */
const uid = 10_001;

/** The exit code by which a program says: I have told a failure, do not run me again (`src/jobs/main.ts`). */
const toldFailure = 42;

/** A Job of ours in a tenant's namespace: restricted, bounded, without a token, and alone in deciding how often it is tried. */
export function jobOf(input: {
  readonly run: RunRef;
  readonly name: string;
  readonly inputDigest: string;
  readonly stage: Stage;
  readonly service?: string;
  readonly deadlineSeconds: number;
  readonly pod: Pick<V1PodSpec, "initContainers" | "containers" | "volumes">;
}): JobObject {
  const { run, name, inputDigest, stage, service } = input;
  const labels = labelsOf(run, stage, service);
  const annotations = { [annotation.input]: inputDigest };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: run.namespace, labels, annotations, ownerReferences: [ownerOf(run)] },
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: input.deadlineSeconds,
      // Only for what a controller never came to record: it deletes a Job as soon as its result is written down.
      ttlSecondsAfterFinished: 3600,
      podReplacementPolicy: "Failed",
      podFailurePolicy: {
        rules: [
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          { action: "FailJob", onExitCodes: { operator: "In", values: [toldFailure] } },
        ],
      },
      template: {
        metadata: { labels, annotations },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 5,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: uid,
            runAsGroup: uid,
            fsGroup: uid,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          ...input.pod,
        },
      },
    },
  };
}

/** A container with our image and one of our programs. */
export function programContainer(input: {
  readonly name: string;
  readonly image: string;
  readonly pullPolicy: string;
  readonly args: readonly string[];
  readonly request: unknown;
  readonly env?: readonly V1EnvVar[];
  readonly mounts: readonly V1VolumeMount[];
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
}): V1Container {
  return {
    name: input.name,
    image: input.image,
    imagePullPolicy: input.pullPolicy,
    args: [...input.args],
    env: [{ name: "REPO_RUNNER_REQUEST", value: literal(JSON.stringify(input.request)) }, ...(input.env ?? [])],
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...input.mounts],
    resources: { requests: { ...input.resources.requests }, limits: { ...input.resources.limits } },
    // Never from the log: what a repository writes there must not become a result.
    terminationMessagePolicy: "File",
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
}

/** Kubernetes replaces `$(NAME)` in a variable's value; a request is to arrive as it is. */
function literal(text: string): string {
  return text.split("$(").join("$$(");
}

/** A Secret that may be missing: then the program says so by name, instead of a pod that waits in silence. */
export function secretVolume(name: string, secretName: string): V1Volume {
  return { name, secret: { secretName, optional: true, defaultMode: 0o440 } };
}

export function configMapVolume(name: string, configMap: string): V1Volume {
  return { name, configMap: { name: configMap, optional: true } };
}

export function scratchVolume(name: string, sizeLimit: string): V1Volume {
  return { name, emptyDir: { sizeLimit } };
}
