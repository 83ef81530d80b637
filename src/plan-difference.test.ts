import { describe, expect, it } from "vitest";
import { samplePlan, sampleService } from "./agents/fixer/sample-service.ts";
import { planDifference } from "./plan-difference.ts";

const plan = samplePlan();

describe("planDifference", () => {
  it("names what changed by its path, and members of lists by their names", () => {
    const other = samplePlan(
      sampleService({
        start: "node app.js",
        env: [{ name: "HOST", source: "Literal", value: "0.0.0.0", phase: "Run" }],
        runtime: { name: "node", version: "20", from: "default", others: [] },
      }),
    );
    expect(planDifference(plan, other)).toEqual([
      "services.web.runtime.version: 22 -> 20",
      "services.web.start: node server.js -> node app.js",
      'services.web.env.HOST: nothing -> {"name":"HOST","source":"Literal","value":"0.0.0.0","phase":"Run"}',
    ]);
  });

  it("says nothing of what only explains, and nothing where nothing changed", () => {
    expect(planDifference(plan, { ...plan, summary: "other", warnings: ["x"] })).toEqual([]);
    expect(planDifference(plan, structuredClone(plan))).toEqual([]);
  });

  it("shows no secret, and a bounded number of bounded lines", () => {
    const env = Array.from({ length: 40 }, (_, index) => ({
      name: `NAME_${String(index)}`,
      source: "Literal" as const,
      value: `sk-proj-${"a".repeat(60)}`,
      phase: "Run" as const,
    }));
    const lines = planDifference(plan, samplePlan(sampleService({ env })));
    expect(lines).toHaveLength(12);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(200);
    expect(lines.join("")).not.toContain("a".repeat(60));
  });
});
