import { expect, it } from "vitest";
import { FakeCluster } from "../agents/fake-cluster.ts";
import type { RunRecord } from "../agents/pass.ts";
import { Settings } from "../settings.ts";
import { PlanStore } from "./plan-store.ts";
import { Policies } from "./policies.ts";
import { sampleMemory, samplePass, sampleRecord, sampleRun } from "./sample-pass.ts";
import { keysOf, SurveyManager, draftKeyOf } from "./survey-manager.ts";
import { Turns } from "./turns.ts";

const settings = Settings.parse({ registry: { credentials: "None" } });
const commit = "4f1c9e2a".repeat(5);
const url = "https://git.example.org/team/shop.git";

/** A run of the namespace that was given a draft of the commit by its branch. */
async function drafted(): Promise<FakeCluster> {
  const cluster = new FakeCluster();
  const other = sampleRun({ name: "first", uid: "other-uid" });
  const key = draftKeyOf(other, commit, settings);
  const record = sampleRecord([], { commit, commitName: "main@4f1c9e2" });
  await new PlanStore().write(cluster, other, record, key);
  cluster.takeRequests();
  return cluster;
}

async function ask(cluster: FakeCluster, over: Partial<RunRecord>): Promise<string> {
  const pass = samplePass({ cluster, run: sampleRun({ name: "second", uid: "second-uid", ...over }) });
  const manager = new SurveyManager(new PlanStore(), settings, new Turns(settings.jobs), {
    memory: sampleMemory(),
    policies: new Policies("repo-runner-system"),
  });
  const outcome = await manager.run(pass, pass);
  return outcome.state === "done" ? `${outcome.value.commitName} ${outcome.value.sourceKey}` : outcome.state;
}

it("takes the draft of a commit that another run of the namespace was given, without a Job", async () => {
  const cluster = await drafted();
  const spec = { source: { git: { url, ref: { commit } } } };
  expect(await ask(cluster, { spec })).toBe(`4f1c9e2 ${keysOf(sampleRun({ spec }), settings).source}`);
  expect(cluster.takeRequests().filter((request) => request.startsWith("create"))).toEqual(["create ConfigMap"]);
});

it.each<[string, Partial<RunRecord>]>([
  ["another commit", { spec: { source: { git: { url, ref: { commit: "1".repeat(40) } } } } }],
  ["a branch, which may have moved", { spec: { source: { git: { url, ref: { branch: "main" } } } } }],
  ["another overlay", { spec: { source: { git: { url, ref: { commit } } }, env: [{ name: "A", value: "b" }] } }],
  ["another folder", { spec: { source: { git: { url, ref: { commit } }, path: "api" } } }],
  ["a draft without predictions", { spec: { source: { git: { url, ref: { commit } } }, fix: { prediction: "Off" } } }],
  ["another namespace", { namespace: "team-b", spec: { source: { git: { url, ref: { commit } } } } }],
])("asks a Job for %s", async (_what, over) => {
  expect(await ask(await drafted(), over)).toBe("waiting");
});
