import type { Logger } from "pino";
import type { Gone, Reconcile } from "../agents/pass.ts";
import type { Caches } from "./caches.ts";
import type { EventRecorder } from "./events.ts";
import { KubeCluster } from "./kube-cluster.ts";
import type { Queue } from "./queue.ts";
import type { StatusWriter } from "./status-writer.ts";
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
}

/** One pass over one run: read from the cache, let the reconcilers look, write what differs. */
export class RunPass {
  readonly #parts: RunPassParts;

  constructor(parts: RunPassParts) {
    this.#parts = parts;
  }

  readonly handle = async (key: string, signal: AbortSignal): Promise<{ afterMs?: number | undefined }> => {
    const { caches, transport, writer, events, logger, reconcile, queue } = this.#parts;
    await this.#tellGone(key);
    const run = caches.run(key);
    if (!run) return {};
    const {
      status,
      afterMs,
      wake = [],
    } = await reconcile({
      run,
      cluster: new KubeCluster(transport, caches, signal),
      events: events.for(run),
      clock: { now: () => new Date() },
      signal,
      log: (message, fields) => {
        logger.info({ run: key, ...fields }, message);
      },
    });
    // A pass that was stopped worked from what is no longer true: its answer is not written.
    signal.throwIfAborted();
    for (const other of wake) if (other !== key) queue.add(other);
    const result = await writer.write(run, status, signal);
    if (result === "foreign") queue.add(key);
    return { afterMs };
  };

  async #tellGone(key: string): Promise<void> {
    const { waker, gone, logger } = this.#parts;
    const identities = waker.gone.get(key);
    if (!identities) return;
    waker.gone.delete(key);
    for (const identity of identities) {
      try {
        await gone(identity);
      } catch (error) {
        logger.warn({ run: key, err: error }, "clean-up after a deleted run failed");
      }
    }
  }
}
