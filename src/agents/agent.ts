import type { Outcome } from "../outcome.ts";
import type { Span } from "./span.ts";

/** What every agent is handed, whatever it does: it asks for no more than this and what its own constructor was given. */
export interface AgentContext {
  readonly signal: AbortSignal;
  /** Fixed message, values in fields. Never a secret. */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Of the work that this is part of; absent where nobody traces. */
  readonly span?: Span | undefined;
}

/** A specialist for one kind of work. Asked again with the same request it gives the same answer and does nothing twice. */
export interface Agent<Request, Answer> {
  /** The roadmap's name: `DetectionAgent`. */
  readonly name: string;
  run(request: Request, context: AgentContext): Promise<Outcome<Answer>>;
}

/** Names the log and the span of its agent and puts a time limit on each run. Extended once, never a subclass of a subclass. */
export abstract class BaseAgent<Request, Answer> implements Agent<Request, Answer> {
  abstract readonly name: string;
  /** Longest that one run may take. */
  readonly timeoutMs: number = 60_000;

  async run(request: Request, context: AgentContext): Promise<Outcome<Answer>> {
    context.signal.throwIfAborted();
    const { timeoutMs } = this;
    let signal: AbortSignal | undefined;
    const span = context.span?.child(this.name);
    const work = this.work(request, {
      // Made for the first who asks: most passes wait for nothing, and the timer would outlive them.
      get signal() {
        signal ??= AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
        return signal;
      },
      log: (message, fields) => {
        context.log(message, { agent: this.name, ...fields });
      },
      ...(span === undefined ? {} : { span }),
    });
    return span === undefined ? await work : await watched(work, span);
  }

  protected abstract work(request: Request, context: AgentContext): Promise<Outcome<Answer>>;
}

async function watched<Answer>(work: Promise<Outcome<Answer>>, span: Span): Promise<Outcome<Answer>> {
  try {
    const outcome = await work;
    span.end(outcome.state, reasonOf(outcome));
    return outcome;
  } catch (error) {
    span.end("thrown");
    throw error;
  }
}

function reasonOf(outcome: Outcome<unknown>): string | undefined {
  if (outcome.state === "done") return undefined;
  return outcome.state === "failed" ? outcome.failure.reason : outcome.reason;
}
