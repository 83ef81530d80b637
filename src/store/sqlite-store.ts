import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { JournalEntry, RecordedEntry } from "../journal-entry.ts";
import type { EntryFilter, JournalStore, OpenRun, Retention } from "./journal-store.ts";
import { readRow } from "./row.ts";
import { migrate, NewerSchema } from "./sqlite-schema.ts";

/** The journal in one file, by the SQLite that Node brings. */
export class SqliteStore implements JournalStore {
  readonly epoch: string;
  readonly #database: DatabaseSync;

  /** Throws where the file is no sound journal, or a newer program's. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    try {
      // Looked at before anything is written: a damaged file is kept as it was found.
      this.#database.exec("PRAGMA busy_timeout = 5000");
      const verdict = this.#database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
      if (verdict !== "ok") throw new Error(`the journal is damaged: ${String(verdict)}`);
      // Vacuuming bit by bit has to be chosen before the first table.
      this.#database.exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
      this.epoch = migrate(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  append(entries: readonly JournalEntry[]): Promise<number> {
    const insert = this.#database.prepare(
      "INSERT OR IGNORE INTO entries (key, at, namespace, run, uid, kind, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    let added = 0;
    this.#together(() => {
      for (const { key, at, namespace, run, uid, kind, body } of entries) {
        added += Number(insert.run(key, at, namespace, run, uid, kind, JSON.stringify(body)).changes);
      }
    });
    return Promise.resolve(added);
  }

  after(position: number, { namespace, run }: EntryFilter, limit: number): Promise<readonly RecordedEntry[]> {
    const where = ["position > ?"];
    const values: (string | number)[] = [position];
    if (namespace !== undefined) {
      where.push("namespace = ?");
      values.push(namespace);
    }
    if (run !== undefined) {
      where.push("run = ?");
      values.push(run);
    }
    const query = `SELECT * FROM entries WHERE ${where.join(" AND ")} ORDER BY position LIMIT ?`;
    return Promise.resolve(
      this.#database
        .prepare(query)
        .all(...values, limit)
        .map(readRow),
    );
  }

  newest(): Promise<number> {
    // Not the highest place that is there: what was taken away had one, too.
    const row = this.#database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").get();
    return Promise.resolve(Number(row?.["seq"] ?? 0));
  }

  async placeBefore(at: number): Promise<number> {
    const first = this.#database.prepare("SELECT min(position) AS first FROM entries WHERE at >= ?").get(at)?.["first"];
    return first === null || first === undefined ? await this.newest() : Number(first) - 1;
  }

  openRuns(): Promise<readonly OpenRun[]> {
    const query = `SELECT DISTINCT namespace, run, uid FROM entries AS e
      WHERE NOT EXISTS (SELECT 1 FROM entries WHERE uid = e.uid AND kind = 'Deleted')`;
    const rows = this.#database.prepare(query).all();
    return Promise.resolve(
      rows.map((row) => ({ namespace: String(row["namespace"]), run: String(row["run"]), uid: String(row["uid"]) })),
    );
  }

  async trim({ maxAgeMs, maxEntriesPerRun, maxBytes }: Retention, now: number): Promise<number> {
    let gone = Number(this.#database.prepare("DELETE FROM entries WHERE at < ?").run(now - maxAgeMs).changes);
    gone += this.#trimRuns(maxEntriesPerRun);
    this.#vacuum();
    while ((await this.bytes()) > maxBytes) {
      const oldest = "SELECT position FROM entries ORDER BY position LIMIT (SELECT 1 + count(*) / 20 FROM entries)";
      const { changes } = this.#database.prepare(`DELETE FROM entries WHERE position IN (${oldest})`).run();
      if (Number(changes) === 0) break;
      gone += Number(changes);
      this.#vacuum();
    }
    return gone;
  }

  bytes(): Promise<number> {
    const of = (name: string): number => Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
    return Promise.resolve(of("page_count") * of("page_size"));
  }

  close(): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }

  #trimRuns(most: number): number {
    const large = this.#database.prepare("SELECT uid, count(*) AS many FROM entries GROUP BY uid HAVING many > ?");
    const remove = this.#database.prepare(
      `DELETE FROM entries WHERE position IN (
         SELECT position FROM entries WHERE uid = ? AND kind IN ('Event', 'Stage') ORDER BY position LIMIT ?)`,
    );
    let gone = 0;
    for (const { uid, many } of large.all(most)) {
      gone += Number(remove.run(String(uid), Number(many) - most).changes);
    }
    return gone;
  }

  /** Gives free pages back to the disk, and empties the write-ahead log. */
  #vacuum(): void {
    this.#database.exec("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);");
  }

  #together(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** Opens the file, or makes it. One that is damaged is set aside under a name of its own, never emptied; `setAside` says where. Throws for a newer program's. */
export function openSqlite(file: string, now: Date): { store: SqliteStore; setAside?: string } {
  try {
    return { store: new SqliteStore(file) };
  } catch (error) {
    // Another process has it, the disk is full, a newer program's: none of these is mended by a new file.
    if (error instanceof NewerSchema || !isDamage(error) || !existsSync(file)) throw error;
    const setAside = `${file}.damaged-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
    for (const part of ["", "-wal", "-shm"]) {
      if (existsSync(file + part)) renameSync(file + part, setAside + part);
    }
    return { store: new SqliteStore(file), setAside };
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, and what the check says. */
function isDamage(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code === "number") return (code & 0xff) === 11 || (code & 0xff) === 26;
  return error instanceof Error && error.message.startsWith("the journal is damaged");
}
