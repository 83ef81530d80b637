import { beforeAll, describe, expect, it } from "vitest";
import { account } from "./support/git-server.ts";
import { eventually, type Kube } from "./support/kube.ts";
import { awaitEnd, awaitReason, condition, holds, runToEnd, statusOf } from "./support/run-case.ts";
import { tenant, world, type World } from "./support/world.ts";

// What `make test` leaves out: each of these is an end that a person has to be able to act on.
const all = process.env["REPO_RUNNER_E2E"] === "all";
const namespace = "repo-runner-e2e-ends";
let at: World;

async function apply(kube: Kube, name: string, spec: Record<string, unknown>, where = namespace): Promise<void> {
  await kube.create("RepoRun", where, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace: where },
    spec,
  });
}

describe.runIf(all)("ends that are true", () => {
  beforeAll(async () => {
    at = await world();
    await tenant(at.kube, namespace);
  });

  it("no such repository", async () => {
    const status = await runToEnd(at.kube, { name: "nowhere", namespace, url: at.git.url("nowhere"), expectation: {} });
    expect(condition(status, "Ready")?.reason).toBe("NoSuchSource");
    expect(status.failure?.blame).toBe("Spec");
  });

  it("no such branch", async () => {
    await apply(at.kube, "branch", { source: { git: { url: at.git.url("static-site"), ref: { branch: "gone" } } } });
    expect(condition(await awaitEnd(at.kube, { name: "branch", namespace }), "Ready")?.reason).toBe("NoSuchRef");
  });

  it("wrong credentials, and right ones that are never shown", async () => {
    const { kube, git } = at;
    const secret = (name: string, password: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace },
      stringData: { username: account.user, password },
    });
    await kube.create("Secret", namespace, secret("git-wrong", "not-the-password"));
    await kube.create("Secret", namespace, secret("git-right", account.password));
    await apply(kube, "wrong", {
      source: { git: { url: git.url(account.repository), secretRef: { name: "git-wrong" } } },
    });
    await apply(kube, "right", {
      source: { git: { url: git.url(account.repository), secretRef: { name: "git-right" } } },
    });
    const wrong = await awaitEnd(kube, { name: "wrong", namespace });
    expect(condition(wrong, "Ready")?.reason).toBe("AuthRefused");
    const right = await awaitEnd(kube, { name: "right", namespace });
    await holds(
      {
        name: "right",
        namespace,
        url: "",
        expectation: { http: { path: "/", status: 200, contains: "for members only" } },
      },
      right,
    );
    const plans = await kube.list("ConfigMap", namespace);
    const events = await kube.list("Event", namespace);
    expect(JSON.stringify([wrong, right, plans, events])).not.toContain(account.password);
  });

  it(
    "a namespace without room says so in the API server's words, and goes on when there is room",
    { timeout: 600_000 },
    async () => {
      const { kube, git } = at;
      const tight = await tenant(kube, "repo-runner-e2e-quota");
      await kube.create("ResourceQuota", tight, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "tight", namespace: tight },
        spec: { hard: { pods: "0" } },
      });
      await apply(kube, "crowded", { source: { git: { url: git.url("static-site") } } }, tight);
      const status = await awaitReason(kube, { name: "crowded", namespace: tight }, "OverQuota");
      expect(condition(status, "Ready")?.message).toContain("exceeded quota");
      await kube.remove("ResourceQuota", tight, "tight");
      const after = await awaitEnd(kube, { name: "crowded", namespace: tight });
      expect(condition(after, "Ready")?.reason).toBe("Verified");
    },
  );

  it("a namespace that did not let it in", async () => {
    const { kube, git } = at;
    const closed = "repo-runner-e2e-closed";
    await kube.apply("Namespace", "", { apiVersion: "v1", kind: "Namespace", metadata: { name: closed } });
    await apply(kube, "stranger", { source: { git: { url: git.url("static-site") } } }, closed);
    const status = await awaitReason(kube, { name: "stranger", namespace: closed }, "NotOptedIn");
    expect(status.failure?.hint).toContain("kubectl create rolebinding");
    await kube.remove("RepoRun", closed, "stranger");
  });

  it("a name that somebody else has is never touched", async () => {
    const { kube, git } = at;
    const theirs = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "taken-web", namespace },
      spec: { ports: [{ port: 1234 }], selector: { app: "theirs" } },
    };
    await kube.create("Service", namespace, theirs);
    await apply(kube, "taken", { source: { git: { url: git.url("static-site") } } });
    const status = await awaitEnd(kube, { name: "taken", namespace });
    expect(condition(status, "Ready")?.reason).toBe("NameConflict");
    expect((await kube.get("Service", namespace, "taken-web"))?.spec).toMatchObject({ selector: { app: "theirs" } });
  });

  it("a service that was not found is named with those that were", async () => {
    await apply(at.kube, "misspelt", {
      source: { git: { url: at.git.url("static-site") } },
      services: [{ name: "wbe", port: 80 }],
    });
    const status = await awaitEnd(at.kube, { name: "misspelt", namespace });
    expect(condition(status, "Ready")).toMatchObject({ reason: "UnknownService" });
    expect(condition(status, "Ready")?.message).toContain("found: web");
  });

  it("deleted in the middle of its build it leaves nothing behind", async () => {
    const { kube, git } = at;
    await apply(kube, "brief", { source: { git: { url: git.url("slow-build") } } });
    await eventually(
      "its build runs",
      async () =>
        (await kube.list("Job", namespace, "repo-runner.dev/run=brief,repo-runner.dev/stage=build")).length > 0
          ? true
          : undefined,
      { timeoutMs: 120_000 },
    );
    await kube.remove("RepoRun", namespace, "brief");
    for (const kind of ["Job", "Pod", "ConfigMap", "Deployment", "Service"]) {
      await eventually(
        `no ${kind} is left`,
        async () => ((await kube.list(kind, namespace, "repo-runner.dev/run=brief")).length === 0 ? true : undefined),
        { timeoutMs: 120_000 },
      );
    }
  });

  it("suspended it stops its build, and goes on when told", async () => {
    const { kube, git } = at;
    await apply(kube, "paused", { source: { git: { url: git.url("static-site") } }, suspend: true });
    const status = await awaitReason(kube, { name: "paused", namespace }, "Suspended");
    expect(status.observedGeneration).toBe(1);
    expect(await kube.list("Job", namespace, "repo-runner.dev/run=paused")).toEqual([]);
    await kube.patch("RepoRun", namespace, "paused", { spec: { suspend: false } });
    expect(condition(await awaitEnd(kube, { name: "paused", namespace }), "Ready")?.reason).toBe("Verified");
  });

  it(
    "a spec that changes in the middle of a build is built as it is now; a request is echoed",
    { timeout: 600_000 },
    async () => {
      const { kube, git } = at;
      await apply(kube, "moved", { source: { git: { url: git.url("slow-build") } } });
      await eventually(
        "its build runs",
        async () =>
          (await kube.list("Job", namespace, "repo-runner.dev/run=moved,repo-runner.dev/stage=build")).length > 0
            ? true
            : undefined,
        { timeoutMs: 120_000 },
      );
      await kube.patch("RepoRun", namespace, "moved", { spec: { source: { git: { url: git.url("static-site") } } } });
      const status = await awaitEnd(kube, { name: "moved", namespace });
      expect(condition(status, "Ready")?.reason).toBe("Verified");
      await kube.patch("RepoRun", namespace, "moved", {
        metadata: { annotations: { "repo-runner.dev/requestedAt": "2026-11-22T18:00:00Z" } },
      });
      await eventually(
        "the request is echoed",
        async () =>
          statusOf(await kube.get("RepoRun", namespace, "moved"))?.lastHandledRequest === "2026-11-22T18:00:00Z"
            ? true
            : undefined,
        { timeoutMs: 120_000 },
      );
      expect(condition(await awaitEnd(kube, { name: "moved", namespace }), "Ready")?.status).toBe("True");
    },
  );
});
