import { endpointDefaults } from "../agents/model/model-router.ts";
import type { Prompt } from "../agents/model/prompt.ts";
import type { ModelAnswer, ModelRequest } from "../model-call.ts";
import type { ModelEndpoint } from "../model-policy.ts";
import type { ModelRules } from "./policies.ts";

/** What the Job that asks is given: `key` names the question. */
export function requestOf(
  { agent, prompt }: { readonly agent: string; readonly prompt: Prompt },
  endpoint: ModelEndpoint,
  { spec, resource }: ModelRules,
  key: string,
): ModelRequest {
  const { name, baseURL, model, price, reasoningEffort } = endpoint;
  const wanted = endpoint.structuredOutput ?? "Auto";
  const seen = resource?.status?.endpoints?.find(
    (each) => each.name === name && each.model === model,
  )?.structuredOutput;
  const bySight = seen && ({ Enforced: "JsonSchema", Accepted: "Text", Rejected: "Tool" } as const)[seen];
  return {
    inputDigest: key,
    agent,
    promptVersion: prompt.version,
    system: prompt.system,
    user: prompt.user,
    candidates: [...prompt.ids],
    endpoint: {
      name,
      baseURL,
      model,
      maxOutputTokens: endpoint.maxOutputTokens ?? endpointDefaults.maxOutputTokens,
      tokenParam: endpoint.tokenParam ?? "Auto",
      structuredOutput: wanted === "Auto" ? (bySight ?? "Auto") : wanted,
      temperature: endpoint.temperature ?? 0,
      ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
      timeoutSeconds: endpoint.timeoutSeconds ?? endpointDefaults.timeoutSeconds,
      ...(price === undefined ? {} : { price }),
    },
    maxAttempts: spec.retry?.maxAttempts ?? 3,
    maxWaitSeconds: spec.retry?.maxWaitSeconds ?? 30,
    probe: wanted === "Auto" && seen === undefined,
  };
}

/** What is kept where the Job itself came to nothing: no answer, and no second asking. */
export function noAnswer({ name, model }: ModelEndpoint, message: string): ModelAnswer {
  return {
    endpoint: name,
    model,
    outcome: "Unreachable",
    usage: { inputTokens: 0, outputTokens: 0, known: false },
    costUsd: 0,
    requests: 0,
    seconds: 0,
    rung: "Text",
    message: message.slice(0, 256),
  };
}
