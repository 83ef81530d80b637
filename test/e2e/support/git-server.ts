import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { shortHash } from "../../../src/digest.ts";
import { eventually, type Kube, type KubeJson } from "./kube.ts";

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
  await kube.apply("Secret", gitNamespace, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "accounts", namespace: gitNamespace },
    stringData: { accounts: `${account.repository} ${account.user}:${account.password}\n` },
  });
  const server = gitServerDeployment({
    name: "git-server",
    namespace: gitNamespace,
    image,
    args: ["--samples", "/samples"],
    annotations: { version },
    volumes: packed.map(({ name, files }) => ({
      path: `/samples/${name}`,
      volume: {
        name,
        configMap: { name: `${name}-${version}`, items: files.map(({ key, path, mode }) => ({ key, path, mode })) },
      },
    })),
  });
  await kube.apply("Deployment", gitNamespace, server);
  await kube.apply("Service", gitNamespace, gitServerService("git-server", gitNamespace));
  await gitServerReady(kube, server);
  return { url: (name) => `http://git.${gitNamespace}.svc/${name}.git` };
}

/** What a git server of the tests is made from; it runs our image, with repositories in memory of the pod. */
export interface GitServerPod {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly args: readonly string[];
  /** Of the pod: another value is another pod. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly volumes?: readonly { readonly path: string; readonly volume: { readonly name: string } }[];
}

/** One pod of our image in mode git-server; a Secret `accounts` beside it says who may do what. */
export function gitServerDeployment(pod: GitServerPod): KubeJson {
  const { name, namespace, volumes = [] } = pod;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations: pod.annotations },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 },
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: "git-server",
              image: pod.image,
              args: ["git-server", "--root", "/repositories", "--accounts", "/accounts/accounts", ...pod.args],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              volumeMounts: [
                { name: "repositories", mountPath: "/repositories" },
                { name: "tmp", mountPath: "/tmp" },
                { name: "accounts", mountPath: "/accounts" },
                ...volumes.map(({ path, volume }) => ({ name: volume.name, mountPath: path })),
              ],
            },
          ],
          volumes: [
            { name: "repositories", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
            { name: "accounts", secret: { secretName: "accounts" } },
            ...volumes.map(({ volume }) => volume),
          ],
        },
      },
    },
  };
}

/** `http://git.<namespace>.svc`; from outside by its NodePort. */
export function gitServerService(name: string, namespace: string): KubeJson {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "git", namespace },
    spec: { type: "NodePort", selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

/** Waits for the pod of exactly this Deployment: the one before may still answer. */
export async function gitServerReady(kube: Kube, server: KubeJson): Promise<void> {
  const { name, namespace = "" } = server.metadata;
  const { template } = server.spec as { template: { metadata: { annotations: Record<string, string> } } };
  const wanted = Object.entries(template.metadata.annotations);
  await eventually(
    `the git server in ${namespace}`,
    async () => {
      const pods = await kube.list("Pod", namespace, `app=${name}`);
      const isWanted = (pod: KubeJson) => wanted.every(([key, value]) => pod.metadata.annotations?.[key] === value);
      return pods.some((pod) => isWanted(pod) && ready(pod.status)) ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
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
