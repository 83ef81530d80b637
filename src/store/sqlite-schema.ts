import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Each brings a journal from one version of its schema to the next; never changed once released, only added to. */
const migrations: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE entries (
     position INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     namespace TEXT NOT NULL,
     run TEXT NOT NULL,
     uid TEXT NOT NULL,
     kind TEXT NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX entries_by_run ON entries (namespace, run, position);
   CREATE INDEX entries_by_namespace ON entries (namespace, position);
   CREATE INDEX entries_by_uid ON entries (uid, kind);
   CREATE INDEX entries_by_time ON entries (at);`,
];

/** The journal was written by a newer program: it is left as it is. */
export class NewerSchema extends Error {
  constructor(found: number) {
    super(
      `the journal has schema ${found}, and this program knows ${migrations.length}: install the newer Repo Runner again`,
    );
  }
}

/** Brings an open database to the newest schema, one version a transaction; its epoch. Throws NewerSchema. */
export function migrate(database: DatabaseSync): string {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (found > migrations.length) throw new NewerSchema(found);
  for (const [index, migration] of migrations.slice(found).entries()) {
    database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${found + index + 1}; COMMIT;`);
  }
  database.prepare("INSERT OR IGNORE INTO meta (name, value) VALUES ('epoch', ?)").run(randomUUID().slice(0, 8));
  return String(database.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.["value"]);
}
