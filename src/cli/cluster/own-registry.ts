import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { registrySecretName } from "../../agents/setup/registry-access.ts";
import { RegistryClient } from "../../jobs/registry-read.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import type { ClusterClient } from "./client.ts";
import { forwardTo } from "./forward.ts";
import { ApiProblem } from "./problems.ts";

const registryNamespace = "repo-runner-registry";
/** The name by which the cluster's inside knows the registry of this installation. */
export const registryHost = `registry.${registryNamespace}.svc:5000`;
const registryPort = 5000;

/** The registry of this installation from outside, as the person may: one port forward, and the Secret of the namespace. */
export interface OwnRegistry {
  repository(name: string): RegistryClient;
  /** What went wrong with the forward last; "" where nothing did. */
  said(): string;
  close(): void;
}

/** Opens it; the Secret is waited for, since a controller makes it for the first run of a namespace. */
export async function openRegistry(
  client: ClusterClient,
  { secretWaitMs, signal }: { readonly secretWaitMs: number; readonly signal: AbortSignal },
): Promise<OwnRegistry> {
  const authorization = await authorizationOf(client, secretWaitMs);
  const target = { namespace: registryNamespace, pod: await registryPod(client), port: registryPort };
  let said = "";
  const forward = await forwardTo(client, target, 0, (text) => (said = text));
  const host = `127.0.0.1:${String(forward.port)}`;
  return {
    repository: (repository) => new RegistryClient({ host, repository }, { insecure: true, authorization }, signal),
    said: () => said,
    close: () => forward.close(),
  };
}

const DockerConfig = z.object({ auths: z.record(z.string(), z.object({ auth: z.string() })) });

/** From the Secret of the namespace, as the person may read it. */
async function authorizationOf(client: ClusterClient, waitMs: number): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(client.namespace)}/secrets/${registrySecretName}`;
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      const secret = z.object({ data: z.record(z.string(), z.string()) }).parse(await client.get(path));
      const config = Buffer.from(secret.data[".dockerconfigjson"] ?? "", "base64").toString("utf8");
      const { auths } = DockerConfig.parse(JSON.parse(config));
      const auth = auths[registryHost]?.auth;
      if (auth !== undefined) return `Basic ${auth}`;
      throw refused("this installation keeps images in a registry of its own, which is not reached from here");
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
      throw refused(`you may not list pods in namespace ${registryNamespace}, where the registry is`);
    throw error;
  }
}

function refused(message: string): CommandError {
  return new CommandError(exitCode.platform, message);
}
