import { describe, expect, it } from "vitest";
import { applyFix, type Action, type Fix } from "../../fix.ts";
import { stillApplies } from "../../fix-replay.ts";
import type { Failure } from "../../failure.ts";
import type { Service } from "../../plan.ts";
import { FixerAgent } from "./fixer-agent.ts";
import { rules } from "./rules.ts";
import { samplePlan, sampleService } from "./sample-service.ts";

const context = { signal: new AbortController().signal, log: () => undefined };
const now = new Date("2026-11-22T18:00:00Z");

function failure(changes: Partial<Failure>): Failure {
  return { reason: "BuildFailed", message: "it failed", layer: "Build", blame: "Repo", service: "web", ...changes };
}

async function mend(seen: {
  failure: Failure;
  log?: readonly string[];
  service?: Service;
  history?: readonly Fix[];
  maxAttempts?: number;
}) {
  const plan = samplePlan(seen.service);
  return await new FixerAgent().run(
    {
      evidence: { failure: seen.failure, log: seen.log ?? [] },
      plan,
      history: seen.history ?? [],
      maxAttempts: seen.maxAttempts ?? 8,
      now,
    },
    context,
  );
}

interface Row {
  readonly name: string;
  readonly failure: Failure;
  readonly log?: readonly string[];
  readonly service?: Service;
  readonly signature: string;
  readonly action: Partial<Action>;
}

const python = sampleService({
  language: "python",
  runtime: { name: "python", version: "3.13", from: "default" },
  manager: { name: "poetry", version: null, lockFile: "poetry.lock", mode: "Frozen" },
  recipe: { ...sampleService().recipe, install: "poetry install --only main --no-root", prune: null },
});

const rows: readonly Row[] = [
  {
    name: "a host variable that the code reads is set",
    failure: failure({ reason: "ListensOnLoopback", layer: "Process", where: "127.0.0.1:3000" }),
    service: sampleService({ port: { number: 3000, from: "Code", readsPort: true, hostVariable: "HOST" } }),
    signature: "ListensOnLoopback",
    action: { kind: "SetEnv", name: "HOST", value: "0.0.0.0" },
  },
  {
    name: "without one a bridge is put before it",
    failure: failure({ reason: "ListensOnLoopback", layer: "Process", where: "127.0.0.1:3000" }),
    signature: "ListensOnLoopback",
    action: { kind: "SetBridge" },
  },
  {
    name: "a lock that disagrees with package.json",
    failure: failure({ layer: "Deps" }),
    log: [
      "npm error code EUSAGE",
      "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
    ],
    signature: "LockOutOfStep",
    action: { kind: "SetInstallMode", mode: "Unfrozen", install: "npm install" },
  },
  {
    name: "a lock that disagrees with pyproject.toml",
    failure: failure({ layer: "Deps" }),
    log: [
      "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.",
    ],
    service: python,
    signature: "LockOutOfStep",
    action: { kind: "SetInstallMode", install: "poetry lock && poetry install --only main --no-root" },
  },
  {
    name: "a lock that disagrees with Cargo.toml",
    failure: failure({ layer: "Deps" }),
    log: ["error: cannot update the lock file /app/Cargo.lock because --locked was passed to prevent this"],
    service: sampleService({
      language: "rust",
      manager: { name: "cargo", version: null, lockFile: "Cargo.lock", mode: "Frozen" },
      recipe: { ...sampleService().recipe, install: "cargo fetch --locked" },
    }),
    signature: "LockOutOfStep",
    action: { kind: "SetInstallMode", mode: "Unfrozen", install: "cargo fetch" },
  },
  {
    name: "an old pin that has no wheel for this Python",
    failure: failure({ layer: "Deps" }),
    log: [
      "  Building wheel for psycopg2-binary (pyproject.toml): finished with status 'error'",
      "  Error: pg_config executable not found.",
      "ERROR: Failed to build installable wheels for some pyproject.toml based projects (psycopg2-binary)",
    ],
    service: sampleService({
      language: "python",
      runtime: { name: "python", version: "3.13", from: "default", others: ["3.11"] },
      recipe: {
        ...python.recipe,
        buildImage: "docker.io/library/python:3.13-slim",
        runImage: "docker.io/library/python:3.13-slim",
      },
    }),
    signature: "RuntimeTooNew",
    action: { kind: "SetRuntime", version: "3.11" },
  },
  {
    name: "a shared library at run time",
    failure: failure({ reason: "CrashLoop", layer: "Process", exitCode: 1 }),
    log: ["ImportError: libGL.so.1: cannot open shared object file: No such file or directory"],
    service: python,
    signature: "MissingLibrary",
    action: { kind: "AddPackages", stage: "Run", packages: ["libgl1", "libglib2.0-0"] },
  },
  {
    name: "a header at build time",
    failure: failure({ layer: "Deps" }),
    log: ["Error: pg_config executable not found."],
    service: python,
    signature: "MissingLibrary",
    action: { kind: "AddPackages", stage: "Build" },
  },
  {
    name: "a development dependency that is loaded",
    failure: failure({ reason: "CrashLoop", layer: "Process", exitCode: 1 }),
    log: ["Error: Cannot find module 'chalk'", "Require stack:", "- /app/server.js"],
    signature: "DevDependencyAtRunTime",
    action: { kind: "KeepDevDependencies" },
  },
  {
    name: "an entry point that is not there",
    failure: failure({ reason: "CrashLoop", layer: "Process", exitCode: 1 }),
    log: ["Error: Cannot find module '/app/server.js'"],
    service: sampleService({ recipe: { ...sampleService().recipe, prune: null } }),
    signature: "StartMissing",
    action: { kind: "SetStart", start: "node app.js" },
  },
  {
    name: "a program that ends by itself",
    failure: failure({ reason: "EndsByItself", layer: "Process", exitCode: 0 }),
    signature: "EndsByItself",
    action: { kind: "SetKind", to: "Job" },
  },
];

