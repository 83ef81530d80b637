import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunRecord } from "../agents/pass.ts";
import { samplePlan, sampleService } from "../agents/fixer/sample-service.ts";
import { checkStatus } from "../controller/check-status.ts";
import { maturities } from "../maturity.ts";
import { RepoRunStatus } from "../repo-run.ts";
import { Progress } from "./progress.ts";
import type { PlanRecord } from "./record.ts";
import { statusOf } from "./status.ts";

const now = new Date("2026-11-22T18:00:00Z");

function runOf(generation: number, status?: RepoRunStatus): RunRecord {
  return {
    namespace: "team-a",
    name: "shop",
    uid: "11111111-2222-3333-4444-555555555555",
    generation,
    resourceVersion: "1",
    createdAt: now.toISOString(),
    deleting: false,
    requestedAt: undefined,
    annotations: {},
    spec: { source: { git: { url: "https://git.example.org/team/shop.git" } } },
    status,
  };
}

const record: PlanRecord = {
  v: 1,
  revision: 2,
  draft: 1,
  sourceKey: "a",
  pinKey: "b",
  commit: "4f1c9e2a".repeat(5),
  commitName: "main@4f1c9e2",
  subject: "Add a form",
  files: 14,
  bytes: 1000,
  attempts: [],
  fixes: [
    {
      service: "web",
      layer: "Process",
      signature: "ListensOnLoopback",
      rule: "K14b",
      by: "Rule",
      action: { kind: "SetBridge" },
      summary: "web listens on 127.0.0.1 only",
      appliesTo: "x",
      at: "2026-11-22T18:00:00Z",
    },
  ],
  parent: null,
  startedAt: now.toISOString(),
  plan: samplePlan(sampleService()),
};

const failures = fc.record({
  reason: fc.constantFrom("RepoDefect", "NeedsSecret", "OverQuota", "TimedOut", "NotAService"),
  message: fc.string({ minLength: 1, maxLength: 1024 }),
  layer: fc.constantFrom("Build" as const, "Process" as const, "Cluster" as const),
  blame: fc.constantFrom("Spec" as const, "Repo" as const, "Platform" as const),
});

const progresses = fc
  .record({
    planned: fc.boolean(),
    stage: fc.constantFrom("Planned" as const, "ImagesReady" as const, "Released" as const),
    maturity: fc.constantFrom(...maturities, "Completed" as const, "Running" as const),
    pending: fc.option(
      fc.record({
        reason: fc.constantFrom("Cloning", "Building", "Starting", "Fixing"),
        message: fc.string({ maxLength: 400 }),
      }),
    ),
    failure: fc.option(failures),
    serves: fc.option(fc.constant("main@1111111")),
    halted: fc.option(fc.constantFrom("Suspended" as const, "Stopped" as const)),
    warnings: fc.array(fc.string({ maxLength: 200 }), { maxLength: 12 }),
  })
  .map((made) => {
    const progress = new Progress();
    progress.serves = made.serves ?? undefined;
    progress.halted = made.halted ?? undefined;
    progress.warnings = made.warnings;
    if (made.planned) {
      progress.record = record;
      progress.stage = made.stage;
      const service = progress.service("web", "Web");
      service.maturity = made.maturity;
      service.port = 3000;
      service.evidence = '200 "Shop" in 12 ms';
      if (made.maturity === "Verified") {
        service.links = [
          {
            service: "web",
            url: "http://192.0.2.10:30412/",
            via: "NodePort",
            from: "Outside",
            status: 200,
            title: "Shop",
            ms: 12,
            seenAt: "2026-11-22T18:00:00Z",
          },
        ];
      }
    }
    // A pass ends in exactly one way: it waits, it failed, or all is well.
    if (made.failure) progress.failure = made.failure;
    else if (!progress.allWell) progress.pending = made.pending ?? { reason: "Building", message: "build of web" };
    return progress;
  });

describe("status", () => {
  it("keeps the rules of kstatus, whatever was seen, one write after the other", () => {
    fc.assert(
      fc.property(fc.array(progresses, { minLength: 1, maxLength: 6 }), (story) => {
        let status: RepoRunStatus | undefined;
        for (const [index, progress] of story.entries()) {
          const run = runOf(index + 1, status);
          status = statusOf(run, progress, new Date(now.getTime() + index * 1000));
          expect(RepoRunStatus.parse(status)).toEqual(status);
          expect(checkStatus(status, run.generation).fail).toEqual([]);
          expect(status.observedGeneration).toBe(run.generation);
          const ready = status.conditions?.find((condition) => condition.type === "Ready");
          expect(ready).toBeDefined();
          if (progress.allWell && !progress.failure) expect(ready?.status).toBe("True");
          if (progress.failure) expect(ready?.status).toBe("False");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is the same twice, so that nothing is written when nothing changed", () => {
    fc.assert(
      fc.property(progresses, (progress) => {
        const first = statusOf(runOf(1), progress, now);
        expect(statusOf(runOf(1, first), progress, new Date(now.getTime() + 60_000))).toEqual(first);
      }),
    );
  });

  it("stays within 2.5 KB for one service", () => {
    fc.assert(
      fc.property(progresses, (progress) => {
        progress.warnings = [];
        if (progress.failure)
          progress.failure = { ...progress.failure, message: "web: npm run build ended with exit code 1" };
        const size = JSON.stringify(statusOf(runOf(1), progress, now)).length;
        expect(size).toBeLessThanOrEqual(2560);
      }),
    );
  });
});
