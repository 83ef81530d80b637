import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Access } from "./auth.ts";
import { type Asked, FakeServer, reply, statusDocument } from "./fake-server.ts";
import { LeaseElector } from "./lease.ts";
import { microTime } from "./micro-time.ts";
import { Transport } from "./transport.ts";

interface Spec {
  holderIdentity?: string;
  renewTime?: string;
  leaseDurationSeconds?: number;
  leaseTransitions?: number;
}

/** The API server as far as one Lease goes: versions, preconditions, and the form of MicroTime. */
class LeaseServer extends FakeServer {
  lease: { version: number; spec: Spec } | undefined;
  isBroken = false;

  constructor() {
    super();
    this.answer((asked) => {
      this.#serve(asked);
    });
  }

  #serve(asked: Asked): void {
    if (this.isBroken) reply(500, statusDocument(500, "InternalError"))(asked);
    else if (asked.method === "GET" && !this.lease) reply(404, statusDocument(404, "NotFound"))(asked);
    else if (asked.method === "GET") this.#show(asked);
    else {
      const body = JSON.parse(asked.body) as { metadata: { resourceVersion?: string }; spec: Spec };
      const stale = asked.method === "PATCH" && body.metadata.resourceVersion !== String(this.lease?.version);
      const taken = asked.method === "POST" && this.lease !== undefined;
      if (stale || taken) reply(409, statusDocument(409, taken ? "AlreadyExists" : "Conflict"))(asked);
      else if (!/\.\d{6}Z$/.test(body.spec.renewTime ?? "")) reply(400, statusDocument(400, "BadRequest"))(asked);
      else {
        this.lease = { version: (this.lease?.version ?? 0) + 1, spec: { ...this.lease?.spec, ...body.spec } };
        this.#show(asked);
      }
    }
  }

  #show(asked: Asked): void {
    reply(200, { metadata: { resourceVersion: String(this.lease?.version) }, spec: this.lease?.spec })(asked);
  }
}

let server: LeaseServer;
let access: Access;
let stop: AbortController;
const transports: Transport[] = [];

beforeEach(async () => {
  server = new LeaseServer();
  access = await server.start();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  for (const each of transports.splice(0)) each.close();
  await server.stop();
});

function elector(
  identity: string,
  times: { durationMs?: number; renewDeadlineMs?: number; retryMs?: number } = {},
): LeaseElector {
  const transport = new Transport(access, { maxSockets: 1 });
  transports.push(transport);
  const logger = pino({ level: "silent" });
  return new LeaseElector({
    transport,
    namespace: "n",
    name: "l",
    identity,
    logger,
    durationMs: 1000,
    renewDeadlineMs: 300,
    retryMs: 20,
    ...times,
  });
}

describe("a lease", () => {
  it("is made by the first who asks, and renewed", async () => {
    const one = elector("one");
    expect(await one.acquire(stop.signal)).toBe(true);
    const first = server.lease?.spec.renewTime ?? "";
    const held = one.hold(stop.signal);
    await sleep(80);
    expect((server.lease?.spec.renewTime ?? "") > first).toBe(true);
    stop.abort();
    expect(await held).toBe(true);
  });

  it("that is renewed is not taken; one that is given back is taken at once", async () => {
    const one = elector("one");
    await one.acquire(stop.signal);
    const ended = new AbortController();
    const held = one.hold(ended.signal);
    let got = false;
    const other = elector("two")
      .acquire(stop.signal)
      .then(() => {
        got = true;
      });
    await sleep(300);
    expect(got).toBe(false);
    ended.abort();
    await held;
    await one.release();
    await other;
    expect(server.lease?.spec.holderIdentity).toBe("two");
    expect(server.lease?.spec.leaseTransitions).toBe(1);
  });

  it("of one who died is taken after it has not moved for its duration, whatever the clocks say", async () => {
    const future = microTime(new Date(Date.now() + 3_600_000));
    server.lease = { version: 7, spec: { holderIdentity: "dead", renewTime: future, leaseDurationSeconds: 1 } };
    const startedAt = performance.now();
    expect(await elector("two").acquire(stop.signal)).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  it("is lost when somebody else took it", async () => {
    const one = elector("one");
    await one.acquire(stop.signal);
    server.lease = {
      version: 99,
      spec: { holderIdentity: "two", renewTime: microTime(new Date()), leaseDurationSeconds: 15 },
    };
    expect(await one.hold(stop.signal)).toBe(false);
  });

  it("survives a stranger's edit that leaves the holder", async () => {
    const one = elector("one");
    await one.acquire(stop.signal);
    if (server.lease) server.lease.version = 99;
    const held = one.hold(stop.signal);
    await sleep(100);
    expect(server.lease?.version).toBeGreaterThan(99);
    stop.abort();
    expect(await held).toBe(true);
  });

  it("is lost when it cannot be renewed in time", async () => {
    const one = elector("one");
    await one.acquire(stop.signal);
    server.isBroken = true;
    expect(await one.hold(stop.signal)).toBe(false);
  });

  it("is lost, without a word to the server, to whoever slept longer than it lasts", async () => {
    const one = elector("one", { durationMs: 60 });
    await one.acquire(stop.signal);
    const asked = server.asked.length;
    const until = performance.now() + 120;
    const held = one.hold(stop.signal);
    while (performance.now() < until);
    expect(await held).toBe(false);
    expect(server.asked.length).toBe(asked);
  });
});
