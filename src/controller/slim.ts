import type { V1ContainerStatus, V1Deployment, V1Job, V1Pod, V1Service, V1StatefulSet } from "@kubernetes/client-node";
import type {
  ContainerRecord,
  CronJobRecord,
  DeploymentRecord,
  JobRecord,
  PodRecord,
  ServiceRecord,
  StatefulSetRecord,
} from "../agents/cluster.ts";
import type { Kept } from "./store.ts";

/** Objects as they come off the wire: client-node's types, but times are texts. */
type Wire<T> = T extends Date
  ? string
  : T extends (infer E)[]
    ? Wire<E>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** Metadata as far as anybody asks. */
export interface WireMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly generation?: number;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** One object, before anybody has looked at it. */
export interface WireObject {
  readonly metadata?: WireMeta;
}

const none: Readonly<Record<string, string>> = Object.freeze({});
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Keeps of a pod how its containers do. */
export function slimPod(raw: WireObject): PodRecord & Kept {
  const { metadata = {}, status = {}, spec } = raw as WireObject & Pick<Wire<V1Pod>, "spec" | "status">;
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  const scheduled = condition("PodScheduled");
  const disrupted = condition("DisruptionTarget");
  const reason = status.reason ?? (disrupted?.status === "True" ? disrupted.reason : undefined);
  const containers: ContainerRecord[] = [];
  for (const each of status.initContainerStatuses ?? []) containers.push(slimContainer(each, "Init"));
  for (const each of status.containerStatuses ?? []) containers.push(slimContainer(each, "App"));
  for (const each of status.ephemeralContainerStatuses ?? []) containers.push(slimContainer(each, "Ephemeral"));
  // Asked for, but the kubelet has not said a word yet: whoever added it must not add it again.
  for (const each of spec?.ephemeralContainers ?? []) {
    if (!containers.some((known) => known.type === "Ephemeral" && known.name === each.name)) {
      containers.push({ name: each.name, type: "Ephemeral", state: "Waiting", restarts: 0, ready: false });
    }
  }
  return {
    kind: "Pod",
    ...identityOf(metadata),
    labels: sharedLabels(metadata.labels),
    annotations: withoutLastApplied(metadata.annotations),
    phase: status.phase ?? "Pending",
    ...(status.podIP === undefined ? {} : { ip: status.podIP }),
    createdAt: intern(metadata.creationTimestamp ?? ""),
    ready: condition("Ready")?.status === "True",
    ...(reason === undefined ? {} : { reason }),
    ...(scheduled?.status === "False" ? { unschedulable: scheduled.message ?? scheduled.reason ?? "" } : {}),
    containers,
    deleting: metadata.deletionTimestamp !== undefined,
    ...deletedAt(metadata),
  };
}

/** A deletion's time stamp is when the grace period ends, not when it began. */
function deletedAt({ deletionTimestamp, deletionGracePeriodSeconds = 0 }: WireMeta): { deletedAtMs?: number } {
  if (deletionTimestamp === undefined) return {};
  return { deletedAtMs: Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000 };
}

