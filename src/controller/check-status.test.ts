import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RepoRunStatus } from "../repo-run.ts";
import { checkStatus, checkTransition } from "./check-status.ts";

type Condition = NonNullable<RepoRunStatus["conditions"]>[number];

function condition(type: string, status: Condition["status"], more: Partial<Condition> = {}): Condition {
  const lastTransitionTime = "2026-11-22T18:00:00Z";
  return { type, status, reason: "Because", message: "it is so", lastTransitionTime, observedGeneration: 2, ...more };
}

function status(...conditions: Condition[]): RepoRunStatus {
  return { observedGeneration: 2, conditions };
}

/** What kstatus (cli-utils, generic.go) makes of it: written here from its rules, so that ours can be held against it. */
function kstatus(run: RepoRunStatus, generation: number): "Current" | "InProgress" | "Failed" {
  if (run.observedGeneration !== undefined && run.observedGeneration !== generation) return "InProgress";
  const is = (type: string, value: string): boolean =>
    (run.conditions ?? []).some((each) => each.type === type && each.status === value);
  if (is("Reconciling", "True")) return "InProgress";
  if (is("Stalled", "True")) return "Failed";
  if (is("Ready", "True")) return "Current";
  if ((run.conditions ?? []).some((each) => each.type === "Ready")) return "InProgress";
  return "Current";
}

describe("a good status", () => {
  it.each([
    ["on its way", status(condition("Ready", "Unknown"), condition("Reconciling", "True"))],
    ["well", status(condition("Ready", "True"), condition("Serving", "True"))],
    ["an older release serves on", status(condition("Ready", "True"), condition("Reconciling", "True"))],
    ["ended badly", status(condition("Ready", "False"), condition("Stalled", "True"))],
  ])("%s: nothing is found", (_name, good) => {
    expect(checkStatus(good, 2)).toEqual({ fail: [], warn: [] });
  });
});

describe("a bad status", () => {
  it.each<[string, RepoRunStatus]>([
    ["Ready must always", status(condition("Serving", "True"))],
    [
      "exclude each other",
      status(condition("Ready", "False"), condition("Reconciling", "True"), condition("Stalled", "True")),
    ],
    ["only while it is True", status(condition("Ready", "True"), condition("Reconciling", "False"))],
    ["only while it is True", status(condition("Ready", "True"), condition("Stalled", "False"))],
    ["must be False while Stalled", status(condition("Ready", "Unknown"), condition("Stalled", "True"))],
    ["Unknown only while", status(condition("Ready", "Unknown"))],
    ["from the first write", { conditions: [condition("Ready", "True")] }],
    ["ahead of the generation", { ...status(condition("Ready", "True")), observedGeneration: 3 }],
    [
      "older generation",
      { observedGeneration: 1, conditions: [condition("Ready", "True", { observedGeneration: 1 })] },
    ],
    ["there twice", status(condition("Ready", "True"), condition("Ready", "True"))],
    ["CamelCase", status(condition("Ready", "True", { reason: "not so" }))],
    ["whole seconds", status(condition("Ready", "True", { lastTransitionTime: "2026-11-22T18:00:00.123Z" }))],
    ["1024", status(condition("Ready", "True", { message: "x".repeat(1025) }))],
    ["say why", status(condition("Ready", "False", { message: "" }), condition("Stalled", "True"))],
  ])("%s", (words, bad) => {
    expect(checkStatus(bad, 2).fail.join("\n")).toContain(words);
  });
});

describe("whatever the conditions", () => {
  const anyStatus = fc.record({
    observedGeneration: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    conditions: fc.uniqueArray(
      fc.record({
        type: fc.constantFrom("Ready", "Reconciling", "Stalled", "Serving", "Planned"),
        status: fc.constantFrom("True" as const, "False" as const, "Unknown" as const),
        observedGeneration: fc.integer({ min: 1, max: 4 }),
      }),
      { selector: (each) => each.type },
    ),
  });

  it("what passes tells kstatus the truth: Current only when ready for this generation, Failed only when stalled, else InProgress", () => {
    let passed = 0;
    fc.assert(
      fc.property(anyStatus, fc.integer({ min: 1, max: 4 }), (drawn, generation) => {
        const judged: RepoRunStatus = {
          ...(drawn.observedGeneration === undefined ? {} : { observedGeneration: drawn.observedGeneration }),
          conditions: drawn.conditions.map((each) => condition(each.type, each.status, each)),
        };
        if (checkStatus(judged, generation).fail.length > 0) return;
        passed += 1;
        const is = (type: string): boolean =>
          drawn.conditions.some((each) => each.type === type && each.status === "True");
        const isNow = judged.observedGeneration === generation;
        const truth =
          !isNow || is("Reconciling")
            ? "InProgress"
            : is("Stalled")
              ? "Failed"
              : is("Ready")
                ? "Current"
                : "InProgress";
        expect(kstatus(judged, generation)).toBe(truth);
      }),
      { numRuns: 5000 },
    );
    expect(passed).toBeGreaterThan(20);
  });
});

describe("from one status to the next", () => {
  const later = { lastTransitionTime: "2026-11-22T19:00:00Z" };
  it("time moves with the status of a condition, and nothing goes back", () => {
    const before = status(condition("Ready", "True"));
    expect(checkTransition(before, status(condition("Ready", "False", later)))).toEqual([]);
    expect(checkTransition(before, status(condition("Ready", "True", later)))).toHaveLength(1);
    expect(checkTransition(before, { ...before, observedGeneration: 1 })).toHaveLength(1);
    expect(
      checkTransition(status(condition("Ready", "True", later)), status(condition("Ready", "False"))),
    ).toHaveLength(1);
  });
});
