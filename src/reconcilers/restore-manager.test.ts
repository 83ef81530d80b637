import { beforeEach, expect, it } from "vitest";
import { DBAgent } from "../agents/database/db-agent.ts";
import type { Pass } from "../agents/pass.ts";
import { RunnerAgent } from "../agents/runner/runner-agent.ts";
import { sampleService } from "../agents/fixer/sample-service.ts";
import { StepAgent } from "../agents/runner/step-agent.ts";
import { BuilderPool } from "../agents/setup/builder.ts";
import { BuildResult } from "../envelope.ts";
import { Settings } from "../settings.ts";
import { builtForOf, BuildManager, imageKey } from "./build-manager.ts";
import { Checkpoints } from "./checkpoint.ts";
import { DatabaseManager } from "./database-manager.ts";
import { PlanStore } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";
import { ReleaseManager } from "./release-manager.ts";
import { RestoreManager } from "./restore-manager.ts";
import { sampleImage, samplePass, sampleRecord, sampleRun } from "./sample-pass.ts";
import { Turns } from "./turns.ts";

const settings = Settings.parse({ registry: { credentials: "None" } });
const job = sampleService({ name: "seed", kind: "Job" });
const before = sampleRecord([sampleService(), job], {
  revision: 1,
  said: { env: [{ name: "LEVEL", value: "good" }] },
});
const wanted = sampleRecord([sampleService({ start: "node broken.js" }), sampleService({ name: "extra" })], {
  revision: 2,
  commitName: "main@2",
});

let pass: Pass & ReturnType<typeof samplePass>;
let manager: RestoreManager;
let release: (record: PlanRecord) => Promise<void>;

beforeEach(async () => {
  const history = [{ release: 1, revision: "main@1", plan: 1, outcome: "Verified" }];
  const run = sampleRun({ status: { history } });
  run.spec.env = [{ name: "LEVEL", value: "bad" }];
  pass = samplePass({ run });
  const checkpoints = new Checkpoints();
  const plans = new PlanStore();
  const releases = new ReleaseManager(settings, { runner: new RunnerAgent(), step: new StepAgent() }, checkpoints);
  const managers = {
    database: new DatabaseManager(settings, new DBAgent()),
    build: new BuildManager(settings, new BuilderPool(settings), checkpoints, new Turns(settings.jobs)),
    release: releases,
  };
  manager = new RestoreManager(plans, managers);
  for (const record of [before, wanted]) await plans.write(pass.cluster, run, record);
  for (const service of before.plan.services) {
    const key = imageKey(before, builtForOf(before, service));
    const value = BuildResult.parse(sampleImage(service));
    await checkpoints.remember(pass.cluster, run, { stage: "build", service: service.name }, { key, value });
  }
  release = async (record) => {
    for (const service of record.plan.services) {
      await releases.run({ pass, record, service, image: sampleImage(service, "b"), databases: [] }, pass);
    }
  };
  pass.cluster.takeRequests();
});

const deployment = (name: string) => pass.cluster.objects.get(`Deployment/team-a/${name}`);

it("puts back what the failed release has replaced, with the words of then, and does no Job again", async () => {
  await release(wanted);
  expect(await manager.run({ pass, failed: wanted }, pass)).toEqual({ state: "done", value: "main@4f1c9e2" });
  const text = JSON.stringify(deployment("shop-web"));
  expect(text).toContain(`sha256:${"a".repeat(64)}`);
  expect(text).toContain('{"name":"LEVEL","value":"good"}');
  expect(deployment("shop-extra")).toBeUndefined();
  expect([...pass.cluster.objects.values()].some(({ kind }) => kind === "Job")).toBe(false);
  pass.cluster.takeRequests();
  expect(await manager.run({ pass, failed: wanted }, pass)).toEqual({ state: "done", value: undefined });
  expect(pass.cluster.takeRequests()).toEqual([]);
});

it("asks for nothing where nothing was replaced, or the failed plan itself was well before", async () => {
  await release(before);
  pass.cluster.takeRequests();
  expect(await manager.run({ pass, failed: wanted }, pass)).toEqual({ state: "done", value: undefined });
  expect(await manager.run({ pass, failed: before }, pass)).toEqual({ state: "done", value: undefined });
  expect(pass.cluster.takeRequests()).toEqual([]);
});

it("shares an image between services that differ only in their start", () => {
  const worker = sampleService({ name: "worker", kind: "Worker", start: "node worker.js" });
  const other = sampleService({ name: "other", recipe: { ...worker.recipe, build: "npm run build" } });
  const record = sampleRecord([sampleService(), worker, other]);
  expect(record.plan.services.map((service) => builtForOf(record, service).name)).toEqual(["web", "web", "other"]);
});
