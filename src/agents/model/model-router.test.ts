import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../../model-call.ts";
import { ModelPolicySpec, type ModelPolicyStatus } from "../../model-policy.ts";
import { accounted } from "./accounts.ts";
import { ModelRouter, type RouteRequest } from "./model-router.ts";

const now = new Date("2026-11-22T18:00:00Z");
const context = { signal: new AbortController().signal, log: () => undefined };

const policy = ModelPolicySpec.parse({
  endpoints: [
    { name: "small", baseURL: "http://small/v1", model: "s", dataBoundary: "InCluster", contextWindow: 8192 },
    { name: "large", baseURL: "https://large/v1", model: "l", dataBoundary: "External", contextWindow: 128_000 },
  ],
  routes: [
    { agents: ["Fixer"], maxPromptTokens: 2000, use: ["small"] },
    { agents: ["Fixer"], minAttempt: 2, use: ["large", "small"] },
    { use: ["small", "large"] },
  ],
  fallbacks: ["large"],
  budgets: { perRun: { usd: "0.50", calls: 3 }, perDay: { usd: "2" } },
});

function request(over: Partial<RouteRequest> = {}): RouteRequest {
  return {
    policy,
    status: undefined,
    agent: "Fixer",
    task: "ClassifyFailure",
    attempt: 1,
    promptChars: 3000,
    isPublic: true,
    asked: [],
    spent: { usd: 0, tokens: 0, calls: 0 },
    open: { usd: 0, tokens: 0, calls: 0 },
    busy: () => undefined,
    now,
    ...over,
  };
}

async function route(over: Partial<RouteRequest> = {}): Promise<string> {
  const outcome = await new ModelRouter().run(request(over), context);
  if (outcome.state !== "done") throw new Error(outcome.state);
  const { value } = outcome;
  return value.endpoint ? value.endpoint.name : `${value.reason}: ${value.why}`;
}

function answer(outcome: ModelAnswer["outcome"], over: Partial<ModelAnswer> = {}): ModelAnswer {
  const usage = { inputTokens: 100, outputTokens: 20, known: true };
  return {
    endpoint: "small",
    model: "s",
    outcome,
    usage,
    costUsd: 0.25,
    requests: 1,
    seconds: 1,
    rung: "JsonSchema",
    ...over,
  };
}

function after(...answers: readonly ModelAnswer[]): ModelPolicyStatus {
  return answers.reduce<ModelPolicyStatus>(
    (status, each, index) => accounted(policy, status, { key: `k${String(index)}`, answer: each }, now) ?? status,
    {},
  );
}

describe("ModelRouter", () => {
  it("takes the first route that fits, and escalates by the number of the question", async () => {
    expect(await route()).toBe("small");
    expect(await route({ promptChars: 9000 })).toBe("small");
    expect(await route({ promptChars: 9000, attempt: 2 })).toBe("large");
  });

  it("falls back where an endpoint was asked, rests or is too small for the question", async () => {
    expect(await route({ asked: ["small"] })).toBe("large");
    expect(await route({ status: after(answer("Unauthorized")) })).toBe("large");
    expect(await route({ promptChars: 60_000 })).toBe("large");
    expect(await route({ asked: ["small", "large"] })).toBe("NoEndpoint: every endpoint was asked");
  });

  it("sends nothing of a private repository outside", async () => {
    expect(await route({ isPublic: false, asked: ["small"] })).toMatch(/^NoEndpoint: large: it lies outside/);
    const open = { ...policy, privacy: { allowExternalFor: "All" as const } };
    expect(await route({ policy: open, isPublic: false, asked: ["small"] })).toBe("large");
    const closed = { ...policy, privacy: { allowExternalFor: "None" as const } };
    expect(await route({ policy: closed, asked: ["small"] })).toMatch(/^NoEndpoint/);
  });

  it("asks nobody once a budget is used up, or where rules alone are wanted", async () => {
    expect(await route({ spent: { usd: 0.5, tokens: 1, calls: 1 } })).toMatch(/^BudgetExhausted: this run has spent/);
    expect(await route({ spent: { usd: 0, tokens: 1, calls: 3 } })).toMatch(
      /^BudgetExhausted: this run has made 3 of 3 calls/,
    );
    const eight = Array.from({ length: 8 }, () => answer("Answered"));
    expect(await route({ status: after(...eight) })).toMatch(/^BudgetExhausted: today has spent 2\.0000 of 2/);
    expect(await route({ status: after(...eight), now: new Date("2026-11-23T00:00:01Z") })).toBe("small");
    expect(await route({ policy: { ...policy, mode: "RulesOnly" } })).toMatch(/^RulesOnly/);
    expect(await route({ policy: {} })).toMatch(/^RulesOnly/);
  });

  it("never chooses what is asked already, rests, or may not see it, whatever is asked", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 5 }),
        fc.subarray(["small", "large"]),
        async (isPublic, promptChars, attempt, asked) => {
          const chosen = await route({ isPublic, promptChars, attempt, asked, status: after(answer("Unauthorized")) });
          expect(asked).not.toContain(chosen);
          expect(chosen).not.toBe("small");
          if (!isPublic) expect(chosen).not.toBe("large");
        },
      ),
    );
  });
});

