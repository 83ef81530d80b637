import type { QueueWatcher } from "./queue-metrics.ts";
import { TimerHeap, type Due } from "./timer-heap.ts";

export type Priority = "high" | "low";

interface Entry {
  waits: Priority | undefined;
  /** Added again while a worker has it. */
  dirty: Priority | undefined;
  addedAtMs: number;
  startedAtMs: number;
}

const firstBackoffMs = 250;
const longestBackoffMs = 300_000;

/**
 * Names that wait for a look, each once, however often it was added; a name that a worker has is never handed to a second one.
 * A person's edit (high) overtakes a restart's backlog (low).
 */
export class Queue {
  readonly #entries = new Map<string, Entry>();
  readonly #rings: Record<Priority, Ring> = { high: new Ring(), low: new Ring() };
  readonly #depths: Record<Priority, number> = { high: 0, low: 0 };
  readonly #heap = new TimerHeap();
  /** The one timer of a name that still counts; others in the heap are stale. */
  readonly #due = new Map<string, Due>();
  readonly #failures = new Map<string, number>();
  readonly #lastStart = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  readonly #coalesceMs: number;
  readonly #watcher: QueueWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #working = 0;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(options: { coalesceMs?: number; watcher?: QueueWatcher | undefined } = {}) {
    this.#coalesceMs = options.coalesceMs ?? 200;
    this.#watcher = options.watcher;
  }

  /** Asks for a look soon: at once, or when the window since the last look's start is over, so that a burst costs one look. */
  add(key: string, priority: Priority = "high"): void {
    const last = this.#lastStart.get(key);
    const waitMs = last === undefined ? 0 : last + this.#coalesceMs - Date.now();
    if (waitMs > 0 && this.#entries.get(key)?.waits === undefined) this.addAfter(key, waitMs, priority);
    else this.#enqueue(key, priority);
  }

  /** Asks for a look later. Of several, the earliest of the higher priority counts; a look that starts before it makes it void. */
  addAfter(key: string, delayMs: number, priority: Priority = "high"): void {
    if (this.#closed) return;
    const atMs = Date.now() + Math.max(0, delayMs);
    const standing = this.#due.get(key);
    // A person's edit is not to be lost in a timer of low priority that is due a moment before it.
    if (standing && standing.atMs <= atMs && (!standing.low || priority === "low")) return;
    const due: Due = { key, atMs, low: priority === "low" };
    this.#due.set(key, due);
    this.#heap.push(due);
    this.#arm();
  }

  /** After a failed look: again after a time that doubles with each failure in a row, with full jitter. */
  retry(key: string): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const ceilingMs = Math.min(firstBackoffMs * 2 ** (failures - 1), longestBackoffMs);
    const delayMs = Math.random() * ceilingMs;
    this.#watcher?.retried();
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** After a good look: the next failure starts from the smallest backoff again. */
  succeed(key: string): void {
    this.#failures.delete(key);
  }

  /** The next name, when there is one; undefined once the queue is closed. Whoever takes a name calls `done`. */
  async take(): Promise<string | undefined> {
    if (this.#closed) return undefined;
    const key = this.#next();
    if (key !== undefined) return key;
    return await new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.startedAtMs === 0) return;
    this.#watcher?.worked((Date.now() - entry.startedAtMs) / 1000);
    entry.startedAtMs = 0;
    this.#working -= 1;
    const { dirty } = entry;
    this.#entries.delete(key);
    if (dirty !== undefined) this.add(key, dirty);
    if (this.#working === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  isWorking(key: string): boolean {
    return (this.#entries.get(key)?.startedAtMs ?? 0) > 0;
  }

  depth(priority: Priority): number {
    return this.#depths[priority];
  }

  unfinished(): { sumMs: number; longestMs: number } {
    const now = Date.now();
    let [sumMs, longestMs] = [0, 0];
    for (const entry of this.#entries.values()) {
      if (entry.startedAtMs === 0) continue;
      const ageMs = now - entry.startedAtMs;
      sumMs += ageMs;
      longestMs = Math.max(longestMs, ageMs);
    }
    return { sumMs, longestMs };
  }

  /** Takes nothing more and hands out nothing more; resolves when the names in hand are done. */
  async drain(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const taker of this.#takers.splice(0)) taker(undefined);
    if (this.#working > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #enqueue(key: string, priority: Priority): void {
    if (this.#closed) return;
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#watcher?.added();
      this.#entries.set(key, { waits: priority, dirty: undefined, addedAtMs: Date.now(), startedAtMs: 0 });
      this.#push(key, priority);
    } else if (entry.startedAtMs > 0) {
      if (entry.dirty === undefined) this.#watcher?.added();
      if (entry.dirty !== "high") entry.dirty = priority;
    } else if (entry.waits === "low" && priority === "high") {
      // Its place in the low ring stays and is skipped when its turn comes.
      entry.waits = "high";
      this.#depths.low -= 1;
      this.#push(key, "high");
    }
  }

  #push(key: string, priority: Priority): void {
    this.#depths[priority] += 1;
    this.#rings[priority].push(key);
    const taker = this.#takers.shift();
    if (taker) taker(this.#next());
  }

  #next(): string | undefined {
    for (const priority of ["high", "low"] as const) {
      for (let key = this.#rings[priority].shift(); key !== undefined; key = this.#rings[priority].shift()) {
        const entry = this.#entries.get(key);
        if (entry?.waits !== priority) continue;
        this.#depths[priority] -= 1;
        this.#start(key, entry);
        return key;
      }
    }
    return undefined;
  }

  #start(key: string, entry: Entry): void {
    const now = Date.now();
    this.#watcher?.waited((now - entry.addedAtMs) / 1000);
    entry.waits = undefined;
    entry.startedAtMs = now;
    this.#working += 1;
    this.#due.delete(key);
    this.#lastStart.delete(key);
    this.#lastStart.set(key, now);
    if (this.#lastStart.size > 256) this.#sweep(now);
  }

  /** Insertion order is start order, because a restart deletes first: old ones are in front. */
  #sweep(now: number): void {
    for (const [key, at] of this.#lastStart) {
      if (now - at <= this.#coalesceMs) break;
      this.#lastStart.delete(key);
    }
  }

  #arm(): void {
    const first = this.#heap.peek();
    if (!first || this.#closed || first.atMs >= this.#timerAtMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAtMs = first.atMs;
    this.#timer = setTimeout(this.#ring, Math.max(0, Math.min(first.atMs - Date.now(), 2 ** 30)));
  }

  readonly #ring = (): void => {
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const now = Date.now();
    for (let due = this.#heap.peek(); due !== undefined && due.atMs <= now; due = this.#heap.peek()) {
      this.#heap.pop();
      if (this.#due.get(due.key) !== due) continue;
      this.#due.delete(due.key);
      this.#enqueue(due.key, due.low ? "low" : "high");
    }
    this.#arm();
  };
}

/** First in, first out, without moving everything at each `shift`. */
class Ring {
  #items: string[] = [];
  #head = 0;

  push(key: string): void {
    this.#items.push(key);
  }

  shift(): string | undefined {
    const key = this.#items[this.#head];
    if (key === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return key;
  }
}
