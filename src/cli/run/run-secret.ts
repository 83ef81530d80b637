import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import type { GivenVariable } from "./variables.ts";

/** Puts values into the Secret `<run>-env` with the caller's own rights: made where it is missing, its other keys stay where it is there. Never read. */
export async function giveSecret(client: ClusterClient, run: string, values: readonly GivenVariable[]): Promise<void> {
  await putSecret(client, `${run}-env`, { run, type: "Opaque", values });
}

/** Creates a Secret, or adds keys to the one that is there. */
export async function putSecret(
  client: ClusterClient,
  name: string,
  secret: { readonly run: string; readonly type: string; readonly values: readonly GivenVariable[] },
): Promise<void> {
  const folder = `/api/v1/namespaces/${encodeURIComponent(client.namespace)}/secrets`;
  const stringData = Object.fromEntries(secret.values.map((each) => [each.name, each.value]));
  try {
    await client.call("POST", folder, {
      body: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name,
          labels: { "app.kubernetes.io/managed-by": "repo-runner-cli", "repo-runner.dev/run": secret.run },
        },
        type: secret.type,
        stringData,
      },
    });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status !== 409) throw refusal(error, `create Secret ${name}`, client.namespace);
    try {
      await client.call("PATCH", `${folder}/${encodeURIComponent(name)}`, {
        body: { stringData },
        contentType: "application/merge-patch+json",
      });
    } catch (second) {
      throw second instanceof ApiProblem ? refusal(second, `patch Secret ${name}`, client.namespace) : second;
    }
  }
}