function slimContainer(raw: Wire<V1ContainerStatus>, type: ContainerRecord["type"]): ContainerRecord {
  const { waiting, running, terminated } = raw.state ?? {};
  const ended = raw.lastState?.terminated;
  const state = terminated ? "Terminated" : running ? "Running" : "Waiting";
  const reason = terminated?.reason ?? waiting?.reason;
  const message = terminated?.message ?? waiting?.message;
  const startedAt = terminated?.startedAt ?? running?.startedAt;
  return {
    name: raw.name,
    type,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(terminated === undefined ? {} : { exitCode: terminated.exitCode }),
    ...(ended === undefined
      ? {}
      : {
          last: {
            exitCode: ended.exitCode,
            ...(ended.reason === undefined ? {} : { reason: ended.reason }),
            ...(ended.finishedAt === undefined ? {} : { finishedAt: ended.finishedAt }),
            ...(ended.startedAt === undefined ? {} : { startedAt: ended.startedAt }),
          },
        }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(terminated?.finishedAt === undefined ? {} : { finishedAt: terminated.finishedAt }),
    restarts: raw.restartCount,
    ready: raw.ready,
  };
}

/** Keeps of a Job its counters and why it failed. */
export function slimJob(raw: WireObject): JobRecord & Kept {
  const { metadata = {}, status = {} } = raw as WireObject & Pick<Wire<V1Job>, "status">;
  const bad = status.conditions?.find((each) => each.type === "Failed" && each.status === "True");
  return {
    kind: "Job",
    ...identityOf(metadata),
    labels: sharedLabels(metadata.labels),
    annotations: withoutLastApplied(metadata.annotations),
    createdAt: intern(metadata.creationTimestamp ?? ""),
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
    active: status.active ?? 0,
    ...(bad ? { failure: { reason: bad.reason ?? "", message: bad.message ?? "" } } : {}),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** Keeps of a Deployment how far its rollout is. */
export function slimDeployment(raw: WireObject): DeploymentRecord & Kept {
  const { metadata = {}, spec, status = {} } = raw as WireObject & Pick<Wire<V1Deployment>, "spec" | "status">;
  const available = status.conditions?.find((each) => each.type === "Available");
  return {
    kind: "Deployment",
    ...identityOf(metadata),
    labels: sharedLabels(metadata.labels),
    annotations: withoutLastApplied(metadata.annotations),
    generation: metadata.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    replicas: spec?.replicas ?? 1,
    updated: status.updatedReplicas ?? 0,
    available: status.availableReplicas ?? 0,
    ...(available?.status === "False" ? { unavailableSince: available.lastTransitionTime ?? "" } : {}),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** Keeps of a StatefulSet how many of its pods are ready. */
export function slimStatefulSet(raw: WireObject): StatefulSetRecord & Kept {
  const { metadata = {}, spec, status } = raw as WireObject & Partial<Pick<Wire<V1StatefulSet>, "spec" | "status">>;
  return {
    kind: "StatefulSet",
    ...commonOf(metadata),
    generation: metadata.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    replicas: spec?.replicas ?? 1,
    updated: status?.updatedReplicas ?? 0,
    ready: status?.readyReplicas ?? 0,
  };
}

/** Keeps of a Service that it is there, and its address. */
export function slimService(raw: WireObject): ServiceRecord & Kept {
  const { metadata = {}, spec } = raw as WireObject & Partial<Pick<Wire<V1Service>, "spec">>;
  const address = spec?.clusterIP;
  return {
    kind: "Service",
    ...commonOf(metadata),
    ...(address === undefined || address === "None" || address === "" ? {} : { clusterIp: address }),
  };
}

/** Keeps of a CronJob that it is there. */
export function slimCronJob({ metadata = {} }: WireObject): CronJobRecord & Kept {
  return { kind: "CronJob", ...commonOf(metadata) };
}

function commonOf(metadata: WireMeta): Kept & Pick<CronJobRecord, "labels" | "annotations" | "deleting"> {
  return {
    ...identityOf(metadata),
    labels: sharedLabels(metadata.labels),
    annotations: withoutLastApplied(metadata.annotations),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** Which object it is; throws when that is not said. */
export function identityOf(metadata: WireMeta): Kept {
  const { name, namespace, uid, resourceVersion } = metadata;
  if (name === undefined || namespace === undefined || uid === undefined || resourceVersion === undefined) {
    throw new Error("an object without name, namespace, uid or resourceVersion");
  }
  return { namespace: intern(namespace), name, uid, resourceVersion };
}

/** Annotations without kubectl's copy of the whole object. */
export function withoutLastApplied(annotations: Record<string, string> | undefined): Readonly<Record<string, string>> {
  if (annotations === undefined) return none;
  if (!(lastApplied in annotations)) return annotations;
  const { [lastApplied]: _dropped, ...rest } = annotations;
  return rest;
}

const shared = new Map<string, string>();
const mostShared = 4096;

/** The same text once: namespaces, stages and times are said again and again. */
export function intern(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= mostShared) shared.clear();
  shared.set(text, text);
  return text;
}

function sharedLabels(labels: Record<string, string> | undefined): Readonly<Record<string, string>> {
  if (labels === undefined) return none;
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) kept[key] = intern(value);
  return kept;
}
