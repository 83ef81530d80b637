import type { RunRef } from "../run-ref.ts";
import type { ChangeListener } from "./caches.ts";
import type { KeptRun } from "./kept-run.ts";
import type { Queue } from "./queue.ts";
import { keyOf } from "./store.ts";

/** Decides which changes wake which run. */
export class Waker implements ChangeListener {
  readonly #queue: Queue;
  readonly #interrupt: (key: string) => void;
  readonly #echo: (key: string, resourceVersion: string) => boolean;
  #leads = false;
  /** Runs that are gone and whose end nobody has been told yet. */
  readonly gone = new Map<string, RunRef[]>();

  constructor(parts: {
    queue: Queue;
    interrupt: (key: string) => void;
    echo: (key: string, resourceVersion: string) => boolean;
  }) {
    this.#queue = parts.queue;
    this.#interrupt = parts.interrupt;
    this.#echo = parts.echo;
  }

  /** From now on changes wake runs; those that are there are looked at once, after whatever people ask for. A standby takes no notes. */
  lead(keys: Iterable<string>): void {
    this.#leads = true;
    for (const key of keys) this.#queue.add(key, "low");
  }

  runChanged(before: KeptRun | undefined, after: KeptRun | undefined): void {
    if (!this.#leads) return;
    if (after === undefined) {
      if (before) this.#ended(before);
      return;
    }
    const key = keyOf(after);
    if (before === undefined) {
      this.#queue.add(key);
      return;
    }
    // What a pass under way works from is out of date; a mere request to look again can wait for it to end.
    const isStale = before.generation !== after.generation || before.deleting !== after.deleting;
    if (isStale) this.#interrupt(key);
    if (isStale || before.requestedAt !== after.requestedAt) {
      this.#queue.add(key);
      return;
    }
    // Our own write comes back with the version that its answer had and never gets here; what does was written by somebody else, or overtook the answer.
    if (before.packed !== after.packed && !this.#echo(key, after.resourceVersion)) this.#queue.add(key);
  }

  childChanged(namespace: string, run: string): void {
    if (this.#leads) this.#queue.add(`${namespace}/${run}`);
  }

  #ended(run: KeptRun): void {
    const key = keyOf(run);
    const { namespace, name, uid } = run;
    this.gone.set(key, [...(this.gone.get(key) ?? []), { namespace, name, uid }]);
    this.#interrupt(key);
    this.#queue.add(key);
  }
}
