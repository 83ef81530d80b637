import { describe, expect, it } from "vitest";
import type { Failure } from "../../failure.ts";
import { applyFix } from "./apply/apply-fix.ts";
import { effectOf } from "./effect.ts";
import { gather } from "./evidence.ts";
import { FixerAgent } from "./fixer-agent.ts";
import { compiledFixtures } from "./fixtures/compiled.ts";
import type { Fixture } from "./fixtures/fixture.ts";
import { interpretedFixtures } from "./fixtures/interpreted.ts";
import { javaFixtures } from "./fixtures/java.ts";
import { nodeEngineFixtures } from "./fixtures/node-engines.ts";
import { nodeFixtures } from "./fixtures/node.ts";
import { pythonFixtures } from "./fixtures/python.ts";
import { pythonDependencyFixtures } from "./fixtures/python-dependencies.ts";
import { settingFixtures } from "./fixtures/settings.ts";
import { surroundingFixtures } from "./fixtures/surroundings.ts";
import { rules } from "./rules.ts";
import { samples } from "./sample-service.ts";
import type { Plan, Service } from "../../plan.ts";

const fixtures: readonly Fixture[] = [
  ...nodeFixtures,
  ...nodeEngineFixtures,
  ...pythonFixtures,
  ...compiledFixtures,
  ...javaFixtures,
  ...interpretedFixtures,
  ...surroundingFixtures,
  ...settingFixtures,
  ...pythonDependencyFixtures,
];
const context = { signal: new AbortController().signal, log: () => undefined };

function serviceOf({ of, service, with: recipe = {} }: Fixture): Service {
  const base = { ...samples[of], ...service };
  const { cgo, context: folder } = recipe;
  const buildEnv = cgo === true ? { ...base.recipe.buildEnv, CGO_ENABLED: "1" } : base.recipe.buildEnv;
  return { ...base, recipe: { ...base.recipe, buildEnv, ...(folder === undefined ? {} : { context: folder }) } };
}

function planOf(fixture: Fixture): Plan {
  const databases = [...(fixture.databases ?? [])];
  return { version: 1, services: [serviceOf(fixture)], databases, needs: [], warnings: [], summary: "" };
}

function failureOf({ failure }: Fixture): Failure {
  return { reason: "BuildFailed", message: "it failed", layer: "Build", blame: "Repo", service: "web", ...failure };
}

describe("every rule", () => {
  it.each(fixtures)("$rule answers for $of: $log", async (fixture) => {
    const plan = planOf(fixture);
    const told = failureOf(fixture);
    const only = rules.filter(({ id }) => id === fixture.rule);
    const outcome = await new FixerAgent().run(
      { evidence: gather(told, fixture.log), plan, attempts: [], maxAttempts: 8, now: new Date(0) },
      context,
    );
    if ("end" in fixture.does) {
      expect(outcome).toMatchObject({ state: "failed", failure: { reason: fixture.does.end } });
      const alone = await new FixerAgent(only).run(
        { evidence: gather(told, fixture.log), plan, attempts: [], maxAttempts: 8, now: new Date(0) },
        context,
      );
      expect(alone).toEqual(outcome);
      return;
    }
    expect(outcome).toMatchObject({ state: "done", value: { rule: fixture.rule, by: "Rule", action: fixture.does } });
    if (outcome.state !== "done") throw new Error("not mended");
    expect(effectOf(applyFix(plan, outcome.value))).not.toBe(effectOf(plan));
    expect(outcome.value.summary).toContain("web");
  });

  it("has a fixture log", () => {
    const covered = new Set(fixtures.map(({ rule }) => rule));
    // What only points to another way out has no answer of its own.
    expect(rules.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual(["O03"]);
  });

  it("has a number of the catalogue that is its own", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(rules.filter(({ id, origin }) => !/^[NPGJRHSDCOKBE]\d\d[a-z]?$/.test(id) || origin === "")).toEqual([]);
  });

  it("stays silent on what another program writes when all is well", async () => {
    const quiet = [
      "Server listening on http://0.0.0.0:3000",
      "GET / 200 4ms",
      "added 120 packages in 3s",
      "Compiled successfully",
    ];
    for (const service of Object.values(samples)) {
      const plan: Plan = { version: 1, services: [service], databases: [], needs: [], warnings: [], summary: "" };
      const failure: Failure = {
        reason: "AnswersError",
        message: "web answers 500",
        layer: "Health",
        blame: "Repo",
        service: "web",
      };
      const outcome = await new FixerAgent().run(
        { evidence: gather(failure, quiet), plan, attempts: [], maxAttempts: 8, now: new Date(0) },
        context,
      );
      expect(outcome.state).toBe("failed");
    }
  });

  it("takes no warning of a package manager for the trouble", async () => {
    const lines = ["npm warn EBADENGINE Unsupported engine {", "npm error code EUSAGE"];
    const plan: Plan = { version: 1, services: [samples.node], databases: [], needs: [], warnings: [], summary: "" };
    const failure: Failure = { reason: "BuildFailed", message: "x", layer: "Deps", blame: "Repo", service: "web" };
    const request = { evidence: gather(failure, lines), plan, attempts: [], maxAttempts: 8, now: new Date(0) };
    expect(await new FixerAgent().run(request, context)).toMatchObject({ value: { rule: "N02" } });
  });

  it("reads hostile lines in bounded time", () => {
    const hostile = [
      "a".repeat(5000),
      "'/".repeat(2000),
      `Cannot find module '${"/a".repeat(2000)}`,
      "env variable ".repeat(400),
      `${"A_".repeat(2000)} is`,
      "localhost ".repeat(500),
      `fatal error: ${"x/".repeat(2000)}.h`,
      "missing ".repeat(600),
      'docker "'.repeat(500),
      "ECONNREFUSED ".repeat(400),
      "puppeteer ".repeat(500),
    ];
    const evidence = gather(
      { reason: "CrashLoop", message: "x", layer: "Process", blame: "Repo" },
      Array.from({ length: 200 }, (_, index) => `${String(index)} ${hostile[index % hostile.length] ?? ""}`),
    );
    const began = performance.now();
    for (const rule of rules) for (const line of evidence.lines) for (const each of rule.seen ?? []) each.exec(line);
    expect(performance.now() - began).toBeLessThan(4000);
  });
});
