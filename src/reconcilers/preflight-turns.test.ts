import { describe, expect, it } from "vitest";
import { nextLookSeconds, takePreflightTurn } from "./preflight-turns.ts";

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe("the turn to try a pod", () => {
  it("is given to one of many runs of a namespace, and again later", () => {
    const turns = Array.from({ length: 1000 }, () => takePreflightTurn("crowded", at(0)));
    expect(turns.filter(Boolean)).toHaveLength(1);
    expect(takePreflightTurn("crowded", at(1))).toBe(false);
    expect(takePreflightTurn("crowded", at(3))).toBe(true);
  });

  it("is each namespace's own", () => {
    expect(takePreflightTurn("one", at(0))).toBe(true);
    expect(takePreflightTurn("other", at(0))).toBe(true);
  });

  it("comes again after the clock was set back", () => {
    expect(takePreflightTurn("set-back", at(100))).toBe(true);
    expect(takePreflightTurn("set-back", at(0))).toBe(true);
  });
});

describe("the next look at a Job without a pod", () => {
  it("comes later the longer it has waited", () => {
    const job = { createdAt: at(0).toISOString() };
    expect([0, 6, 20, 600].map((seconds) => nextLookSeconds(job, at(seconds)))).toEqual([6, 6, 20, 60]);
  });
});
