import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api-error.ts";
import { Metrics } from "./metrics.ts";
import { Conflict, judge, TerminalError } from "./pass-error.ts";
import { Queue } from "./queue.ts";
import { type Handle, Workers } from "./workers.ts";

let metrics: Metrics;
let queue: Queue;

beforeEach(() => {
  metrics = new Metrics();
  queue = new Queue({ coalesceMs: 0 });
});

function work(handle: Handle, more: { count?: number; passTimeoutMs?: number; graceMs?: number } = {}): Workers {
  const logger = pino({ level: "silent" });
  const workers = new Workers({ queue, handle, metrics, logger, count: 2, passTimeoutMs: 1000, ...more });
  void workers.run();
  return workers;
}

async function counted(name: string): Promise<number> {
  const text = await metrics.registry.metrics();
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`controller_runtime_${name}`))
      ?.split(" ")[1],
  );
}

describe("workers", () => {
  it("never have one name twice, and use all hands for many", async () => {
    const now = new Set<string>();
    let most = 0;
    let double = false;
    work(
      async (key) => {
        double ||= now.has(key);
        now.add(key);
        most = Math.max(most, now.size);
        await sleep(5);
        now.delete(key);
        return {};
      },
      { count: 4 },
    );
    for (let round = 0; round < 5; round += 1) {
      for (const key of ["a", "b", "c", "d", "e"]) queue.add(key);
      await sleep(7);
    }
    await queue.drain();
    expect(double).toBe(false);
    expect(most).toBe(4);
  });

  it("try again after what may pass, not after what no retry mends", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const seen: string[] = [];
    work(async (key) => {
      seen.push(key);
      await sleep(1);
      if (key === "ends") throw new TerminalError("never");
      if (seen.filter((each) => each === key).length < 3)
        throw key === "bug" ? new TypeError("x is undefined") : new Conflict("again");
      return {};
    });
    for (const key of ["ends", "bug", "raced"]) queue.add(key);
    await sleep(150);
    expect(seen.toSorted()).toEqual(["bug", "bug", "bug", "ends", "raced", "raced", "raced"]);
    expect(await counted("reconcile_panics_total")).toBe(2);
    expect(await counted("terminal_reconcile_errors_total")).toBe(1);
    expect(await counted("reconcile_errors_total")).toBe(3);
    vi.restoreAllMocks();
    await queue.drain();
  });

  it("stop a pass at its time limit, and go on without one that does not listen", async () => {
    const seen: string[] = [];
    let release: () => void = () => undefined;
    work(
      async (key) => {
        seen.push(key);
        if (key === "deaf") await new Promise<void>((resolve) => (release = resolve));
        return {};
      },
      { count: 1, passTimeoutMs: 20, graceMs: 20 },
    );
    queue.add("deaf");
    queue.add("next");
    await sleep(120);
    expect(seen).toEqual(["deaf", "next"]);
    queue.add("deaf");
    await sleep(20);
    expect(seen).toEqual(["deaf", "next"]);
    release();
    await sleep(20);
    expect(seen).toEqual(["deaf", "next", "deaf"]);
    release();
    await queue.drain();
  });

  it("start over at once when what a pass works from has changed", async () => {
    const reasons: unknown[] = [];
    let passes = 0;
    const workers = work(async (_key, signal) => {
      passes += 1;
      if (passes === 1) await sleep(1000, undefined, { signal }).catch(() => reasons.push(signal.reason));
      signal.throwIfAborted();
      return {};
    });
    queue.add("a");
    await sleep(10);
    workers.interrupt("a");
    await sleep(30);
    expect(passes).toBe(2);
    expect(reasons).toMatchObject([{ why: "interrupt" }]);
    expect(await counted("reconcile_errors_total")).toBe(0);
    await queue.drain();
  });

  it("look again after the time that a pass asked for", async () => {
    let passes = 0;
    work(async () => {
      passes += 1;
      await sleep(0);
      return passes < 3 ? { afterMs: 20 } : {};
    });
    queue.add("a");
    await sleep(150);
    expect(passes).toBe(3);
    await queue.drain();
  });
});

describe("what was thrown", () => {
  it.each([
    [new ApiError(409, "Conflict", ""), "conflict"],
    [new ApiError(500, "InternalError", ""), "transient"],
    [new ApiError(0, "Timeout", ""), "transient"],
    [new RangeError(), "panic"],
    ["a text", "panic"],
    [new Error("outage"), "transient"],
  ])("%s is %s", (error, verdict) => {
    expect(judge(error)).toBe(verdict);
  });
});
