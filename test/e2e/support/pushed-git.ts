import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually, type Kube } from "./kube.ts";

/** A tree that a test makes up: what no ConfigMap holds (links, long names, commits that follow) is pushed. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  /** Link → target, as it stands. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files that only git can hold, such as names that no file system takes. */
  readonly entries?: Readonly<Record<string, string>>;
}

/** A git server of a test's own, to which it pushes from outside. */
export interface PushedGit {
  /** As the cluster reaches it. */
  url(name: string): string;
  /** A new commit on `main`; gives its id. */
  push(name: string, tree: Tree): string;
}

const user = "pusher";
const skip = { GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };

/** `secret` names the repositories that ask for `password`, with user `pusher`, when they are cloned. */
export async function pushedGit(
  kube: Kube,
  namespace: string,
  repositories: readonly string[],
  account: { readonly password: string; readonly secret?: readonly string[] },
): Promise<PushedGit> {
  await kube.apply("Namespace", "", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const accounts = ["*", ...(account.secret ?? [])].map((prefix) => `${prefix} ${user}:${account.password}\n`);
  await kube.apply("Secret", namespace, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "accounts", namespace },
    stringData: { accounts: accounts.join("") },
  });
  const labels = { app: "pushed-git" };
  // A new set of repositories is a new pod: what was pushed before is forgotten.
  await kube.apply("Deployment", namespace, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "pushed-git", namespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { began: new Date().toISOString() } },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 },
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: "git-server",
              image: await imageOf(kube),
              args: [
                "git-server",
                "--push",
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
                ...repositories.map((name) => ({ name: "nothing", mountPath: `/samples/${name}` })),
              ],
            },
          ],
          volumes: [
            { name: "repositories", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
            { name: "nothing", emptyDir: {} },
            { name: "accounts", secret: { secretName: "accounts" } },
          ],
        },
      },
    },
  });
  const service = await kube.apply("Service", namespace, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "git", namespace },
    spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  const outside = `http://${await nodeAddress(kube)}:${nodePortOf(service.spec)}`;
  await eventually(
    "the git server that is pushed to",
    async () => {
      const answers = repositories.map(
        async (name) =>
          await fetch(`${outside}/${name}.git/info/refs?service=git-receive-pack`, {
            signal: AbortSignal.timeout(2000),
          }),
      );
      return (await Promise.all(answers)).every((answer) => answer.status === 401) ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
  return {
    url: (name) => `http://git.${namespace}.svc/${name}.git`,
    push: (name, tree) => push(`${outside}/${name}.git`, account.password, tree),
  };
}

function push(url: string, password: string, tree: Tree): string {
  const folder = mkdtempSync(join(tmpdir(), "pushed-git-"));
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
      env: {
        ...skip,
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_AUTHOR_NAME: "Tester",
        GIT_AUTHOR_EMAIL: "tester@example.org",
        GIT_COMMITTER_NAME: "Tester",
        GIT_COMMITTER_EMAIL: "tester@example.org",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "http.extraHeader",
        GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      },
    }).trim();
  try {
    git("clone", "--quiet", url, "tree");
    const root = join(folder, "tree");
    git("-C", root, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", ".");
    for (const [path, text] of Object.entries(tree.files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    for (const [path, target] of Object.entries(tree.links ?? {})) symlinkSync(target, join(root, path));
    git("-C", root, "add", "--all", "--force", ".");
    for (const [path, text] of Object.entries(tree.entries ?? {})) {
      writeFileSync(join(folder, "entry"), text);
      const id = git("-C", root, "hash-object", "-w", join(folder, "entry"));
      git("-C", root, "update-index", "--add", "--cacheinfo", `100644,${id},${path}`);
    }
    git("-C", root, "commit", "--quiet", "--allow-empty", "--message", "Next");
    git("-C", root, "push", "--quiet", "origin", "HEAD:main");
    return git("-C", root, "rev-parse", "HEAD");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The image of this installation: it holds a git server. */
export async function imageOf(kube: Kube): Promise<string> {
  const deployment = await kube.get("Deployment", "repo-runner-system", "repo-runner");
  const spec = deployment?.spec as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined;
  return spec?.template?.spec?.containers?.[0]?.image ?? "ghcr.io/repo-runner/repo-runner:0.1.0";
}

/** An address at which this machine reaches NodePorts. */
export async function nodeAddress(kube: Kube): Promise<string> {
  const { text } = await kube.ask("GET", "/api/v1/nodes");
  const nodes = JSON.parse(text) as { items: { status: { addresses: { type: string; address: string }[] } }[] };
  return nodes.items[0]?.status.addresses.find((each) => each.type === "InternalIP")?.address ?? "127.0.0.1";
}

function nodePortOf(spec: Record<string, unknown> | undefined): number {
  return (spec as { ports?: { nodePort?: number }[] } | undefined)?.ports?.[0]?.nodePort ?? 0;
}
