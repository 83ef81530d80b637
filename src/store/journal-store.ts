import type { JournalEntry, RecordedEntry } from "../journal-entry.ts";

/** Whose entries are wanted; without a run those of the whole namespace, without a namespace all. */
export interface EntryFilter {
  readonly namespace?: string | undefined;
  readonly run?: string | undefined;
}

/** How much is kept. */
export interface Retention {
  readonly maxAgeMs: number;
  /** Most entries of one run; Events and stages go first, oldest first. */
  readonly maxEntriesPerRun: number;
  /** Of the whole store, as it lies on the disk. */
  readonly maxBytes: number;
}

/** A run that the journal does not know to be deleted. */
export interface OpenRun {
  readonly namespace: string;
  readonly run: string;
  readonly uid: string;
}

/** Everything that ever happened to runs, in the order in which it became known. One writer at a time. */
export interface JournalStore {
  /** Names this journal: places of another one mean nothing here. */
  readonly epoch: string;
  /** Records what is not known yet, all or nothing; how many entries were new. */
  append(entries: readonly JournalEntry[]): Promise<number>;
  /** Entries after a place, in order; at most `limit`. */
  after(position: number, filter: EntryFilter, limit: number): Promise<readonly RecordedEntry[]>;
  /** The newest place; 0 where nothing is recorded. */
  newest(): Promise<number>;
  /** The place before the first entry that is not older than this time; the newest place where there is none. */
  placeBefore(at: number): Promise<number>;
  openRuns(): Promise<readonly OpenRun[]>;
  /** Takes away what is too much; how many entries went. */
  trim(retention: Retention, now: number): Promise<number>;
  /** Bytes on the disk. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}
