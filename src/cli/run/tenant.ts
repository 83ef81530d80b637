import { z } from "zod";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import type { Voice } from "../voice.ts";

const binding = "repo-runner";
const role = "repo-runner-tenant";
const rbac = "/apis/rbac.authorization.k8s.io/v1";

/** Lets Repo Runner into the namespace, where the caller may do that and nobody has done it; says so and how to undo it. Where he may not, the run itself will say what is missing. */
export async function optIn(client: ClusterClient, voice: Voice): Promise<void> {
  const { namespace } = client;
  const folder = `${rbac}/namespaces/${encodeURIComponent(namespace)}/rolebindings`;
  if ((await ask(client, "GET", `${folder}/${binding}`)).status !== 404) return;
  // Let in everywhere by the chart (clusterWide), or not installed under that name: nothing to bind.
  if ((await ask(client, "GET", `${rbac}/clusterrolebindings/${role}`)).status === 200) return;
  if ((await ask(client, "GET", `${rbac}/clusterroles/${role}`)).status === 404) return;
  const made = await ask(client, "POST", folder, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: binding, labels: { "app.kubernetes.io/managed-by": "repo-runner-cli" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: "repo-runner", namespace: await controllerNamespace(client) }],
  });
  if (made.status !== 201) return;
  voice.say(
    `namespace ${namespace} is now open to Repo Runner (undo: kubectl delete rolebinding ${binding} -n ${namespace})`,
  );
}

const Binding = z.object({
  subjects: z.array(z.object({ name: z.string(), namespace: z.string().optional() })).default([]),
});

/** The namespace that Repo Runner was installed into, as its own binding says; the usual one where that may not be read. */
async function controllerNamespace(client: ClusterClient): Promise<string> {
  const { object } = await ask(client, "GET", `${rbac}/clusterrolebindings/repo-runner`);
  const read = Binding.safeParse(object);
  const own = read.success
    ? read.data.subjects.find((subject) => subject.name === "repo-runner")?.namespace
    : undefined;
  return own ?? "repo-runner-system";
}

async function ask(
  client: ClusterClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly object?: unknown }> {
  try {
    const object = await client.call(method, path, body === undefined ? {} : { body });
    return { status: method === "POST" ? 201 : 200, object };
  } catch (error) {
    if (error instanceof ApiProblem) return { status: error.status };
    throw error;
  }
}
