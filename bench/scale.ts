import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Transport } from "../src/controller/transport.ts";
import { startApiServer, until } from "../test/api/apiserver.ts";
import { installCrd } from "../test/api/install-crd.ts";
import { type ControllerProcess, type Footprint, footprintOf } from "../test/api/operator-process.ts";
import {
  addedBetween,
  Convergence,
  openTransport,
  requestsOf,
  seedFinished,
  seedPending,
} from "../test/api/scale-runs.ts";
import { type Contender, contendersAt } from "./contenders.ts";
import { type Bench, median, type Report, type Row, spread, tell } from "./measure.ts";

interface Drain extends Footprint {
  readonly wallSeconds: number;
  readonly requests: Readonly<Record<string, number>>;
}

interface Round {
  readonly contender: string;
  readonly drain: Drain;
  readonly idle: Footprint;
}

const settleMs = 15_000;

/**
 * Many runs on a real API server: a cold start that has to make a Job and write a status for each, and a start that finds all of them ended.
 * Ours and the reference in turns, each on a server of its own that has been warmed by the seeding.
 */
export const benchScale: Bench = async (flags) => {
  const count = flags.get("runs") ?? 10_000;
  const rounds = flags.get("rounds") ?? 3;
  const workers = flags.get("workers") ?? 16;
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const index of [0, 1]) {
      const result = await oneRound(index, count, workers);
      const { drain, idle } = result;
      tell(
        `${result.contender}, round ${round + 1}: ${drain.wallSeconds.toFixed(1)} s, CPU ${drain.cpuSeconds.toFixed(1)} s, ${drain.rssMb.toFixed(0)} MB; idle ${idle.rssMb.toFixed(0)} MB`,
      );
      results.push(result);
    }
  }
  return reportOf(results, count, workers);
};

async function oneRound(index: number, count: number, workers: number): Promise<Round> {
  const server = await startApiServer();
  try {
    await installCrd(server);
    const transport = await openTransport(server);
    const contender = (await contendersAt(server, workers))[index];
    if (!contender) throw new Error("no such contender");
    tell(`${contender.name}: ${count} runs are made`);
    await seedPending(transport, count);
    const drain = await measureDrain(transport, contender, count);
    await removeJobs(transport);
    await seedFinished(transport, count);
    const idle = await measureIdle(contender);
    transport.close();
    return { contender: contender.name, drain, idle };
  } finally {
    await server.stop();
  }
}

/** The clock stops when each run has a Job and a status: counting patches would flatter who writes twice. */
async function measureDrain(transport: Transport, contender: Contender, count: number): Promise<Drain> {
  const before = await requestsOf(transport);
  const convergence = await Convergence.follow(transport);
  const startedAt = performance.now();
  const child = contender.start();
  try {
    await until(
      () => {
        assertAlive(child);
        return convergence.isDone(count);
      },
      1_800_000,
      `${contender.name}: a Job and a status for each run`,
    );
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const footprint = footprintOf(child.pid);
    const requests = addedBetween(before, await requestsOf(transport));
    return { ...footprint, wallSeconds, requests };
  } finally {
    convergence.stop();
    await child.stop();
  }
}

/** Runs that have ended keep no Job. In the background, since nobody here takes the finalizer of orphans away; by the thousand: one request for all would not end within the server's own limit. */
async function removeJobs(transport: Transport): Promise<void> {
  const path = "/apis/batch/v1/namespaces/default/jobs";
  for (;;) {
    await transport.text({
      method: "DELETE",
      path: `${path}?limit=1000&propagationPolicy=Background`,
      timeoutMs: 60_000,
    });
    const left = await transport.json<{ items: readonly unknown[] }>({ method: "GET", path: `${path}?limit=1` });
    if (left.items.length === 0) return;
  }
}

async function measureIdle(contender: Contender): Promise<Footprint> {
  const child = contender.start();
  try {
    let before = footprintOf(child.pid).cpuSeconds;
    await sleep(settleMs);
    // At rest: for three seconds hardly any CPU time was taken.
    let calm = 0;
    while (calm < 3) {
      await sleep(1000);
      assertAlive(child);
      const now = footprintOf(child.pid).cpuSeconds;
      calm = now - before < 0.1 ? calm + 1 : 0;
      before = now;
    }
    return footprintOf(child.pid);
  } finally {
    await child.stop();
  }
}

function assertAlive(child: ControllerProcess): void {
  if (child.hasEnded) throw new Error(`it ended: ${readFileSync(child.logFile, "utf8").slice(-2000)}`);
}

function reportOf(results: readonly Round[], count: number, workers: number): Report {
  const names = [...new Set(results.map(({ contender }) => contender))];
  const values = (name: string, pick: (round: Round) => number): number[] =>
    results.filter(({ contender }) => contender === name).map(pick);
  const row = (what: string, pick: (round: Round) => number, budget: string): Row => {
    const [ours = [], theirs = []] = names.map((name) => values(name, pick));
    return [what, spread(ours), spread(theirs), (median(ours) / median(theirs)).toFixed(2), budget];
  };
  const verbs = [...new Set(results.flatMap(({ drain }) => Object.keys(drain.requests)))]
    .filter((verb) =>
      results.some(({ drain }) => (drain.requests[verb] ?? 0) >= 50 && /^(POST|PATCH|PUT|DELETE|GET) /.test(verb)),
    )
    .map((verb): Row => {
      const counts = names.map((name) =>
        spread(
          values(name, ({ drain }) => drain.requests[verb] ?? 0),
          0,
        ),
      );
      return [verb, ...counts, "", ""];
    });
  return {
    name: "scale",
    title: `${count} RepoRuns: cold start with all of them pending, then all of them ended`,
    head: ["what", ...names, "ratio", "budget"],
    rows: [
      row("idle RSS (MB)", ({ idle }) => idle.rssMb, count === 10_000 ? "≤ 100 MB" : ""),
      row("idle PSS (MB)", ({ idle }) => idle.pssMb, ""),
      row("idle, high-water mark (MB)", ({ idle }) => idle.highWaterMb, ""),
      row(`RSS after ${count} Jobs (MB)`, ({ drain }) => drain.rssMb, ""),
      row("cold start, wall (s)", ({ drain }) => drain.wallSeconds, "≤ 0.8 ×"),
      row("cold start, CPU (s)", ({ drain }) => drain.cpuSeconds, "≤ 0.7 ×"),
      ...verbs,
    ],
    notes: [
      `median and range of ${results.length / 2} rounds, in turns, each on a fresh API server warmed by its seeding; ${workers} workers each`,
      "the clock stops when each run has its Job and its status; one lost count in either would never stop it",
      "no kubelet and no controller manager run: a Job stays as it was made",
      "rows of verbs: requests that the API server counted during the cold start",
    ],
    figures: results,
  };
}
