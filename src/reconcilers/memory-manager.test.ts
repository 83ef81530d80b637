import { describe, expect, it } from "vitest";
import { gather } from "../agents/fixer/evidence.ts";
import { samplePlan } from "../agents/fixer/sample-service.ts";
import type { FakeCluster } from "../agents/fake-cluster.ts";
import type { Failure } from "../failure.ts";
import type { FixLesson } from "../lesson.ts";
import { Policies } from "./policies.ts";
import type { PlanRecord } from "./record.ts";
import { endingOf, RepairManager } from "./repair-manager.ts";
import { sampleCrew, sampleMemory, samplePass, sampleRecord, sampleRun } from "./sample-pass.ts";

const context = { signal: new AbortController().signal, log: () => undefined };
const failure: Failure = { reason: "BuildFailed", message: "it failed", layer: "Deps", blame: "Repo", service: "web" };
const drift = ["npm error code EUSAGE"];

/** No policy says anything. */
const free = new Policies("repo-runner-system").limitsFor(samplePass());

/** A run of a repository that is broken by a lock out of step, mended by the loop. */
async function mended(cluster: FakeCluster | undefined, name: string, url = "https://git.example.org/team/shop.git") {
  const run = sampleRun({ name, uid: `${name}-uid`, spec: { source: { git: { url } } } });
  const pass = samplePass({ run, ...(cluster ? { cluster } : {}) });
  const memory = sampleMemory();
  const manager = new RepairManager(sampleCrew({ memory }));
  const draft = memory.prepare(pass, { plan: samplePlan(), fixes: [] }, free);
  let record: PlanRecord = { ...sampleRecord([]), plan: draft.plan, fixes: draft.fixes };
  const next = await manager.run({ pass, record, failure, log: drift, maturity: "Planned" }, context);
  if (next.state === "done" && next.value.how === "Revised") ({ record } = next.value);
  return { pass, memory, record, draft };
}

function lessons(cluster: FakeCluster, namespace = "team-a"): readonly FixLesson[] {
  return cluster.written("FixLesson", namespace);
}

