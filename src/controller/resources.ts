import type { Kind } from "../agents/cluster.ts";

/** Kinds that only the runtime itself touches. */
export type RuntimeKind = Kind | "Lease" | "Event";

const table: Readonly<Record<RuntimeKind, readonly [prefix: string, plural: string]>> = {
  RepoRun: ["/apis/repo-runner.dev/v1alpha1", "reporuns"],
  RepoRunApproval: ["/apis/repo-runner.dev/v1alpha1", "reporunapprovals"],
  FixLesson: ["/apis/repo-runner.dev/v1alpha1", "fixlessons"],
  ModelPolicy: ["/apis/repo-runner.dev/v1alpha1", "modelpolicies"],
  Pod: ["/api/v1", "pods"],
  Job: ["/apis/batch/v1", "jobs"],
  Deployment: ["/apis/apps/v1", "deployments"],
  Service: ["/api/v1", "services"],
  ServiceAccount: ["/api/v1", "serviceaccounts"],
  ConfigMap: ["/api/v1", "configmaps"],
  Secret: ["/api/v1", "secrets"],
  NetworkPolicy: ["/apis/networking.k8s.io/v1", "networkpolicies"],
  PersistentVolumeClaim: ["/api/v1", "persistentvolumeclaims"],
  CronJob: ["/apis/batch/v1", "cronjobs"],
  StatefulSet: ["/apis/apps/v1", "statefulsets"],
  Ingress: ["/apis/networking.k8s.io/v1", "ingresses"],
  HTTPRoute: ["/apis/gateway.networking.k8s.io/v1", "httproutes"],
  Lease: ["/apis/coordination.k8s.io/v1", "leases"],
  Event: ["/apis/events.k8s.io/v1", "events"],
};

/** Path of a collection; of all namespaces when none is given. */
export function collectionPath(kind: RuntimeKind, namespace?: string): string {
  const [prefix, plural] = table[kind];
  return namespace === undefined
    ? `${prefix}/${plural}`
    : `${prefix}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** Path of one object, or of a part of it (`status`, `log`). */
export function objectPath(kind: RuntimeKind, namespace: string, name: string, part?: string): string {
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return part === undefined ? path : `${path}/${part}`;
}

/** Who owns the fields that we write. */
export const fieldManager = "repo-runner";

/** A PATCH says what it is by its content type; a wrong one is a 400 or, worse, another meaning. */
export const patchType = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/** Compares resource versions of one kind: decimal numbers of any length. Not a number: only sameness counts, and the new one wins. */
export function isNewer(candidate: string, than: string): boolean {
  if (!/^\d+$/.test(candidate) || !/^\d+$/.test(than)) return candidate !== than;
  return candidate.length === than.length ? candidate > than : candidate.length > than.length;
}
