import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Gone, Reconcile } from "../agents/pass.ts";
import { findAccess } from "./auth.ts";
import { Caches } from "./caches.ts";
import { EventRecorder } from "./events.ts";
import { faultOf } from "./fault.ts";
import { LeaseElector } from "./lease.ts";
import { Metrics } from "./metrics.ts";
import { Queue } from "./queue.ts";
import { observeQueue, queueWatcher } from "./queue-metrics.ts";
import { RunMetrics } from "./run-metrics.ts";
import { RunPass } from "./run-pass.ts";
import { serveHealth } from "./server.ts";
import { StatusWriter } from "./status-writer.ts";
import { telemetryOf } from "./telemetry/telemetry.ts";
import { Transport } from "./transport.ts";
import { serveWebhook } from "./webhook.ts";
import { Waker } from "./waker.ts";
import { Workers } from "./workers.ts";

export interface ControllerOptions {
  /** Default: the pod's service account, else the user's own kubeconfig. */
  readonly kubeconfig?: string;
  /** Of the lease. */
  readonly namespace: string;
  readonly leaseName: string;
  readonly workers?: number;
  /** Of health and metrics; 0 takes any free one. */
  readonly port: number;
  /** Default: all. */
  readonly watchNamespaces?: readonly string[];
  readonly reconcile: Reconcile;
  readonly gone: Gone;
  readonly passTimeoutMs?: number;
  /** Where pushes of git servers are taken, and the file with the secret that they are signed with. */
  readonly webhook?: { readonly port: number; readonly secretFile: string };
  readonly logger: Logger;
  /** Stops it as SIGTERM does. */
  readonly stop?: AbortSignal;
  /** Times of the lease, where tests want shorter ones. */
  readonly lease?: { readonly durationMs: number; readonly renewDeadlineMs: number; readonly retryMs: number };
  /** Told once it listens and once it leads. */
  readonly on?: { readonly listening?: (port: number, metrics: Metrics) => void; readonly leading?: () => void };
}

const drainMs = 30_000;

/**
 * The whole controller: watches, queue, workers, lease, health. Resolves after a graceful stop (SIGTERM, SIGINT or `stop`);
 * throws when the lease was lost, after which the process has to end.
 */
export async function runController(options: ControllerOptions): Promise<void> {
  const { logger } = options;
  const metrics = new Metrics();
  metrics.watchProcess();
  metrics.leader(options.leaseName, false);
  const access = await findAccess(options.kubeconfig);
  const transport = new Transport(access, { metrics, fault: faultOf(process.env) });
  // Housekeeping has sockets of its own: neither a full pool nor a slow event may cost the lease.
  const quiet = {
    leases: new Transport(access, { maxSockets: 1, metrics }),
    events: new Transport(access, { maxSockets: 2, metrics }),
  };
  const queue = new Queue({ watcher: queueWatcher(metrics) });
  observeQueue(metrics, queue);

  const waker = new Waker({
    queue,
    interrupt: (key) => {
      workers.interrupt(key);
    },
    echo: (key, version) => writer.noteEcho(key, version),
  });
  const caches = new Caches({ transport, namespaces: options.watchNamespaces, listener: waker, metrics, logger });
  const writer = new StatusWriter({
    transport,
    upsert: (raw) => {
      caches.wrote("RepoRun", raw);
    },
    metrics,
    logger,
  });
  const events = new EventRecorder(quiet.events, logger);
  const telemetry = await telemetryOf(process.env, logger);
  const numbers = new RunMetrics(metrics.registry);
  const { traces } = telemetry ?? {};
  const pass = new RunPass({ ...options, transport, caches, writer, events, waker, queue, numbers, traces });
  const workers = new Workers({
    queue,
    handle: pass.handle,
    count: options.workers ?? 8,
    passTimeoutMs: options.passTimeoutMs ?? 60_000,
    metrics,
    logger,
  });
  const elector = new LeaseElector({
    transport: quiet.leases,
    namespace: options.namespace,
    name: options.leaseName,
    // A container that is started again in the same pod knows that its predecessor is dead, and need not wait for its lease to run out.
    identity: process.env["POD_NAME"] ?? `${hostname()}_${randomUUID()}`,
    logger,
    ...options.lease,
  });

  const stop = new StopSignal(options.stop);
  const ended = new AbortController();
  const server = await serveHealth(options.port, {
    isReady: () => caches.isSynced,
    isHealthy: () => true,
    registry: metrics.registry,
  });
  const { webhook } = options;
  const hook =
    webhook && (await serveWebhook({ ...webhook, followers: (places) => caches.followers(places), transport, logger }));
  const address = server.address();
  if (address !== null && typeof address === "object") options.on?.listening?.(address.port, metrics);

  // A warm standby: it watches before it leads, so that taking over costs no list.
  const watching = caches.watch(ended.signal);
  let working: Promise<void> | undefined;
  try {
    await Promise.race([caches.synced(), stop.stopped]);
    if (stop.signal.aborted || !(await elector.acquire(stop.signal))) return;
    logger.info("leading");
    metrics.leader(options.leaseName, true);
    options.on?.leading?.();
    waker.lead(caches.runKeys());
    working = workers.run();
    // Renewing goes on while passes in hand are finished.
    const holding = new AbortController();
    const held = elector.hold(holding.signal);
    const kept = await Promise.race([held, stop.stopped.then(() => true)]);
    if (!kept) {
      workers.stop();
      throw new Error("the lease was lost: another controller may be at work");
    }
    logger.info("stopping");
    const drained = queue.drain();
    const over = new AbortController();
    await Promise.race([drained, sleep(drainMs, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
    workers.stop();
    await Promise.race([Promise.all([events.flush(), telemetry?.close()]), sleep(3000, undefined, { ref: false })]);
    holding.abort();
    await held;
    await elector.release();
  } finally {
    metrics.leader(options.leaseName, false);
    void queue.drain();
    ended.abort();
    await watching;
    await Promise.race([working, sleep(1000, undefined, { ref: false })]);
    stop.close();
    server.close();
    server.closeAllConnections();
    hook?.close();
    hook?.closeAllConnections();
    for (const each of [transport, quiet.leases, quiet.events]) each.close();
  }
}

/** SIGTERM, SIGINT or the caller: the first asks for a graceful stop, the second ends the process. */
class StopSignal {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly stopped: Promise<void>;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.stopped = new Promise((resolve) => {
      this.#controller.signal.addEventListener("abort", () => {
        resolve();
      });
    });
    process.on("SIGTERM", this.#onSignal);
    process.on("SIGINT", this.#onSignal);
    outer?.addEventListener("abort", this.#onOuter);
    if (outer?.aborted) this.#onOuter();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  close(): void {
    process.off("SIGTERM", this.#onSignal);
    process.off("SIGINT", this.#onSignal);
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }

  readonly #onSignal = (): void => {
    if (this.#controller.signal.aborted) process.exit(1);
    this.#controller.abort();
  };

  readonly #onOuter = (): void => {
    this.#controller.abort();
  };
}
