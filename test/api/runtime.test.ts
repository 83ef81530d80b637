import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reconcile } from "../../src/agents/pass.ts";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import {
  createRun,
  installOpenCrd,
  merge,
  readRun,
  type Running,
  runs,
  startController,
  statusOf,
  toy,
  valueOf,
} from "./toy.ts";

const written = 'repo_runner_status_writes_total{result="written"}';
const conflicts = 'repo_runner_status_writes_total{result="conflict"}';
const jobs = "/apis/batch/v1/namespaces/default/jobs";

let api: ApiServer;
const running: Running[] = [];

beforeAll(async () => {
  api = await startApiServer();
  await installOpenCrd(api);
});
afterAll(async () => {
  await api.stop();
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop().catch(() => undefined);
  await api.must("DELETE", runs);
  await api.must("DELETE", `${jobs}?propagationPolicy=Background`);
  await until(async () => (await api.must<{ items: unknown[] }>("GET", runs)).items.length === 0);
});

function start(options: Parameters<typeof startController>[1] = {}): Running {
  const controller = startController(api, options);
  running.push(controller);
  return controller;
}

async function ready(name: string, reason: string): Promise<void> {
  await until(
    async () => (await readRun(api, name)).status?.conditions?.[0]?.reason === reason,
    20_000,
    `${name} ${reason}`,
  );
}

async function finish(job: string): Promise<void> {
  const time = new Date().toISOString().replace(/\.\d+Z/, "Z");
  const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime: time,
  }));
  const status = { startTime: time, completionTime: time, succeeded: 1, conditions };
  await api.must("PATCH", `${jobs}/${job}/status`, { status }, merge);
}

describe("a run", () => {
  it("costs two writes from apply to done, and none while nothing changes", async () => {
    const controller = start();
    await createRun(api, "one");
    await ready("one", "Working");
    await finish("one-survey-1");
    await ready("one", "Completed");
    await sleep(500);
    const text = await controller.metrics();
    expect(valueOf(text, written)).toBe(2);
    expect(valueOf(text, conflicts)).toBe(0);
    expect((await api.must<{ items: unknown[] }>("GET", jobs)).items).toHaveLength(1);
  });

  it("does not wake by its own status writes", async () => {
    let passes = 0;
    const count: Reconcile = async (pass) => {
      passes += 1;
      return await Promise.resolve({
        status: statusOf(pass, "True", "Completed", { report: `pass ${pass.run.generation}` }),
      });
    };
    start({ reconcile: count });
    await createRun(api, "quiet");
    await ready("quiet", "Completed");
    await sleep(1000);
    expect(passes).toBe(1);
  });

  it("is looked at again when its spec, its request or its status is changed by somebody else", async () => {
    const seen: string[] = [];
    const look: Reconcile = async (pass) => {
      const { generation, requestedAt } = pass.run;
      seen.push(`${generation}/${requestedAt ?? ""}/${pass.run.status?.maturity ?? ""}`);
      return await Promise.resolve({ status: statusOf(pass, "True", "Completed", { maturity: "Verified" }) });
    };
    start({ reconcile: look });
    await createRun(api, "woken");
    await until(() => seen.length === 1);
    await ready("woken", "Completed");
    await api.must("PATCH", `${runs}/woken`, { spec: { timeout: "1h" } }, merge);
    await until(() => seen.includes("2//Verified"));
    await api.must(
      "PATCH",
      `${runs}/woken`,
      { metadata: { annotations: { "repo-runner.dev/requestedAt": "now" } } },
      merge,
    );
    await until(() => seen.includes("2/now/Verified"));
    await api.must("PATCH", `${runs}/woken/status`, { status: { maturity: null } }, merge);
    await until(() => seen.includes("2/now/"));
    await until(async () => (await readRun(api, "woken")).status?.maturity === "Verified", 5000, "the wiped status");
    expect(seen[0]).toBe("1//");
  });

  it("passes suspend through and starts nothing", async () => {
    start();
    await createRun(api, "held", { suspend: true });
    await ready("held", "Suspended");
    expect((await api.must<{ items: unknown[] }>("GET", jobs)).items).toHaveLength(0);
    await api.must("PATCH", `${runs}/held`, { spec: { suspend: false } }, merge);
    await ready("held", "Working");
  });

  it("tells once that it is gone, with its uid", async () => {
    const gone: string[] = [];
    start({
      gone: (run) => {
        gone.push(run.uid);
        return Promise.resolve();
      },
    });
    const { metadata } = await createRun(api, "short");
    await ready("short", "Working");
    await api.must("DELETE", `${runs}/short`);
    await until(() => gone.length > 0);
    await sleep(300);
    expect(gone).toEqual([metadata.uid]);
  });

  it("stops a pass under way when its spec changes, and does not write what that pass found", async () => {
    const stopped: number[] = [];
    const slow: Reconcile = async (pass) => {
      if (pass.run.generation === 1) {
        await sleep(30_000, undefined, { signal: pass.signal }).catch(() => stopped.push(pass.run.generation));
        return { status: statusOf(pass, "False", "Stale") };
      }
      return { status: statusOf(pass, "True", "Completed") };
    };
    start({ reconcile: slow });
    await createRun(api, "edited");
    await sleep(500);
    await api.must("PATCH", `${runs}/edited`, { spec: { timeout: "2h" } }, merge);
    await ready("edited", "Completed");
    expect(stopped).toEqual([1]);
  });

  it("looks again at what was read when somebody else wrote in between", async () => {
    let passes = 0;
    const raced: Reconcile = async (pass) => {
      passes += 1;
      if (passes === 1) await api.must("PATCH", `${runs}/raced`, { metadata: { labels: { a: "b" } } }, merge);
      return { status: statusOf(pass, "True", "Completed") };
    };
    const controller = start({ reconcile: raced });
    await createRun(api, "raced");
    await ready("raced", "Completed");
    const text = await controller.metrics();
    expect(valueOf(text, conflicts)).toBe(1);
    expect(valueOf(text, written)).toBe(1);
  });
});