describe("AgentMemoryManager", () => {
  it("learns what has mended a run that ended well, once, even where the pass is done again", async () => {
    const { pass, memory, record } = await mended(undefined, "first");
    expect(await memory.run({ pass, record, saw: undefined }, context)).toEqual({ state: "done", value: 1 });
    expect(await memory.run({ pass, record, saw: undefined }, context)).toEqual({ state: "done", value: 0 });
    expect(lessons(pass.cluster)).toMatchObject([
      {
        spec: {
          signature: "LockOutOfStep",
          rule: "N02",
          action: "SetInstallMode",
          language: "node",
          scope: "Namespace",
        },
        record: { wins: 1, losses: 0, state: "Trusted" },
      },
    ]);
    expect(JSON.stringify(lessons(pass.cluster))).not.toContain("EUSAGE");
  });

  it("hands the lesson out for the same failure, before the rules, and by its name", async () => {
    const first = await mended(undefined, "first");
    await first.memory.run({ pass: first.pass, record: first.record, saw: undefined }, context);
    const other = await mended(first.pass.cluster, "desk", "https://git.example.org/other/desk.git");
    expect(other.draft.fixes).toEqual([]);
    expect(other.record.fixes).toMatchObject([
      { by: "Memory", rule: "N02", lesson: expect.stringMatching(/^lesson-/) as string },
    ]);
    await other.memory.run({ pass: other.pass, record: other.record, saw: undefined }, context);
    expect(lessons(other.pass.cluster)).toMatchObject([{ record: { wins: 2 } }]);
  });

  it("takes it into the first draft of the same repository, unless a person is to be asked first or has switched it off", async () => {
    const { pass, memory, record } = await mended(undefined, "first");
    await memory.run({ pass, record, saw: undefined }, context);
    const again = samplePass({ cluster: pass.cluster, run: sampleRun({ name: "again", uid: "again" }) });
    const plan = samplePlan();
    const prepared = memory.prepare(again, { plan, fixes: [] }, free);
    expect(prepared.fixes).toMatchObject([{ by: "Memory", action: { kind: "SetInstallMode" } }]);
    expect(prepared.plan.services[0]?.recipe.install).toBe("npm install");
    const spec = { source: { git: { url: "https://git.example.org/team/shop.git" } } };
    for (const more of [{ approve: ["Fix" as const] }, { fix: { mode: "Off" as const } }]) {
      const run = sampleRun({ spec: { ...spec, ...more } });
      expect(memory.prepare(samplePass({ cluster: pass.cluster, run }), { plan, fixes: [] }, free).fixes).toEqual([]);
    }
  });

  it("takes nothing into a draft that a policy has paused, denies, or wants a person to be asked about", async () => {
    const { pass, memory, record } = await mended(undefined, "first");
    await memory.run({ pass, record, saw: undefined }, context);
    const again = samplePass({ cluster: pass.cluster, run: sampleRun({ name: "again", uid: "again" }) });
    const draft = { plan: samplePlan(), fixes: [] };
    for (const over of [{ pausedBy: "ModelPolicy team-a/default" }, { refuses: () => "denied" }, { asks: () => true }])
      expect(memory.prepare(again, draft, { ...free, ...over }).fixes).toEqual([]);
  });

  it("does not take into a draft again what has failed there, and gives up on it after a second loss", async () => {
    const { pass, memory, record } = await mended(undefined, "first");
    await memory.run({ pass, record, saw: undefined }, context);
    const next = samplePass({ cluster: pass.cluster, run: sampleRun({ name: "second", uid: "second" }) });
    const { plan, fixes } = memory.prepare(next, { plan: samplePlan(), fixes: [] }, free);
    const saw = endingOf(failure, "Planned");
    await memory.run({ pass: next, record: { ...sampleRecord([]), plan, fixes }, saw }, context);
    expect(lessons(pass.cluster)).toMatchObject([{ record: { wins: 1, losses: 1, state: "Trusted" } }]);
    expect(memory.prepare(next, { plan: samplePlan(), fixes: [] }, free).fixes).toEqual([]);
    const third = await mended(pass.cluster, "third");
    const again = { ...third.record.attempts[0]?.saw, reason: "BuildFailed", print: gather(failure, drift).print };
    const worse = { ...endingOf(failure, "Planned"), ...again };
    await memory.run({ pass: third.pass, record: third.record, saw: worse }, context);
    expect(lessons(pass.cluster)).toMatchObject([{ record: { wins: 1, losses: 2, state: "Quarantined" } }]);
    expect(memory.recall(pass, samplePlan().services[0] ?? never(), gather(failure, drift).print)).toEqual([]);
  });

  it("shares with other namespaces what has helped two owners three times", async () => {
    const { pass, memory, record } = await mended(undefined, "a");
    await memory.run({ pass, record, saw: undefined }, context);
    for (const [name, owner] of [
      ["b", "team"],
      ["c", "other"],
    ] as const) {
      expect(lessons(pass.cluster, "repo-runner-system")).toEqual([]);
      const next = await mended(pass.cluster, name, `https://git.example.org/${owner}/${name}.git`);
      await memory.run({ pass: next.pass, record: next.record, saw: undefined }, context);
    }
    expect(lessons(pass.cluster, "repo-runner-system")).toMatchObject([
      { spec: { scope: "Cluster" }, record: { wins: 3, places: [] } },
    ]);
    const elsewhere = samplePass({ cluster: pass.cluster, run: sampleRun({ namespace: "team-b", uid: "x" }) });
    const known = memory.recall(elsewhere, samplePlan().services[0] ?? never(), gather(failure, drift).print);
    expect(known).toMatchObject([{ action: { kind: "SetInstallMode" } }]);
  });

  it("keeps a namespace's lessons in bounds", async () => {
    const { pass, memory, record } = await mended(undefined, "first");
    const { attempts } = record;
    for (let turn = 0; turn < 205; turn += 1) {
      const print = `sha256:${String(turn)}`;
      const one = { ...record, attempts: attempts.map((each) => ({ ...each, saw: { ...each.saw, print } })) };
      const next = { ...pass, run: sampleRun({ uid: `u${String(turn)}` }) };
      await memory.run({ pass: next, record: one, saw: undefined }, context);
    }
    expect(lessons(pass.cluster)).toHaveLength(200);
  });
});

function never(): never {
  throw new Error("there is no service");
}
