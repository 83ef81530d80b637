import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Queue } from "./queue.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes what is there now. */
async function takeNow(queue: Queue): Promise<string | undefined> {
  return queue.depth("high") + queue.depth("low") === 0 ? undefined : await queue.take();
}

describe("a name", () => {
  it("is handed out once, however often it was added", async () => {
    const queue = new Queue();
    queue.add("a");
    queue.add("a");
    expect(await queue.take()).toBe("a");
    expect(await takeNow(queue)).toBeUndefined();
  });

  it("that is added while a worker has it comes again after it is done, not before", async () => {
    const queue = new Queue({ coalesceMs: 0 });
    queue.add("a");
    await queue.take();
    queue.add("a");
    expect(await takeNow(queue)).toBeUndefined();
    queue.done("a");
    expect(await queue.take()).toBe("a");
  });

  it("that is asked for in a burst costs one look at the end of the window", async () => {
    const queue = new Queue({ coalesceMs: 200 });
    queue.add("a");
    await queue.take();
    queue.done("a");
    for (let times = 0; times < 5; times += 1) {
      queue.add("a");
      vi.advanceTimersByTime(20);
    }
    expect(await takeNow(queue)).toBeUndefined();
    vi.advanceTimersByTime(100);
    expect(await takeNow(queue)).toBe("a");
    queue.done("a");
    vi.advanceTimersByTime(1000);
    expect(await takeNow(queue)).toBeUndefined();
  });
});

describe("priorities", () => {
  it("let an edit overtake a backlog, also of its own name", async () => {
    const queue = new Queue();
    for (const key of ["a", "b", "c"]) queue.add(key, "low");
    queue.add("edit", "high");
    queue.add("c", "high");
    expect([await queue.take(), await queue.take(), await queue.take(), await queue.take()]).toEqual([
      "edit",
      "c",
      "a",
      "b",
    ]);
    expect(queue.depth("low")).toBe(0);
  });
});

describe("a look later", () => {
  it("comes when it is due; of several the earliest; a look before it makes it void", async () => {
    const queue = new Queue({ coalesceMs: 0 });
    queue.addAfter("a", 5000);
    queue.addAfter("a", 1000);
    queue.addAfter("b", 2000);
    vi.advanceTimersByTime(999);
    expect(await takeNow(queue)).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(await takeNow(queue)).toBe("a");
    queue.done("a");
    queue.add("b");
    expect(await takeNow(queue)).toBe("b");
    queue.done("b");
    vi.advanceTimersByTime(10_000);
    expect(await takeNow(queue)).toBeUndefined();
  });

  it("comes in order for any times", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 60 }), async (delays) => {
        const queue = new Queue({ coalesceMs: 0 });
        for (const [index, delay] of delays.entries()) queue.addAfter(`${index}`, delay);
        const got: number[] = [];
        for (let at = 0; at <= 500; at += 1) {
          for (let key = await takeNow(queue); key !== undefined; key = await takeNow(queue))
            got.push(delays[Number(key)] ?? -1);
          vi.advanceTimersByTime(1);
        }
        expect(got).toEqual(delays.toSorted((one, other) => one - other));
      }),
      { numRuns: 25 },
    );
  });
});

describe("backoff", () => {
  it("doubles its ceiling to five minutes, with full jitter, and starts over after a success", () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(1);
    const queue = new Queue();
    const delays = Array.from({ length: 13 }, () => queue.retry("a"));
    expect(delays.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(delays.at(-1)).toBe(300_000);
    queue.succeed("a");
    random.mockReturnValue(0.5);
    expect(queue.retry("a")).toBe(125);
    random.mockRestore();
  });
});

describe("drain", () => {
  it("hands out nothing more and waits for what is in hand", async () => {
    const queue = new Queue();
    queue.add("a");
    queue.add("b");
    await queue.take();
    const waiting = new Queue();
    const taker = waiting.take();
    void waiting.drain();
    expect(await taker).toBeUndefined();
    let drained = false;
    const drain = queue.drain().then(() => {
      drained = true;
    });
    expect(await queue.take()).toBeUndefined();
    expect(drained).toBe(false);
    queue.done("a");
    await drain;
  });
});
