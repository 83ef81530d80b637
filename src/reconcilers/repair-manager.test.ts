import { describe, expect, it } from "vitest";
import { samplePlan, sampleService } from "../agents/fixer/sample-service.ts";
import type { Failure } from "../failure.ts";
import type { Plan } from "../plan.ts";
import { PlanStore } from "./plan-store.ts";
import type { PlanRecord } from "./record.ts";
import { RepairManager } from "./repair-manager.ts";
import { sampleCrew, samplePass, sampleRecord } from "./sample-pass.ts";

const context = { signal: new AbortController().signal, log: () => undefined };

function failure(changes: Partial<Failure> = {}): Failure {
  return { reason: "BuildFailed", message: "it failed", layer: "Deps", blame: "Repo", service: "web", ...changes };
}

/** Each step of a story: what is seen of the newest plan, and what the loop makes of it. */
function story(plan: Plan = samplePlan(), over: Partial<PlanRecord> = {}) {
  const pass = samplePass();
  const plans = new PlanStore();
  const manager = new RepairManager(sampleCrew({ plans }));
  let record: PlanRecord = { ...sampleRecord([]), plan, ...over };
  const see = async (log: readonly string[], seen: Failure = failure(), maturity = "Planned") => {
    if (record.revision === 1) await plans.write(pass.cluster, pass.run, record);
    const next = await manager.run({ pass, record, failure: seen, log, maturity }, context);
    if (next.state === "done" && next.value.how === "Revised") record = next.value.record;
    return next;
  };
  return { see, newest: () => record, told: pass.told };
}

const drift = ["npm error code EUSAGE"];
const unknown = ["src/orders.ts(41,17): error TS2339: Property 'total' does not exist"];

describe("RepairManager", () => {
  it("makes a mended plan the next revision and says what was done", async () => {
    const { see, newest, told } = story();
    await see(drift);
    expect(newest()).toMatchObject({
      revision: 2,
      fixes: [{ rule: "N02" }],
      attempts: [{ how: "Fix", from: 1, revision: 2, saw: { layer: "Deps", maturity: "Planned" } }],
    });
    expect(newest().plan.services[0]?.recipe.install).toBe("npm install");
    expect(told).toEqual(["LockOutOfStep", "Fixing"]);
  });

  it("writes down what it was done for, what it changed, and what was left out", async () => {
    const { see, newest } = story(samplePlan(), { excerpts: [{ path: "package.json", lines: ["{"] }] });
    await see(drift, failure({ lines: ["npm error code EUSAGE"], exitCode: 1 }));
    expect(newest().attempts[0]).toMatchObject({
      evidence: { lines: ["npm error code EUSAGE", "it failed"], exitCode: 1 },
      changed: expect.arrayContaining([expect.stringContaining("services.web.recipe.install: npm ci -> npm install")]),
    });
    await see(["another"], failure({ lines: ["npm error code ERESOLVE"] }));
    expect(newest().attempts[1]?.evidence?.changed).toContainEqual(expect.stringContaining("npm ci -> npm install"));
  });

  it("leaves a failure of the platform alone, but not a program that wants more memory", async () => {
    const { see } = story();
    expect((await see([], failure({ blame: "Platform", reason: "RegistryDown" }))).state).toBe("failed");
    const killed = failure({ blame: "Spec", reason: "OutOfMemory", layer: "Process", exitCode: 137 });
    expect(await see([], killed, "Built")).toMatchObject({
      state: "done",
      value: { record: { fixes: [{ rule: "K10" }] } },
    });
  });

  it("begins anew once with the second-best plan, then ends and lists everything", async () => {
    const second = samplePlan(sampleService({ start: "node main.js" }));
    const { see, newest } = story(samplePlan(), { second });
    await see(drift);
    await see(unknown, failure({ layer: "Build" }));
    expect(newest()).toMatchObject({
      revision: 3,
      plan: second,
      fixes: [],
      attempts: [{ how: "Fix" }, { how: "Restart" }],
    });
    const over = await see(unknown, failure({ layer: "Build" }));
    expect(over).toMatchObject({ state: "failed", failure: { reason: "RepoDefect" } });
    if (over.state !== "failed") throw new Error("not over");
    expect(over.failure.hint).toMatch(/tried: N02 SetInstallMode: .*begun anew with the second-best plan/);
  });

  it("goes back to the plan that came furthest when fixes lead nowhere", async () => {
    const { see, newest } = story(
      samplePlan(
        sampleService({
          otherStarts: ["a", "b", "c", "d"].map((name) => ({ line: `node ${name}.js`, from: `${name}.js` })),
        }),
      ),
    );
    const crash = failure({ reason: "CrashLoop", layer: "Process", exitCode: 127, lines: ["usage: shop"] });
    for (let turn = 0; turn < 3; turn += 1) await see([], crash, "Built");
    expect(newest().plan.services[0]?.start).toBe("node c.js");
    await see([], crash, "Built");
    expect(newest()).toMatchObject({ revision: 5, fixes: [], attempts: [{}, {}, {}, { how: "RollBack", to: 1 }] });
    expect(newest().plan.services[0]?.start).toBe("node server.js");
    expect((await see([], crash, "Built")).state).toBe("failed");
  });

  it("does nothing where a person has switched it off", async () => {
    const pass = samplePass();
    const run = { ...pass.run, spec: { ...pass.run.spec, fix: { mode: "Off" as const } } };
    const manager = new RepairManager(sampleCrew());
    const record = { ...sampleRecord([]), plan: samplePlan() };
    const request = { pass: { ...pass, run }, record, failure: failure(), log: drift, maturity: "Planned" };
    expect((await manager.run(request, context)).state).toBe("failed");
  });
});
