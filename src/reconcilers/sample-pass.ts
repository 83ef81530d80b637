import { FakeCluster } from "../agents/fake-cluster.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { sampleService } from "../agents/runner/sample-request.ts";
import { Plan, type Service } from "../plan.ts";
import type { Image } from "./build-manager.ts";
import { Settings } from "../settings.ts";
import { AgentMemoryManager } from "./memory-manager.ts";
import { PlanStore } from "./plan-store.ts";
import { Policies } from "./policies.ts";
import type { RepairCrew } from "./repair-manager.ts";
import { FixerAgent } from "../agents/fixer/fixer-agent.ts";
import type { PlanRecord } from "./record.ts";

/** A run for tests that was applied a minute before `samplePass` looks at it. */
export function sampleRun(over: Partial<RunRecord> = {}): RunRecord {
  return {
    namespace: "team-a",
    name: "shop",
    uid: "run-uid",
    generation: 1,
    resourceVersion: "1",
    createdAt: "2026-11-22T18:00:00Z",
    deleting: false,
    requestedAt: undefined,
    annotations: {},
    spec: { source: { git: { url: "https://git.example.org/team/shop.git" } } },
    status: undefined,
    ...over,
  };
}

/** A pass for tests, in a cluster of its own; what is told as Events is kept. */
export function samplePass(
  over: Partial<Pass> = {},
): Pass & { readonly cluster: FakeCluster; readonly told: readonly string[] } {
  const told: string[] = [];
  return {
    run: sampleRun(),
    events: { emit: ({ reason }) => told.push(reason) },
    clock: { now: () => new Date("2026-11-22T18:01:00Z") },
    signal: new AbortController().signal,
    log: () => undefined,
    ...over,
    cluster: over.cluster instanceof FakeCluster ? over.cluster : new FakeCluster(),
    told,
  };
}

/** A plan of these services with its record; `over` replaces fields of it. */
export function sampleRecord(
  services: readonly Service[] = [sampleService()],
  over: Partial<PlanRecord> & { readonly databases?: Plan["databases"] } = {},
): PlanRecord {
  const { databases = [], ...rest } = over;
  return {
    v: 1,
    revision: 1,
    draft: 1,
    sourceKey: "source",
    pinKey: "pin",
    commit: "4f1c9e2a".repeat(5),
    commitName: "main@4f1c9e2",
    subject: "Add a form",
    files: 1,
    bytes: 1,
    attempts: [],
    fixes: [],
    parent: null,
    startedAt: "2026-11-22T18:00:00Z",
    plan: Plan.parse({ version: 1, services, databases, summary: "node 24" }),
    ...rest,
  };
}

/** A memory for tests; what is shared lies in `repo-runner-system`. */
export function sampleMemory(): AgentMemoryManager {
  return new AgentMemoryManager(Settings.parse({}).memory, "repo-runner-system");
}

/** Those who mend, for tests: no model. */
export function sampleCrew(over: Partial<RepairCrew> = {}): RepairCrew {
  const policies = new Policies("repo-runner-system");
  return { fixer: new FixerAgent(), plans: new PlanStore(), memory: sampleMemory(), policies, ...over };
}

/** An image as a build told it. */
export function sampleImage(service: Service, digit = "a"): Image {
  const digest = `sha256:${digit.repeat(64)}`;
  return {
    digest,
    bytes: 1,
    seconds: 1,
    user: "10001:10001",
    exposed: [],
    hasCommand: true,
    service: service.name,
    key: `key-${digit}`,
    start: service.start,
    reference: `localhost:5005/tenants/team-a/shop/${service.name}@${digest}`,
  };
}
