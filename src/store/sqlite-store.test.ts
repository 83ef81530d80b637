import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "./sqlite-store.ts";
import { entryOf, holdsStoreContract } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "journal-"));
const file = join(folder, "journal.db");
const wipe = (): Promise<void> => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  return Promise.resolve();
};
afterAll(() => {
  rmSync(folder, { recursive: true });
});

holdsStoreContract("SQLite", () => Promise.resolve(openSqlite(file, new Date()).store), wipe);

describe("a journal's file", () => {
  beforeEach(wipe);
  const many = Array.from({ length: 500 }, (_, index) => entryOf("x", String(index)));

  it.each([
    [
      "cut off",
      (): void => {
        truncateSync(file, 4096 * 3);
      },
    ],
    [
      "overwritten in its middle",
      (): void => {
        const bytes = readFileSync(file);
        bytes.fill(0xaa, 4096, 4096 * 6);
        writeFileSync(file, bytes);
      },
    ],
    [
      "no database at all",
      (): void => {
        writeFileSync(file, "half a sentence, and no more than that");
      },
    ],
  ])("that is %s is set aside as it is, and a new one begun", async (_how, damage) => {
    const { store } = openSqlite(file, new Date());
    await store.append(many);
    await store.close();
    damage();
    const damaged = readFileSync(file);
    const after = openSqlite(file, new Date(0));
    expect(after.setAside).toBe(`${file}.damaged-1970-01-01T00-00-00-000Z`);
    expect(readFileSync(after.setAside ?? "").equals(damaged)).toBe(true);
    expect(await after.store.append(many)).toBe(500);
    expect(after.store.epoch).not.toBe(store.epoch);
    await after.store.close();
  });

  it("of a newer program is left alone", async () => {
    const { store } = openSqlite(file, new Date());
    await store.close();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => openSqlite(file, new Date())).toThrow(/schema 99/);
    expect(readdirSync(folder)).toEqual(["journal.db"]);
  });

  it("that cannot be opened is no reason to begin another", () => {
    expect(() => openSqlite(join(folder, "missing", "journal.db"), new Date())).toThrow(/unable to open/);
  });
});
