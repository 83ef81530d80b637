import { RecordedEntry } from "../journal-entry.ts";

/** A row of either database as an entry; throws for one that no entry was written as. */
export function readRow(row: Readonly<Record<string, unknown>>): RecordedEntry {
  const { position, at, body, ...rest } = row;
  return RecordedEntry.parse({
    ...rest,
    // PostgreSQL gives its large integers as text.
    position: Number(position),
    at: Number(at),
    body: typeof body === "string" ? (JSON.parse(body) as unknown) : body,
  });
}
