import type { Logger } from "pino";
import { Reflector } from "../controller/reflector.ts";
import { collectionPath } from "../controller/resources.ts";
import { identityOf, type WireObject } from "../controller/slim.ts";
import { type Kept, Store } from "../controller/store.ts";
import type { Transport } from "../controller/transport.ts";
import type { JournalEntry } from "../journal-entry.ts";
import type { JournalStore } from "../store/journal-store.ts";
import { deletedEntry, entriesOfRun, entryOfEvent } from "./entries.ts";
import type { Recorder } from "./recorder.ts";

/** Which object it is, and what it tells until that is recorded: ten thousand runs are watched, and only their names are kept. */
interface Seen extends Kept {
  news: readonly JournalEntry[];
}

export interface WatcherOptions {
  readonly transport: Transport;
  readonly store: JournalStore;
  readonly recorder: Recorder;
  readonly logger: Logger;
}

/** Watches RepoRuns and the controller's Events about them, and has recorded what they tell. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #runs = new Store<Seen>();
  readonly #reflectors: readonly Reflector<Seen>[];

  constructor(options: WatcherOptions) {
    this.#options = options;
    const runs = this.#reflector("RepoRun", this.#runs, (raw) => entriesOfRun(raw, new Date()));
    const events = this.#reflector("Event", new Store<Seen>(), (raw) => {
      const entry = entryOfEvent(raw, new Date());
      return entry ? [entry] : [];
    });
    this.#reflectors = [runs, events];
  }

  get isSynced(): boolean {
    return this.#reflectors.every((each) => each.isSynced);
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const running = this.#reflectors.map(async (each) => await each.run(signal));
    void this.#catchUp(signal);
    await Promise.all(running);
  }

  /** Runs that were deleted while nobody watched. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    const { store, recorder, logger } = this.#options;
    await Promise.all(this.#reflectors.map(async (each) => await each.synced));
    try {
      await recorder.settled();
      const open = await store.openRuns();
      const present = new Set([...this.#runs.values()].map(({ uid }) => uid));
      if (signal.aborted) return;
      recorder.add(open.filter(({ uid }) => !present.has(uid)).map((run) => deletedEntry(run, new Date())));
    } catch (error) {
      logger.warn({ err: error }, "runs that were deleted meanwhile were not looked for");
    }
  }

  #reflector(
    kind: "RepoRun" | "Event",
    store: Store<Seen>,
    entriesOf: (raw: WireObject) => readonly JournalEntry[],
  ): Reflector<Seen> {
    const { transport, logger, recorder } = this.#options;
    return new Reflector<Seen>({
      transport,
      kind,
      path: collectionPath(kind),
      ...(kind === "Event" ? { fieldSelector: "regarding.kind=RepoRun" } : {}),
      store,
      slim: (raw) => ({ ...identityOf(raw.metadata ?? {}), news: entriesOf(raw) }),
      changed: (before, after) => {
        if (after) {
          recorder.add(after.news);
          after.news = [];
        } else if (before && kind === "RepoRun") {
          recorder.add([deletedEntry({ ...before, run: before.name }, new Date())]);
        }
      },
      log: (message, fields) => {
        logger.warn(fields ?? {}, message);
      },
    });
  }
}
