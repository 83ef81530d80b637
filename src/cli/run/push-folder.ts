import { openAsBlob } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { artifactPlace, artifactTypes } from "../../agents/source/artifact.ts";
import { registrySecretName } from "../../agents/setup/registry-access.ts";
import { forwardTo } from "../cluster/forward.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import type { PackedFolder } from "./pack-folder.ts";

const registryNamespace = "repo-runner-registry";
const registryHost = `registry.${registryNamespace}.svc:5000`;
const registryPort = 5000;
const secretWaitMs = 60_000;
const smallTimeoutMs = 30_000;
const blobTimeoutMs = 600_000;

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
  const authorization = await authorizationOf(client);
  const pod = await registryPod(client);
  const target = { namespace: registryNamespace, pod, port: registryPort };
  let said = "";
  const forward = await forwardTo(client, target, 0, (text) => (said = text));
  try {
    const base = `http://127.0.0.1:${String(forward.port)}/v2/${place.repository}`;
    const { layer, config, manifest } = packed;
    await pushBlob(base, authorization, config.digest, new Blob([config.text]));
    await pushBlob(base, authorization, layer.digest, await openAsBlob(packed.file));
    // A tag besides: what nothing names is collected as garbage.
    const tag = `source-${manifest.digest.slice(7, 19)}`;
    await must(
      await fetch(`${base}/manifests/${tag}`, {
        method: "PUT",
        headers: { authorization, "content-type": artifactTypes.manifest },
        body: manifest.text,
        signal: AbortSignal.timeout(smallTimeoutMs),
      }),
      "the manifest",
    );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const because = said === "" ? (error instanceof Error ? error.message : String(error)) : said;
    throw refused(`the folder could not be pushed: ${clean(because, 200)}`);
  } finally {
    forward.close();
  }
}

async function pushBlob(base: string, authorization: string, digest: string, body: Blob): Promise<void> {
  const head = await fetch(`${base}/blobs/${digest}`, {
    method: "HEAD",
    headers: { authorization },
    signal: AbortSignal.timeout(smallTimeoutMs),
  });
  if (head.ok) return;
  const opened = await must(
    await fetch(`${base}/blobs/uploads/`, {
      method: "POST",
      headers: { authorization, "content-length": "0" },
      signal: AbortSignal.timeout(smallTimeoutMs),
    }),
    "an upload",
  );
  const location = new URL(opened.headers.get("location") ?? "", base);
  const to = new URL(location.pathname + location.search, base);
  to.searchParams.set("digest", digest);
  await must(
    await fetch(to, {
      method: "PUT",
      headers: { authorization, "content-type": "application/octet-stream" },
      body,
      signal: AbortSignal.timeout(blobTimeoutMs),
    }),
    "a layer",
  );
}

async function must(response: Response, what: string): Promise<Response> {
  if (response.ok) return response;
  throw refused(`the registry answered ${String(response.status)} to ${what}: ${clean(await response.text(), 160)}`);
}

const DockerConfig = z.object({ auths: z.record(z.string(), z.object({ auth: z.string() })) });

/** From the Secret of the namespace, as the person may read it. */
async function authorizationOf(client: ClusterClient): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(client.namespace)}/secrets/${registrySecretName}`;
  const until = Date.now() + secretWaitMs;
  for (;;) {
    try {
      const secret = z.object({ data: z.record(z.string(), z.string()) }).parse(await client.get(path));
      const config = Buffer.from(secret.data[".dockerconfigjson"] ?? "", "base64").toString("utf8");
      const { auths } = DockerConfig.parse(JSON.parse(config));
      const auth = auths[registryHost]?.auth;
      if (auth !== undefined) return `Basic ${auth}`;
      throw refused(
        "this installation keeps images in a registry of its own, which a folder cannot be pushed to from here",
      );
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 403)
        throw refused(`you may not read Secret ${registrySecretName} in namespace ${client.namespace}`);
      if (error.status !== 404) throw error;
      if (Date.now() > until)
        throw refused(`no controller has made Secret ${registrySecretName} in namespace ${client.namespace}`);
      await sleep(300);
    }
  }
}

async function registryPod(client: ClusterClient): Promise<string> {
  const path = `/api/v1/namespaces/${registryNamespace}/pods?labelSelector=${encodeURIComponent("app.kubernetes.io/component=registry")}`;
  try {
    const list = z
      .object({
        items: z.array(
          z.object({ metadata: z.object({ name: z.string() }), status: z.object({ phase: z.string().optional() }) }),
        ),
      })
      .parse(await client.get(path));
    const pod = list.items.find(({ status }) => status.phase === "Running");
    if (pod) return pod.metadata.name;
    throw refused(`the registry in namespace ${registryNamespace} has no pod that runs`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403)
      throw refused(`you may not list pods in namespace ${registryNamespace}, where the folder has to go`);
    throw error;
  }
}

function refused(message: string): CommandError {
  return new CommandError(exitCode.platform, message, [
    "push the folder to a git server that the cluster reaches, then run its address",
  ]);
}
