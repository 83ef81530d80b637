import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../../src/controller/transport.ts";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { installCrd } from "./install-crd.ts";
import {
  bundleOperator,
  type ControllerProcess,
  footprintOf,
  mountAccount,
  startOperator,
} from "./operator-process.ts";
import { addedBetween, Convergence, openTransport, requestsOf, seedPending } from "./scale-runs.ts";

// The tripwire beside bench/scale.ts: wide ranges, so that only a change in kind trips it.
const count = 1000;

let server: ApiServer;
let transport: Transport;
let operator: ControllerProcess | undefined;

beforeAll(async () => {
  server = await startApiServer();
  await installCrd(server);
  transport = await openTransport(server);
  await seedPending(transport, count);
});

afterAll(async () => {
  await operator?.stop();
  transport.close();
  await server.stop();
});

describe("a thousand runs that wait when the controller starts", () => {
  it("cost one Job and one status write each, in the memory of a small process", { timeout: 180_000 }, async () => {
    const before = await requestsOf(transport);
    const convergence = await Convergence.follow(transport);
    const child = startOperator(server, { bundle: bundleOperator(), account: await mountAccount(server) });
    operator = child;
    await until(
      () => {
        if (child.hasEnded) throw new Error(`the operator ended: ${readFileSync(child.logFile, "utf8").slice(-2000)}`);
        return convergence.isDone(count);
      },
      120_000,
      "a Job and a status for each run",
    );
    const added = addedBetween(before, await requestsOf(transport));
    convergence.stop();
    expect(convergence.jobs.size).toBe(count);
    expect([...convergence.duplicates]).toEqual([]);
    expect(added["POST jobs"]).toBe(count);
    expect(added["PATCH reporuns/status"]).toBeGreaterThanOrEqual(count);
    expect(added["PATCH reporuns/status"]).toBeLessThanOrEqual(count * 1.1);
    expect(footprintOf(child.pid).rssMb).toBeLessThan(180);
  });
});
