import { openAsBlob } from "node:fs";
import { artifactPlace, artifactTypes } from "../../agents/source/artifact.ts";
import { pushArtifact } from "../../jobs/registry-write.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { openRegistry, type OwnRegistry, registryHost } from "../cluster/own-registry.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import type { PackedFolder } from "./pack-folder.ts";

const secretWaitMs = 60_000;

/** Where a folder goes in the registry of this installation: by digest, so that the run names exactly these files. */
export function folderAddress(namespace: string, name: string, packed: PackedFolder): string {
  return `oci://${registryHost}/tenants/${namespace}/${name}/source@${packed.manifest.digest}`;
}

/**
 * Pushes a packed folder into the registry of the cluster, through the API server. It is called once the RepoRun is there: the Secret that opens the
 * registry for its namespace is made for it, and the Job that fetches the source waits for it meanwhile.
 */
export async function pushFolder(client: ClusterClient, address: string, packed: PackedFolder): Promise<void> {
  const place = artifactPlace(address);
  if (!place) throw new Error(`not an artifact's address: ${address}`);
  const signal = new AbortController().signal;
  const registry = await opened(client, signal);
  try {
    const { layer, config, manifest } = packed;
    const blobs = [
      { digest: config.digest, body: new Blob([config.text]) },
      { digest: layer.digest, body: await openAsBlob(packed.file) },
    ];
    const tag = `source-${manifest.digest.slice(7, 19)}`;
    await pushArtifact(registry.repository(place.repository), {
      blobs,
      manifest: manifest.text,
      type: artifactTypes.manifest,
      tag,
    });
  } catch (error) {
    const said = registry.said();
    const because = said === "" ? (error instanceof Error ? error.message : String(error)) : said;
    throw refused(`the folder could not be pushed: ${clean(because, 200)}`);
  } finally {
    registry.close();
  }
}

async function opened(client: ClusterClient, signal: AbortSignal): Promise<OwnRegistry> {
  try {
    return await openRegistry(client, { secretWaitMs, signal });
  } catch (error) {
    throw error instanceof CommandError ? refused(error.message) : error;
  }
}

function refused(message: string): CommandError {
  return new CommandError(exitCode.platform, message, [
    "push the folder to a git server that the cluster reaches, then run its address",
  ]);
}
