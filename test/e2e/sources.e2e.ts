import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { helmPrograms } from "../../deploy/local/helm.ts";
import { eventually, Kube } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition, statusOf } from "./support/run-case.ts";
import { dismiss, repos, tenant } from "./support/world.ts";

const namespace = "repo-runner-e2e-sources";
const gitNamespace = "repo-runner-e2e-sources-git";
let kube: Kube;
let git: PushedGit;
const folder = mkdtempSync(join(tmpdir(), "sources-"));

const page = (text: string) => ({ files: { "index.html": `<title>${text}</title><p>${text}</p>\n` } });

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("sources", () => {
  beforeAll(async () => {
    // Its repositories are its own: the server of the other tests is not waited for.
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    await tenant(kube, namespace);
    git = await pushedGit(kube, gitNamespace, { password: "sources-pa55" });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await dismiss(kube, namespace);
    await kube.remove("Namespace", "", gitNamespace);
  });

  it("a branch that is followed: nothing is written while it stands, and a push is taken by itself", async () => {
    git.push("followed", page("first"));
    await kube.create("RepoRun", namespace, {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name: "followed", namespace },
      spec: {
        source: { git: { url: git.url("followed"), ref: { branch: "main" } } },
        update: { mode: "Follow", interval: "30s" },
      },
    });
    await awaitEnd(kube, { name: "followed", namespace });
    const version = async () => (await kube.get("RepoRun", namespace, "followed"))?.metadata.resourceVersion;
    const before = await version();
    // Longer than an interval: the remote was asked meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    expect(await version()).toBe(before);
    const commit = git.push("followed", page("second"));
    const status = await eventually(
      "the second commit runs",
      async () => {
        const seen = statusOf(await kube.get("RepoRun", namespace, "followed"));
        const ready = seen && condition(seen, "Ready");
        // Ready stays True while the new one is on its way; Reconciling says that it is.
        const isMoving = seen && condition(seen, "Reconciling") !== undefined;
        return seen?.source?.commit === commit && ready?.status === "True" && !isMoving ? seen : undefined;
      },
      { timeoutMs: 180_000 },
    );
    const answer = await fetch(status.url ?? "", { signal: AbortSignal.timeout(10_000) });
    expect(await answer.text(), JSON.stringify(status)).toContain("second");
  });

  it("a second run of the same commit takes plan and image, and the whole log of the build outlives its Job", async () => {
    const commit = git.push("twice", page("twice"));
    const specOf = (ref: object) => ({ source: { git: { url: git.url("twice"), ref } } });
    const one = await create("twice-one", specOf({ branch: "main" }));
    const two = await create("twice-two", specOf({ commit }));
    expect(two.services?.[0]?.image).toMatch(/^sha256:/);
    expect(two.services?.[0]?.image).toBe(one.services?.[0]?.image);
    const deployment = await kube.get("Deployment", namespace, "twice-two-web");
    expect(JSON.stringify(deployment?.spec)).toContain(`/${namespace}/twice-one/`);
    const events = await kube.list("Event", namespace);
    const jobs = events.filter((event) => /^twice-two-(?:survey|build)/.test(aboutOf(event)));
    expect(jobs).toEqual([]);
    const log = await command("logs", "twice-one", "--build", "--tail", "1000");
    expect(log).toContain("exporting to image");
  });

  it("a push that a git server tells of is taken within seconds; one that is not signed is not", async () => {
    await kube.apply("Secret", "repo-runner-system", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "repo-runner-webhook", namespace: "repo-runner-system" },
      stringData: { secret: hookSecret },
    });
    await webhookEnabled(true);
    try {
      git.push("hooked", page("first"));
      await create("hooked", {
        source: { git: { url: git.url("hooked"), ref: { branch: "main" } } },
        update: { mode: "Follow", interval: "12h" },
      });
      for (const forge of forges) {
        const commit = git.push("hooked", page(forge.name));
        const body = forge.body({ url: git.url("hooked"), commit });
        const isRefused = await deliver(body, forge.headers(body, "another secret"));
        expect(isRefused.status, forge.name).toBe(401);
        const answer = await deliver(body, forge.headers(body, hookSecret));
        expect(answer, forge.name).toMatchObject({ status: 202, text: "1 RepoRuns asked for anew\n" });
        await eventually(
          `${forge.name}'s push is taken`,
          async () => {
            const seen = statusOf(await kube.get("RepoRun", namespace, "hooked"));
            return seen?.source?.commit === commit && condition(seen, "Reconciling") === undefined ? true : undefined;
          },
          { timeoutMs: 120_000 },
        );
      }
    } finally {
      await webhookEnabled(false);
    }
  });

  it("a folder of this machine, and the same name again with a changed file", async () => {
    const tree = join(folder, "board");
    cpSync(join(repos, "node-npm"), tree, { recursive: true });
    writeFileSync(join(tree, ".env"), "TOKEN=never-leaves-here\n");
    expect(await runFolder(tree)).toMatchObject({ ready: true, reason: "Verified" });
    const text = readFileSync(join(tree, "page.js"), "utf8");
    writeFileSync(join(tree, "page.js"), text.replaceAll("Hello from Express", "Hello from a folder"));
    const again = (await runFolder(tree)) as { url: string };
    const answer = await fetch(again.url, { signal: AbortSignal.timeout(10_000) });
    expect(await answer.text()).toContain("Hello from a folder");
    const everything = [await kube.list("ConfigMap", namespace), await kube.list("RepoRun", namespace)];
    expect(JSON.stringify(everything)).not.toContain("never-leaves-here");
  });
});

