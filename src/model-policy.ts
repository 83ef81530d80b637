import { z } from "zod";
import { keyedBy, rules } from "./repo-run-texts.ts";

/** What is asked of models, and by whom: a route may name them. */
export const ModelTask = z.enum(["ClassifyFailure", "ChooseStart", "NameVariable"]);
export type ModelTask = z.infer<typeof ModelTask>;

export const DataBoundary = z.enum(["InCluster", "Private", "External"]);

/** An amount of money in US dollars, as a text: `0.50`. */
const usd = z
  .string()
  .max(16)
  .regex(/^\d{1,9}([.]\d{1,9})?$/)
  .meta(
    rules({
      rule: "self.matches('^[0-9]{1,9}([.][0-9]{1,9})?$')",
      message: 'must be an amount of US dollars in quotes, such as "0.50"',
    }),
  );

const endpointName = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/)
  .meta(
    rules({
      rule: "self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
      message: "must be lower-case letters, digits and dashes, starting with a letter",
    }),
  );

export const ModelEndpoint = z
  .object({
    name: endpointName,
    baseURL: z
      .string()
      .max(512)
      .meta({ description: "Of an OpenAI-compatible server, with its version: http://vllm.ai.svc:8000/v1." }),
    model: z.string().min(1).max(128),
    apiKeySecretRef: z
      .object({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) })
      .meta({ description: "In the RepoRun's namespace. Absent: no key is sent." })
      .optional(),
    contextWindow: z
      .int()
      .min(1024)
      .max(10_000_000)
      .meta({ description: "Tokens, question and answer together. Default 8192." })
      .optional(),
    maxOutputTokens: z.int().min(64).max(65_536).meta({ description: "Default 1024." }).optional(),
    tokenParam: z.enum(["Auto", "MaxTokens", "MaxCompletionTokens"]).optional(),
    structuredOutput: z
      .enum(["Auto", "JsonSchema", "Tool", "JsonObject", "Text"])
      .meta({ description: "How an answer's form is demanded. Auto: what the endpoint was seen to be able to." })
      .optional(),
    temperature: z.number().min(0).max(2).meta({ description: "Default 0." }).optional(),
    reasoningEffort: z.enum(["None", "Low", "Medium", "High"]).meta({ description: "Default: not sent." }).optional(),
    dataBoundary: DataBoundary.meta({ description: "Where what is sent ends up. Default External." }).optional(),
    price: z
      .object({ inputPerMTok: usd, outputPerMTok: usd })
      .meta({ description: "US dollars for a million tokens. Absent: free." })
      .optional(),
    timeoutSeconds: z.int().min(1).max(600).meta({ description: "For one request. Default 60." }).optional(),
    limits: z
      .object({
        concurrency: z.int().min(1).max(1000).optional(),
        requestsPerMinute: z.int().min(1).max(100_000).optional(),
        tokensPerMinute: z.int().min(1).max(100_000_000).optional(),
      })
      .meta({ description: "Of all runs together: a question that is over them goes to the next endpoint, or waits." })
      .optional(),
  })
  .meta(
    rules(
      {
        rule: "self.baseURL.startsWith('http://') || self.baseURL.startsWith('https://')",
        message: "baseURL must begin with http:// or https://",
      },
      {
        rule: "!self.baseURL.contains('@')",
        message: "baseURL holds no credentials: put the key into a Secret and name it in apiKeySecretRef",
      },
      {
        rule: "!self.baseURL.contains('?') && !self.baseURL.contains('#')",
        message: "baseURL has no query and no fragment",
      },
    ),
  );
export type ModelEndpoint = z.infer<typeof ModelEndpoint>;

export const ModelRoute = z.object({
  agents: z.array(z.string().max(40)).max(16).meta({ description: "Default: all." }).optional(),
  tasks: z.array(ModelTask).max(8).meta({ description: "Default: all." }).optional(),
  minAttempt: z
    .int()
    .min(1)
    .max(16)
    .meta({ description: "From this question about one failure on; 2 is the first escalation." })
    .optional(),
  maxPromptTokens: z.int().min(1).meta({ description: "Up to this length." }).optional(),
  use: z.array(endpointName).min(1).max(8).meta({ description: "Endpoints, best first." }),
});
export type ModelRoute = z.infer<typeof ModelRoute>;

/** Kinds of actions, as src/fix.ts has them. */
const kinds = z.array(z.string().min(1).max(32)).max(32);

