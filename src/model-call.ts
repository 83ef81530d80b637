import { z } from "zod";

/** One endpoint as the Job that asks it needs it. Prices are US dollars for a million tokens. */
export const AskedEndpoint = z.object({
  name: z.string().max(40),
  baseURL: z.string().max(512),
  model: z.string().max(128),
  maxOutputTokens: z.int().positive(),
  tokenParam: z.enum(["Auto", "MaxTokens", "MaxCompletionTokens"]),
  structuredOutput: z.enum(["Auto", "JsonSchema", "Tool", "JsonObject", "Text"]),
  temperature: z.number(),
  reasoningEffort: z.enum(["None", "Low", "Medium", "High"]).optional(),
  timeoutSeconds: z.int().positive(),
  price: z.object({ inputPerMTok: z.string().max(16), outputPerMTok: z.string().max(16) }).optional(),
});
export type AskedEndpoint = z.infer<typeof AskedEndpoint>;

/** A question with closed answers, in REPO_RUNNER_REQUEST of the Job that asks it. */
export const ModelRequest = z.object({
  inputDigest: z.string().max(80),
  agent: z.string().max(40),
  promptVersion: z.string().max(40),
  system: z.string().max(8000),
  /** Redacted and bounded by whoever asks. */
  user: z.string().max(40_000),
  /** What may be answered: ids that code has made. */
  candidates: z.array(z.string().max(8)).min(1).max(64),
  endpoint: AskedEndpoint,
  maxAttempts: z.int().min(1).max(5),
  maxWaitSeconds: z.int().min(1).max(120),
  /** The endpoint's ability is not known yet: it is tried first. */
  probe: z.boolean(),
});
export type ModelRequest = z.infer<typeof ModelRequest>;

/** What a model may say: one of the candidates, how sure it is, and why in one sentence. */
export const ModelChoice = z.object({
  candidate: z.string().max(8),
  confidence: z.enum(["high", "medium", "low"]),
  reason: z.string().max(240),
});
export type ModelChoice = z.infer<typeof ModelChoice>;

export const ModelOutcome = z.enum([
  "Answered",
  "Unusable",
  "Refused",
  "RateLimited",
  "Unauthorized",
  "Unreachable",
  "BadRequest",
  "ContextTooLong",
  "ContentPolicy",
  "TimedOut",
]);
export type ModelOutcome = z.infer<typeof ModelOutcome>;

/** What became of a question. Usage is told whatever became of the answer. */
export const ModelAnswer = z.object({
  endpoint: z.string().max(40),
  model: z.string().max(128),
  outcome: ModelOutcome,
  choice: ModelChoice.optional(),
  usage: z.object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    /** False: the server told none, and it is estimated. */
    known: z.boolean(),
  }),
  costUsd: z.number().nonnegative(),
  /** HTTP requests that it took, retries and repairs included. */
  requests: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** How the form was demanded in the end. */
  rung: z.enum(["JsonSchema", "Tool", "JsonObject", "Text"]),
  ability: z.enum(["Enforced", "Accepted", "Rejected"]).optional(),
  message: z.string().max(256).optional(),
  /** When the endpoint wants to be asked again, where it says so. */
  retryAfterSeconds: z.number().nonnegative().max(86_400).optional(),
  /** RFC 3339, UTC; and the run that asked, where another has. */
  at: z.string().max(32).optional(),
  askedBy: z.string().max(253).optional(),
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/** What one run has used of models, and what was asked last. */
export interface ModelUse {
  readonly calls: number;
  readonly tokens: number;
  readonly usd: number;
  readonly endpoint?: string;
  readonly outcome?: ModelOutcome;
}
