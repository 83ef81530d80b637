import { beforeEach, expect, it } from "vitest";
import { containerRecord, FakeCluster } from "../agents/fake-cluster.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { digestOf } from "../digest.ts";
import { Settings } from "../settings.ts";
import { Follow } from "./follow.ts";

const settings = Settings.parse({ registry: { credentials: "None" } });
let cluster: FakeCluster;
let now: Date;

beforeEach(() => {
  cluster = new FakeCluster();
  now = new Date("2026-11-23T10:00:00Z");
});

function passOf(spec: Partial<RunRecord["spec"]> = {}): Pass {
  const run = {
    namespace: "demo",
    name: "shop",
    uid: "uid-of-shop",
    generation: 1,
    resourceVersion: "1",
    createdAt: now.toISOString(),
    deleting: false,
    requestedAt: undefined,
    annotations: {},
    spec: {
      source: { git: { url: "https://git.example.org/shop.git", ref: { branch: "main" } } },
      update: { mode: "Follow", interval: "1m" },
      ...spec,
    },
    status: { source: { commit: "a".repeat(40) } },
  } as RunRecord;
  const clock = { now: () => now };
  return {
    run,
    cluster,
    clock,
    events: { emit: () => undefined },
    signal: AbortSignal.timeout(5000),
    log: () => undefined,
  };
}

/** The pod of the Job that stands, ended with this answer. */
function answer(value: unknown): void {
  const job = [...cluster.objects.values()].find(({ kind }) => kind === "Job");
  const inputDigest = job?.metadata.annotations?.["repo-runner.dev/input"] ?? "";
  const text = JSON.stringify(value);
  const message = JSON.stringify({
    v: 1,
    inputDigest,
    outcome: "Done",
    digest: digestOf(text),
    size: text.length,
    value,
  });
  cluster.setPod({
    name: `${job?.metadata.name}-pod`,
    namespace: "demo",
    labels: { ...job?.metadata.labels, "batch.kubernetes.io/job-name": job?.metadata.name ?? "" },
    containers: [containerRecord({ name: "resolve", state: "Terminated", exitCode: 0, message })],
  });
}

function jobs(): readonly string[] {
  return cluster.requests.filter(({ verb, kind }) => verb === "create" && kind === "Job").map(({ name }) => name);
}

function asked(): number {
  return cluster.requests.filter(({ verb }) => verb === "request").length;
}

it.each([
  ["a pinned run", { update: { mode: "Pinned" as const } }],
  ["a run without a word of it", { update: undefined }],
  ["a commit", { source: { git: { url: "https://git.example.org/s.git", ref: { commit: "b".repeat(40) } } } }],
  ["a digest", { source: { oci: { url: `oci://r.example.org/s@sha256:${"c".repeat(64)}` } } }],
  ["a suspended run", { suspend: true }],
])("never asks for %s", async (_what, spec) => {
  expect(await new Follow(settings).look(passOf(spec as Partial<RunRecord["spec"]>))).toBeUndefined();
  expect(cluster.requests).toEqual([]);
});

it("asks once in an interval, by a Job of the run's namespace that holds no more than the source", async () => {
  const follow = new Follow(settings);
  await follow.look(passOf());
  await follow.look(passOf());
  expect(jobs()).toHaveLength(1);
  const job = [...cluster.objects.values()].find(({ kind }) => kind === "Job");
  expect(JSON.stringify(job)).toContain('"args":["job","resolve"]');
  expect(JSON.stringify(job)).not.toContain("hostPath");
  now = new Date(now.getTime() + 60_000);
  cluster.objects.clear();
  await follow.look(passOf());
  expect(new Set(jobs()).size).toBe(2);
});

it.each([
  ["the same commit: nothing is asked", "a", 0],
  ["another commit: the run is asked for anew, once", "d", 1],
])("%s", async (_what, letter, times) => {
  const follow = new Follow(settings);
  await follow.look(passOf());
  answer({ commit: letter.repeat(40) });
  const next = await follow.look(passOf());
  expect(asked()).toBe(times);
  expect(next === undefined).toBe(times === 1);
  await follow.look(passOf());
  expect(asked()).toBe(times);
  expect([...cluster.objects.values()].filter(({ kind }) => kind === "Job")).toEqual([]);
});
