import { beforeEach, describe, expect, it } from "vitest";
import type { AgentContext } from "../agent.ts";
import type { ContainerRecord, PodRecord } from "../cluster.ts";
import { containerRecord } from "../fake-cluster.ts";
import type { Service } from "../../plan.ts";
import type { Release } from "../runner/run-request.ts";
import { RunnerAgent } from "../runner/runner-agent.ts";
import { sampleRequest, sampleService } from "../runner/sample-request.ts";
import { HealthAgent } from "./health-agent.ts";
import { removeLooks } from "./remove-looks.ts";

const context: AgentContext = { signal: new AbortController().signal, log: () => undefined };
const now = new Date("2026-01-01T00:01:00Z");
const agent = new HealthAgent();

let request: ReturnType<typeof sampleRequest>;
let release: Release;

async function given(service: Service): Promise<void> {
  request = sampleRequest(service);
  const outcome = await new RunnerAgent().run(request, context);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  release = outcome.value;
  request.cluster.takeRequests();
}

function pod(app: Partial<ContainerRecord>, over: Partial<PodRecord> = {}): void {
  request.cluster.setPod({
    name: "p",
    namespace: "team-a",
    ip: "10.1.2.3",
    labels: {
      "repo-runner.dev/run": "shop",
      "repo-runner.dev/stage": "release",
      "repo-runner.dev/service": "web",
    },
    annotations: { "repo-runner.dev/input": release.podInput },
    containers: [containerRecord({ name: "app", ...app })],
    ...over,
  });
}

function look(since?: string): ReturnType<HealthAgent["run"]> {
  const { cluster, run, service, spec, settings } = request;
  const after = since === undefined ? {} : { since };
  return agent.run({ cluster, run, service, release, spec, settings, now, ...after }, context);
}

const askers = () =>
  [...request.cluster.pods.values()].filter((each) => each.labels["repo-runner.dev/stage"] === "look");

/** Its Service has an address and a port of the node, and the node an address. */
function addresses(): void {
  const service = request.cluster.objects.get("Service/team-a/shop-web");
  if (!service) throw new Error("no Service");
  const ports = [{ port: 80, targetPort: 3000, nodePort: 30_412 }];
  request.cluster.put({ ...service, spec: { clusterIP: "10.96.0.9", ports } } as never, service.metadata.uid);
  const metadata = { name: "p", namespace: "team-a" };
  request.cluster.put({ apiVersion: "v1", kind: "Pod", metadata, status: { hostIP: "192.0.2.10" } } as never);
}

/** The newest asking pod has ended, with this status from the Service. */
function answered(status: number, at: string): void {
  const asker = askers().at(-1);
  if (!asker) throw new Error("no asking pod");
  const message = JSON.stringify({ v: 1, answers: [{ name: "service", ms: 5, tries: 2, status }] });
  const ended = containerRecord({ name: "look", state: "Terminated", exitCode: 0, message, finishedAt: at });
  request.cluster.setPod({ ...asker, phase: "Succeeded", containers: [ended] });
}

const failure = async () => {
  const outcome = await look();
  return outcome.state === "failed" ? outcome.failure : outcome;
};