describe("an account", () => {
  it("counts an answer once, and begins anew each day", () => {
    const first = after(answer("Answered"));
    expect(first).toMatchObject({ usdToday: 0.25, tokensToday: 120, callsToday: 1 });
    expect(accounted(policy, first, { key: "k0", answer: answer("Answered") }, now)).toBeUndefined();
    const tomorrow = accounted(
      policy,
      first,
      { key: "k9", answer: answer("Answered") },
      new Date("2026-11-23T01:00:00Z"),
    );
    expect(tomorrow).toMatchObject({ day: "2026-11-23", callsToday: 1 });
  });

  it("lets an endpoint rest at once for a refused key and a rate limit, else after three failures in a row", () => {
    expect(after(answer("RateLimited")).endpoints).toMatchObject([
      { state: "Cooldown", cooldownUntil: "2026-11-22T18:01:00Z" },
    ]);
    expect(after(answer("Unauthorized")).endpoints).toMatchObject([{ state: "Unauthorized" }]);
    const two = [answer("Unreachable"), answer("Unreachable")];
    expect(after(...two).endpoints?.[0]?.cooldownUntil).toBeUndefined();
    expect(after(...two, answer("Unreachable")).endpoints?.[0]).toMatchObject({
      failuresInARow: 3,
      cooldownUntil: "2026-11-22T18:01:00Z",
    });
    expect(after(...two, answer("Unusable")).endpoints?.[0]).toMatchObject({
      state: "Ready",
      failuresInARow: 0,
      errorPercent: 67,
    });
  });

  it("remembers what an endpoint was seen to be able to, for as long as its model is the same", () => {
    const seen = after(answer("Answered", { ability: "Enforced" }), answer("Answered"));
    expect(seen.endpoints).toMatchObject([{ structuredOutput: "Enforced" }]);
    expect(
      after(answer("Answered", { ability: "Enforced" }), answer("Answered", { model: "other" })).endpoints?.[0]
        ?.structuredOutput,
    ).toBeUndefined();
  });

  it("goes past an endpoint that is at its limits, and waits where all are", async () => {
    const full = ["small"];
    const busy: RouteRequest["busy"] = ({ name }) => (full.includes(name) ? "4 questions are with it" : undefined);
    expect(await route({ busy })).toBe("large");
    full.push("large");
    expect(await route({ busy })).toBe("Busy: small: 4 questions are with it; large: 4 questions are with it");
  });

  it("waits while what others ask could use up the day", async () => {
    const status: ModelPolicyStatus = { day: "2026-11-22", usdToday: 1.5, callsToday: 3, tokensToday: 100 };
    expect(await route({ status, open: { usd: 0.6, tokens: 100, calls: 1 } })).toMatch(
      /^Busy: today with what is asked/,
    );
    expect(await route({ status, open: { usd: 0.1, tokens: 100, calls: 1 } })).toBe("small");
  });

  it("leaves an endpoint alone for as long as it asked for", () => {
    const told = accounted(
      policy,
      undefined,
      { key: "k", answer: answer("RateLimited", { retryAfterSeconds: 300 }) },
      now,
    );
    expect(told?.endpoints?.[0]).toMatchObject({ state: "Cooldown", cooldownUntil: "2026-11-22T18:05:00Z" });
    const long = accounted(
      policy,
      undefined,
      { key: "k", answer: answer("RateLimited", { retryAfterSeconds: 86_400 }) },
      now,
    );
    expect(long?.endpoints?.[0]?.cooldownUntil).toBe("2026-11-22T19:00:00Z");
  });
});
