import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { shortHash } from "../../../src/digest.ts";
import { eventually, type Kube } from "./kube.ts";

/** Namespace of the git server that the tests' repositories are served from: inside the cluster, as a person's would be reached. */
export const gitNamespace = "repo-runner-e2e-git";

/** One account may push; one repository asks for it when it is cloned. */
export const account = { user: "tester", password: "e2e-pa55-word", repository: "private" };

const skipped = new Set(["node_modules", ".git", "expect.json", "__pycache__"]);

/** Serves every folder below `repos` as `<name>.git`. Made once for a set of trees: other trees have another name. */
export async function ensureGitServer(
  kube: Kube,
  image: string,
  repos: string,
): Promise<{ url(name: string): string }> {
  const names = readdirSync(repos)
    .filter((name) => statSync(join(repos, name)).isDirectory())
    .toSorted();
  const packed = names.map((name) => ({ name, files: filesOf(join(repos, name)) }));
  const version = shortHash([image, packed], 8);
  await kube.apply("Namespace", "", { apiVersion: "v1", kind: "Namespace", metadata: { name: gitNamespace } });
  for (const { name, files } of packed) {
    await kube.apply("ConfigMap", gitNamespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `${name}-${version}`, namespace: gitNamespace },
      binaryData: Object.fromEntries(files.map((file) => [file.key, file.base64])),
    });
  }
  const labels = { app: "git-server" };
  await kube.apply("Secret", gitNamespace, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "accounts", namespace: gitNamespace },
    stringData: { accounts: `${account.repository} ${account.user}:${account.password}\n` },
  });
  await kube.apply("Deployment", gitNamespace, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "git-server", namespace: gitNamespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { version } },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 },
          containers: [
            {
              name: "git-server",
              image,
              args: [
                "git-server",
                "--samples",
                "/samples",
                "--root",
                "/repositories",
                "--accounts",
                "/accounts/accounts",
              ],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              volumeMounts: [
                { name: "repositories", mountPath: "/repositories" },
                { name: "tmp", mountPath: "/tmp" },
                { name: "accounts", mountPath: "/accounts" },
                ...names.map((name) => ({ name, mountPath: `/samples/${name}` })),
              ],
            },
          ],
          volumes: [
            { name: "repositories", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
            { name: "accounts", secret: { secretName: "accounts" } },
            ...packed.map(({ name, files }) => ({
              name,
              configMap: {
                name: `${name}-${version}`,
                items: files.map(({ key, path, mode }) => ({ key, path, mode })),
              },
            })),
          ],
        },
      },
    },
  });
  await kube.apply("Service", gitNamespace, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "git", namespace: gitNamespace },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await eventually(
    "git server",
    async () => {
      const pods = await kube.list("Pod", gitNamespace, "app=git-server");
      return pods.some((pod) => pod.metadata.annotations?.["version"] === version && ready(pod.status))
        ? true
        : undefined;
    },
    { timeoutMs: 120_000 },
  );
  return { url: (name) => `http://git.${gitNamespace}.svc/${name}.git` };
}

function ready(status: Record<string, unknown> | undefined): boolean {
  const conditions = (status?.["conditions"] ?? []) as { type: string; status: string }[];
  return conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}

interface PackedFile {
  readonly key: string;
  readonly path: string;
  readonly mode: number;
  readonly base64: string;
}

function filesOf(folder: string): PackedFile[] {
  const paths: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) paths.push(path);
    }
  };
  walk(folder);
  return paths.toSorted().map((path, index) => ({
    key: `f${index}`,
    path: relative(folder, path),
    mode: (statSync(path).mode & 0o111) === 0 ? 0o644 : 0o755,
    base64: readFileSync(path).toString("base64"),
  }));
}
