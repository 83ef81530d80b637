import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "./apiserver.ts";
import { installCrd, runs } from "./install-crd.ts";

const policies = runs.replace(/reporuns$/, "modelpolicies");
const lessons = runs.replace(/reporuns$/, "fixlessons");
const merge = "application/merge-patch+json";
let api: ApiServer;

async function create(path: string, kind: string, name: string, spec: unknown, more: object = {}) {
  const body = { apiVersion: "repo-runner.dev/v1alpha1", kind, metadata: { name }, spec, ...more };
  return await api.ask("POST", path, body);
}

const endpoint = { name: "local", baseURL: "http://vllm.ai.svc:8000/v1", model: "m" };
const lesson = {
  fingerprint: "sha256:1",
  language: "node",
  layer: "Deps",
  signature: "LockOutOfStep",
  rule: "N02",
  scope: "Namespace",
  action: "SetInstallMode",
  arguments: '{"kind":"SetInstallMode","mode":"Unfrozen"}',
};

beforeAll(async () => {
  api = await startApiServer();
  await installCrd(api);
}, 120_000);
afterAll(async () => {
  await api.stop();
});

describe("a ModelPolicy", () => {
  it("takes what docs/models.md shows", async () => {
    const spec = {
      endpoints: [
        { ...endpoint, dataBoundary: "InCluster", contextWindow: 32_768 },
        {
          name: "large",
          baseURL: "https://models.example.org/v1",
          model: "large-1",
          apiKeySecretRef: { name: "llm", key: "token" },
          price: { inputPerMTok: "2.50", outputPerMTok: "10" },
        },
      ],
      routes: [{ agents: ["Fixer"], minAttempt: 2, use: ["large", "local"] }, { use: ["local"] }],
      fallbacks: ["large"],
      budgets: { perRun: { usd: "0.50", calls: 8 }, perDay: { usd: "20" } },
      actions: { allow: ["SetRuntime", "AddPackages"], approve: ["AddPackages"], deny: ["SkipStep"] },
    };
    expect((await create(policies, "ModelPolicy", "default", spec)).code).toBe(201);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "a key in an address",
      { endpoints: [{ ...endpoint, baseURL: "https://sk-1@host/v1" }] },
      /put the key into a Secret/,
    ],
    ["an address of another kind", { endpoints: [{ ...endpoint, baseURL: "ftp://host" }] }, /must begin with http/],
    ["a route to nobody", { endpoints: [endpoint], routes: [{ use: ["other"] }] }, /only endpoints of this policy/],
    [
      "a word for money",
      { endpoints: [endpoint], budgets: { perDay: { usd: "much" } } },
      /amount of US dollars in quotes/,
    ],
    ["an action on both lists", { actions: { approve: ["SetBind"], deny: ["SetBind"] } }, /either denied or approved/],
    ["two endpoints of one name", { endpoints: [endpoint, endpoint] }, /Duplicate value/],
  ])("refuses %s in a sentence", async (_, spec, words) => {
    const answer = await create(policies, "ModelPolicy", "bad", spec);
    expect(answer.code).toBe(422);
    expect(JSON.stringify(answer)).toMatch(words);
    expect(JSON.stringify(answer)).not.toContain("sk-1");
  });

  it("keeps its status apart from what people write", async () => {
    const path = `${policies}/default`;
    const status = { day: "2026-11-23", usdToday: 0.25, callsToday: 1, recorded: ["a"] };
    await api.must("PATCH", `${path}/status`, { status }, merge);
    await api.must("PATCH", path, { spec: { paused: true }, status: { callsToday: 9 } }, merge);
    expect(await api.must("GET", path)).toMatchObject({ spec: { paused: true }, status });
  });
});

describe("a FixLesson", () => {
  it("can be switched off and on by a person, and says what it said", async () => {
    expect((await create(lessons, "FixLesson", "lesson-a", lesson)).code).toBe(201);
    await api.must("PATCH", `${lessons}/lesson-a`, { spec: { use: "Never" } }, merge);
    const changed = await api.ask("PATCH", `${lessons}/lesson-a`, { spec: { arguments: '{"kind":"SetBind"}' } }, merge);
    expect(changed.code).toBe(422);
    expect(JSON.stringify(changed)).toMatch(/set use to Never, or delete it/);
    const wrong = await api.ask("PATCH", `${lessons}/lesson-a`, { spec: { use: "Sometimes" } }, merge);
    expect(wrong.code).toBe(422);
  });
});
