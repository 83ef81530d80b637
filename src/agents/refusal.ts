import type { Failure } from "../failure.ts";
import type { Refusal } from "./cluster.ts";

/** The API server's refusal as a failure, in its own words: quota, Pod Security, policies and missing rights each have their own next step. */
export function refusalToFailure(refusal: Refusal, what: string): Failure {
  const said = refusal.message.slice(0, 700);
  if (/exceeded quota|failed quota|forbidden: .*quota/i.test(said)) {
    return {
      reason: "OverQuota",
      message: `the namespace has no room for ${what}: ${said}`,
      hint: "free room in the namespace or raise its ResourceQuota; the run goes on by itself",
      layer: "Cluster",
      blame: "Platform",
    };
  }
  if (refusal.reason === "NotFound" || /being terminated/i.test(said)) {
    return {
      reason: "NamespaceGone",
      message: `${what}: ${said}`,
      hint: "the namespace is being deleted",
      layer: "Cluster",
      blame: "Spec",
    };
  }
  if (/cannot (create|patch|get|delete|list) resource/i.test(said)) {
    return {
      reason: "NotOptedIn",
      message: `Repo Runner may not work in this namespace (${what}): ${said}`,
      hint: "an administrator lets it in: kubectl create rolebinding repo-runner -n NAMESPACE --clusterrole=repo-runner-tenant --serviceaccount=repo-runner-system:repo-runner",
      layer: "Cluster",
      blame: "Platform",
    };
  }
  return {
    reason: "PolicyDenied",
    message: `${what} was refused: ${said}`,
    hint: "the cluster's policy says no; change the spec, or ask who keeps the policy",
    layer: "Cluster",
    blame: "Spec",
  };
}

/** True when Pod Security itself said no: another shape of the same pod may be admitted. */
export function isPodSecurity(refusal: Refusal): boolean {
  return /violates PodSecurity/i.test(refusal.message);
}

/** A name that we need is taken by somebody else's object, which is never touched. */
export function nameConflict(kind: string, name: string): Failure {
  return {
    reason: "NameConflict",
    message: `${kind} ${name} exists and is not this run's`,
    hint: "rename the RepoRun, or remove the object if nobody needs it",
    layer: "Cluster",
    blame: "Spec",
    where: `${kind}/${name}`,
  };
}