describe("FixerAgent", () => {
  it.each(rows)("mends: $name", async (row) => {
    const outcome = await mend(row);
    expect(outcome).toMatchObject({
      state: "done",
      value: { signature: row.signature, action: row.action, by: "Rule" },
    });
  });

  it("leaves a failure alone that no rule knows", async () => {
    const seen = failure({ lines: ["src/orders.ts(41,17): error TS2339: Property 'total' does not exist"] });
    expect(await mend({ failure: seen, log: seen.lines ?? [] })).toEqual({ state: "failed", failure: seen });
  });

  it("never proposes the same action twice", async () => {
    const row = rows[1];
    if (!row) throw new Error("no row");
    const first = await mend(row);
    if (first.state !== "done") throw new Error("not mended");
    const again = await mend({ ...row, history: [first.value] });
    expect(again.state).toBe("failed");
  });

  it("stops at the limit and says so", async () => {
    const row = rows[0];
    if (!row) throw new Error("no row");
    expect(await mend({ ...row, maxAttempts: 0 })).toMatchObject({
      state: "failed",
      failure: { reason: "BudgetExhausted" },
    });
  });

  it("replays a fix only while what it changed is as it was", async () => {
    const row = rows[2];
    if (!row) throw new Error("no row");
    const outcome = await mend(row);
    if (outcome.state !== "done") throw new Error("not mended");
    expect(stillApplies(samplePlan(), outcome.value)).toBe(true);
    const moved = samplePlan(
      sampleService({ recipe: { ...sampleService().recipe, install: "npm ci --legacy-peer-deps" } }),
    );
    expect(stillApplies(moved, outcome.value)).toBe(false);
    expect(applyFix(samplePlan(), outcome.value).services[0]?.recipe.install).toBe("npm install");
  });

  it("takes the base images of another line with the runtime", () => {
    const service = sampleService();
    const fixed = applyFix(samplePlan(service), { service: "web", action: { kind: "SetRuntime", version: "22" } })
      .services[0];
    expect(fixed?.runtime?.version).toBe("22");
    expect([fixed?.recipe.buildImage, fixed?.recipe.runImage]).toEqual(Array(2).fill("docker.io/library/node:22-slim"));
  });

  it("has rules with unique names and an origin", () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
    expect(rules.every((rule) => rule.origin !== "" && /^[a-z-]+\/[A-Za-z-]+$/.test(rule.id))).toBe(true);
  });
});
