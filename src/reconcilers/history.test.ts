import { describe, expect, it } from "vitest";
import type { RepoRunStatus } from "../repo-run.ts";
import { isGood, keptPlans, lastGood, nextHistory } from "./history.ts";
import { Progress } from "./progress.ts";
import { sampleImage, sampleRecord } from "./sample-pass.ts";
import { sampleService } from "../agents/runner/sample-request.ts";

type History = NonNullable<RepoRunStatus["history"]>;

const now = new Date("2026-11-22T18:05:44Z");

function ended(previous: History, revision: number, commit: string, failure?: string, releases?: number): History {
  const progress = new Progress();
  const record = sampleRecord([sampleService()], { revision, commitName: commit });
  progress.record = record;
  const service = progress.service("web", "Web");
  service.image = sampleImage(sampleService());
  service.maturity = "Verified";
  if (failure !== undefined) progress.failure = { reason: failure, message: "", layer: "Build", blame: "Repo" };
  return nextHistory(previous, record, progress, { now, releases });
}

const shown = (history: History) => history.map(({ release, plan, outcome }) => [release, plan, outcome]);

describe("nextHistory", () => {
  it("has a line for each release with what it ran, and the same end once", () => {
    const first = ended([], 1, "main@1");
    expect(first).toEqual([
      {
        release: 1,
        revision: "main@1",
        commit: sampleRecord().commit,
        plan: 1,
        images: [{ service: "web", digest: `sha256:${"a".repeat(64)}` }],
        outcome: "Verified",
        at: "2026-11-22T18:05:44Z",
      },
    ]);
    expect(ended(first, 1, "main@1")).toBe(first);
  });

  it("keeps the line of a release that was well when another plan of its commit ends badly", () => {
    const history = ended(ended([], 1, "main@1"), 2, "main@1", "RepoDefect");
    expect(shown(history)).toEqual([
      [2, 2, "RepoDefect"],
      [1, 1, "Verified"],
    ]);
    expect(shown(ended(history, 3, "main@1"))).toEqual([
      [2, 3, "Verified"],
      [1, 1, "Verified"],
    ]);
  });

  it("keeps one line for a plan that is said once more", () => {
    const progress = new Progress();
    progress.service("web", "Web").maturity = "Verified";
    const record = sampleRecord([sampleService()], { revision: 2, repeats: 1, commitName: "main@1" });
    const history = nextHistory(ended([], 1, "main@1"), record, progress, { now, releases: undefined });
    expect(shown(history)).toEqual([[1, 2, "Verified"]]);
  });

  it("forgets the plans that are not kept any more", () => {
    let history: History = [];
    for (let revision = 1; revision <= 5; revision += 1)
      history = ended(history, revision, `main@${revision}`, undefined, 2);
    expect(shown(history)).toEqual([
      [5, 5, "Verified"],
      [4, 4, "Verified"],
      [3, 3, "Verified"],
      [2, undefined, "Verified"],
      [1, undefined, "Verified"],
    ]);
    expect(keptPlans(history, 2)).toEqual([5, 4]);
  });
});

it("goes back to the newest release that was well and is kept", () => {
  const history = ended(ended(ended([], 1, "main@1"), 2, "main@2"), 3, "main@3", "CrashLoop");
  expect(lastGood(history)).toMatchObject({ plan: 2 });
  expect(history.map(isGood)).toEqual([false, true, true]);
  expect(lastGood([{ release: 1, outcome: "Verified" }])).toBeUndefined();
});
