import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Cluster, KubeObject } from "../cluster.ts";
import { nameConflict, refusalToFailure } from "../refusal.ts";

/** An object that stands as it should: who it is, and whether this call made or changed it. */
export interface Claimed<T extends KubeObject> {
  readonly object: T;
  readonly changed: "Created" | "Applied" | "Kept";
}

/**
 * Claims a readable name before anything is applied to it: POST first; where the name is taken the controller's owner uid is compared, and
 * ours is brought up to date while a stranger's is never touched. `keep` leaves ours as it is.
 */
export async function claim<T extends KubeObject>(
  cluster: Cluster,
  run: RunRef,
  object: T,
  keep = false,
): Promise<Outcome<Claimed<T>>> {
  const { kind, metadata } = object;
  // A second round for one that is deleted between the POST and the look.
  for (let round = 0; round < 2; round += 1) {
    const created = await cluster.create(object);
    if (created.state === "created") return done({ object: created.object, changed: "Created" });
    if (created.state === "refused") return failed(refusalToFailure(created.refusal, `${kind} ${metadata.name}`));
    if (kind === "Secret") return failed(unreadable(metadata.name));
    const present = await cluster.get<T>(kind, metadata.namespace, metadata.name);
    if (!present) continue;
    const { uid } = present.metadata;
    if (uid === undefined || !owned(present, run)) return failed(nameConflict(kind, metadata.name));
    if (keep) return done({ object: present, changed: "Kept" });
    const applied = await cluster.apply(object, uid);
    if (applied.state === "created") return done({ object: applied.object, changed: "Applied" });
    if (applied.state === "refused") return failed(refusalToFailure(applied.refusal, `${kind} ${metadata.name}`));
  }
  return failed({
    reason: "NameConflict",
    message: `${kind} ${metadata.name} comes and goes while it is claimed`,
    layer: "Cluster",
    blame: "Platform",
    where: `${kind}/${metadata.name}`,
  });
}

/** Ours is what has this very RepoRun as its controller; a namesake of an earlier one is a stranger. */
export function owned(object: KubeObject, run: RunRef): boolean {
  return (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === run.uid);
}

function unreadable(name: string): Failure {
  return { ...nameConflict("Secret", name), hint: "Secrets are never read: a new one has its own name" };
}
