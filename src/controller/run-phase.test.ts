import { describe, expect, it } from "vitest";
import type { RepoRunStatus } from "../repo-run.ts";
import { phaseOf, secondsToReady } from "./run-phase.ts";

type Word = readonly [type: string, status: "True" | "False" | "Unknown", reason: string];

function status(...words: readonly Word[]): RepoRunStatus {
  const at = { message: "", lastTransitionTime: "2026-11-22T18:00:00Z", observedGeneration: 1 };
  return { conditions: words.map(([type, value, reason]) => ({ type, status: value, reason, ...at })) };
}

const building = status(["Ready", "Unknown", "Building"], ["Reconciling", "True", "Building"]);
const ready = status(["Ready", "True", "Verified"], ["Serving", "True", "WantedRelease"]);
const degraded = status(["Ready", "False", "Degraded"], ["Reconciling", "True", "Degraded"]);

describe("a phase", () => {
  it.each([
    ["Pending", undefined],
    ["Pending", {}],
    ["Building", building],
    ["Working", status(["Ready", "Unknown", "Planning"], ["Reconciling", "True", "Planning"])],
    ["Building", status(["Ready", "True", "Verified"], ["Reconciling", "True", "Building"])],
    ["Ready", ready],
    ["Degraded", degraded],
    ["Stopped", status(["Ready", "False", "Suspended"])],
    ["Stalled", status(["Ready", "False", "NotAService"], ["Stalled", "True", "NotAService"])],
  ] as const)("is %s", (phase, of) => {
    expect(phaseOf(of)).toBe(phase);
  });
});

describe("the time to Ready", () => {
  const now = new Date("2026-11-22T18:00:42Z");

  it("runs from the beginning of the work to the write that ends it", () => {
    expect(secondsToReady(building, ready, now)).toBe(42);
  });

  it("is not told of a run that was Ready before, is not yet, or has come back by itself", () => {
    expect(secondsToReady(ready, ready, now)).toBeUndefined();
    expect(secondsToReady(building, building, now)).toBeUndefined();
    expect(secondsToReady(degraded, ready, now)).toBeUndefined();
    expect(secondsToReady(undefined, ready, now)).toBeUndefined();
  });
});
