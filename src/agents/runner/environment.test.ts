import { expect, it } from "vitest";
import type { Variable } from "../../plan.ts";
import { environmentOf } from "./environment.ts";
import { sampleRequest, sampleService } from "./sample-request.ts";

const variable = (name: string, source: Variable["source"], more: Partial<Variable> = {}): Variable => ({
  name,
  source,
  phase: "Run",
  ...more,
});

const service = sampleService({
  env: [
    variable("LEVEL", "Literal", { value: "plan" }),
    variable("SESSION_SECRET", "Generated"),
    variable("STRIPE_KEY", "Needed"),
    variable("THEME", "Optional"),
    variable("TOKEN_AT_BUILD", "Literal", { value: "x", phase: "Build" }),
    variable("HOSTED", "Literal", { value: "$(PATH)" }),
  ],
});

it("gives each variable once, by the order that is promised", () => {
  const request = sampleRequest(service, { generatedSecret: "shop-generated-1" });
  const spec = {
    ...request.spec,
    env: [
      { name: "LEVEL", value: "run" },
      { name: "PORT", value: "9" },
    ],
    services: [{ name: "web", env: [{ name: "LEVEL", value: "service" }] }],
    envFrom: [{ secretRef: { name: "shared" } }],
  };
  const { env, envFrom } = environmentOf({ ...request, spec }, 3000);
  expect(env).toEqual([
    { name: "LEVEL", value: "service" },
    { name: "PORT", value: "9" },
    { name: "SESSION_SECRET", valueFrom: { secretKeyRef: { name: "shop-generated-1", key: "SESSION_SECRET" } } },
    { name: "STRIPE_KEY", valueFrom: { secretKeyRef: { name: "shop-env", key: "STRIPE_KEY" } } },
    { name: "HOSTED", value: "$$(PATH)" },
  ]);
  expect(envFrom).toEqual([{ secretRef: { name: "shared" } }, { secretRef: { name: "shop-env", optional: true } }]);
});

it("takes a needed value from the spec where a person gave it there", () => {
  const request = sampleRequest(service);
  const spec = {
    ...request.spec,
    env: [{ name: "STRIPE_KEY", valueFrom: { secretKeyRef: { name: "pay", key: "k" } } }],
  };
  const { env } = environmentOf({ ...request, spec }, 3000);
  expect(env.filter(({ name }) => name === "STRIPE_KEY")).toEqual([
    { name: "STRIPE_KEY", valueFrom: { secretKeyRef: { name: "pay", key: "k" } } },
  ]);
  expect(env.find(({ name }) => name === "PORT")).toEqual({ name: "PORT", value: "3000" });
});
