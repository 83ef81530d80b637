import type { V1PersistentVolumeClaimSpec, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { labelsOf, ownerOf, type RunRef } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { childName } from "./names.ts";
import { type RunRequest, wishOf } from "./run-request.ts";

/** A folder of a service that outlives its pod. `size` as Kubernetes writes it: `1Gi`. */
export interface KeptFolder {
  readonly name: string;
  readonly path: string;
  readonly size: string;
}

/** The folders of one service: those of the plan, with what the person says of them, and those that only the person names. */
export function foldersOf(request: Pick<RunRequest, "service" | "spec">): readonly KeptFolder[] {
  const wished = wishOf(request)?.volumes ?? [];
  const planned = request.service.volumes.filter(
    ({ name, path }) => !wished.some((wish) => wish.name === name || wish.path === path),
  );
  return [...wished, ...planned].map(({ name, path, size }) => ({ name, path, size: size ?? "1Gi" }));
}

/** Their claims: made once, never changed, one for each name in a run, so that services which name the same volume share it. */
export function claimObjects(request: RunRequest): (KubeObject & { spec: V1PersistentVolumeClaimSpec })[] {
  const { run } = request;
  return foldersOf(request).map(({ name, size }) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName(run, name),
      namespace: run.namespace,
      labels: labelsOf(run, "release"),
      ownerReferences: [ownerOf(run)],
    },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
  }));
}

/** What a pod mounts: a scratch folder at /tmp unless its image was given files there, which that would hide, and the kept folders, each place once. */
export function mountsOf(request: RunRequest): { volumes: V1Volume[]; mounts: V1VolumeMount[] } {
  const folders = foldersOf(request);
  const names = [...new Set(folders.map(({ name }) => name))];
  const isTmpFilled = request.service.recipe.copies.some(({ to }) => /^\/tmp(?:\/|$)/.test(to));
  const mounts: V1VolumeMount[] = [
    ...(isTmpFilled ? [] : [{ name: "tmp", mountPath: "/tmp" }]),
    ...folders.map(({ name, path }) => ({ name: `data-${name}`, mountPath: path })),
    ...(request.service.writable ?? []).map((path) => ({ name: "scratch", mountPath: path, subPath: scratchOf(path) })),
  ];
  return {
    volumes: [
      ...(isTmpFilled ? [] : [{ name: "tmp", emptyDir: {} }]),
      ...((request.service.writable ?? []).length === 0 ? [] : [{ name: "scratch", emptyDir: {} }]),
      ...names.map((name) => ({
        name: `data-${name}`,
        persistentVolumeClaim: { claimName: claimName(request.run, name) },
      })),
    ],
    mounts: mounts.filter(({ mountPath }, at) => mounts.findIndex((other) => other.mountPath === mountPath) === at),
  };
}

/** `/var/lib/shop` as the name of a folder: `var-lib-shop`. */
function scratchOf(path: string): string {
  return path.replaceAll(/[^\w.]+/g, "-").replaceAll(/^-|-$/g, "");
}

/** Names of folders that another service of the plan has, too: their pods have to be on one node where the storage is. */
export function sharedFolders(request: RunRequest): boolean {
  const own = foldersOf(request).map(({ name }) => name);
  return request.plan.services.some(
    (service) =>
      service.name !== request.service.name &&
      foldersOf({ service, spec: request.spec }).some(({ name }) => own.includes(name)),
  );
}

function claimName(run: RunRef, volume: string): string {
  return childName(run, `${volume}-data`);
}
