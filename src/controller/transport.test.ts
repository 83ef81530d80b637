import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { FakeServer, reply, statusDocument } from "./fake-server.ts";
import { countsAsChange, faultOf } from "./fault.ts";
import { Metrics } from "./metrics.ts";
import { Transport } from "./transport.ts";

let server: FakeServer;
let transport: Transport;
let metrics: Metrics;

beforeEach(async () => {
  server = new FakeServer();
  metrics = new Metrics();
  transport = new Transport(await server.start(), { metrics });
});
afterEach(async () => {
  transport.close();
  await server.stop();
});

describe("a request", () => {
  it("carries token, body and content type, on one kept socket", async () => {
    const ports = new Set<number | undefined>();
    server.answer((asked) => {
      ports.add(asked.request.socket.remotePort);
      reply(200, { got: JSON.parse(asked.body) as unknown, type: asked.request.headers["content-type"] })(asked);
    });
    const ask = async (): Promise<unknown> =>
      await transport.json({
        method: "PATCH",
        path: "/x",
        body: { a: "ä" },
        contentType: "application/merge-patch+json",
      });
    expect(await ask()).toEqual({ got: { a: "ä" }, type: "application/merge-patch+json" });
    await ask();
    expect(ports.size).toBe(1);
    expect(server.asked[0]?.request.headers.authorization).toBe("Bearer test");
    expect(await metrics.registry.metrics()).toMatch(
      /rest_client_requests_total\{code="200",method="PATCH",host="[^"]+"\} 2/,
    );
  });

  it("fails with the server's own words and causes", async () => {
    const document = {
      ...statusDocument(403, "Forbidden", "being terminated"),
      details: { causes: [{ reason: "NamespaceTerminating" }] },
    };
    server.answer(reply(403, document));
    const error: unknown = await transport
      .json({ method: "POST", path: "/x", body: {} })
      .catch((each: unknown) => each);
    expect(error).toMatchObject({
      status: 403,
      reason: "Forbidden",
      message: "being terminated",
      causes: ["NamespaceTerminating"],
    });
    expect(server.asked).toHaveLength(1);
  });

  it.each([429, 503])("waits out %i with Retry-After", async (code) => {
    server.answers(
      reply(code, statusDocument(code, "TooManyRequests"), { "retry-after": "0" }),
      reply(200, { ok: true }),
    );
    expect(await transport.json({ method: "POST", path: "/x", body: {} })).toEqual({ ok: true });
  });

  it("does not ask again after a 503 that promises nothing", async () => {
    server.answer(reply(503, statusDocument(503, "ServiceUnavailable")));
    await expect(transport.json({ method: "GET", path: "/x" })).rejects.toMatchObject({ status: 503 });
    expect(server.asked).toHaveLength(1);
  });

  it("reads its token again after a 401, once", async () => {
    server.answers(reply(401, statusDocument(401, "Unauthorized")), reply(200, {}));
    await transport.json({ method: "GET", path: "/x" });
    server.answer(reply(401, statusDocument(401, "Unauthorized")));
    await expect(transport.json({ method: "GET", path: "/x" })).rejects.toMatchObject({ status: 401 });
    expect(server.asked).toHaveLength(4);
  });

  it("ends at its time limit, at its signal, and when the answer is cut", async () => {
    server.answer(() => undefined);
    await expect(transport.json({ method: "GET", path: "/x", timeoutMs: 50 })).rejects.toMatchObject({
      reason: "Timeout",
    });
    const stop = new AbortController();
    const asked = transport.json({ method: "GET", path: "/x", signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error("enough"));
    }, 20);
    await expect(asked).rejects.toThrow("enough");
    server.answer(({ response, request }) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"half":');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await expect(transport.json({ method: "POST", path: "/x" })).rejects.toBeInstanceOf(ApiError);
  });

  it("of a body that trickles still ends at its time limit", async () => {
    server.answer(({ response }) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => {
        clearInterval(drip);
      });
    });
    await expect(transport.json({ method: "GET", path: "/x", timeoutMs: 100 })).rejects.toMatchObject({
      reason: "Timeout",
    });
  });
});

describe("the fault points of tests", () => {
  it("count for nothing unless they are allowed", () => {
    expect(faultOf({ REPO_RUNNER_FAULT: "before:1" })).toBeUndefined();
    expect(faultOf({ REPO_RUNNER_FAULT: "soon:1", REPO_RUNNER_FAULTS_ALLOWED: "1" })).toBeUndefined();
    expect(faultOf({ REPO_RUNNER_FAULT: "after:2", REPO_RUNNER_FAULTS_ALLOWED: "1" })).toBeDefined();
  });

  it("number what changes the cluster, without leases, events and dry runs", () => {
    expect(countsAsChange("POST", "/apis/batch/v1/namespaces/a/jobs?fieldManager=repo-runner")).toBe(true);
    expect(countsAsChange("DELETE", "/api/v1/namespaces/a/secrets/b")).toBe(true);
    expect(countsAsChange("GET", "/api/v1/pods")).toBe(false);
    expect(countsAsChange("POST", "/api/v1/namespaces/a/pods?dryRun=All")).toBe(false);
    expect(countsAsChange("PATCH", "/apis/coordination.k8s.io/v1/namespaces/a/leases/b")).toBe(false);
    expect(countsAsChange("POST", "/apis/events.k8s.io/v1/namespaces/a/events")).toBe(false);
  });
});
