import { describe, expect, it } from "vitest";
import type { Layer } from "../failure.ts";
import type { Attempt, Ending } from "../fix.ts";
import { compareEndings, outcomeOf, rollBackTo, triedIn } from "./repair-course.ts";

function ending(print: string, layer: Layer = "Build", maturity = "Planned"): Ending {
  return { reason: "BuildFailed", layer, maturity, print };
}

/** Fixes one after another; `saws[i]` is what was seen of the revision that the fix of that place was made for. */
function attemptsOf(...saws: readonly Ending[]): Attempt[] {
  return saws.map((saw, index) => ({
    how: "Fix",
    revision: index + 2,
    from: index + 1,
    on: `sha256:${String(index)}`,
    saw,
    at: "2026-11-23T07:00:00Z",
  }));
}

describe("compareEndings", () => {
  it("puts maturity before layers", () => {
    expect(compareEndings(ending("a", "Deps", "Built"), ending("b", "Process"))).toBeGreaterThan(0);
    expect(compareEndings(ending("a", "Deps"), ending("b", "Build"))).toBeLessThan(0);
  });
});

describe("rollBackTo", () => {
  it("goes on while each fix brings the plan further", () => {
    const attempts = attemptsOf(ending("a", "System"), ending("b", "Deps"), ending("c", "Build"));
    expect(rollBackTo(attempts, ending("d", "Process", "Built"))).toBeUndefined();
  });

  it("goes back to the furthest plan after three fixes that led nowhere", () => {
    const attempts = attemptsOf(ending("a", "Deps"), ending("b", "Process", "Built"), ending("c"), ending("c"));
    expect(rollBackTo(attempts, ending("c"))).toBe(2);
  });

  it("is patient with a chain of new errors, but not for ever", () => {
    const chain = attemptsOf(...["a", "b", "c", "d"].map((print) => ending(print, "System")));
    expect(rollBackTo(chain, ending("e", "System"))).toBeUndefined();
    const longer = attemptsOf(...["a", "b", "c", "d", "e"].map((print) => ending(print, "System")));
    expect(rollBackTo(longer, ending("f", "System"))).toBe(1);
  });

  it("counts anew once it has gone back", () => {
    const attempts = attemptsOf(ending("a"), ending("a"), ending("a"));
    const back: Attempt = { how: "RollBack", revision: 5, from: 4, to: 1, on: "sha256:9", saw: ending("a"), at: "" };
    expect(rollBackTo([...attempts, back], ending("a"))).toBeUndefined();
  });
});

describe("outcomeOf", () => {
  it.each([
    [ending("a"), ending("a"), "NoEffect"],
    [ending("a"), ending("b"), "Fixed"],
    [ending("a", "Build"), ending("a", "Process", "Built"), "Fixed"],
    [ending("a", "Process", "Built"), ending("b", "Build"), "Regressed"],
  ] as const)("tells what came of a fix", (before, after, outcome) => {
    expect(outcomeOf(before, after)).toBe(outcome);
  });
});

it("lists everything that was tried", () => {
  const [first] = attemptsOf(ending("a"));
  if (!first) throw new Error("no attempt");
  const restart: Attempt = { ...first, how: "Restart", revision: 3 };
  expect(triedIn([first, restart], ending("b"))).toContain("begun anew with the second-best plan");
});
