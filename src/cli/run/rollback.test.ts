import { expect, it } from "vitest";
import { readRun } from "../cluster/run-seen.ts";
import { chooseRelease } from "./rollback.ts";

const run = readRun({
  metadata: { name: "shop", namespace: "team-a" },
  spec: { source: { git: { url: "https://git.example.org/team/shop.git" } } },
  status: {
    conditions: [{ type: "Serving", status: "True", reason: "PreviousRelease", message: "" }],
    history: [
      { release: 4, revision: "main@4", outcome: "RepoDefect", plan: 6 },
      { release: 3, revision: "main@3", outcome: "Verified", plan: 5 },
      { release: 2, revision: "main@2", outcome: "Completed", plan: 3 },
      { release: 1, revision: "main@1", outcome: "Verified" },
    ],
  },
});

it("goes to the last release that was well and does not serve, or to the one that is named", () => {
  expect(chooseRelease(run, undefined)).toMatchObject({ release: 2, plan: 3 });
  expect(chooseRelease(run, "3")).toMatchObject({ plan: 5 });
});

it("says what there is where the one that is named is not kept", () => {
  expect(() => chooseRelease(run, "1")).toThrow("release 1 of shop is not kept; these are: 4, 3, 2");
  expect(() => chooseRelease({ ...run, status: { ...run.status, history: [] } }, undefined)).toThrow(
    "shop has no earlier release that was well and is kept",
  );
});
