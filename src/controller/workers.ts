import type { Logger } from "pino";
import { ApiError } from "./api-error.ts";
import type { Metrics } from "./metrics.ts";
import { judge, PassStopped } from "./pass-error.ts";
import type { Queue } from "./queue.ts";

/** One look at one name. Resolves with the time after which to look again, if any. */
export type Handle = (key: string, signal: AbortSignal) => Promise<{ readonly afterMs?: number | undefined }>;

export interface WorkersOptions {
  readonly queue: Queue;
  readonly handle: Handle;
  readonly count: number;
  readonly passTimeoutMs: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** How long a pass that was stopped may take to end before its worker goes on without it. */
  readonly graceMs?: number;
}

/** Takes names off the queue, one pass a name at a time, and decides from how a pass ended when the next one comes. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #running = new Map<string, AbortController>();
  #stopped = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
    options.metrics.workers(options.count);
  }

  /** Runs until the queue is closed. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.count }, async () => await this.#work()));
  }

  /** What this pass works from has changed: it is stopped, and the name is looked at again. */
  interrupt(key: string): void {
    this.#running.get(key)?.abort(new PassStopped("interrupt"));
  }

  /** Stops what is under way; nothing is retried. */
  stop(): void {
    this.#stopped = true;
    for (const controller of this.#running.values()) controller.abort(new PassStopped("shutdown"));
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      const pass = this.#pass(key);
      await pass.over;
    }
  }

  /** `over` comes when the worker is free again; a pass that ignores its signal keeps its name, not its worker. */
  #pass(key: string): { over: Promise<unknown> } {
    const { queue, handle, passTimeoutMs, metrics, graceMs = 10_000 } = this.#options;
    const controller = new AbortController();
    if (this.#stopped) controller.abort(new PassStopped("shutdown"));
    this.#running.set(key, controller);
    metrics.passStarted();
    const startedAt = performance.now();
    const limit = setTimeout(() => {
      controller.abort(new PassStopped("timeout"));
    }, passTimeoutMs);
    const settle = async (): Promise<void> => {
      try {
        const { afterMs } = await handle(key, controller.signal);
        this.#wentWell(key, afterMs, startedAt);
      } catch (error) {
        this.#wentBadly(key, controller.signal, error, startedAt);
      } finally {
        clearTimeout(limit);
        this.#running.delete(key);
        queue.done(key);
      }
    };
    const settled = settle();
    const deserted = new Promise<void>((resolve) => {
      controller.signal.addEventListener("abort", () => {
        const timer = setTimeout(resolve, graceMs);
        void settled.finally(() => {
          clearTimeout(timer);
        });
      });
    });
    return { over: Promise.race([settled, deserted]) };
  }

  #wentWell(key: string, afterMs: number | undefined, startedAt: number): void {
    const { queue, metrics } = this.#options;
    queue.succeed(key);
    // A little jitter keeps runs that were made together from coming due together for ever. Low: a clock that has run down is no event, and
    // what thousands in flight ask of themselves must not overtake those that nobody has looked at yet.
    if (afterMs !== undefined) queue.addAfter(key, afterMs * (1 + Math.random() * 0.05), "low");
    metrics.passEnded(afterMs === undefined ? "success" : "requeue_after", (performance.now() - startedAt) / 1000);
  }

  #wentBadly(key: string, signal: AbortSignal, error: unknown, startedAt: number): void {
    const { queue, metrics, logger } = this.#options;
    const took = (performance.now() - startedAt) / 1000;
    const stop = signal.aborted && signal.reason instanceof PassStopped ? signal.reason.why : undefined;
    if (stop === "shutdown" || stop === "interrupt") {
      metrics.passEnded("requeue", took);
      if (stop === "interrupt") queue.add(key);
      return;
    }
    const verdict = stop === "timeout" ? "transient" : judge(error);
    if (verdict === "conflict") {
      metrics.passEnded("requeue", took);
      queue.retry(key);
      return;
    }
    metrics.passEnded("error", took);
    if (stop === "timeout") metrics.passFailed("timeout");
    if (verdict === "panic") metrics.passFailed("panic");
    if (verdict === "terminal") metrics.passFailed("terminal");
    const again = verdict === "terminal" ? undefined : queue.retry(key);
    // An outage is told by its words; only a bug needs the place in the code.
    const what = error instanceof ApiError ? { error: error.message, status: error.status } : { err: error };
    const when = again === undefined ? {} : { againMs: Math.round(again) };
    logger.error({ run: key, verdict, ...(stop ? { stop } : {}), ...what, ...when }, "pass failed");
  }
}
