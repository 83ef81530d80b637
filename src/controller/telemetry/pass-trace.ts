import type { ModelCallSpan, Span, SpanOutcome } from "../../agents/span.ts";

/** One agent's part of a pass. Times in ms since 1970. */
export interface AgentSpan {
  readonly agent: string;
  readonly startMs: number;
  endMs: number;
  outcome: SpanOutcome;
  reason?: string;
  readonly inside: AgentSpan[];
  readonly calls: ModelCallSpan[];
}

/** Most agents of one pass that a trace shows. */
const most = 128;

/**
 * What the agents did in one pass, kept until it is known whether the pass moved the run: most passes only look, and a trace of looks would hide
 * the work.
 */
export class PassTrace implements Span {
  readonly spans: AgentSpan[] = [];
  readonly calls: ModelCallSpan[] = [];
  readonly #now: () => number;
  #count = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  child(agent: string): Span {
    return this.#child(agent, this.spans);
  }

  /** The pass has no end of its own: its stage has. */
  end(): void {
    // nothing
  }

  modelCall(call: ModelCallSpan): void {
    this.calls.push(call);
  }

  #child(agent: string, siblings: AgentSpan[]): Span {
    const now = this.#now();
    const span: AgentSpan = { agent, startMs: now, endMs: now, outcome: "done", inside: [], calls: [] };
    if (this.#count++ < most) siblings.push(span);
    return {
      child: (name) => this.#child(name, span.inside),
      end: (outcome, reason) => {
        span.endMs = this.#now();
        span.outcome = outcome;
        if (reason !== undefined) span.reason = reason;
      },
      modelCall: (call) => {
        span.calls.push(call);
      },
    };
  }
}
