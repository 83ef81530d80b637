import { readFileSync } from "node:fs";
import { ask } from "../../jobs/model/ask.ts";
import type { ModelAnswer, ModelRequest } from "../../model-call.ts";
import type { Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Check } from "./check.ts";

/** `doctor --endpoint URL --model NAME`: asks a model from here what a Job would ask, whether it keeps to a schema included. Undefined: not asked for. */
export async function endpointCheck(flags: Invocation["flags"]): Promise<Check | undefined> {
  const baseURL = flags.text("endpoint");
  if (baseURL === undefined) return undefined;
  const model = flags.text("model");
  if (model === undefined || !/^https?:\/\/[^\s@]+$/.test(baseURL))
    throw new CommandError(exitCode.usage, "--endpoint wants an address without credentials, and --model a name", [
      "repo-runner doctor --endpoint http://localhost:8000/v1 --model NAME --key-file FILE",
    ]);
  const answer = await ask(question(baseURL, model), keyFrom(flags.text("key-file")), AbortSignal.timeout(180_000));
  return endpointVerdict(answer);
}

/** What the doctor says of an endpoint's answer. */
export function endpointVerdict({
  outcome,
  ability,
  rung,
  seconds,
  usage,
  choice,
  model,
  message,
}: ModelAnswer): Check {
  const cost = `${String(usage.inputTokens)} tokens in, ${String(usage.outputTokens)} out${usage.known ? "" : " (estimated: it tells no usage)"}`;
  if (outcome === "Answered") {
    const form = ability === "Enforced" ? "keeps to a schema" : `keeps to no schema, asked by ${rung}`;
    const right = choice?.candidate === "a2";
    const chose = right ? "chose rightly" : "chose wrongly";
    const text = `${model} answers in ${seconds.toFixed(1)} s, ${form}, ${chose}; ${cost}`;
    if (right) return { part: "model", state: "ok", text };
    return {
      part: "model",
      state: "know",
      text,
      next: ["a larger model mends more; a wrong choice costs an attempt, nothing else"],
    };
  }
  return {
    part: "model",
    state: "mend",
    text: `${model}: ${outcome}${message === undefined ? "" : `: ${message}`}`,
    next: [advice[outcome]],
  };
}

const advice: Readonly<Record<Exclude<ModelAnswer["outcome"], "Answered">, string>> = {
  Unauthorized: "give the right key: --key-file here, apiKeySecretRef in a ModelPolicy",
  Unreachable: "look whether the server runs, and whether the address ends with its version (/v1)",
  TimedOut: "give it more time (timeoutSeconds), or a smaller model",
  RateLimited: "wait, or raise the limit with who runs it",
  BadRequest: "look at its message; structuredOutput: Text asks for no form",
  ContextTooLong: "serve it with a larger context, and say contextWindow",
  ContentPolicy: "take another endpoint for logs",
  Refused: "take another model",
  Unusable: "its answers have no known form: take a larger model, or a server that keeps to schemas",
};

/** A question whose answer is plain. */
function question(baseURL: string, model: string): ModelRequest {
  return {
    inputDigest: "doctor",
    agent: "Doctor",
    promptVersion: "doctor/1",
    system:
      'Answer with one JSON object and nothing else: {"candidate": "<id>", "confidence": "high" | "medium" | "low", "reason": "<one sentence>"}.',
    user: "npm says that the lock file is not in sync with package.json. Which change would mend it?\na1: give the program more memory\na2: install by package.json where the lock file disagrees\nnone: none of these\n",
    candidates: ["a1", "a2", "none"],
    endpoint: {
      name: "doctor",
      baseURL,
      model,
      maxOutputTokens: 512,
      tokenParam: "Auto",
      structuredOutput: "Auto",
      temperature: 0,
      timeoutSeconds: 120,
    },
    maxAttempts: 1,
    maxWaitSeconds: 1,
    probe: true,
  };
}

function keyFrom(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new CommandError(exitCode.usage, `the key cannot be read: ${file}`);
  }
}
