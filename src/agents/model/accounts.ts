import type { ModelAnswer } from "../../model-call.ts";
import type { EndpointStatus, ModelPolicySpec, ModelPolicyStatus } from "../../model-policy.ts";
import { today } from "./model-router.ts";

const mostRecorded = 128;
const mostTimes = 20;
/** A key that is refused and a rate limit are no accident: the endpoint rests at once. */
const atOnce: ReadonlySet<ModelAnswer["outcome"]> = new Set(["Unauthorized", "RateLimited"]);
/** Outcomes that say something of the endpoint, not of the question. */
const faults: ReadonlySet<ModelAnswer["outcome"]> = new Set([
  "Unauthorized",
  "RateLimited",
  "Unreachable",
  "TimedOut",
  "BadRequest",
]);

/** A policy's status with one more answer in it; undefined where that answer is counted already. `key`: name of the answer's ConfigMap. */
export function accounted(
  policy: ModelPolicySpec,
  before: ModelPolicyStatus | undefined,
  { key, answer }: { readonly key: string; readonly answer: ModelAnswer },
  now: Date,
): ModelPolicyStatus | undefined {
  if (before?.recorded?.includes(key) === true) return undefined;
  const spent = today(before, now);
  const { usage } = answer;
  const known = before?.endpoints?.find(({ name }) => name === answer.endpoint);
  const others = (before?.endpoints ?? []).filter(({ name }) => name !== answer.endpoint);
  return {
    day: now.toISOString().slice(0, 10),
    usdToday: rounded(spent.usd + answer.costUsd),
    tokensToday: spent.tokens + usage.inputTokens + usage.outputTokens,
    callsToday: spent.calls + 1,
    endpoints: [...others, endpointAfter(policy, known, answer, now)].slice(-8),
    recorded: [...(before?.recorded ?? []), key].slice(-mostRecorded),
  };
}

function endpointAfter(
  policy: ModelPolicySpec,
  before: EndpointStatus | undefined,
  answer: ModelAnswer,
  now: Date,
): EndpointStatus {
  const failed = faults.has(answer.outcome);
  const calls = (before?.calls ?? 0) + 1;
  const failures = (before?.failures ?? 0) + (failed ? 1 : 0);
  const failuresInARow = failed ? (before?.failuresInARow ?? 0) + 1 : 0;
  const { failures: most = 3, seconds = 60 } = policy.cooldown ?? {};
  const rests = failed && (atOnce.has(answer.outcome) || failuresInARow >= most);
  // An hour at most: a server's clock may be wrong, and nobody waits for tomorrow.
  const restSeconds = Math.max(seconds, Math.min(3600, answer.retryAfterSeconds ?? 0));
  const lastSeconds = [...(before?.lastSeconds ?? []), rounded(answer.seconds)].slice(-mostTimes);
  const sameModel = before?.model === undefined || before.model === answer.model;
  const ability = answer.ability ?? (sameModel ? before?.structuredOutput : undefined);
  return {
    name: answer.endpoint,
    state: stateOf(answer, rests),
    ...(ability === undefined ? {} : { structuredOutput: ability }),
    model: answer.model,
    calls,
    failures,
    failuresInARow,
    p95Seconds: lastSeconds.toSorted((a, b) => a - b)[Math.ceil(lastSeconds.length * 0.95) - 1] ?? 0,
    lastSeconds,
    errorPercent: Math.round((100 * failures) / calls),
    ...(failed && answer.message !== undefined ? { message: answer.message } : {}),
    ...(rests ? { cooldownUntil: `${new Date(now.getTime() + restSeconds * 1000).toISOString().slice(0, 19)}Z` } : {}),
  };
}

function stateOf({ outcome }: ModelAnswer, rests: boolean): EndpointStatus["state"] {
  if (outcome === "Unauthorized") return "Unauthorized";
  if (outcome === "Unreachable" || outcome === "TimedOut") return "Unreachable";
  return rests ? "Cooldown" : "Ready";
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
