import { readFileSync } from "node:fs";
import { done, failed, type Outcome } from "../../outcome.ts";
import { label, type RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";
import type { SecretObject } from "./builder-objects.ts";
import { registryKey, registryPassword } from "./registry-password.ts";

/** Pull and push Secret of a namespace, in the form that the kubelet and buildctl read. */
export const registrySecretName = "repo-runner-registry";

/** Runs whose namespace was seen to have the Secret: by run, since a namespace that is made again has lost what it had. */
const seen = new Map<string, number>();
const believedMs = 60_000;
const mostSeen = 10_000;

/**
 * Names the Secret with which images of a namespace are pushed and pulled, and makes it where it is the chart's own registry. It is created, never
 * read and never changed. `done(undefined)`: the registry asks for none.
 */
export async function ensureRegistrySecret(
  cluster: Cluster,
  run: Pick<RunRef, "namespace" | "uid">,
  settings: Settings,
  image?: { readonly pushSecretRef?: { readonly name: string } | undefined },
): Promise<Outcome<string | undefined>> {
  const { namespace, uid } = run;
  const own = image?.pushSecretRef?.name;
  if (own !== undefined) return done(own);
  if (settings.registry.credentials === "None") return done(undefined);
  if (settings.registry.credentials === "Secret") return done(registrySecretName);
  if ((seen.get(uid) ?? 0) > Date.now()) return done(registrySecretName);
  const created = await cluster.create<SecretObject>(
    registrySecret(namespace, settings, readFileSync(settings.registry.keyFile)),
  );
  if (created.state === "refused") {
    return failed(refusalToFailure(created.refusal, `Secret ${registrySecretName}`));
  }
  if (seen.size >= mostSeen) seen.clear();
  seen.set(uid, Date.now() + believedMs);
  return done(registrySecretName);
}

/** Both names of the registry, since builders push by one and nodes pull by the other. */
export function registrySecret(namespace: string, settings: Settings, keyBytes: Buffer): SecretObject {
  const password = registryPassword(registryKey(keyBytes), namespace);
  const auth = Buffer.from(`${namespace}:${password}`).toString("base64");
  const auths = Object.fromEntries([settings.registry.push, settings.registry.pull].map((host) => [host, { auth }]));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: registrySecretName,
      namespace,
      labels: { [label.managedBy]: "repo-runner", [label.tenant]: namespace },
    },
    type: "kubernetes.io/dockerconfigjson",
    immutable: true,
    stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
  };
}
