/**
 * Every name that our traces use, in one place. `gen_ai.*` are OpenTelemetry's conventions for generative AI (repository
 * semantic-conventions-genai; all still in development, so they may move), the rest is our own.
 */
export const schemaUrl = "https://opentelemetry.io/schemas/1.42.0";

export const spanName = {
  run: "invoke_workflow repo-run",
  stage: (stage: string): string => `stage ${stage}`,
  agent: (agent: string): string => `invoke_agent ${agent}`,
  model: (model: string): string => `chat ${model}`,
} as const;

export const attribute = {
  operation: "gen_ai.operation.name",
  workflow: "gen_ai.workflow.name",
  /** The run: its uid. */
  conversation: "gen_ai.conversation.id",
  agent: "gen_ai.agent.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  outputType: "gen_ai.output.type",
  promptName: "gen_ai.prompt.name",
  serverAddress: "server.address",
  errorType: "error.type",
  namespace: "k8s.namespace.name",
  run: "repo_runner.run",
  stage: "repo_runner.stage",
  outcome: "repo_runner.outcome",
  reason: "repo_runner.reason",
  maturity: "repo_runner.maturity",
  fixes: "repo_runner.fixes",
  commit: "repo_runner.commit",
  endpoint: "repo_runner.model.endpoint",
  cost: "repo_runner.model.cost_usd",
} as const;

/** Values of `gen_ai.operation.name`. */
export const operation = { run: "invoke_workflow", agent: "invoke_agent", model: "chat" } as const;
