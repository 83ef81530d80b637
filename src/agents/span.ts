/** How an agent's work ended, as a trace shows it. */
export type SpanOutcome = "done" | "waiting" | "failed" | "thrown";

/** One question to a model, as far as a trace may show it: never what was said. */
export interface ModelCallSpan {
  /** Name of the endpoint in its ModelPolicy. */
  readonly endpoint: string;
  readonly model: string;
  /** Host of the endpoint, without a path. */
  readonly server?: string;
  readonly agent: string;
  readonly promptVersion?: string;
  /** `Answered`, or why not. */
  readonly outcome: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** A piece of work in a trace. Absent where nobody traces: nothing is made then. */
export interface Span {
  child(agent: string): Span;
  end(outcome: SpanOutcome, reason?: string): void;
  modelCall(call: ModelCallSpan): void;
}
