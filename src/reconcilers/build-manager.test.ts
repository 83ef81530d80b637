import { expect, it } from "vitest";
import type { JobRecord } from "../agents/cluster.ts";
import { FakeCluster } from "../agents/fake-cluster.ts";
import { samplePlan, sampleService } from "../agents/fixer/sample-service.ts";
import type { Pass } from "../agents/pass.ts";
import { BuilderPool } from "../agents/setup/builder.ts";
import { Settings } from "../settings.ts";
import { BuildManager, imageKey, shareKey } from "./build-manager.ts";
import { Checkpoints } from "./checkpoint.ts";
import type { PlanRecord } from "./record.ts";
import { Turns } from "./turns.ts";

const run = {
  namespace: "team-a",
  name: "shop",
  uid: "11111111-2222-3333-4444-555555555555",
  generation: 1,
  resourceVersion: "1",
  createdAt: "2026-11-22T18:00:00Z",
  deleting: false,
  requestedAt: undefined,
  annotations: {},
  spec: { source: { git: { url: "https://git.example.org/team/shop.git" } } },
  status: undefined,
};

const record: PlanRecord = {
  v: 1,
  revision: 1,
  draft: 1,
  sourceKey: "a",
  pinKey: "b",
  commit: "4f1c9e2a".repeat(5),
  commitName: "main@4f1c9e2",
  subject: "",
  files: 1,
  bytes: 1,
  attempts: [],
  fixes: [],
  parent: null,
  startedAt: "2026-11-22T18:00:00Z",
  plan: samplePlan(sampleService()),
};

const built = {
  digest: `sha256:${"a".repeat(64)}`,
  bytes: 1,
  seconds: 1,
  user: "10001:10001",
  exposed: [],
  hasCommand: true,
};

it("does not build again what is built, though attempts that failed still stand", async () => {
  const service = record.plan.services[0] ?? sampleService();
  const key = imageKey(record, service);
  const failedAttempt: JobRecord = {
    kind: "Job",
    namespace: run.namespace,
    name: "shop-build-1",
    uid: "u1",
    labels: {
      "repo-runner.dev/run": run.name,
      "repo-runner.dev/stage": "build",
      "repo-runner.dev/service": service.name,
    },
    annotations: { "repo-runner.dev/input": key },
    createdAt: "2026-11-22T18:00:00Z",
    succeeded: 0,
    failed: 1,
    active: 0,
    failure: { reason: "PodFailurePolicy", message: "" },
    deleting: false,
  };
  class WithFailedAttempt extends FakeCluster {
    override children<K extends Parameters<FakeCluster["children"]>[0]>(kind: K, namespace: string, name: string) {
      const own = super.children(kind, namespace, name);
      return kind === "Job" ? ([...own, failedAttempt] as unknown as typeof own) : own;
    }
  }
  const cluster = new WithFailedAttempt();
  await new Checkpoints().remember(cluster, run, { stage: "build", service: service.name }, { key, value: built });
  cluster.takeRequests();
  const settings = Settings.parse({ registry: { credentials: "None" } });
  // A controller that has just started: it remembers nothing.
  const manager = new BuildManager(settings, new BuilderPool(settings), new Checkpoints(), new Turns(settings.jobs));
  const pass: Pass = {
    run,
    cluster,
    events: { emit: () => undefined },
    clock: { now: () => new Date("2026-11-22T18:01:00Z") },
    signal: new AbortController().signal,
    log: () => undefined,
  };
  const outcome = await manager.run({ pass, record, service }, pass);
  expect(outcome).toMatchObject({ state: "done", value: { digest: built.digest, key } });
  expect(cluster.takeRequests().filter((request) => request.startsWith("create"))).toEqual([]);
});

it("takes an image that another run of the namespace had built, and only there", async () => {
  const service = record.plan.services[0] ?? sampleService();
  const settings = Settings.parse({ registry: { credentials: "None" } });
  const cluster = new FakeCluster();
  const other = { ...run, name: "shop-old", uid: "22222222-2222-3333-4444-555555555555" };
  const manager = (): BuildManager =>
    new BuildManager(settings, new BuilderPool(settings), new Checkpoints(), new Turns(settings.jobs));
  const passOf = (of: typeof run): Pass => ({
    run: of,
    cluster,
    events: { emit: () => undefined },
    clock: { now: () => new Date("2026-11-22T18:01:00Z") },
    signal: new AbortController().signal,
    log: () => undefined,
  });
  const key = imageKey(record, service);
  const labels = { "repo-runner.dev/image": shareKey(other, key) ?? "" };
  const at = { stage: "build", service: service.name, labels } as const;
  await new Checkpoints().remember(cluster, other, at, { key, value: built });
  cluster.takeRequests();
  const outcome = await manager().run({ pass: passOf(run), record, service }, passOf(run));
  expect(outcome).toMatchObject({
    state: "done",
    value: { reference: `localhost:5005/tenants/team-a/shop-old/${service.name}@${built.digest}`, key },
  });
  const requests = cluster.takeRequests();
  expect(requests.filter((request) => request.startsWith("create Job"))).toEqual([]);
  // From now on it is the run's own: the other may go.
  const known = await manager().known(passOf(run), record, service);
  expect(known?.reference).toContain("/shop-old/");
  expect(shareKey({ ...run, spec: { ...run.spec, build: { secrets: [secretOf("npm")] } } }, key)).toBeUndefined();
  expect(shareKey({ ...run, spec: { ...run.spec, image: { repository: "r.example.org/x" } } }, key)).toBeUndefined();
  const elsewhere = passOf({ ...run, namespace: "team-b" });
  expect((await manager().run({ pass: elsewhere, record, service }, elsewhere)).state).not.toBe("done");
});

function secretOf(name: string): { name: string; secretKeyRef: { name: string; key: string } } {
  return { name: "TOKEN", secretKeyRef: { name, key: "token" } };
}
