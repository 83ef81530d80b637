import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type Kube } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition, statusOf } from "./support/run-case.ts";
import { dismiss, repos, tenant, world } from "./support/world.ts";

const namespace = "repo-runner-e2e-sources";
const gitNamespace = "repo-runner-e2e-sources-git";
let kube: Kube;
let git: PushedGit;
const folder = mkdtempSync(join(tmpdir(), "sources-"));

const page = (text: string) => ({ files: { "index.html": `<title>${text}</title><p>${text}</p>\n` } });

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("sources", () => {
  beforeAll(async () => {
    ({ kube } = await world());
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

async function runFolder(tree: string): Promise<unknown> {
  const program = join(import.meta.dirname, "../../src/main.ts");
  const args = [program, "run", tree, "--name", "board", "-n", namespace, "-o", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, KUBECONFIG: process.env["REPO_RUNNER_E2E_KUBECONFIG"] },
    timeout: 240_000,
  });
  return JSON.parse(stdout);
}