describe("a Web service", () => {
  beforeEach(async () => {
    await given(sampleService({ env: [{ name: "STRIPE_KEY", source: "Needed", phase: "Run" }] }));
  });

  it("is asked by one pod, and is well when Service and link have answered", async () => {
    pod({ state: "Running" });
    addresses();
    expect(await look()).toMatchObject({ state: "waiting", reason: "Starting" });
    expect(request.cluster.takeRequests()).toEqual(["get Service", "get Pod", "create Pod"]);
    expect(await look()).toMatchObject({ state: "waiting", reason: "Starting" });
    expect(request.cluster.takeRequests()).toEqual([]);
    const asker = [...request.cluster.pods.values()].find((each) => each.labels["repo-runner.dev/stage"] === "look");
    if (!asker) throw new Error("no asking pod");
    const targets = JSON.stringify(request.cluster.objects.get(`Pod/team-a/${asker.name}`));
    expect(targets).toContain(
      String.raw`pod\t10.1.2.3\t3000\t\t/\nservice\t10.96.0.9\t80\tshop-web\t/\nlink\t192.0.2.10\t30412\t192.0.2.10:30412\t/`,
    );
    const message = JSON.stringify({
      v: 1,
      answers: ["service", "link"].map((name) => ({ name, ms: 5, tries: 2, status: 200, title: "Shop" })),
    });
    const at = "2026-01-01T00:00:30Z";
    const ended = containerRecord({ name: "look", state: "Terminated", exitCode: 0, message, finishedAt: at });
    request.cluster.setPod({ ...asker, phase: "Succeeded", containers: [ended] });
    expect(await look()).toMatchObject({
      state: "done",
      value: { maturity: "Verified", links: [{ url: "http://192.0.2.10:30412/", status: 200, seenAt: at }] },
    });
    await removeLooks(request.cluster, request.run);
    expect([...request.cluster.pods.keys()]).toEqual(["Pod/team-a/p"]);
  });

  it("is asked again where its error is older than the services beside it, three times at most", async () => {
    pod({ state: "Running" });
    addresses();
    await look();
    answered(502, "2026-01-01T00:00:30Z");
    expect(await look()).toMatchObject({ state: "failed", failure: { reason: "AnswersError" } });
    expect(await look("2026-01-01T00:00:40Z")).toMatchObject({ state: "waiting" });
    answered(503, "2026-01-01T00:00:50Z");
    expect(await look("2026-01-01T00:00:40Z")).toMatchObject({ failure: { message: expect.stringContaining("503") } });
    await look("2026-01-01T00:00:55Z");
    answered(500, "2026-01-01T00:00:59Z");
    expect(askers()).toHaveLength(3);
    expect(await look("2026-01-01T00:01:10Z")).toMatchObject({ failure: { message: expect.stringContaining("500") } });
    expect(askers()).toHaveLength(3);
  });

  it("names every missing value of the Secret that a person fills", async () => {
    pod({ state: "Waiting", reason: "CreateContainerConfigError", message: 'secret "shop-env" not found' });
    expect(await failure()).toMatchObject({
      reason: "NeedsSecret",
      blame: "Spec",
      message: "web needs STRIPE_KEY in Secret shop-env",
    });
    pod({
      state: "Waiting",
      reason: "CreateContainerConfigError",
      message: "couldn't find key STRIPE_KEY in Secret team-a/shop-env",
    });
    expect(await failure()).toMatchObject({ reason: "NeedsSecret", where: "Secret/shop-env" });
  });

  it("forgives one crash and tells the second with the lines that matter", async () => {
    pod({ state: "Terminated", reason: "Error", exitCode: 1 });
    expect(await look()).toMatchObject({ state: "waiting" });
    request.cluster.logs.set(
      "p/app",
      "boot\nError: connect to db, password=hunter2hunter2\n    at start (/app/src/db.js:7:3)\nNode.js v24\n",
    );
    pod({ state: "Waiting", reason: "CrashLoopBackOff", restarts: 1, last: { exitCode: 1, reason: "Error" } });
    const said = await failure();
    expect(said).toMatchObject({ reason: "CrashLoop", exitCode: 1, where: "src/db.js:7:3", blame: "Repo" });
    expect(JSON.stringify(said)).not.toContain("hunter2");
    expect(said).toHaveProperty("message", expect.stringContaining("Error: connect to db"));
  });

  it("sees a program that ends by itself, one that is too large, and one that cannot be started", async () => {
    pod({ state: "Waiting", reason: "CrashLoopBackOff", restarts: 1, last: { exitCode: 0, reason: "Completed" } });
    expect(await failure()).toMatchObject({ reason: "EndsByItself", blame: "Repo" });
    pod({ state: "Terminated", reason: "OOMKilled", exitCode: 137, restarts: 1 });
    expect(await failure()).toMatchObject({ reason: "OutOfMemory", message: expect.stringContaining("256Mi") });
    pod({
      state: "Waiting",
      reason: "RunContainerError",
      message: 'exec: "gunicorn": executable file not found in $PATH',
    });
    expect(await failure()).toMatchObject({ reason: "CrashLoop", exitCode: 127 });
  });

  it("waits for a place and for an image, and says whose turn it is when they do not come", async () => {
    pod({}, { unschedulable: "0/1 nodes: Insufficient memory", createdAt: "2026-01-01T00:00:50Z", containers: [] });
    expect(await look()).toMatchObject({ state: "waiting", reason: "Unschedulable" });
    pod({}, { unschedulable: "0/1 nodes: Insufficient memory", createdAt: "2025-12-31T23:50:00Z", containers: [] });
    expect(await failure()).toMatchObject({ reason: "Unschedulable", blame: "Platform" });
    pod({ state: "Waiting", reason: "ImagePullBackOff", message: "Back-off pulling image" });
    expect(await failure()).toMatchObject({ reason: "ImagePullFailed", blame: "Platform" });
  });

  it("is not asked while a pod of the release before may answer in its place", async () => {
    const older = { name: "old", ready: true, annotations: { "repo-runner.dev/input": "earlier" } };
    pod({ state: "Running" }, older);
    pod({ state: "Running", startedAt: "2026-01-01T00:00:50Z" }, { ready: true });
    expect(await look()).toMatchObject({ state: "waiting", retryAfterSeconds: 2 });
    expect(request.cluster.takeRequests()).toEqual([]);
    // A Service needs a moment to hear of a deletion.
    pod({ state: "Running" }, { ...older, deleting: true, deletedAtMs: now.getTime() - 2000 });
    addresses();
    expect(await look()).toMatchObject({ state: "waiting" });
    const [asker] = askers();
    expect(JSON.stringify(request.cluster.objects.get(`Pod/team-a/${asker?.name}`))).toContain('"-after","1000ms"');
  });

  it("is asked beside a release that stays, once it has had its time to become ready", async () => {
    pod({ state: "Running" }, { name: "old", ready: true, annotations: { "repo-runner.dev/input": "earlier" } });
    pod({ state: "Running", startedAt: "2026-01-01T00:00:20Z" }, { ready: false });
    await look();
    expect(request.cluster.takeRequests()).toContain("get Service");
  });

  it("does not take an earlier release's pod for this one", async () => {
    pod({ state: "Running" }, { annotations: { "repo-runner.dev/input": "sha256:old" } });
    expect(await look()).toMatchObject({ state: "waiting" });
    expect(request.cluster.takeRequests()).toEqual([]);
  });
});

