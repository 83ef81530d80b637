import type { V1CronJobSpec, V1DeploymentSpec, V1JobSpec, V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import { label, labelsOf, ownerOf, type Stage } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { accountName, childName } from "./names.ts";
import { type RunRequest, wishOf } from "./run-request.ts";
import { foldersOf } from "./volumes.ts";

export interface DeploymentObject extends KubeObject {
  readonly kind: "Deployment";
  readonly spec: V1DeploymentSpec;
}
export interface JobObject extends KubeObject {
  readonly kind: "Job";
  readonly spec: V1JobSpec;
}
export interface CronJobObject extends KubeObject {
  readonly kind: "CronJob";
  readonly spec: V1CronJobSpec;
}
export interface PodObject extends KubeObject {
  readonly kind: "Pod";
  readonly spec: V1PodSpec;
}

type Annotations = Readonly<Record<string, string>>;

/** Name, labels and owner of an object of a release. */
export function metadataOf(
  request: Pick<RunRequest, "run" | "service">,
  name: string,
  annotations: Annotations = {},
): KubeObject["metadata"] {
  const { run, service } = request;
  return {
    name,
    namespace: run.namespace,
    labels: labelsOf(run, "release", service.name),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ownerReferences: [ownerOf(run)],
  };
}

/** Labels that never change: a Deployment's selector cannot. */
export function selectorOf({ run, service }: Pick<RunRequest, "run" | "service">): Record<string, string> {
  return { [label.run]: run.name, [label.stage]: "release", [label.service]: service.name };
}

/** One account a run, without rights and without a token. */
export function accountObject({ run }: Pick<RunRequest, "run">): KubeObject & { automountServiceAccountToken: false } {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name: accountName(run),
      namespace: run.namespace,
      labels: labelsOf(run, "release"),
      ownerReferences: [ownerOf(run)],
    },
    automountServiceAccountToken: false,
  };
}

/** A pod as it is tried by a dry run. */
export function podObject(request: RunRequest, pod: V1PodSpec): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadataOf(request, childName(request.run, `${request.service.name}-try`)),
    spec: pod,
  };
}

export function deploymentObject(
  request: RunRequest,
  work: { name: string; annotations: Annotations; podAnnotations: Annotations; pod: V1PodSpec; replicas: number },
): DeploymentObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(request, work.name, work.annotations),
    spec: {
      replicas: work.replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: selectorOf(request) },
      // A volume belongs to one pod at a time; everything else goes on answering until its successor does.
      strategy:
        foldersOf(request).length > 0
          ? { type: "Recreate" }
          : { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: templateOf(request, work),
    },
  };
}

export function jobObject(
  request: RunRequest,
  work: { name: string; annotations: Annotations; podAnnotations: Annotations; pod: V1PodSpec },
): JobObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadataOf(request, work.name, work.annotations),
    spec: jobSpec(request, work),
  };
}

export function cronJobObject(
  request: RunRequest,
  work: { name: string; annotations: Annotations; podAnnotations: Annotations; pod: V1PodSpec },
): CronJobObject {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: metadataOf(request, work.name, work.annotations),
    spec: {
      schedule: scheduleOf(request),
      concurrencyPolicy: "Forbid",
      suspend: request.spec.state === "Stopped",
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels: labelsOf(request.run, "release", request.service.name) },
        spec: jobSpec(request, work),
      },
    },
  };
}

/** When a Cron runs: what the person says, else the plan; by night where nobody says. */
export function scheduleOf(request: Pick<RunRequest, "service" | "spec">): string {
  return wishOf(request)?.schedule ?? request.service.schedule ?? "0 3 * * *";
}

/** Run once: a program that fails is told of, not tried again; one that was evicted is. */
export function jobSpec(
  request: RunRequest,
  work: { podAnnotations: Annotations; pod: V1PodSpec; stage?: Stage; deadlineSeconds?: number },
): V1JobSpec {
  return {
    backoffLimit: 0,
    ...(work.deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: work.deadlineSeconds }),
    podReplacementPolicy: "Failed",
    podFailurePolicy: {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
    },
    template: templateOf(request, work),
  };
}

function templateOf(
  request: RunRequest,
  work: { podAnnotations: Annotations; pod: V1PodSpec; stage?: Stage },
): V1PodTemplateSpec {
  return {
    metadata: {
      labels: labelsOf(request.run, work.stage ?? "release", request.service.name),
      annotations: { ...work.podAnnotations },
    },
    spec: work.pod,
  };
}
