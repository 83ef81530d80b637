/**
 * What a cluster outside has of its own and this one needs for databases: volumes on demand, each a folder of this machine.
 * `node volumes.ts FOLDER NODE API-PORT CA CERT KEY`
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "./api-client.ts";
import { storageClass } from "./storage-class.ts";

interface Claim {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes?: readonly string[];
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string };
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly storageClassName?: string; readonly persistentVolumeReclaimPolicy?: string };
  readonly status?: { readonly phase?: string };
}

const [folder = "", node = "", port = "0", caFile = "", certFile = "", keyFile = ""] = process.argv.slice(2);
const api = new ApiClient(Number(port), { caFile, certFile, keyFile });

for (;;) {
  for (const claim of await list<Claim>("persistentvolumeclaims")) {
    const waits = claim.status?.phase === "Pending" && claim.spec.storageClassName === storageClass.metadata.name;
    if (waits && (claim.spec.volumeName ?? "") === "") await provide(claim);
  }
  for (const volume of await list<Volume>("persistentvolumes")) {
    const ours = volume.spec.storageClassName === storageClass.metadata.name;
    if (ours && volume.status?.phase === "Released") await forget(volume);
  }
  await sleep(1000);
}

/** Empty, too, while the API server does not answer: it is asked again. */
async function list<T>(plural: string): Promise<readonly T[]> {
  const { code, body } = await api.ask("GET", `/api/v1/${plural}?resourceVersion=0`);
  return code === 200 ? (JSON.parse(body) as { items: T[] }).items : [];
}

async function provide(claim: Claim): Promise<void> {
  const { name, namespace, uid } = claim.metadata;
  const path = join(folder, `pvc-${uid}`);
  mkdirSync(path, { recursive: true });
  // As a disk would be: the kubelet gives it to the pod's fsGroup, and who has none may write as well.
  chmodSync(path, 0o777);
  const { code } = await api.ask("POST", "/api/v1/persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}` },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage ?? "1Gi" },
      accessModes: claim.spec.accessModes ?? ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: storageClass.metadata.name,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
          ],
        },
      },
    },
  });
  if (code === 201) console.log(`${new Date().toISOString()} ${namespace}/${name}: ${path}`);
}

async function forget(volume: Volume): Promise<void> {
  const { name } = volume.metadata;
  if (!/^pvc-[0-9a-f-]{36}$/.test(name)) return;
  rmSync(join(folder, name), { recursive: true, force: true });
  await api.ask("DELETE", `/api/v1/persistentvolumes/${name}`);
  console.log(`${new Date().toISOString()} ${name} is gone`);
}
