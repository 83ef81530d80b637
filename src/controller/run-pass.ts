import type { Logger } from "pino";
import type { Gone, Reconcile } from "../agents/pass.ts";
import type { Caches } from "./caches.ts";
import type { EventRecorder } from "./events.ts";
import { KubeCluster } from "./kube-cluster.ts";
import type { Queue } from "./queue.ts";
import { type Phase, phaseOf } from "./run-phase.ts";
import type { RunMetrics } from "./run-metrics.ts";
import type { StatusWriter } from "./status-writer.ts";
import { PassTrace } from "./telemetry/pass-trace.ts";
import type { RunTraces } from "./telemetry/run-traces.ts";
import type { Transport } from "./transport.ts";
import type { Waker } from "./waker.ts";

/** What a pass is made of. */
export interface RunPassParts {
  readonly transport: Transport;
  readonly caches: Caches;
  readonly writer: StatusWriter;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly reconcile: Reconcile;
  readonly gone: Gone;
  readonly waker: Waker;
  readonly queue: Queue;
  readonly numbers: RunMetrics;
  /** Absent where nobody traces. */
  readonly traces?: RunTraces | undefined;
}

/** One pass over one run: read from the cache, let the reconcilers look, write what differs. */
export class RunPass {
  readonly #parts: RunPassParts;

  constructor(parts: RunPassParts) {
    this.#parts = parts;
  }

  readonly handle = async (key: string, signal: AbortSignal): Promise<{ afterMs?: number | undefined }> => {
    const { caches, transport, writer, events, logger, reconcile, queue, traces, numbers } = this.#parts;
    await this.#tellGone(key);
    const run = caches.run(key);
    if (!run) return {};
    const stage: Phase = phaseOf(run.status);
    const trace = traces && new PassTrace();
    const found = await reconcile({
      run,
      cluster: new KubeCluster(transport, caches, signal),
      events: events.for(run),
      clock: { now: () => new Date() },
      signal,
      log: (message, fields) => {
        logger.info({ run: key, stage, ...fields }, message);
      },
      span: trace,
    });
    const { afterMs, wake = [] } = found;
    const status = traces ? traces.stamped(run, found.status) : found.status;
    // A pass that was stopped worked from what is no longer true: its answer is not written.
    signal.throwIfAborted();
    for (const other of wake) if (other !== key) queue.add(other);
    const result = await writer.write(run, status, signal);
    if (result === "foreign") queue.add(key);
    if (result === "written" || result === "foreign") {
      const now = Date.now();
      numbers.written(run, status, now);
      if (traces && trace) traces.written(run, status, trace, now);
    }
    return { afterMs };
  };

  async #tellGone(key: string): Promise<void> {
    const { waker, gone, logger, numbers, traces } = this.#parts;
    const identities = waker.gone.get(key);
    if (!identities) return;
    waker.gone.delete(key);
    for (const identity of identities) {
      numbers.forget(identity.uid);
      traces?.forget(identity.uid);
      try {
        await gone(identity);
      } catch (error) {
        logger.warn({ run: key, err: error }, "clean-up after a deleted run failed");
      }
    }
  }
}
