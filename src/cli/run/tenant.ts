import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import type { Voice } from "../voice.ts";

const binding = "repo-runner";
const role = "repo-runner-tenant";
const account = { kind: "ServiceAccount", name: "repo-runner", namespace: "repo-runner-system" };

/** Lets Repo Runner into the namespace, where the caller may do that and nobody has done it; says so and how to undo it. Where he may not, the run itself will say what is missing. */
export async function optIn(client: ClusterClient, voice: Voice): Promise<void> {
  const { namespace } = client;
  const folder = `/apis/rbac.authorization.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/rolebindings`;
  const there = await answer(client, "GET", `${folder}/${binding}`);
  if (there !== 404) return;
  // Without that role in the cluster there is nothing to bind: a release of another name, or none.
  if ((await answer(client, "GET", `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`)) === 404) return;
  const made = await answer(client, "POST", folder, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: binding, labels: { "app.kubernetes.io/managed-by": "repo-runner-cli" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [account],
  });
  if (made === 201)
    voice.say(
      `namespace ${namespace} is now open to Repo Runner (undo: kubectl delete rolebinding ${binding} -n ${namespace})`,
    );
}

async function answer(client: ClusterClient, method: string, path: string, body?: unknown): Promise<number> {
  try {
    await client.call(method, path, body === undefined ? {} : { body });
    return method === "POST" ? 201 : 200;
  } catch (error) {
    if (error instanceof ApiProblem) return error.status;
    throw error;
  }
}
