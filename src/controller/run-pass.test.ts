import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pass, Reconcile } from "../agents/pass.ts";
import { labelsOf } from "../run-ref.ts";
import { Caches } from "./caches.ts";
import { EventRecorder } from "./events.ts";
import { type Asked, FakeServer, reply } from "./fake-server.ts";
import { Metrics } from "./metrics.ts";
import { Queue } from "./queue.ts";
import { RunMetrics } from "./run-metrics.ts";
import { RunPass } from "./run-pass.ts";
import { StatusWriter } from "./status-writer.ts";
import { Transport } from "./transport.ts";
import { Waker } from "./waker.ts";

/** An API server whose watches fall silent after the first list: what a pass sees later it sees by its own writes alone. */
class SilentServer extends FakeServer {
  version = 5;
  run = {
    metadata: { name: "a", namespace: "n", uid: "u", resourceVersion: "1", generation: 1 },
    spec: {},
    status: {},
  };

  constructor() {
    super();
    this.answer((asked) => {
      if (asked.url.searchParams.get("watch") === "true") this.#list(asked);
      else if (asked.method === "PATCH") {
        const { status } = JSON.parse(asked.body) as { status: object };
        this.run = { ...this.run, metadata: { ...this.run.metadata, resourceVersion: String(++this.version) }, status };
        reply(200, this.run)(asked);
      } else if (asked.method === "POST") {
        const object = JSON.parse(asked.body) as { metadata: object };
        reply(201, { ...object, metadata: { ...object.metadata, uid: "j", resourceVersion: String(++this.version) } })(
          asked,
        );
      } else reply(200, { kind: "Status", status: "Success" })(asked);
    });
  }

  changes(): string[] {
    return this.asked
      .filter((each) => each.method !== "GET")
      .map((each) => `${each.method} ${each.url.pathname.split("/").at(-1)}`);
  }

  #list({ url, response }: Asked): void {
    response.writeHead(200);
    if (url.pathname.endsWith("reporuns")) response.write(`${JSON.stringify({ type: "ADDED", object: this.run })}\n`);
    const metadata = { resourceVersion: "5", annotations: { "k8s.io/initial-events-end": "true" } };
    response.write(`${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`);
  }
}

let server: SilentServer;
let transport: Transport;
let caches: Caches;
const stop = { controller: new AbortController() };

beforeEach(() => {
  stop.controller = new AbortController();
});
afterEach(async () => {
  stop.controller.abort();
  transport.close();
  await server.stop();
});

async function passOf(reconcile: Reconcile): Promise<RunPass> {
  server = new SilentServer();
  transport = new Transport(await server.start());
  const [metrics, logger, queue] = [new Metrics(), pino({ level: "silent" }), new Queue()];
  const waker = new Waker({ queue, interrupt: () => undefined, echo: () => false });
  caches = new Caches({ transport, namespaces: undefined, listener: waker, metrics, logger });
  void caches.watch(stop.controller.signal);
  await caches.synced();
  const upsert = (raw: object): void => {
    caches.wrote("RepoRun", raw);
  };
  const writer = new StatusWriter({ transport, upsert, metrics, logger });
  const events = new EventRecorder(transport, logger);
  return new RunPass({
    transport,
    caches,
    writer,
    events,
    logger,
    reconcile,
    gone: async () => await Promise.resolve(),
    waker,
    queue,
    numbers: new RunMetrics(metrics.registry),
  });
}

function job({ run }: Pass) {
  const metadata = { name: "j", namespace: "n", labels: labelsOf(run, "survey") };
  return { apiVersion: "batch/v1", kind: "Job" as const, metadata };
}

describe("a pass", () => {
  it("sees what the pass before it wrote, though no watch has said so: nothing is written or made twice", async () => {
    const pass = await passOf(async (each) => {
      const { cluster, run } = each;
      if (cluster.children("Job", "n", run.name).length === 0) await cluster.create(job(each));
      return { status: { observedGeneration: run.generation, maturity: "Planned" } };
    });
    await pass.handle("n/a", stop.controller.signal);
    await pass.handle("n/a", stop.controller.signal);
    expect(server.changes()).toEqual(["POST jobs", "PATCH status"]);
    expect(caches.run("n/a")?.status).toEqual({ observedGeneration: 1, maturity: "Planned" });
  });

  it("no longer sees what it removed", async () => {
    const seen: number[] = [];
    const pass = await passOf(async (each) => {
      const { cluster, run } = each;
      await cluster.create(job(each));
      await cluster.remove("Job", "n", "j", "j");
      seen.push(cluster.children("Job", "n", run.name).length);
      return { status: {} };
    });
    await pass.handle("n/a", stop.controller.signal);
    expect(seen).toEqual([0]);
  });

  it("that was stopped while it did not listen writes nothing", async () => {
    const told = new AbortController();
    const pass = await passOf(async () => {
      told.abort(new Error("stopped"));
      return await Promise.resolve({ status: { maturity: "Built" } });
    });
    await expect(pass.handle("n/a", told.signal)).rejects.toThrow("stopped");
    expect(server.changes()).toEqual([]);
  });

  it("of a run that is not there is over at once", async () => {
    const pass = await passOf(async () => await Promise.reject(new Error("must not be asked")));
    expect(await pass.handle("n/absent", stop.controller.signal)).toEqual({});
  });
});
