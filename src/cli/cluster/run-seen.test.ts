import { expect, it } from "vitest";
import { readRun, standingOf } from "./run-seen.ts";

function standing(status: object, metadata: object = {}): string {
  return standingOf(
    readRun({
      metadata: { name: "a", namespace: "b", generation: 2, ...metadata },
      spec: { source: {} },
      status: { observedGeneration: 2, ...status },
    }),
  );
}

const is = (type: string, status: string, reason = "R") => ({
  type,
  status,
  reason,
  message: "",
  lastTransitionTime: "2026-11-22T18:00:00Z",
});

it.each([
  ["moving", { conditions: [is("Ready", "Unknown"), is("Reconciling", "True")] }],
  ["well", { conditions: [is("Ready", "True", "Verified")] }],
  ["moving", { conditions: [is("Ready", "True", "Verified"), is("Reconciling", "True")] }],
  ["needs", { conditions: [is("Ready", "False", "NeedsSecret"), is("Stalled", "True")] }],
  ["failed", { conditions: [is("Ready", "False", "RepoDefect"), is("Stalled", "True")] }],
  [
    "retrying",
    {
      conditions: [is("Ready", "False", "RegistryDown"), is("Reconciling", "True")],
      failure: { reason: "RegistryDown", message: "" },
    },
  ],
  ["halted", { conditions: [is("Ready", "False", "Suspended")] }],
])("%s: %o", (wanted, status) => {
  expect(standing(status)).toBe(wanted);
});

it("a status of the spec before, or of the request before, says nothing of this one", () => {
  const conditions = [is("Ready", "True", "Verified")];
  expect(standing({ observedGeneration: 1, conditions })).toBe("moving");
  expect(standing({ conditions }, { annotations: { "repo-runner.dev/requestedAt": "now" } })).toBe("moving");
  expect(
    standing({ conditions, lastHandledRequest: "now" }, { annotations: { "repo-runner.dev/requestedAt": "now" } }),
  ).toBe("well");
});

it("a status of another version is read as far as it goes", () => {
  expect(standing({ conditions: "?", links: [{ url: 7 }], services: null })).toBe("moving");
});
