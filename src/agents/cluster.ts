/** What the reconcilers and agents may see and do in the cluster. The controller fulfils it; tests fulfil it with a fake. */

import type { RepoRunApproval } from "../approval.ts";
import type { ModelPolicy, ModelPolicyStatus } from "../model-policy.ts";
import type { FixLesson } from "../lesson.ts";
import type { RunRef } from "../run-ref.ts";

/** Kinds that the product makes or looks at. */
export type Kind =
  | "RepoRun"
  | keyof Written
  | "Pod"
  | "Job"
  | "Deployment"
  | "Service"
  | "ServiceAccount"
  | "ConfigMap"
  | "Secret"
  | "NetworkPolicy"
  | "PersistentVolumeClaim"
  | "CronJob"
  | "StatefulSet"
  | "Ingress"
  | "HTTPRoute";

/** A whole object, as JSON. Typed at the place that builds it (`import type` from client-node). */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What the watch keeps of a container: enough to know how it does, nothing more. */
export interface ContainerRecord {
  readonly name: string;
  readonly type: "Init" | "App" | "Ephemeral";
  readonly state: "Waiting" | "Running" | "Terminated";
  /** Waiting or terminated reason: `ImagePullBackOff`, `CreateContainerConfigError`, `OOMKilled`, `Completed`. */
  readonly reason?: string;
  /** The kubelet's words (waiting), or the termination message (terminated; our envelope, in our Jobs). */
  readonly message?: string;
  readonly exitCode?: number;
  /** Of the run before, where the container was restarted. */
  readonly last?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly finishedAt?: string;
    readonly startedAt?: string;
  };
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly restarts: number;
  readonly ready: boolean;
}

export interface PodRecord {
  readonly kind: "Pod";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly phase: string;
  readonly ip?: string;
  readonly createdAt: string;
  /** Pod condition Ready. */
  readonly ready: boolean;
  /** Disruption or eviction: `Evicted`, `PreemptionByScheduler` … */
  readonly reason?: string;
  /** Why it is not scheduled, in the scheduler's words. */
  readonly unschedulable?: string;
  readonly containers: readonly ContainerRecord[];
  readonly deleting: boolean;
  /** When its deletion was asked for; its Service may send it requests for a moment longer. In ms since 1970. */
  readonly deletedAtMs?: number;
}

export interface JobRecord {
  readonly kind: "Job";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly active: number;
  /** Reason and message of a true Failed condition: `DeadlineExceeded`, `BackoffLimitExceeded`. */
  readonly failure?: { readonly reason: string; readonly message: string };
  readonly deleting: boolean;
}

export interface DeploymentRecord {
  readonly kind: "Deployment";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updated: number;
  readonly available: number;
  /** Since when condition Available is False; undefined while it is True. */
  readonly unavailableSince?: string;
  readonly deleting: boolean;
}

/** How far a StatefulSet (a database) is. */
export interface StatefulSetRecord {
  readonly kind: "StatefulSet";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly deleting: boolean;
}

/** A Service that stands, and at which address inside the cluster. */
export interface ServiceRecord {
  readonly kind: "Service";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Undefined for one without an address of its own (headless). */
  readonly clusterIp?: string;
  readonly deleting: boolean;
}

/** That a CronJob stands, and as what it was asked for. */
export interface CronJobRecord {
  readonly kind: "CronJob";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly deleting: boolean;
}

export interface Records {
  readonly Pod: PodRecord;
  readonly Job: JobRecord;
  readonly Deployment: DeploymentRecord;
  readonly StatefulSet: StatefulSetRecord;
  readonly Service: ServiceRecord;
  readonly CronJob: CronJobRecord;
}

/** Our own resources beside RepoRun: people write them, every run of their namespace may have to heed them. */
export interface Written {
  readonly RepoRunApproval: WrittenRecord<RepoRunApproval>;
  readonly FixLesson: WrittenRecord<FixLesson>;
  readonly ModelPolicy: WrittenRecord<ModelPolicy>;
}

/** One of them, whole, as the watch keeps it. */
export type WrittenRecord<T> = T & {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
};

/** A refusal by the API server: quota, Pod Security, policy, a missing right. `message` is the server's own words. */
export interface Refusal {
  readonly status: number;
  /** `Forbidden`, `Invalid`, `NotFound` … */
  readonly reason: string;
  readonly message: string;
}

export type Created<T> =
  | { readonly state: "created"; readonly object: T }
  | { readonly state: "exists" }
  | { readonly state: "refused"; readonly refusal: Refusal };

export interface Cluster {
  /** Children of one run, from the watch cache with our own writes already in it. Costs no request. */
  children<K extends keyof Records>(kind: K, namespace: string, run: string): readonly Records[K][];
  /** What people have written of a kind in a namespace, from the watch cache. Costs no request. */
  written<K extends keyof Written>(kind: K, namespace: string): readonly Written[K][];
  /** The namespace of each survey and build Job that is at work now, of all runs. Costs no request. */
  jobsAtWork(): readonly string[];
  /** One live read; undefined when it is not there. Never for Secrets. */
  get<T extends KubeObject>(kind: Exclude<Kind, "Secret">, namespace: string, name: string): Promise<T | undefined>;
  /** Live list of one run's children of a kind that is not watched (plan ConfigMaps after a lost status). */
  list<T extends KubeObject>(kind: "ConfigMap" | "Service", namespace: string, run: string): Promise<readonly T[]>;
  /** Live list of ours in a namespace, whatever run they belong to, by one label. */
  labelled<T extends KubeObject>(
    kind: "ConfigMap",
    namespace: string,
    by: { readonly name: string; readonly value: string },
  ): Promise<readonly T[]>;
  /** POST. `exists` when the name is taken, by whomever; 403 and 422 are `refused`; everything else is thrown and retried. */
  create<T extends KubeObject>(object: T): Promise<Created<T>>;
  /** Server-side apply onto an object that is known to be ours; `uid` is sent along, so a namesake is never patched. */
  apply<T extends KubeObject>(object: T, uid: string): Promise<Created<T>>;
  /** Writes the status of one of our own resources, as it was read: throws a conflict when somebody has written meanwhile. */
  setStatus(
    kind: "ModelPolicy",
    record: Pick<WrittenRecord<ModelPolicy>, "namespace" | "name" | "resourceVersion">,
    status: ModelPolicyStatus,
  ): Promise<Refusal | undefined>;
  /** With a precondition on uid; gone already is fine. */
  remove(kind: Kind, namespace: string, name: string, uid?: string): Promise<void>;
  /** A dry-run POST: the refusal that a real one would meet, or undefined. */
  preflight(object: KubeObject): Promise<Refusal | undefined>;
  /** Last lines of a container's log; undefined when the pod is gone. At most `limitBytes`. */
  log(
    namespace: string,
    pod: string,
    container: string,
    options: { tailLines?: number; limitBytes: number; previous?: boolean },
  ): Promise<string | undefined>;
  /** Asks for a run anew, as `repo-runner update` does: its annotation requestedAt is set to this time. */
  request(run: RunRef, at: Date): Promise<void>;
  /** Adds a one-shot ephemeral container to one of our pods. */
  addEphemeralContainer(
    namespace: string,
    pod: string,
    container: Readonly<Record<string, unknown>>,
  ): Promise<Created<KubeObject>>;
}

/** Events on transitions, one a rung; repeated ones are folded by the controller. */
export interface EventSink {
  emit(event: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string }): void;
}

export interface Clock {
  now(): Date;
}
