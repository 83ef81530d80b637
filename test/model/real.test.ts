import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEnvelope } from "../../src/envelope.ts";
import { ModelAnswer, type ModelRequest } from "../../src/model-call.ts";
import { candidatesFor, mostCandidates } from "../../src/agents/model/candidates.ts";
import { promptFor, promptVersion } from "../../src/agents/model/prompt.ts";
import { gather } from "../../src/agents/fixer/evidence.ts";
import { samplePlan, sampleService } from "../../src/agents/fixer/sample-service.ts";
import { realKey, type RealModel, startRealModel } from "./real-model.ts";

let model: RealModel;
let folder: string;

async function run(request: ModelRequest): Promise<ModelAnswer> {
  const told = join(folder, "told");
  writeFileSync(join(folder, "key"), realKey);
  await execa(process.execPath, [join(import.meta.dirname, "../../src/main.ts"), "job", "model"], {
    env: {
      REPO_RUNNER_REQUEST: JSON.stringify(request),
      REPO_RUNNER_TERMINATION_LOG: told,
      REPO_RUNNER_MODEL_KEY: join(folder, "key"),
    },
    timeout: 600_000,
  });
  return ModelAnswer.parse(readEnvelope(readFileSync(told, "utf8"), request.inputDigest)?.value);
}

/** The real question about a lock file that is out of step, to a model of 135 million parameters. */
function request(over: Partial<ModelRequest["endpoint"]> = {}): ModelRequest {
  const service = sampleService();
  const failure = { reason: "BuildFailed", message: "exit code 1", layer: "Deps", blame: "Repo" } as const;
  const evidence = gather(failure, [
    "npm error the lock file and the manifest are not in sync",
    "npm error Missing: left-pad@1.3.0 from lock file",
  ]);
  const proposals = candidatesFor(service, evidence).slice(0, mostCandidates);
  const prompt = promptFor(samplePlan(service), service, evidence, proposals);
  return {
    inputDigest: "real",
    agent: "FixerAgent",
    promptVersion,
    system: prompt.system,
    user: prompt.user,
    candidates: [...prompt.ids],
    endpoint: {
      name: "real",
      baseURL: model.url,
      model: "smollm2-135m-instruct",
      maxOutputTokens: 200,
      tokenParam: "Auto",
      structuredOutput: "Auto",
      temperature: 0,
      timeoutSeconds: 240,
      ...over,
    },
    maxAttempts: 2,
    maxWaitSeconds: 5,
    probe: true,
  };
}

/** Fetches about 120 MB and computes for a minute: asked for by REPO_RUNNER_REAL_MODEL=1. */
describe.runIf(process.env["REPO_RUNNER_REAL_MODEL"] === "1")("a real small model behind a real server", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "real-model-"));
    model = await startRealModel(18_955);
  }, 900_000);
  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps to the schema that it is given, and its answer is one of the list with its usage", async () => {
    const asked = request();
    const answer = await run(asked);
    console.log(JSON.stringify(answer));
    expect(answer).toMatchObject({
      outcome: "Answered",
      ability: "Enforced",
      rung: "JsonSchema",
      usage: { known: true },
    });
    expect(asked.candidates).toContain(answer.choice?.candidate);
    expect(answer.usage.inputTokens).toBeGreaterThan(200);
  }, 600_000);

  it("without a schema it answers or is found of no use; either way nothing but the list comes out", async () => {
    const asked = { ...request({ structuredOutput: "Text" }), probe: false };
    const answer = await run(asked);
    console.log(JSON.stringify(answer));
    expect(["Answered", "Unusable"]).toContain(answer.outcome);
    if (answer.choice) expect(asked.candidates).toContain(answer.choice.candidate);
  }, 600_000);

  it("refuses a wrong key, which is told as such", async () => {
    const asked = request();
    writeFileSync(join(folder, "key"), "sk-wrong");
    const told = join(folder, "told");
    await execa(process.execPath, [join(import.meta.dirname, "../../src/main.ts"), "job", "model"], {
      env: {
        REPO_RUNNER_REQUEST: JSON.stringify(asked),
        REPO_RUNNER_TERMINATION_LOG: told,
        REPO_RUNNER_MODEL_KEY: join(folder, "key"),
      },
      timeout: 60_000,
    });
    expect(ModelAnswer.parse(readEnvelope(readFileSync(told, "utf8"), "real")?.value).outcome).toBe("Unauthorized");
  }, 120_000);
});
