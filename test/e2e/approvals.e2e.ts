import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, Kube } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { condition, statusOf } from "./support/run-case.ts";
import { dismiss, tenant } from "./support/world.ts";

const gitNamespace = "repo-runner-e2e-pushed-approvals";
const namespace = "repo-runner-e2e-approvals";
const name = "asked";
let kube: Kube;
let git: PushedGit;

async function status() {
  return statusOf(await kube.get("RepoRun", namespace, name));
}

/** The run as soon as it waits for a yes that has not been given, or has ended. */
async function nextQuestion(given: ReadonlySet<string>) {
  return await eventually(
    "it asks or ends",
    async () => {
      const seen = await status();
      const ready = seen && condition(seen, "Ready");
      if (ready?.status === "True") return seen;
      const asked = seen?.needs?.find(({ kind }) => kind === "Approval")?.digest;
      if (ready?.reason === "NeedsApproval") return asked !== undefined && !given.has(asked) ? seen : undefined;
      expect(condition(seen ?? {}, "Stalled")?.status, ready?.message).not.toBe("True");
      return undefined;
    },
    { timeoutMs: 240_000 },
  );
}

async function approve(step: string, digest: string): Promise<void> {
  await kube.create("RepoRunApproval", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRunApproval",
    metadata: { generateName: "yes-", namespace },
    spec: { run: name, step, digest },
  });
}

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("a run that asks before each step", () => {
  beforeAll(async () => {
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    await tenant(kube, namespace);
    git = await pushedGit(kube, gitNamespace, { password: "asked-pa55" });
    git.push(name, {
      files: {
        "package.json": JSON.stringify({ name, version: "1.0.0", scripts: { start: "node server.js" } }),
        "server.js": `require("node:http").createServer((request, response) => response.end("asked")).listen(3000, "127.0.0.1");\n`,
      },
    });
    await kube.create("RepoRun", namespace, {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name, namespace },
      spec: { source: { git: { url: git.url(name) } }, approve: ["Build", "Release", "Fix"] },
    });
  });

  afterAll(async () => {
    for (const each of [namespace, gitNamespace]) await dismiss(kube, each);
  });

  it("builds, releases and mends nothing before its yes, and what was approved after it", async () => {
    const given = new Set<string>();
    const steps: string[] = [];
    let seen = await nextQuestion(given);
    // A yes to something else is none.
    await approve("Build", "sha256:another");
    expect((await kube.list("Job", namespace, "repo-runner.dev/stage=build")).length).toBe(0);
    while (condition(seen, "Ready")?.status !== "True") {
      const need = seen.needs?.find(({ kind }) => kind === "Approval");
      const step = need?.name ?? "";
      steps.push(step);
      expect(steps.length).toBeLessThan(10);
      const deployments = await kube.list("Deployment", namespace, `repo-runner.dev/run=${name}`);
      if (!steps.includes("Fix") && step !== "Fix") expect(deployments).toEqual([]);
      given.add(need?.digest ?? "");
      await approve(step, need?.digest ?? "");
      seen = await nextQuestion(given);
    }
    expect(steps).toEqual(["Build", "Release", "Fix", "Build", "Release"]);
    expect(condition(seen, "Ready")?.reason).toBe("Verified");
    expect(seen.fixes).toMatchObject([{ signature: "ListensOnLoopback", outcome: "Fixed" }]);
    const record = await kube.get("ConfigMap", namespace, `${name}-plan-2`);
    expect(JSON.stringify(record)).toContain("approvedBy");
  });
});
