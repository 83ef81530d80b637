import { setTimeout as sleep } from "node:timers/promises";
import type { JournalEntry } from "../journal-entry.ts";
import type { JournalStore } from "../store/journal-store.ts";

const batch = 500;
const longestWaitMs = 10_000;

export interface RecorderOptions {
  readonly store: JournalStore;
  /** Entries older than this are not recorded: retention has taken them away before. Milliseconds. */
  readonly maxAgeMs: number;
  /** How many may wait while the store does not answer. */
  readonly mostWaiting?: number;
  /** Told when something new was recorded. */
  readonly recorded: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes entries down in the order in which they come, a batch at a time. A store that does not answer is asked again. */
export class Recorder {
  readonly #options: RecorderOptions;
  #waiting: JournalEntry[] = [];
  #writing: Promise<void> | undefined;
  /** More came than could wait. What is missing is told again by the objects, after a restart. */
  #overrun = false;
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Something was dropped: the process has to begin anew. */
  get isOverrun(): boolean {
    return this.#overrun;
  }

  add(entries: readonly JournalEntry[]): void {
    const { mostWaiting = 50_000, maxAgeMs } = this.#options;
    const oldest = Date.now() - maxAgeMs;
    const young = entries.filter(({ at }) => at >= oldest);
    if (young.length === 0) return;
    if (this.#waiting.length + young.length > mostWaiting) {
      this.#overrun = true;
      return;
    }
    this.#waiting.push(...young);
    this.#writing ??= this.#write();
  }

  /** Resolves once all that was added is written down. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Gives up on what a store that does not answer would still have to take. */
  close(): void {
    this.#closed = true;
  }

  async #write(): Promise<void> {
    // What comes in one go is written in one go.
    await sleep(20);
    let waitMs = 250;
    while (this.#waiting.length > 0 && !this.#closed) {
      const entries = this.#waiting.slice(0, batch);
      try {
        const added = await this.#options.store.append(entries);
        this.#waiting.splice(0, entries.length);
        waitMs = 250;
        if (added > 0) this.#options.recorded();
      } catch (error) {
        this.#options.failed(error);
        await sleep(waitMs);
        waitMs = Math.min(waitMs * 2, longestWaitMs);
      }
    }
    this.#writing = undefined;
  }
}
