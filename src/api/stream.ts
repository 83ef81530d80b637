import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { RecordedEntry } from "../journal-entry.ts";
import type { EntryFilter, JournalStore } from "../store/journal-store.ts";

const page = 200;

/** Wakes every stream when something was recorded. */
export class Bell {
  #waiting = new Set<() => void>();

  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next ring, at the end of the time, or with the signal; true for a ring. */
  async wait(timeMs: number, signal: AbortSignal): Promise<boolean> {
    return await new Promise((resolve) => {
      const end = (rang: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", onAbort);
        resolve(rang);
      };
      const wake = (): void => {
        end(true);
      };
      const onAbort = (): void => {
        end(false);
      };
      const timer = setTimeout(onAbort, timeMs);
      this.#waiting.add(wake);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
    });
  }
}

export interface StreamOptions {
  readonly store: JournalStore;
  readonly bell: Bell;
  readonly filter: EntryFilter;
  /** After which place it begins. */
  readonly position: number;
  /** false: ends with the newest entry. */
  readonly follow: boolean;
  /** Asked now and then; false ends the stream. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly heartbeatMs: number;
  readonly judgeMs: number;
  /** Who takes nothing for so long is dropped; he comes back with the last id that he saw. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends entries until the signal, as server-sent events. Nothing is kept for a client but his place: a page is read once he has taken the one before,
 * so a slow one costs no memory.
 */
export async function stream(response: ServerResponse, options: StreamOptions): Promise<void> {
  const { store, bell, filter, follow, signal, heartbeatMs, judgeMs } = options;
  let { position } = options;
  let judgedAt = Date.now();
  while (!signal.aborted) {
    // Before the store is asked, so that a ring in between is heard.
    const rang = bell.wait(heartbeatMs, signal);
    const entries = await store.after(position, filter, page);
    for (const entry of entries) position = entry.position;
    if (entries.length > 0) {
      if (!(await sent(response, entries.map((entry) => message(store.epoch, entry)).join(""), options))) return;
    } else if (!follow) {
      response.end();
      return;
    } else if (!(await rang) && !(await sent(response, ": still here\n\n", options))) return;
    if (Date.now() - judgedAt > judgeMs) {
      if (!(await options.mayGoOn())) break;
      judgedAt = Date.now();
    }
  }
  response.end();
}

/** Id of a message: the journal's name and the place in it. */
export function idOf(epoch: string, position: number): string {
  return `${epoch}.${position}`;
}

function message(epoch: string, { position, key: _key, ...entry }: RecordedEntry): string {
  return `id: ${idOf(epoch, position)}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`;
}

/** Writes and waits until it is taken; false where it was not in time. */
async function sent(response: ServerResponse, text: string, { signal, patienceMs }: StreamOptions): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(text)) return true;
  try {
    await once(response, "drain", { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    return true;
  } catch {
    response.destroy();
    return false;
  }
}
