import { randomUUID } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { JournalEntry, RecordedEntry } from "../journal-entry.ts";
import type { EntryFilter, JournalStore, OpenRun, Retention } from "./journal-store.ts";
import { readRow } from "./row.ts";

const schema = "repo_runner";
/** Of the advisory lock under which the schema is changed and entries are added. */
const lockKey = 7_301_954_221;

/** As those of SQLite: never changed once released, only added to. */
const migrations: readonly string[] = [
  `CREATE TABLE entries (
     position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     at BIGINT NOT NULL,
     namespace TEXT NOT NULL,
     run TEXT NOT NULL,
     uid TEXT NOT NULL,
     kind TEXT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE INDEX entries_by_run ON entries (namespace, run, position);
   CREATE INDEX entries_by_namespace ON entries (namespace, position);
   CREATE INDEX entries_by_uid ON entries (uid, kind);
   CREATE INDEX entries_by_time ON entries (at);`,
];

/** The journal in a PostgreSQL, in a schema of its own. */
export class PostgresStore implements JournalStore {
  readonly epoch: string;
  readonly #pool: Pool;

  private constructor(pool: Pool, epoch: string) {
    this.#pool = pool;
    this.epoch = epoch;
  }

  /** Connects and brings the schema to the newest version; throws where the server is not there, or is a newer program's. */
  static async open(url: string, warn: (error: Error) => void): Promise<PostgresStore> {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 10_000,
      statement_timeout: 30_000,
      options: `-c search_path=${schema}`,
    });
    // A connection that breaks while nobody uses it would end the process.
    pool.on("error", warn);
    try {
      const epoch = await together(pool, migrate);
      return new PostgresStore(pool, epoch);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async append(entries: readonly JournalEntry[]): Promise<number> {
    const columns = ["key", "at", "namespace", "run", "uid", "kind"] as const;
    const values = columns.map((column) => entries.map((entry) => entry[column]));
    return await together(this.#pool, async (client) => {
      const added = await client.query(
        `INSERT INTO entries (key, at, namespace, run, uid, kind, body)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         ON CONFLICT (key) DO NOTHING`,
        [...values, entries.map(({ body }) => JSON.stringify(body))],
      );
      return added.rowCount ?? 0;
    });
  }

  async after(position: number, { namespace, run }: EntryFilter, limit: number): Promise<readonly RecordedEntry[]> {
    const where = ["position > $1"];
    const values: (string | number)[] = [position];
    if (namespace !== undefined) where.push(`namespace = $${values.push(namespace)}`);
    if (run !== undefined) where.push(`run = $${values.push(run)}`);
    const query = `SELECT * FROM entries WHERE ${where.join(" AND ")} ORDER BY position LIMIT $${values.push(limit)}`;
    return (await this.#rows(query, values)).map(readRow);
  }

  async newest(): Promise<number> {
    const rows = await this.#rows("SELECT last_value, is_called FROM entries_position_seq");
    return rows[0]?.["is_called"] === true ? Number(rows[0]["last_value"]) : 0;
  }

  async placeBefore(at: number): Promise<number> {
    const first = (await this.#rows("SELECT min(position) AS first FROM entries WHERE at >= $1", [at]))[0]?.["first"];
    return first === null || first === undefined ? await this.newest() : Number(first) - 1;
  }

  async openRuns(): Promise<readonly OpenRun[]> {
    const rows = await this.#rows(
      `SELECT DISTINCT namespace, run, uid FROM entries AS e
       WHERE NOT EXISTS (SELECT 1 FROM entries WHERE uid = e.uid AND kind = 'Deleted')`,
    );
    return rows.map((row) => ({
      namespace: String(row["namespace"]),
      run: String(row["run"]),
      uid: String(row["uid"]),
    }));
  }

  async trim({ maxAgeMs, maxEntriesPerRun, maxBytes }: Retention, now: number): Promise<number> {
    let gone = await this.#remove("DELETE FROM entries WHERE at < $1", [now - maxAgeMs]);
    gone += await this.#remove(
      `DELETE FROM entries WHERE position IN (
         SELECT position FROM (
           SELECT position, row_number() OVER (PARTITION BY uid ORDER BY position) AS place,
             (SELECT count(*) FROM entries AS whole WHERE whole.uid = e.uid) - $1 AS spare
           FROM entries AS e WHERE kind IN ('Event', 'Stage') AND uid IN (
             SELECT uid FROM entries GROUP BY uid HAVING count(*) > $1)) AS large
         WHERE place <= spare)`,
      [maxEntriesPerRun],
    );
    // It keeps everybody out while it works: not for nothing.
    if (gone > 0) await this.#vacuum();
    while ((await this.bytes()) > maxBytes) {
      const removed = await this.#remove(
        `DELETE FROM entries WHERE position IN (
           SELECT position FROM entries ORDER BY position LIMIT (SELECT 1 + count(*) / 20 FROM entries))`,
      );
      if (removed === 0) break;
      gone += removed;
      await this.#vacuum();
    }
    return gone;
  }

  async bytes(): Promise<number> {
    const rows = await this.#rows("SELECT pg_total_relation_size('entries') AS bytes");
    return Number(rows[0]?.["bytes"] ?? 0);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** FULL, since only that makes the tables smaller; they hold hundreds of megabytes at most. */
  async #vacuum(): Promise<void> {
    await this.#pool.query("VACUUM (FULL) entries");
  }

  async #remove(query: string, values: readonly number[] = []): Promise<number> {
    return (await this.#pool.query(query, [...values])).rowCount ?? 0;
  }

  async #rows(query: string, values: readonly (string | number)[] = []): Promise<Record<string, unknown>[]> {
    return (await this.#pool.query<Record<string, unknown>>(query, [...values])).rows;
  }
}

async function migrate(client: PoolClient): Promise<string> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
  const keep = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
  await client.query(keep, ["version", "0"]);
  await client.query(keep, ["epoch", randomUUID().slice(0, 8)]);
  const meta = await client.query<{ name: string; value: string }>("SELECT name, value FROM meta");
  const known = new Map(meta.rows.map(({ name, value }) => [name, value]));
  const found = Number(known.get("version"));
  if (found > migrations.length)
    throw new Error(`the journal has schema ${found}, and this program knows ${migrations.length}`);
  for (const migration of migrations.slice(found)) await client.query(migration);
  await client.query("UPDATE meta SET value = $1 WHERE name = 'version'", [String(migrations.length)]);
  return known.get("epoch") ?? "";
}

/** One transaction. Writers take turns, so that places appear in the order of their numbers: a reader would pass over one that appears late. */
async function together<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A connection in an unknown state is not used again.
    client.release(true);
    throw error;
  }
}
