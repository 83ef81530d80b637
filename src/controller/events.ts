import { hostname } from "node:os";
import type { Logger } from "pino";
import type { EventSink } from "../agents/cluster.ts";
import type { RunRef } from "../run-ref.ts";
import { apiVersion } from "../run-ref.ts";
import { shortHash } from "../digest.ts";
import { isApiError } from "./api-error.ts";
import { microTime } from "./micro-time.ts";
import { collectionPath, objectPath, patchType } from "./resources.ts";
import type { Transport } from "./transport.ts";

type RunEvent = Parameters<EventSink["emit"]>[0];

/** One that was sent: what is said again within the window raises its count. */
interface Sent {
  readonly name: string;
  readonly at: number;
  count: number;
}

const foldMs = 600_000;
const remembered = 1000;
const burst = 25;
const refillMs = 10_000;

/** Sends events of runs. They help people and nothing depends on them: what fails or comes too often is dropped. */
export class EventRecorder {
  readonly #transport: Transport;
  readonly #logger: Logger;
  readonly #instance: string;
  readonly #sent = new Map<string, Sent>();
  readonly #allowance = new Map<string, { left: number; at: number }>();
  readonly #pending = new Set<Promise<void>>();

  constructor(transport: Transport, logger: Logger, instance: string = hostname()) {
    this.#transport = transport;
    this.#logger = logger;
    this.#instance = instance.slice(0, 128);
  }

  /** A sink for one run. */
  for(run: RunRef): EventSink {
    return {
      emit: (event) => {
        this.#emit(run, event);
      },
    };
  }

  /** Resolves when all that was emitted has been sent or dropped. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #emit(run: RunRef, event: RunEvent): void {
    const now = Date.now();
    const id = shortHash([run.uid, event.type, event.reason, event.message], 10);
    const sent = this.#sent.get(id);
    if (!this.#mayEmit(run.uid, now)) return;
    const sending = sent && now - sent.at < foldMs ? this.#repeat(run, sent, now) : this.#create(run, event, id, now);
    const settled = sending
      .catch((error: unknown) => {
        this.#sent.delete(id);
        // A namespace that is going away takes no events.
        if (!isApiError(error, 404) && !isApiError(error, 403)) {
          this.#logger.warn({ err: error, run: `${run.namespace}/${run.name}` }, "event was not sent");
        }
      })
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  async #create(run: RunRef, event: RunEvent, id: string, now: number): Promise<void> {
    const name = `${run.name.slice(0, 200)}.${id}${now.toString(36)}`;
    this.#remember(id, { name, at: now, count: 1 });
    await this.#transport.text({
      method: "POST",
      path: collectionPath("Event", run.namespace),
      body: {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name, namespace: run.namespace },
        eventTime: microTime(new Date(now)),
        reportingController: "repo-runner.dev/controller",
        reportingInstance: this.#instance,
        action: event.reason.slice(0, 128),
        reason: event.reason.slice(0, 128),
        type: event.type,
        note: event.message.slice(0, 1000),
        regarding: { apiVersion, kind: "RepoRun", namespace: run.namespace, name: run.name, uid: run.uid },
      },
      timeoutMs: 10_000,
    });
  }

  async #repeat(run: RunRef, sent: Sent, now: number): Promise<void> {
    sent.count += 1;
    await this.#transport.text({
      method: "PATCH",
      path: objectPath("Event", run.namespace, sent.name),
      contentType: patchType.merge,
      body: { series: { count: sent.count, lastObservedTime: microTime(new Date(now)) } },
      timeoutMs: 10_000,
    });
  }

  #remember(id: string, sent: Sent): void {
    this.#sent.delete(id);
    this.#sent.set(id, sent);
    if (this.#sent.size > remembered) dropOldest(this.#sent);
  }

  /** A burst for each run, refilled slowly: a run that flaps cannot fill etcd. */
  #mayEmit(uid: string, now: number): boolean {
    const known = this.#allowance.get(uid) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + (now - known.at) / refillMs);
    if (left < 1) return false;
    this.#allowance.delete(uid);
    this.#allowance.set(uid, { left: left - 1, at: now });
    if (this.#allowance.size > remembered) dropOldest(this.#allowance);
    return true;
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
