import { beforeEach, expect, it } from "vitest";
import { FakeCluster } from "../agents/fake-cluster.ts";
import type { Pass } from "../agents/pass.ts";
import { labelsOf } from "../run-ref.ts";
import { samplePass, sampleRun } from "./sample-pass.ts";
import { Turns } from "./turns.ts";

let cluster: FakeCluster;
let now: Date;

beforeEach(() => {
  cluster = new FakeCluster();
  now = new Date("2026-11-22T18:01:00Z");
});

function passOf(namespace: string, name: string, createdAt = "2026-11-22T18:00:00Z"): Pass {
  return { ...samplePass({ cluster, run: sampleRun({ namespace, name, createdAt }) }), clock: { now: () => now } };
}

/** Asks for a turn and makes the Job where there is one; `undefined` is a turn. */
function ask(turns: Turns, pass: Pass): string | undefined {
  const queued = turns.take(pass);
  if (queued) return queued.message;
  const { run } = pass;
  cluster.put({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${run.name}-job`, namespace: run.namespace, labels: labelsOf(run, "build") },
  });
  return undefined;
}

it("has no more at work in a namespace and in all than it may", () => {
  const turns = new Turns({ perNamespace: 2, total: 3 });
  const asked = ["a/1", "a/2", "a/3", "b/1", "b/2"].map((key) => {
    const [namespace = "", name = ""] = key.split("/");
    return ask(turns, passOf(namespace, name));
  });
  expect(asked).toEqual([
    undefined,
    undefined,
    "2 of 2 Jobs of a are taken",
    undefined,
    "3 of 3 Jobs of this installation are taken or promised",
  ]);
  expect(turns.counts()).toEqual({
    working: new Map([
      ["a", 2],
      ["b", 1],
    ]),
    queued: new Map([
      ["a", 1],
      ["b", 1],
    ]),
  });
});

it("gives a free place to the namespace with the fewest, and in it to who waits longest", () => {
  const turns = new Turns({ perNamespace: 0, total: 2 });
  for (const name of ["1", "2"]) ask(turns, passOf("busy", name));
  ask(turns, passOf("busy", "3", "2026-11-22T17:00:00Z"));
  ask(turns, passOf("quiet", "late", "2026-11-22T18:00:30Z"));
  ask(turns, passOf("quiet", "early", "2026-11-22T18:00:10Z"));
  cluster.objects.delete("Job/busy/1-job");
  expect(turns.called({ cluster, clock: { now: () => now } })).toEqual(["quiet/early"]);
  // A newcomer does not overtake who was called.
  expect(ask(turns, passOf("other", "new", "2026-11-22T18:00:59Z"))).toContain("taken");
  expect(ask(turns, passOf("quiet", "early", "2026-11-22T18:00:10Z"))).toBeUndefined();
});

it("waits for nobody who asks no more", () => {
  const turns = new Turns({ perNamespace: 1, total: 0 });
  ask(turns, passOf("a", "1"));
  ask(turns, passOf("a", "gone", "2026-11-22T17:00:00Z"));
  ask(turns, passOf("a", "2"));
  cluster.objects.delete("Job/a/1-job");
  expect(ask(turns, passOf("a", "2"))).toBeDefined();
  turns.forget({ namespace: "a", name: "gone" });
  expect(ask(turns, passOf("a", "2"))).toBeUndefined();
  cluster.objects.delete("Job/a/2-job");
  ask(turns, passOf("a", "3"));
  ask(turns, passOf("a", "silent", "2026-11-22T17:00:00Z"));
  cluster.objects.delete("Job/a/3-job");
  now = new Date(now.getTime() + 200_000);
  expect(ask(turns, passOf("a", "4"))).toBeUndefined();
});

it("limits nothing where no limit is set", () => {
  const turns = new Turns({ perNamespace: 0, total: 0 });
  expect([1, 2, 3].map((each) => ask(turns, passOf("a", String(each))))).toEqual([undefined, undefined, undefined]);
});
