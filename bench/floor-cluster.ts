import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isApiError } from "../src/controller/api-error.ts";
import type { Transport } from "../src/controller/transport.ts";

/** As much of an object as the bench reads. */
export interface Thing {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** The embedded cluster's kubeconfig, or the one that is named. */
export function clusterConfig(): string {
  return process.env["KUBECONFIG"] ?? join(homedir(), ".config", "repo-runner", "kubeconfig");
}

/** A fresh namespace that Repo Runner is let into. */
export async function tenantNamespace(transport: Transport, name: string): Promise<void> {
  await removeNamespace(transport, name);
  await transport.text({
    method: "POST",
    path: "/api/v1/namespaces",
    body: { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
  });
  await transport.text({
    method: "POST",
    path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}/rolebindings`,
    body: {
      metadata: { name: "repo-runner" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "repo-runner-tenant" },
      subjects: [{ kind: "ServiceAccount", name: "repo-runner", namespace: "repo-runner-system" }],
    },
  });
}

/** Takes a namespace away, with the builder that worked for it, and waits until it is gone. */
export async function removeNamespace(transport: Transport, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  await ask(transport, "DELETE", path);
  for (const service of await list(transport, buildServices(name))) {
    await ask(transport, "DELETE", `/api/v1/namespaces/repo-runner-builds/services/${service.metadata.name}`);
  }
  for (let tries = 0; tries < 180 && (await ask(transport, "GET", path)); tries += 1) await sleep(1000);
}

/** Builders of one tenant. */
export function buildServices(tenant: string): string {
  return `/api/v1/namespaces/repo-runner-builds/services?labelSelector=repo-runner.dev/tenant%3D${tenant}`;
}

export async function list(transport: Transport, path: string): Promise<readonly Thing[]> {
  return (await transport.json<{ items: readonly Thing[] }>({ method: "GET", path })).items;
}

export async function read(transport: Transport, path: string): Promise<Thing> {
  return await transport.json<Thing>({ method: "GET", path });
}

/** False where it is not there. */
async function ask(transport: Transport, method: "GET" | "DELETE", path: string): Promise<boolean> {
  try {
    await transport.text({ method, path });
    return true;
  } catch (error) {
    if (isApiError(error, 404)) return false;
    throw error;
  }
}
