import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { labelsOf } from "../run-ref.ts";
import { Caches } from "./caches.ts";
import { FakeServer, reply, statusDocument } from "./fake-server.ts";
import { KubeCluster } from "./kube-cluster.ts";
import { Metrics } from "./metrics.ts";
import { Transport } from "./transport.ts";

const job = {
  apiVersion: "batch/v1",
  kind: "Job" as const,
  metadata: { name: "j", namespace: "n", labels: labelsOf({ namespace: "n", name: "a", uid: "u" }, "survey") },
};

let server: FakeServer;
let transport: Transport;
let cluster: KubeCluster;
let stop: AbortController;
let told: string[];
let watch: ServerResponse | undefined;
/** The answer to a POST; the watch shows the Job before it. */
let code: number;

beforeEach(async () => {
  [stop, told, code] = [new AbortController(), [], 201];
  server = new FakeServer();
  server.answer(async (asked) => {
    const { url, response, method } = asked;
    if (method === "POST") {
      show("ADDED", 6);
      await sleep(30);
      const made = { ...job, metadata: { ...job.metadata, uid: "j", resourceVersion: "6" } };
      return reply(code, code === 201 ? made : statusDocument(code, "InternalError"))(asked);
    }
    if (url.pathname.endsWith("/jobs")) watch = response;
    response.writeHead(200);
    const metadata = { resourceVersion: "5", annotations: { "k8s.io/initial-events-end": "true" } };
    response.write(`${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`);
  });
  transport = new Transport(await server.start());
  const listener = {
    runChanged: () => undefined,
    childChanged: (namespace: string, run: string) => told.push(`${namespace}/${run}`),
  };
  const parts = { transport, namespaces: undefined, metrics: new Metrics(), logger: pino({ level: "silent" }) };
  const caches = new Caches({ ...parts, listener });
  void caches.watch(stop.signal);
  await caches.synced();
  cluster = new KubeCluster(transport, caches);
});
afterEach(async () => {
  stop.abort();
  transport.close();
  await server.stop();
});

function show(type: string, version: number): void {
  const object = { ...job, metadata: { ...job.metadata, uid: "j", resourceVersion: String(version) } };
  watch?.write(`${JSON.stringify({ type, object })}\n`);
}

describe("a child that a pass makes", () => {
  it("wakes nobody when the watch shows it before the answer comes, and is seen; what becomes of it later does", async () => {
    expect(await cluster.create(job)).toMatchObject({ state: "created", object: { metadata: { uid: "j" } } });
    expect(told).toEqual([]);
    expect(cluster.children("Job", "n", "a")).toMatchObject([{ name: "j", resourceVersion: "6" }]);
    show("MODIFIED", 7);
    await sleep(30);
    expect(told).toEqual(["n/a"]);
  });

  it("is news after all where the answer was lost", async () => {
    code = 500;
    await expect(cluster.create(job)).rejects.toThrow("InternalError");
    expect(told).toEqual(["n/a"]);
  });
});
