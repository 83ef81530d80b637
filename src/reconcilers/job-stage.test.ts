import { expect, it } from "vitest";
import type { PodRecord } from "../agents/cluster.ts";
import { FakeCluster } from "../agents/fake-cluster.ts";
import type { Pass } from "../agents/pass.ts";
import type { Failure } from "../failure.ts";
import { jobName, runJob, type JobStage } from "./job-stage.ts";

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
const labels = { "repo-runner.dev/run": run.name, "repo-runner.dev/stage": "build" };
const stage: JobStage = {
  stage: "build",
  what: "build of web",
  inputDigest: "sha256:1",
  make: (name) => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: run.namespace, labels, annotations: { "repo-runner.dev/input": "sha256:1" } },
  }),
};
const unreachable: Failure = {
  reason: "NetworkUnreachable",
  message: `"composer install" failed: no name server here knows api.example.org`,
  hint: "builds here need a way to api.example.org; it is tried again",
  layer: "Transient",
  blame: "Platform",
};

/** How many Jobs are made until the stage is failed for good, each of them with this failure; and that failure. */
async function attemptsWith(failure: Failure): Promise<{ readonly made: number; readonly end: Failure | undefined }> {
  const cluster = new FakeCluster();
  let now = Date.parse("2026-11-22T18:00:00Z");
  const pass: Pass = {
    run,
    cluster,
    events: { emit: () => undefined },
    clock: { now: () => new Date(now) },
    signal: new AbortController().signal,
    log: () => undefined,
  };
  for (let made = 0; made < 20; now += 3_600_000) {
    const outcome = await runJob(pass, stage);
    if (outcome.state === "failed") return { made, end: outcome.failure };
    const name = jobName(run, "build", stage.inputDigest, made);
    if (!cluster.requests.some((one) => one.verb === "create" && one.name === name)) continue;
    cluster.pods.set(name, endedPod(name, failure, now));
    made += 1;
  }
  return { made: 20, end: undefined };
}

function endedPod(job: string, failure: Failure, now: number): PodRecord {
  const message = JSON.stringify({ v: 1, inputDigest: stage.inputDigest, outcome: "Failed", failure });
  return {
    kind: "Pod",
    namespace: run.namespace,
    name: `${job}-pod`,
    uid: job,
    labels: { ...labels, "batch.kubernetes.io/job-name": job },
    annotations: {},
    phase: "Failed",
    createdAt: new Date(now).toISOString(),
    ready: false,
    containers: [{ name: "build", type: "App", state: "Terminated", exitCode: 1, message, restarts: 0, ready: false }],
    deleting: false,
  } as PodRecord;
}

it("tries a registry that is away for longer than a command that finds no network", async () => {
  const registry = await attemptsWith(unreachable);
  const command = await attemptsWith({ ...unreachable, exitCode: 1 });
  expect(registry.made).toBe(7);
  expect(command.made).toBe(4);
});

it("promises no further try at the end", async () => {
  const { end } = await attemptsWith({ ...unreachable, exitCode: 1 });
  expect(end).toMatchObject({
    reason: "NetworkUnreachable",
    layer: "Cluster",
    hint: "builds here need a way to api.example.org",
  });
});
