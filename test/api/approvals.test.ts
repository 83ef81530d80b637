import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderChart } from "../../crds/rendered.ts";
import { runCommand } from "../../deploy/local/command.ts";
import { helmPrograms } from "../../deploy/local/helm.ts";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { askAs } from "./ask-as.ts";
import { runs } from "./install-crd.ts";

const approvals = runs.replace(/reporuns$/, "reporunapprovals");
const spec = { run: "shop", step: "Release", digest: "sha256:1" };
let api: ApiServer;

/** Somebody approves; what the API server made of it, or why not. */
async function approve(user: string, name: string, over: object = {}): Promise<{ code: number; message: string }> {
  const body = {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRunApproval",
    metadata: { name },
    spec: { ...spec, ...over },
  };
  return await askAs(api, user, "POST", approvals, body);
}

async function specOf(name: string): Promise<unknown> {
  return (await api.must<{ spec: unknown }>("GET", `${approvals}/${name}`)).spec;
}

describe("approvals, with the chart's policies and four eyes", () => {
  beforeAll(async () => {
    api = await startApiServer();
    const { kubectl } = await helmPrograms();
    const file = join(api.folder, "chart.yaml");
    const kinds = ["admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"];
    writeFileSync(file, await renderChart(["namespace.create=true", "approvals.fourEyes=true"], kinds));
    const apply = ["--kubeconfig", api.kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", file];
    // Kinds of policies are learned after their CRDs: people apply twice, too.
    await runCommand(kubectl, apply, { step: "chart", timeoutMs: 120_000 });
    await until(async () => (await api.ask("GET", approvals)).code === 200, 20_000, "the CRD is served");
    const roles = "/apis/rbac.authorization.k8s.io/v1";
    for (const user of ["ann", "bob"]) {
      await api.must("POST", `${roles}/namespaces/default/rolebindings`, {
        metadata: { name: user },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "repo-runner-approver" },
        subjects: [{ kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" }],
      });
    }
    await api.must("POST", `${roles}/namespaces/default/rolebindings`, {
      metadata: { name: "ann-edits" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "repo-runner-edit" },
      subjects: [{ kind: "User", name: "ann", apiGroup: "rbac.authorization.k8s.io" }],
    });
    const shop = {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name: "shop", annotations: { "repo-runner.dev/changed-by": "somebody" } },
      spec: { source: { git: { url: "https://git.example.org/shop.git" } }, approve: ["Release"] },
    };
    await until(
      async () => {
        const { code } = await askAs(api, "ann", "POST", runs, shop);
        return code === 201 || code === 409;
      },
      30_000,
      "ann makes a run",
    );
  }, 300_000);
  afterAll(async () => {
    await api.stop();
  });

  it("name who made them, whatever was typed", async () => {
    await until(
      async () => {
        const name = `try-${String(Date.now())}`;
        if ((await approve("bob", name, { by: "root" })).code !== 201) return false;
        return ((await specOf(name)) as { by?: string }).by === "bob";
      },
      30_000,
      "the policy holds",
    );
  });

  it("cannot be changed, nor made by who may not", async () => {
    expect((await approve("bob", "steady")).code).toBe(201);
    const standing = await api.must<{ spec: object }>("GET", `${approvals}/steady`);
    const changed = { ...standing, spec: { ...standing.spec, digest: "sha256:2" } };
    const put = await api.ask("PUT", `${approvals}/steady`, changed);
    expect(put.code).toBe(422);
    expect(JSON.stringify(put)).toContain("an approval cannot be changed: create another one");
    expect((await approve("eve", "mine")).code).toBe(403);
  });

  it("are not taken from who changed the run", async () => {
    const { code, message } = await approve("ann", "own");
    expect({ code, message }).toEqual({
      code: 403,
      message: expect.stringContaining("you changed shop yourself: somebody else has to approve it") as string,
    });
    expect((await approve("bob", "others")).code).toBe(201);
  });
});
