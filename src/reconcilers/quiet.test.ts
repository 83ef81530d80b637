import { expect, it } from "vitest";
import type { RepoRunStatus } from "../repo-run.ts";
import { withoutDetails } from "./quiet.ts";

const at = { lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: 1 };
const starting = (message = "web: rolling out"): RepoRunStatus => ({
  observedGeneration: 1,
  conditions: [
    { type: "Ready", status: "Unknown", reason: "Starting", message, ...at },
    { type: "Reconciling", status: "True", reason: "Starting", message, ...at },
  ],
  services: [{ name: "web", kind: "Web", maturity: "Built" }],
});
const further: Partial<RepoRunStatus> = { services: [{ name: "web", kind: "Web", maturity: "Listening", port: 3000 }] };

it("does not write for a rung alone, and takes the rung along with the next word", () => {
  const before = starting();
  expect(withoutDetails(before, { ...starting(), ...further })).toBe(before);
  expect(withoutDetails(before, { ...starting("web: rolling out, 30 s"), ...further })).toMatchObject(further);
});

it("writes the first status, a link, and everything of a run that has ended", () => {
  expect(withoutDetails(undefined, starting())).toEqual(starting());
  const linked = { ...starting(), url: "http://192.0.2.2:30000/" };
  expect(withoutDetails(starting(), linked)).toBe(linked);
  const ended = {
    ...starting(),
    conditions: [{ type: "Ready", status: "True" as const, reason: "Verified", message: "", ...at }],
  };
  expect(withoutDetails(ended, { ...ended, ...further })).toMatchObject(further);
});
