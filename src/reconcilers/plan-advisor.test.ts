import { describe, expect, it } from "vitest";
import { FakeCluster } from "../agents/fake-cluster.ts";
import { FixerAgent } from "../agents/fixer/fixer-agent.ts";
import { samplePlan, sampleService } from "../agents/fixer/sample-service.ts";
import type { Failure } from "../failure.ts";
import type { ModelAnswer } from "../model-call.ts";
import { ModelPolicy, type ModelPolicySpec } from "../model-policy.ts";
import type { Outcome } from "../outcome.ts";
import type { Service } from "../plan.ts";
import { Settings } from "../settings.ts";
import { Checkpoints } from "./checkpoint.ts";
import { ModelManager } from "./model-manager.ts";
import { PlanAdvisor } from "./plan-advisor.ts";
import { Policies } from "./policies.ts";
import { tellModel } from "./sample-models.ts";
import { samplePass } from "./sample-pass.ts";

const context = { signal: new AbortController().signal, log: () => undefined };
const endpoints: ModelPolicySpec["endpoints"] = [
  { name: "small", baseURL: "http://small.ai.svc/v1", model: "s", dataBoundary: "InCluster" },
];

/** An advisor beside one service, and a model that answers always the same. */
function stage(changes: Partial<Service>, candidate: string, spec: Partial<ModelPolicySpec> = {}) {
  const cluster = new FakeCluster();
  const policy = ModelPolicy.parse({ spec: { endpoints, ...spec } });
  const at = { namespace: "team-a", name: "default", uid: "p", resourceVersion: "1", createdAt: "" };
  cluster.papers.ModelPolicy.push({ ...policy, ...at });
  const pass = samplePass({ cluster });
  const policies = new Policies("repo-runner-system");
  const models = new ModelManager(policies, new Checkpoints(), Settings.parse({}));
  const advisor = new PlanAdvisor(new FixerAgent(), policies, models);
  const plan = samplePlan(sampleService(changes));
  const asked: string[] = [];
  const said: Partial<ModelAnswer> = { choice: { candidate, confidence: "high", reason: "by its name" } };
  const until = async <T>(look: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    for (let turn = 0; turn < 12; turn += 1) {
      const outcome = await look();
      if (outcome.state !== "waiting") return outcome;
      for (const job of cluster.children("Job", "team-a", "shop")) {
        asked.push(JSON.stringify([...cluster.objects.values()].find(({ metadata }) => metadata.name === job.name)));
        tellModel(cluster, "shop", job, "small", said);
      }
    }
    throw new Error("it never ends");
  };
  return {
    asked,
    start: async () => await until(async () => await advisor.chooseStarts(pass, { plan, fixes: [] }, context)),
    name: async () => await until(async () => await advisor.nameVariable(pass, { plan, attempts: [] }, needs, context)),
  };
}

const needs: Failure = {
  reason: "NeedsSecret",
  message: "web needs FLUX_PHRASE in Secret shop-env",
  layer: "Config",
  blame: "Spec",
  service: "web",
  where: "Secret/shop-env",
};

function needed(name: string): Service["env"][number] {
  return { name, source: "Needed", phase: "Run", why: "process.env, and it throws without it", where: "server.js:1" };
}

describe("PlanAdvisor", () => {
  const unsure: Partial<Service> = { sure: "Likely" };

  it("has a start chosen where detection was not sure and has found several", async () => {
    const { start, asked } = stage(unsure, "a1");
    expect(await start()).toMatchObject({
      value: {
        plan: { services: [{ start: "node app.js" }] },
        fixes: [{ by: "Model", rule: "small", action: { kind: "SetStart", start: "node app.js" } }],
      },
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["detection is certain", { sure: "Certain" }, {}],
    ["there is one way only", { ...unsure, otherStarts: [] }, {}],
    ["the policy denies another start", unsure, { actions: { deny: ["SetStart"] } }],
    ["a person has to say yes to it first", unsure, { actions: { approve: ["SetStart"] } }],
    ["fixes are paused", unsure, { paused: true }],
    ["no model may be asked", unsure, { mode: "RulesOnly" }],
  ] as const)("asks nobody where %s", async (_, changes, spec) => {
    const { start, asked } = stage(changes as Partial<Service>, "a1", spec as Partial<ModelPolicySpec>);
    expect(await start()).toMatchObject({ value: { fixes: [] } });
    expect(asked).toEqual([]);
  });

  it("keeps the start that was taken where a model cannot tell, or answers what was not offered", async () => {
    for (const candidate of ["none", "a7"]) {
      const { start } = stage(unsure, candidate);
      expect(await start()).toMatchObject({ value: { plan: { services: [{ start: "node server.js" }] }, fixes: [] } });
    }
  });

  it("has a variable named that the code insists on", async () => {
    const { name, asked } = stage({ env: [needed("FLUX_PHRASE")] }, "a1");
    expect(await name()).toMatchObject({ value: { action: { kind: "GenerateSecret", name: "FLUX_PHRASE" } } });
    expect(asked[0]).toContain("FLUX_PHRASE");
  });

  it("never has made up what another service hands out, nor where a person is waited for anyway", async () => {
    for (const names of [["STRIPE_KEY"], ["DATABASE_URL"], ["FLUX_PHRASE", "OPENAI_API_KEY"]]) {
      const { name, asked } = stage({ env: names.map(needed) }, "a1");
      expect(await name()).toEqual({ state: "done", value: undefined });
      expect(asked).toEqual([]);
    }
  });
});
