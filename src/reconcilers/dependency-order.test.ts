import { expect, it } from "vitest";
import { sampleService } from "../agents/runner/sample-request.ts";
import { Plan, type Service } from "../plan.ts";
import { besides, neededBy, orderOf } from "./dependency-order.ts";

function planOf(...services: readonly (readonly [string, ...string[]])[]): Plan {
  return Plan.parse({
    version: 1,
    summary: "",
    services: services.map(([name, ...before]) =>
      sampleService({ name, dependsOn: before.map((each) => ({ name: each, until: "Ready" as const })) }),
    ),
  });
}

const names = (plan: Plan) => {
  const ordered = orderOf(plan);
  return "order" in ordered ? ordered.order.map(({ name }) => name) : ordered.failure;
};

it("puts each service after those that it depends on, and leaves all else as it is", () => {
  expect(names(planOf(["web", "api", "cache"], ["worker"], ["api", "cache"], ["cache"]))).toEqual([
    "worker",
    "cache",
    "api",
    "web",
  ]);
  expect(names(planOf(["web", "nobody"], ["api"]))).toEqual(["web", "api"]);
});

it("names the services that wait for one another", () => {
  expect(names(planOf(["entry", "a"], ["a", "b"], ["b", "c"], ["c", "a"]))).toMatchObject({
    reason: "DependencyCycle",
    message: "these services wait for one another: a → b → c → a",
  });
  expect(names(planOf(["alone", "alone"]))).toMatchObject({ reason: "DependencyCycle" });
});

it("waits for databases that are said, used by a variable, or looked for by a name", () => {
  const service: Service = sampleService({
    dependsOn: [{ name: "cache", until: "Ready" }],
    env: [{ name: "DATABASE_URL", source: "Database", of: "postgres", value: "{host}", phase: "Run" }],
  });
  const database = (name: string, aliases: string[] = []) => ({
    name,
    engine: "Postgres" as const,
    version: "17",
    aliases,
    why: "",
  });
  const plan = Plan.parse({
    version: 1,
    summary: "",
    services: [service],
    databases: [database("postgres"), database("cache"), database("other"), database("named", ["db"])],
  });
  expect(neededBy(plan, service)).toEqual({ databases: ["postgres", "cache", "named"], services: [] });
});

it("knows what waits for none of some services, by however many others", () => {
  const plan = planOf(["web", "api"], ["api", "cache"], ["cache"], ["worker"]);
  const rest = (...names: string[]) =>
    besides(
      plan,
      plan.services.filter(({ name }) => names.includes(name)),
    ).map(({ name }) => name);
  expect(rest("cache")).toEqual(["worker"]);
  expect(rest("web", "worker")).toEqual(["api", "cache"]);
});