const hookSecret = "sources-hook-5ecret";

interface Delivered {
  readonly url: string;
  readonly commit: string;
}

const mac = (body: object, secret: string) => createHmac("sha256", secret).update(JSON.stringify(body)).digest("hex");
const repository = ({ url, commit }: Delivered) => ({
  ref: "refs/heads/main",
  after: commit,
  repository: { clone_url: url, default_branch: "main" },
});
const forges = [
  {
    name: "GitHub",
    body: repository,
    headers: (body: object, secret: string) => ({
      "x-github-event": "push",
      "x-hub-signature-256": `sha256=${mac(body, secret)}`,
    }),
  },
  {
    name: "GitLab",
    body: ({ url, commit }: Delivered) => ({
      ref: "refs/heads/main",
      after: commit,
      project: { git_http_url: url, default_branch: "main" },
    }),
    headers: (_body: object, secret: string) => ({ "x-gitlab-event": "Push Hook", "x-gitlab-token": secret }),
  },
  {
    name: "Gitea",
    body: repository,
    headers: (body: object, secret: string) => ({ "x-gitea-event": "push", "x-gitea-signature": mac(body, secret) }),
  },
];

/** As a git server outside would, by the Service that an Ingress leads to. */
async function deliver(body: object, headers: Readonly<Record<string, string>>) {
  const path = "/api/v1/namespaces/repo-runner-system/services/repo-runner-webhook:http/proxy/hook";
  return await kube.ask("POST", path, body, headers);
}

async function webhookEnabled(isEnabled: boolean): Promise<void> {
  const { helm } = await helmPrograms();
  const chart = join(import.meta.dirname, "../../helm/repo-runner");
  const what = ["upgrade", "repo-runner", chart, "-n", "repo-runner-system", "--reuse-values", "--wait"];
  await promisify(execFile)(helm, [...what, "--timeout", "3m", "--set", `webhook.enabled=${String(isEnabled)}`], {
    env: { ...process.env, KUBECONFIG: process.env["REPO_RUNNER_E2E_KUBECONFIG"] },
    timeout: 200_000,
  });
}

async function create(name: string, spec: object) {
  await kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace },
    spec,
  });
  return await awaitEnd(kube, { name, namespace });
}

function aboutOf(event: unknown): string {
  return (event as { regarding?: { name?: string } }).regarding?.name ?? "";
}

async function command(...args: string[]): Promise<string> {
  const program = join(import.meta.dirname, "../../src/main.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, "-n", namespace], {
    env: { ...process.env, KUBECONFIG: process.env["REPO_RUNNER_E2E_KUBECONFIG"] },
    timeout: 60_000,
  });
  return stdout;
}

async function runFolder(tree: string): Promise<unknown> {
  const program = join(import.meta.dirname, "../../src/main.ts");
  const args = [program, "run", tree, "--name", "board", "-n", namespace, "-o", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, KUBECONFIG: process.env["REPO_RUNNER_E2E_KUBECONFIG"] },
    timeout: 240_000,
  });
  return JSON.parse(stdout);
}
