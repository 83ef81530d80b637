import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "./progress.ts";

/** What the pod's service account may ask the API server; gives the answer's status. */
export type AskApi = (method: "POST" | "DELETE", path: string, body?: unknown) => Promise<number>;

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
const timeoutMs = 15_000;
const wrongUse = 64;

/**
 * Sees to it that one Secret with the same random key is in each namespace, and says whether it had to be made. It may create and delete, never read: so where only
 * some of the namespaces hold it (a Job that was killed), all are removed and a new key is made.
 */
export async function ensureKey(name: string, namespaces: readonly string[], ask: AskApi): Promise<"made" | "kept"> {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "repo-runner" } },
    immutable: true,
    stringData: { key: randomBytes(32).toString("hex") },
  };
  const path = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
  const missing: string[] = [];
  for (const namespace of namespaces) {
    const status = await expected(
      ask("POST", `${path(namespace)}?dryRun=All`, secret),
      [201, 409],
      `${namespace}: try`,
    );
    if (status === 201) missing.push(namespace);
  }
  if (missing.length === 0) return "kept";
  for (const namespace of namespaces) {
    if (!missing.includes(namespace))
      await expected(ask("DELETE", `${path(namespace)}/${name}`), [200, 202, 404], `${namespace}: delete`);
  }
  for (const namespace of namespaces)
    await expected(ask("POST", path(namespace), secret), [201], `${namespace}: create`);
  return "made";
}

/** Mode `hook registry-key --secret NAME --namespace A --namespace B`. */
export async function runRegistryKey(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { secret: { type: "string" }, namespace: { type: "string", multiple: true } },
  });
  if (values.secret === undefined || values.namespace === undefined) {
    process.stderr.write("repo-runner hook registry-key: --secret and --namespace are needed\n");
    return wrongUse;
  }
  const state = await ensureKey(values.secret, values.namespace, inCluster(env));
  say(`registry key ${state} in ${values.namespace.join(", ")}`);
  return 0;
}

async function expected(asked: Promise<number>, statuses: readonly number[], what: string): Promise<number> {
  const status = await asked;
  if (!statuses.includes(status)) throw new Error(`${what}: the API server answers ${status}`);
  return status;
}

function inCluster(env: NodeJS.ProcessEnv): AskApi {
  const ca = readFileSync(join(accountFolder, "ca.crt"));
  const token = readFileSync(join(accountFolder, "token"), "utf8").trim();
  return async (method, path, body) =>
    await new Promise<number>((resolve, reject) => {
      const sent = request(
        {
          host: env["KUBERNETES_SERVICE_HOST"],
          port: env["KUBERNETES_SERVICE_PORT"],
          ca,
          method,
          path,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          signal: AbortSignal.timeout(timeoutMs),
        },
        (answer) => {
          answer.resume();
          answer.once("end", () => resolve(answer.statusCode ?? 0));
          answer.once("error", reject);
        },
      );
      sent.once("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
