import { execFileSync } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gitServerDeployment, gitServerReady, gitServerService } from "./git-server.ts";
import { eventually, type Kube } from "./kube.ts";

/** A tree that a test makes up: what no ConfigMap holds (links, long names, commits that follow) is pushed. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  /** Link → target, as it stands. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files that only git can hold, such as names that no file system takes. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Folder → the commit of another repository; `.gitmodules` is a file like others. */
  readonly submodules?: Readonly<Record<string, string>>;
}

/** A git server of a test's own, to which it pushes from outside. */
export interface PushedGit {
  /** As the cluster reaches it. */
  url(name: string): string;
  /** A new commit on `main`; gives its id. */
  push(name: string, tree: Tree): string;
  /** The same with all files of a folder, whatever its .gitignore says; as old as the newest of them, since a repository's age is evidence. */
  pushFolder(name: string, folder: string): string;
}

const user = "pusher";
const skip = { GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };

/** `secret` names the repositories that ask for `password`, with user `pusher`, when they are cloned. */
export async function pushedGit(
  kube: Kube,
  namespace: string,
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
  // Asked for anew is a new pod: what was pushed before is forgotten.
  const server = gitServerDeployment({
    name: "pushed-git",
    namespace,
    image: await imageOf(kube),
    args: ["--push", "--create"],
    annotations: { began: new Date().toISOString() },
  });
  await kube.apply("Deployment", namespace, server);
  const service = await kube.apply("Service", namespace, gitServerService("pushed-git", namespace));
  const outside = `http://${await nodeAddress(kube)}:${nodePortOf(service.spec)}`;
  await gitServerReady(kube, server);
  await eventually(
    "the git server that is pushed to",
    async () => {
      const asked = `${outside}/any.git/info/refs?service=git-receive-pack`;
      const answer = await fetch(asked, { signal: AbortSignal.timeout(2000) });
      return answer.status === 401 ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
  return {
    url: (name) => `http://git.${namespace}.svc/${name}.git`,
    push: (name, tree) => push(`${outside}/${name}.git`, account.password, (root, git) => writeTree(tree, root, git)),
    pushFolder: (name, from) =>
      push(`${outside}/${name}.git`, account.password, (root, git) => {
        // Neither another repository's history nor what the tests expect is part of a tree.
        const isOwn = (path: string) => path !== join(from, ".git") && path !== join(from, "expect.json");
        cpSync(from, root, { recursive: true, verbatimSymlinks: true, filter: isOwn });
        git("-C", root, "add", "--all", "--force", ".");
        return newestIn(from);
      }),
  };
}

type Git = (...args: string[]) => string;

/** `write` may give the date of the commit: seconds since 1970. */
function push(url: string, password: string, write: (root: string, git: Git) => number | void): string {
  const folder = mkdtempSync(join(tmpdir(), "pushed-git-"));
  let dates: Record<string, string> = {};
  const git: Git = (...args) =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
      env: {
        ...skip,
        ...dates,
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
    const root = join(folder, "tree");
    git("init", "--quiet", "--initial-branch=main", "tree");
    git("-C", root, "remote", "add", "origin", url);
    // What is not there yet has nothing to build upon.
    if (hasMain(git, root)) git("-C", root, "reset", "--quiet", "--hard", "FETCH_HEAD");
    git("-C", root, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", ".");
    const seconds = write(root, git);
    if (typeof seconds === "number")
      dates = { GIT_AUTHOR_DATE: `@${String(seconds)} +0000`, GIT_COMMITTER_DATE: `@${String(seconds)} +0000` };
    git("-C", root, "commit", "--quiet", "--allow-empty", "--message", "Next");
    git("-C", root, "push", "--quiet", "origin", "HEAD:main");
    return git("-C", root, "rev-parse", "HEAD");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeTree(tree: Tree, root: string, git: Git): void {
  const scratch = `${root}.entry`;
  for (const [path, text] of Object.entries(tree.files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, target] of Object.entries(tree.links ?? {})) symlinkSync(target, join(root, path));
  git("-C", root, "add", "--all", "--force", ".");
  for (const [path, text] of Object.entries(tree.entries ?? {})) {
    writeFileSync(scratch, text);
    const id = git("-C", root, "hash-object", "-w", scratch);
    git("-C", root, "update-index", "--add", "--cacheinfo", `100644,${id},${path}`);
  }
  for (const [path, commit] of Object.entries(tree.submodules ?? {}))
    git("-C", root, "update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
}

/** When the newest file of a folder was written: seconds since 1970. */
function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const times = files
    .filter(({ parentPath, name }) => !`${parentPath}/`.includes("/.git/") && name !== "expect.json")
    .map(({ parentPath, name }) => lstatSync(join(parentPath, name)).mtimeMs);
  return Math.floor(
    Math.min(Date.now(), times.length === 0 ? Date.now() : times.reduce((one, other) => Math.max(one, other))) / 1000,
  );
}

function hasMain(git: Git, root: string): boolean {
  try {
    git("-C", root, "fetch", "--quiet", "origin", "main");
    return true;
  } catch {
    return false;
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
