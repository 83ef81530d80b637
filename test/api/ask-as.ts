import { readFileSync } from "node:fs";
import { request } from "node:https";
import { parse } from "yaml";
import type { ApiServer } from "./apiserver.ts";

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly "certificate-authority": string } }[];
  readonly users: readonly {
    readonly user: { readonly "client-certificate": string; readonly "client-key": string };
  }[];
}

/** One request as somebody else: impersonated, with that person's rights and no more. */
export async function askAs(
  api: ApiServer,
  user: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ code: number; message: string }> {
  const { clusters, users } = parse(readFileSync(api.kubeconfig, "utf8")) as Kubeconfig;
  const [{ cluster } = { cluster: undefined }] = clusters;
  const [{ user: admin } = { user: undefined }] = users;
  const contentType = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
  return await new Promise((resolve, reject) => {
    const asked = request(
      `${api.url}${path}`,
      {
        method,
        ca: readFileSync(cluster?.["certificate-authority"] ?? ""),
        cert: readFileSync(admin?.["client-certificate"] ?? ""),
        key: readFileSync(admin?.["client-key"] ?? ""),
        headers: { "content-type": contentType, "impersonate-user": user },
        signal: AbortSignal.timeout(20_000),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const told = JSON.parse(Buffer.concat(chunks).toString()) as { message?: string };
          resolve({ code: answer.statusCode ?? 0, message: told.message ?? "" });
        });
      },
    );
    asked.once("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
