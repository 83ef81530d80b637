import type { V1PersistentVolumeClaimSpec } from "@kubernetes/client-node";
import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import { label, labelsOf, ownerOf } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { nameConflict, refusalToFailure } from "../refusal.ts";
import type { Stand } from "./stand.ts";

interface ClaimObject extends KubeObject {
  readonly kind: "PersistentVolumeClaim";
  readonly metadata: KubeObject["metadata"] & { readonly deletionTimestamp?: string };
  readonly spec: V1PersistentVolumeClaimSpec;
}

/** The volume of a database, and what wrote its data. */
export interface DataVolume {
  readonly name: string;
  readonly uid: string;
  /** Version of the program that its data were made by; it may be older than what is asked for. */
  readonly version: string;
}

/** What a volume was made for, so that a RepoRun of the same name takes up the same data. */
const note = { engine: "repo-runner.dev/engine", version: "repo-runner.dev/version" } as const;

/**
 * The volume, made once. With Retain it has no owner, so that it outlives the RepoRun, and its labels say whose it is; with Delete it goes
 * with the RepoRun. What stands under that name with other labels, or belongs to somebody, is a stranger's.
 */
export async function ensureVolume(stand: Stand): Promise<Outcome<DataVolume>> {
  const { cluster, run } = stand.request;
  const wanted = claimOf(stand);
  for (let round = 0; round < 2; round += 1) {
    const created = await cluster.create(wanted);
    if (created.state === "refused") return failed(refusalToFailure(created.refusal, `volume ${stand.name}`));
    if (created.state === "created") return volumeOf(stand, created.object);
    const present = await cluster.get<ClaimObject>("PersistentVolumeClaim", run.namespace, stand.name);
    if (present) return await adopt(stand, wanted, present);
  }
  return waiting("Starting", `waiting for the volume of ${stand.request.database.name}`, 2);
}

async function adopt(stand: Stand, wanted: ClaimObject, present: ClaimObject): Promise<Outcome<DataVolume>> {
  const { cluster, run, database } = stand.request;
  if (!isOurs(stand, present)) return failed(nameConflict("PersistentVolumeClaim", stand.name));
  if (present.metadata.deletionTimestamp !== undefined)
    return waiting("Starting", `waiting until the old data of ${database.name} are gone`, 2);
  const made = present.metadata.annotations?.[note.engine] ?? database.engine;
  if (made !== database.engine) {
    return failed({
      reason: "DataOfAnotherEngine",
      message: `volume ${stand.name} holds data of ${made}, and ${database.name} is ${database.engine}`,
      hint: `name the new database otherwise (spec.databases), or delete the volume with its data: kubectl delete pvc ${stand.name} -n ${run.namespace}`,
      layer: "Service",
      blame: "Spec",
      where: `PersistentVolumeClaim/${stand.name}`,
    });
  }
  const owners = (object: ClaimObject) => (object.metadata.ownerReferences ?? []).map(({ uid }) => uid).join(" ");
  const { uid } = present.metadata;
  if (owners(present) === owners(wanted) || uid === undefined) return volumeOf(stand, present);
  // Only whom it belongs to changes: size and class of what is there stay.
  const { accessModes, resources, storageClassName, volumeName, volumeMode } = present.spec;
  const same = JSON.parse(
    JSON.stringify({ accessModes, resources, storageClassName, volumeName, volumeMode }),
  ) as V1PersistentVolumeClaimSpec;
  const annotations = { ...wanted.metadata.annotations, ...notesOf(present) };
  const object = { ...wanted, metadata: { ...wanted.metadata, annotations }, spec: same };
  const applied = await cluster.apply<ClaimObject>(object, uid);
  if (applied.state === "refused") return failed(refusalToFailure(applied.refusal, `volume ${stand.name}`));
  return volumeOf(stand, present);
}

function notesOf({ metadata }: ClaimObject): Record<string, string> {
  return Object.fromEntries(
    Object.values(note).flatMap((key) => {
      const value = metadata.annotations?.[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Ours by its labels, and nobody else's: an owner other than this very RepoRun is a stranger. */
function isOurs({ request }: Stand, { metadata }: ClaimObject): boolean {
  const { run, database } = request;
  return (
    metadata.labels?.[label.managedBy] === "repo-runner" &&
    metadata.labels[label.run] === run.name &&
    metadata.labels[label.database] === database.name &&
    (metadata.ownerReferences ?? []).every((owner) => owner.uid === run.uid)
  );
}

function claimOf({ request, name }: Stand): ClaimObject {
  const { run, database } = request;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace: run.namespace,
      labels: { ...labelsOf(run, "database"), [label.database]: database.name },
      annotations: { [note.engine]: database.engine, [note.version]: database.version },
      ...(database.deletionPolicy === "Delete" ? { ownerReferences: [ownerOf(run)] } : {}),
    },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: database.storage } } },
  };
}

function volumeOf({ request, name }: Stand, { metadata }: ClaimObject): Outcome<DataVolume> {
  const version = metadata.annotations?.[note.version] ?? request.database.version;
  return done({ name, uid: metadata.uid ?? "", version });
}
