import type { Plan, ProbePlan, Service, ServiceKind } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster } from "../cluster.ts";
import type { DatabaseAccess } from "../database/access.ts";

/** What looking at the running program taught, and the plan did not know: no new plan, only another target of Service and probes. */
export interface Seen {
  /** Port that it listens on. */
  readonly port?: number;
  /** Probes that fit what answered. */
  readonly probe?: ProbePlan;
}

/** All that a release is made from. */
export interface RunRequest {
  readonly cluster: Cluster;
  readonly run: RunRef;
  readonly plan: Plan;
  readonly service: Service;
  /** Reference by digest, as nodes pull it. */
  readonly image: string;
  readonly imageFacts: { readonly user: string; readonly exposed: readonly number[] };
  /** The shell line that is the image's own command, where it was built for another service of the same recipe; left out: for this one. */
  readonly imageStart?: string | null;
  /** The databases of the plan that are ready. */
  readonly databases?: readonly DatabaseAccess[];
  /** Left out at first: what was seen before of the same image and settings is found at the Deployment. */
  readonly seen?: Seen;
  readonly settings: Settings;
  readonly spec: RepoRunSpec;
  readonly generatedSecret?: string;
  readonly registrySecret?: string;
  /** Of the plan. */
  readonly revision: number;
  readonly commit: string;
}

/** What stands in the cluster for one service, and how to find its pods. */
export interface Release {
  readonly service: string;
  readonly kind: ServiceKind;
  /** Name of the Deployment, Job or CronJob. */
  readonly workload: string;
  /** Value of the annotation repo-runner.dev/input of its pods. */
  readonly podInput: string;
  /** Name of the Kubernetes Service; undefined where nothing listens. */
  readonly kubeService: string | undefined;
  /** Port of the container that the Service forwards to. */
  readonly port: number | undefined;
  /** The value of PORT that the program was given. */
  readonly passedPort: number | undefined;
  /** `Seen`: looked at before, with the same image and settings. */
  readonly portFrom: "Seen" | "Planned";
  /** Uid of the program; undefined where only the image knows it. */
  readonly appUid: number | undefined;
  readonly probe: ProbePlan;
  readonly replicas: number;
  /** Objects were made or changed by this call. */
  readonly changed: boolean;
}

/** The name of the program's container in every pod. */
export const appContainer = "app";

export type ServiceWish = NonNullable<RepoRunSpec["services"]>[number];

/** An image that Repo Runner did not write: of a repository's own Dockerfile, or taken as it is by name. It runs as its own user. */
export function isForeign(recipe: Service["recipe"]): boolean {
  return recipe.dockerfile !== undefined || recipe.image !== undefined;
}

/** What the person said about this service. */
export function wishOf(request: Pick<RunRequest, "spec" | "service">): ServiceWish | undefined {
  return request.spec.services?.find((wish) => wish.name === request.service.name);
}
