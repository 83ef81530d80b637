/** Which RepoRun a child belongs to. */
export interface RunRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const group = "repo-runner.dev";
export const apiVersion = "repo-runner.dev/v1alpha1";

export const label = {
  managedBy: "app.kubernetes.io/managed-by",
  run: "repo-runner.dev/run",
  stage: "repo-runner.dev/stage",
  service: "repo-runner.dev/service",
  database: "repo-runner.dev/database",
  tenant: "repo-runner.dev/tenant",
  /** What an image was made of, by a short hash: who asks the same in the namespace takes it. */
  image: "repo-runner.dev/image",
  /** The same of a plan that was drafted. */
  draft: "repo-runner.dev/draft",
  /** The same of a question that a model has answered. */
  answer: "repo-runner.dev/answer",
} as const;

export const annotation = {
  input: "repo-runner.dev/input",
  requestedAt: "repo-runner.dev/requestedAt",
  /** At a Deployment: how many Services lead to it, where it is not one. */
  services: "repo-runner.dev/services",
  /** `<plan revision>@<requestedAt>` */
  rollback: "repo-runner.dev/rollback",
} as const;

export type Stage = "survey" | "build" | "step" | "check" | "release" | "look" | "database" | "follow" | "model";

/** Labels of every child of a run. */
export function labelsOf(run: RunRef, stage: Stage, service?: string): Record<string, string> {
  return {
    [label.managedBy]: "repo-runner",
    [label.run]: run.name,
    [label.stage]: stage,
    ...(service === undefined ? {} : { [label.service]: service }),
  };
}

/** The controller's owner reference, for children in the run's namespace: the garbage collector takes them with the run. */
export function ownerOf(run: RunRef): {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: true;
  blockOwnerDeletion: true;
} {
  return { apiVersion, kind: "RepoRun", name: run.name, uid: run.uid, controller: true, blockOwnerDeletion: true };
}
