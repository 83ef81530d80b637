import { z } from "zod";

/** What an entry of the journal tells. */
export const EntryKind = z.enum(["Asked", "Stage", "Fix", "End", "Event", "Deleted"]);
export type EntryKind = z.infer<typeof EntryKind>;

/** One thing that happened to a run, as the journal keeps it. */
export const JournalEntry = z.object({
  /** The same for the same thing, however often it is seen: what is known is not recorded twice. */
  key: z.string().min(1).max(512),
  /** Milliseconds since 1970. */
  at: z.int().nonnegative(),
  namespace: z.string().max(253),
  run: z.string().max(253),
  uid: z.string().max(64),
  kind: EntryKind,
  /** What it says, by name: at most a few short texts and numbers. */
  body: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** An entry at its place in the journal; places only ever rise. */
export const RecordedEntry = JournalEntry.extend({ position: z.int().positive() });
export type RecordedEntry = z.infer<typeof RecordedEntry>;

/** An entry as `/events` sends it: its place is told apart from it, by the id of the message. */
export const StreamedEntry = JournalEntry.omit({ key: true });
export type StreamedEntry = z.infer<typeof StreamedEntry>;
