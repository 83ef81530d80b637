import { setTimeout as sleep } from "node:timers/promises";
import { startApiServer } from "../test/api/apiserver.ts";
import { installCrd } from "../test/api/install-crd.ts";
import { bundleOperator, footprintOf, mountAccount, startOperator } from "../test/api/operator-process.ts";
import { addedBetween, openTransport, requestsOf, seedFinished, seedPending } from "../test/api/scale-runs.ts";
import { type Bench, tell } from "./measure.ts";

/** Minutes in which nothing happens: what the operator writes and asks then, with runs that have all ended. */
export const benchIdle: Bench = async (flags) => {
  const minutes = flags.get("minutes") ?? 10;
  const count = flags.get("runs") ?? 1000;
  const server = await startApiServer();
  try {
    await installCrd(server);
    const transport = await openTransport(server);
    await seedPending(transport, count);
    await seedFinished(transport, count);
    const bundle = bundleOperator();
    const operator = startOperator(server, { bundle, account: await mountAccount(server) });
    try {
      // The first look at each run belongs to the start.
      await sleep(30_000);
      const before = { requests: await requestsOf(transport), cpu: footprintOf(operator.pid).cpuSeconds };
      tell(`idle for ${minutes} min`);
      await sleep(minutes * 60_000);
      if (operator.hasEnded) throw new Error(`the operator ended; ${operator.logFile}`);
      const cpuSeconds = footprintOf(operator.pid).cpuSeconds - before.cpu;
      const requests = addedBetween(before.requests, await requestsOf(transport));
      transport.close();
      const of = (pattern: RegExp): number =>
        Object.entries(requests).reduce((sum, [verb, times]) => sum + (pattern.test(verb) ? times : 0), 0);
      const statusWrites = of(/ reporuns\/status/);
      const writes = of(/^(POST|PUT|PATCH|APPLY|DELETE)/);
      const leaseWrites = of(/^(POST|PUT|PATCH) leases/);
      return {
        name: "idle",
        title: `${minutes} idle minutes with ${count} ended RepoRuns`,
        head: ["what", "count", "budget"],
        rows: [
          ["status writes", String(statusWrites), "0"],
          ["lease renewals", String(leaseWrites), ""],
          ["other writes", String(writes - statusWrites - leaseWrites), "0"],
          ["CPU (s per minute)", (cpuSeconds / minutes).toFixed(2), ""],
        ],
        notes: ["requests as the API server counted them, its own and the bench's included"],
        figures: { minutes, count, requests, cpuSeconds },
      };
    } finally {
      await operator.stop();
    }
  } finally {
    await server.stop();
  }
};
