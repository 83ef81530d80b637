import { createHash } from "node:crypto";
import { type RegistryClient, RegistryRefused } from "./registry-read.ts";

/** Bytes by their digest. */
export interface ArtifactBlob {
  readonly digest: string;
  readonly body: Buffer<ArrayBuffer> | Blob;
}

/** The digest of bytes, as registries write it. */
export function digestOfBytes(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

const blobTimeoutMs = 600_000;

/** Pushes an artifact's blobs, those that are not there, and then its manifest by a tag: what nothing names is collected as garbage. */
export async function pushArtifact(
  registry: RegistryClient,
  artifact: {
    readonly blobs: readonly ArtifactBlob[];
    /** As it is sent: its digest is that of this text. */
    readonly manifest: string;
    readonly type: string;
    readonly tag: string;
  },
): Promise<void> {
  for (const blob of artifact.blobs) await pushBlob(registry, blob);
  await must(
    registry.send("PUT", `manifests/${artifact.tag}`, { type: artifact.type, body: artifact.manifest }),
    "the manifest",
  );
}

async function pushBlob(registry: RegistryClient, { digest, body }: ArtifactBlob): Promise<void> {
  const head = await registry.send("HEAD", `blobs/${digest}`);
  if (head.ok) return;
  const opened = await must(registry.send("POST", "blobs/uploads/"), "an upload");
  const to = registry.address(opened.headers.get("location") ?? "");
  to.searchParams.set("digest", digest);
  await must(registry.send("PUT", to, { type: "application/octet-stream", body }, blobTimeoutMs), "a layer");
}

async function must(asked: Promise<Response>, what: string): Promise<Response> {
  const response = await asked;
  if (!response.ok) throw new RegistryRefused(response.status, what);
  await response.body?.cancel();
  return response;
}