describe("other kinds", () => {
  it("a Worker is well after 20 s without a restart", async () => {
    await given(sampleService({ kind: "Worker" }));
    pod({ state: "Running", startedAt: "2026-01-01T00:00:50Z" });
    expect(await look()).toMatchObject({ state: "waiting", retryAfterSeconds: 10 });
    pod({ state: "Running", startedAt: "2026-01-01T00:00:39Z" });
    expect(await look()).toMatchObject({ state: "done", value: { maturity: "Running", evidence: "up for 21 s" } });
  });

  it("a Job is completed with exit code 0, and fails with its last lines", async () => {
    await given(sampleService({ kind: "Job" }));
    const times = { startedAt: "2026-01-01T00:00:10Z", finishedAt: "2026-01-01T00:00:13Z" };
    request.cluster.logs.set("p/app", "working\nall done\n");
    pod({ state: "Terminated", reason: "Completed", exitCode: 0, ...times }, { phase: "Succeeded" });
    expect(await look()).toMatchObject({
      state: "done",
      value: { maturity: "Completed", evidence: 'exit code 0 after 3 s: "all done"' },
    });
    pod({ state: "Terminated", reason: "Error", exitCode: 3, ...times }, { phase: "Failed" });
    expect(await failure()).toMatchObject({ reason: "JobFailed", exitCode: 3, lines: ["working", "all done"] });
  });
});
