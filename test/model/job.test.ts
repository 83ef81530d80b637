import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEnvelope } from "../../src/envelope.ts";
import { ModelAnswer, type ModelRequest } from "../../src/model-call.ts";
import { type FakeEndpoint, startFakeEndpoint } from "./fake-endpoint.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const key = "sk-test-0123456789abcdef";
let server: FakeEndpoint;
let folder: string;

beforeAll(async () => {
  server = await startFakeEndpoint();
  folder = mkdtempSync(join(tmpdir(), "model-job-"));
  writeFileSync(join(folder, "key"), `${key}\n`);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function request(
  model: string,
  over: Partial<ModelRequest> = {},
  endpoint: Partial<ModelRequest["endpoint"]> = {},
): ModelRequest {
  return {
    inputDigest: `digest-of-${model}`,
    agent: "FixerAgent",
    promptVersion: "test/1",
    system: "You choose.",
    user: "Changes:\na1: web: install by the lock\na2: web: install by the manifest\nnone: none of these\n",
    candidates: ["a1", "a2", "none"],
    endpoint: {
      name: "fake",
      baseURL: server.url,
      model,
      maxOutputTokens: 200,
      tokenParam: "Auto",
      structuredOutput: "JsonSchema",
      temperature: 0,
      timeoutSeconds: 2,
      price: { inputPerMTok: "2", outputPerMTok: "10" },
      ...endpoint,
    },
    maxAttempts: 3,
    maxWaitSeconds: 1,
    probe: false,
    ...over,
  };
}

/** The program as the Job runs it: a process of its own, its request in the environment, its answer in a termination message. */
async function run(asked: ModelRequest): Promise<ModelAnswer> {
  const told = join(folder, `told-${asked.inputDigest.replaceAll(/\W/g, "-")}`);
  const ended = await execa(process.execPath, [main, "job", "model"], {
    env: {
      REPO_RUNNER_REQUEST: JSON.stringify(asked),
      REPO_RUNNER_TERMINATION_LOG: told,
      REPO_RUNNER_MODEL_KEY: join(folder, "key"),
    },
    reject: false,
    timeout: 30_000,
  });
  const text = readFileSync(told, "utf8");
  expect(`${text}${ended.stdout}${ended.stderr}`).not.toContain(key);
  return ModelAnswer.parse(readEnvelope(text, asked.inputDigest)?.value);
}

describe("the program that asks a model", () => {
  it.each([
    ["ok", 1],
    ["fence", 1],
    ["think", 1],
    ["reasoning", 1],
    ["repaired", 2],
    ["busy", 3],
  ])("finds the answer of a server that is %s", async (behaviour, requests) => {
    const answer = await run(request(`${behaviour}:by the manifest`));
    expect(answer).toMatchObject({ outcome: "Answered", choice: { candidate: "a2", confidence: "high" }, requests });
    expect(answer.usage).toEqual({
      inputTokens: behaviour === "repaired" ? 200 : 100,
      outputTokens: behaviour === "repaired" ? 40 : 20,
      known: true,
    });
    expect(answer.costUsd).toBeCloseTo(behaviour === "repaired" ? 0.0008 : 0.0004, 6);
  });

  it.each<[string, ModelAnswer["outcome"], number]>([
    ["wrong-type", "Unusable", 2],
    ["truncated", "Unusable", 2],
    ["obey", "Unusable", 2],
    ["url", "Unusable", 1],
    ["refusal", "Refused", 1],
    ["html", "Unreachable", 1],
    ["unauthorized", "Unauthorized", 1],
    ["filter", "ContentPolicy", 1],
    ["long", "ContextTooLong", 1],
    ["limited", "RateLimited", 3],
    ["down", "Unreachable", 3],
    ["reset", "Unreachable", 3],
  ])("tells what is wrong with a server that is %s, and what it has cost", async (behaviour, outcome, requests) => {
    const answer = await run(request(behaviour));
    expect(answer).toMatchObject({ outcome, requests });
    expect(answer.choice).toBeUndefined();
    const paid = outcome === "Unusable" || outcome === "Refused";
    expect(answer.costUsd > 0).toBe(paid);
  });

  it("ends a request that takes too long, once, and tells so", async () => {
    const answer = await run(request("slow", { maxAttempts: 1 }, { timeoutSeconds: 1 }));
    expect(answer).toMatchObject({ outcome: "TimedOut", requests: 1 });
  });

  it("estimates what a server does not tell", async () => {
    const answer = await run(request("no-usage"));
    expect(answer).toMatchObject({ outcome: "Answered", usage: { known: false } });
    expect(answer.costUsd).toBeGreaterThan(0);
  });

  it("asks without a form where every form is refused, and says how it got its answer", async () => {
    const answer = await run(request("no-schema", {}, { structuredOutput: "Auto" }));
    expect(answer).toMatchObject({ outcome: "Answered", rung: "Text", requests: 4 });
  });

  it.each([
    ["ok", "Enforced", "JsonSchema"],
    ["wrong-type", "Accepted", "Text"],
    ["no-schema", "Rejected", "Text"],
  ] as const)("sees whether a schema binds a server that is %s: %s", async (behaviour, ability, rung) => {
    const answer = await run(
      request(behaviour, { probe: true, inputDigest: `probe-${behaviour}` }, { structuredOutput: "Auto" }),
    );
    expect(answer).toMatchObject({ ability, rung });
  });

  it("sends the key as a header and nowhere else", async () => {
    await run(request("ok", { inputDigest: "key" }));
    const last = server.heard.at(-1);
    expect(last?.authorization).toBe(`Bearer ${key}`);
    expect(last?.text).not.toContain(key);
  });
});