describe("a backlog", () => {
  it("of many runs costs one Job and one write each: no look works from a status that is behind", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `many-${index}`);
    for (const name of names) await createRun(api, name);
    const controller = start({ workers: 16 });
    await until(async () => valueOf(await controller.metrics(), written) >= names.length);
    await sleep(700);
    const text = await controller.metrics();
    expect(valueOf(text, written)).toBe(names.length);
    expect(valueOf(text, conflicts)).toBe(0);
    expect((await api.must<{ items: unknown[] }>("GET", jobs)).items).toHaveLength(names.length);
  });
});

describe("an outage", () => {
  it("of the API server is survived: what changed meanwhile is seen", async () => {
    const controller = start({ lease: { durationMs: 60_000, renewDeadlineMs: 50_000, retryMs: 500 } });
    await createRun(api, "before");
    await ready("before", "Working");
    await api.restart();
    await createRun(api, "after");
    await ready("after", "Working");
    await finish("before-survey-1");
    await ready("before", "Completed");
    const text = await controller.metrics();
    expect(valueOf(text, written)).toBe(3);
    expect(valueOf(text, 'controller_runtime_reconcile_panics_total{controller="reporun"}')).toBe(0);
  });
});

describe("two controllers", () => {
  it("take turns: the second takes over at once when the first stops, and works on from what is there", async () => {
    const first = start();
    await first.leading;
    const second = start();
    await createRun(api, "shared");
    await ready("shared", "Working");
    expect(valueOf(await second.metrics(), 'leader_election_master_status{name="repo-runner"}')).toBe(0);
    const stoppedAt = Date.now();
    await first.stop();
    await second.leading;
    expect(Date.now() - stoppedAt).toBeLessThan(3000);
    await finish("shared-survey-1");
    await ready("shared", "Completed");
    expect((await api.must<{ items: unknown[] }>("GET", jobs)).items).toHaveLength(1);
  });

  it("never both work: one whose lease is taken ends with an error", async () => {
    const controller = start();
    await controller.leading;
    const lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/repo-runner";
    await api.must("PATCH", lease, { spec: { holderIdentity: "stranger" } }, merge);
    await expect(controller.ended).rejects.toThrow("lease was lost");
    await api.must("DELETE", lease);
  });
});

describe("health", () => {
  it("is ready once the watches have their lists, leading or not", async () => {
    const controller = start({ reconcile: toy });
    await controller.leading;
    const ask = async (path: string): Promise<Response> => await fetch(`http://127.0.0.1:${controller.port()}${path}`);
    expect((await ask("/readyz")).status).toBe(200);
    expect((await ask("/healthz")).status).toBe(200);
    expect((await ask("/nothing")).status).toBe(404);
    const text = await (await ask("/metrics")).text();
    for (const name of [
      "workqueue_depth",
      "rest_client_requests_total",
      "controller_runtime_reconcile_total",
      "repo_runner_cache_objects",
      "repo_runner_phase_runs",
      "repo_runner_time_to_ready_seconds",
    ]) {
      expect(text).toContain(name);
    }
  });
});
