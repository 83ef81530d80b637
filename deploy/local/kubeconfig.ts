import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { network } from "./network.ts";

/** A kubeconfig that holds its certificates itself, so that it can be copied. */
export function writeKubeconfig(
  file: string,
  user: string,
  pem: { readonly caFile: string; readonly certFile: string; readonly keyFile: string },
): void {
  const base64 = (path: string): string => readFileSync(path).toString("base64");
  const name = "repo-runner";
  const document = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: `https://127.0.0.1:${String(network.apiPort)}`,
          "certificate-authority-data": base64(pem.caFile),
        },
      },
    ],
    users: [
      { name: user, user: { "client-certificate-data": base64(pem.certFile), "client-key-data": base64(pem.keyFile) } },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Whoever reads it meanwhile sees the old file or the new one, never half of one. JSON is YAML.
  writeFileSync(`${file}.new`, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}
