import type {
  DataBoundary,
  EndpointStatus,
  ModelEndpoint,
  ModelPolicySpec,
  ModelPolicyStatus,
  ModelTask,
} from "../../model-policy.ts";
import { done, type Outcome } from "../../outcome.ts";
import { BaseAgent } from "../agent.ts";
import type { z } from "zod";

/** What is known of a question before it is asked. */
export interface RouteRequest {
  readonly policy: ModelPolicySpec;
  readonly status: ModelPolicyStatus | undefined;
  readonly agent: string;
  readonly task: ModelTask;
  /** How often it has been asked about this failure, this time included: more than 1 is an escalation. */
  readonly attempt: number;
  readonly promptChars: number;
  /** The source was fetched without a Secret. */
  readonly isPublic: boolean;
  /** Endpoints that have answered this very question already. */
  readonly asked: readonly string[];
  /** What this run has used up. */
  readonly spent: Spent;
  /** What calls of other runs under way may still cost this policy. */
  readonly open: Spent;
  /** Why an endpoint cannot take one more question of so many tokens now; undefined where it can. */
  readonly busy: (endpoint: ModelEndpoint, tokens: number) => string | undefined;
  readonly now: Date;
}

export interface Spent {
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

/** Which endpoint is asked, or why none is. */
export type Route =
  | { readonly endpoint: ModelEndpoint; readonly why: string }
  | {
      readonly endpoint: undefined;
      /** `Busy`: one is free again in a moment. */
      readonly reason: "RulesOnly" | "BudgetExhausted" | "NoEndpoint" | "Busy";
      readonly why: string;
    };

export const endpointDefaults = { contextWindow: 8192, maxOutputTokens: 1024, timeoutSeconds: 60 } as const;
const defaultRunCalls = 8;

/**
 * Chooses the endpoint for a question: by the data boundary, the length of the prompt, cooldowns and budgets first, then in the order of the route that
 * fits, then of the fallbacks. Pure: it asks nobody. The cheap endpoint comes first by the order in which a person wrote them; a dearer one is reached
 * only when an answer was of no use, or did not help.
 */
export class ModelRouter extends BaseAgent<RouteRequest, Route> {
  readonly name = "ModelRouter";

  protected work(request: RouteRequest): Promise<Outcome<Route>> {
    return Promise.resolve(done(routeOf(request)));
  }
}

function routeOf(request: RouteRequest): Route {
  const { policy, status, spent, open, now } = request;
  const { endpoints = [], budgets } = policy;
  if (policy.mode === "RulesOnly" || endpoints.length === 0)
    return { endpoint: undefined, reason: "RulesOnly", why: "the policy asks no model" };
  const used =
    exceeded("this run", { calls: defaultRunCalls, ...budgets?.perRun }, spent) ??
    exceeded("today", budgets?.perDay, today(status, now));
  if (used !== undefined) return { endpoint: undefined, reason: "BudgetExhausted", why: used };
  const soon = exceeded("today with what is asked now", budgets?.perDay, sumOf(today(status, now), open));
  if (soon !== undefined) return { endpoint: undefined, reason: "Busy", why: soon };
  const tokens = estimateTokens(request.promptChars);
  const refused: string[] = [];
  const busy: string[] = [];
  for (const name of orderOf(request, tokens)) {
    const endpoint = endpoints.find((each) => each.name === name);
    if (!endpoint || request.asked.includes(name)) continue;
    const unfit = unfitness(endpoint, request, tokens);
    const full = unfit === undefined ? request.busy(endpoint, tokens) : undefined;
    if (unfit === undefined && full === undefined)
      return { endpoint, why: `${name} for ${request.agent}, question ${String(request.attempt)}` };
    if (unfit === undefined) busy.push(`${name}: ${full ?? ""}`);
    else refused.push(`${name}: ${unfit}`);
  }
  if (busy.length > 0) return { endpoint: undefined, reason: "Busy", why: busy.join("; ") };
  return { endpoint: undefined, reason: "NoEndpoint", why: refused.join("; ") || "every endpoint was asked" };
}

/** Characters of a log are about three to a token; what stands around them is in the bound. */
export function estimateTokens(chars: number): number {
  return Math.ceil(chars / 3) + 200;
}

function orderOf({ policy, agent, task, attempt }: RouteRequest, tokens: number): readonly string[] {
  const { routes, endpoints = [], fallbacks = [] } = policy;
  const fits = routes?.find(
    (route) =>
      (route.agents?.includes(agent) ?? true) &&
      (route.tasks?.includes(task) ?? true) &&
      attempt >= (route.minAttempt ?? 1) &&
      tokens <= (route.maxPromptTokens ?? Number.POSITIVE_INFINITY),
  );
  const first = routes === undefined ? endpoints.map(({ name }) => name) : (fits?.use ?? []);
  return [...new Set([...first, ...fallbacks])];
}

function unfitness(
  endpoint: ModelEndpoint,
  { policy, status, isPublic, now }: RouteRequest,
  tokens: number,
): string | undefined {
  const boundary: z.infer<typeof DataBoundary> = endpoint.dataBoundary ?? "External";
  const external = policy.privacy?.allowExternalFor ?? "PublicRepositories";
  if (boundary === "External" && (external === "None" || (external === "PublicRepositories" && !isPublic)))
    return "it lies outside, and this repository's logs may not leave";
  const window = endpoint.contextWindow ?? endpointDefaults.contextWindow;
  const room = 0.9 * (window - (endpoint.maxOutputTokens ?? endpointDefaults.maxOutputTokens));
  if (tokens > room) return `the question is too long (about ${String(tokens)} tokens)`;
  const seen = status?.endpoints?.find(({ name }) => name === endpoint.name);
  return seen && resting(seen, now);
}

function resting({ state, cooldownUntil }: EndpointStatus, now: Date): string | undefined {
  if (cooldownUntil === undefined || Date.parse(cooldownUntil) <= now.getTime()) return undefined;
  return `${state === "Ready" ? "Cooldown" : state} until ${cooldownUntil}`;
}

function exceeded(
  whose: string,
  budget:
    | { readonly usd?: string | undefined; readonly tokens?: number | undefined; readonly calls?: number | undefined }
    | undefined,
  spent: Spent,
): string | undefined {
  if (budget?.usd !== undefined && spent.usd >= Number(budget.usd))
    return `${whose} has spent ${spent.usd.toFixed(4)} of ${budget.usd} US dollars`;
  if (budget?.tokens !== undefined && spent.tokens >= budget.tokens)
    return `${whose} has used ${String(spent.tokens)} of ${String(budget.tokens)} tokens`;
  if (budget?.calls !== undefined && spent.calls >= budget.calls)
    return `${whose} has made ${String(spent.calls)} of ${String(budget.calls)} calls`;
  return undefined;
}

function sumOf(one: Spent, other: Spent): Spent {
  return { usd: one.usd + other.usd, tokens: one.tokens + other.tokens, calls: one.calls + other.calls };
}

/** What the policy has used up today; nothing on a new day. */
export function today(status: ModelPolicyStatus | undefined, now: Date): Spent {
  if (status?.day !== now.toISOString().slice(0, 10)) return { usd: 0, tokens: 0, calls: 0 };
  return { usd: status.usdToday ?? 0, tokens: status.tokensToday ?? 0, calls: status.callsToday ?? 0 };
}