export const ModelPolicySpec = z
  .object({
    endpoints: z.array(ModelEndpoint).max(8).meta(keyedBy("name")).optional(),
    routes: z
      .array(ModelRoute)
      .max(16)
      .meta({ description: "The first that fits; none: every endpoint in its order." })
      .optional(),
    fallbacks: z
      .array(endpointName)
      .max(8)
      .meta({ description: "Asked where none of a route's endpoints can be." })
      .optional(),
    retry: z
      .object({ maxAttempts: z.int().min(1).max(5).optional(), maxWaitSeconds: z.int().min(1).max(120).optional() })
      .meta({
        description:
          "Of one question to one endpoint, where it is away or busy. Default 3 tries, at most 30 s between them.",
      })
      .optional(),
    cooldown: z
      .object({ failures: z.int().min(1).max(20).optional(), seconds: z.int().min(1).max(3600).optional() })
      .meta({ description: "An endpoint that fails so often in a row is left alone for so long. Default 3 and 60." })
      .optional(),
    budgets: z
      .object({
        perRun: z
          .object({ usd: usd.optional(), tokens: z.int().min(0).optional(), calls: z.int().min(0).optional() })
          .optional(),
        perDay: z
          .object({ usd: usd.optional(), tokens: z.int().min(0).optional(), calls: z.int().min(0).optional() })
          .optional(),
      })
      .meta({
        description: "Looked at before each call; what is used up leaves rules alone. Default per run: 8 calls.",
      })
      .optional(),
    cache: z
      .object({ hours: z.int().min(0).max(2160).optional() })
      .meta({
        description:
          "How long an answer holds for the same question of another run of the namespace. Default 168; 0: never.",
      })
      .optional(),
    privacy: z
      .object({
        allowExternalFor: z
          .enum(["PublicRepositories", "All", "None"])
          .meta({
            description: "Whose logs External endpoints may see. Default PublicRepositories: sources without a Secret.",
          })
          .optional(),
      })
      .optional(),
    mode: z.enum(["Auto", "RulesOnly"]).meta({ description: "RulesOnly: no model is asked." }).optional(),
    actions: z
      .object({ allow: kinds.optional(), approve: kinds.optional(), deny: kinds.optional() })
      .meta({
        description:
          "Changes of plan in this namespace, whoever proposes them: only these, only after a person's yes, never. In the operator's own namespace: for all.",
        ...rules({
          rule: "!has(self.deny) || !has(self.approve) || self.deny.all(k, !(k in self.approve))",
          message: "an action is either denied or approved: it cannot be in both lists",
        }),
      })
      .optional(),
    paused: z.boolean().meta({ description: "Kill switch: no plan is changed while it is true." }).optional(),
  })
  .meta(
    rules({
      rule: "!has(self.routes) || (has(self.endpoints) && self.routes.all(r, r.use.all(u, self.endpoints.exists(e, e.name == u))))",
      message: "routes may use only endpoints of this policy",
    }),
  );
export type ModelPolicySpec = z.infer<typeof ModelPolicySpec>;

/** What was seen of an endpoint. */
export const EndpointStatus = z.object({
  name: z.string().max(40),
  state: z.enum(["Ready", "Cooldown", "Unauthorized", "Unreachable", "Unknown"]),
  structuredOutput: z
    .enum(["Enforced", "Accepted", "Rejected"])
    .meta({ description: "Seen: it keeps to a schema against what it is told; takes one and does not; refuses one." })
    .optional(),
  /** What the ability was seen of. */
  model: z.string().max(128).optional(),
  calls: z.int().nonnegative().meta({ format: "int32" }),
  failures: z.int().nonnegative().meta({ format: "int32" }),
  failuresInARow: z.int().nonnegative().meta({ format: "int32" }),
  p95Seconds: z.number().nonnegative().optional(),
  lastSeconds: z.array(z.number().nonnegative()).max(20).optional(),
  errorPercent: z.int().min(0).max(100).meta({ format: "int32" }).optional(),
  message: z.string().max(256).optional(),
  cooldownUntil: z.string().meta({ format: "date-time" }).optional(),
});
export type EndpointStatus = z.infer<typeof EndpointStatus>;

export const ModelPolicyStatus = z.object({
  day: z.string().max(10).meta({ description: "UTC day that the sums are of." }).optional(),
  usdToday: z.number().nonnegative().optional(),
  tokensToday: z.int().nonnegative().optional(),
  callsToday: z.int().nonnegative().optional(),
  endpoints: z.array(EndpointStatus).max(8).meta(keyedBy("name")).optional(),
  recorded: z
    .array(z.string().max(80))
    .max(128)
    .meta({ description: "Answers that were counted last, so that none is counted twice." })
    .optional(),
});
export type ModelPolicyStatus = z.infer<typeof ModelPolicyStatus>;

/** Which models may be asked in a namespace, by what route, for how much; and what fixes may do there at all. */
export const ModelPolicy = z.object({ spec: ModelPolicySpec, status: ModelPolicyStatus.optional() }).meta({
  description:
    "ModelPolicy says which models may be asked for RepoRuns of its namespace, and what fixes may do there. The one named default holds for all that name none; of the operator's namespace, for all namespaces without one.",
});
export type ModelPolicy = z.infer<typeof ModelPolicy>;
