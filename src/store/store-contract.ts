import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EntryKind, JournalEntry } from "../journal-entry.ts";
import type { JournalStore } from "./journal-store.ts";

const day = 86_400_000;
const now = 1_800_000_000_000;
const generous = { maxAgeMs: 90 * day, maxEntriesPerRun: 1000, maxBytes: 1e9 };

/** An entry of run `run` in namespace `a`. */
export function entryOf(run: string, name: string, over: Partial<JournalEntry> = {}): JournalEntry {
  const kind: EntryKind = "Event";
  return {
    key: `${run}/${name}`,
    at: now,
    namespace: "a",
    run,
    uid: `uid-${run}`,
    kind,
    body: { says: name, count: 1 },
    ...over,
  };
}

/** What every journal has to do, whatever keeps it; `open` gives the same journal again. */
export function holdsStoreContract(name: string, open: () => Promise<JournalStore>, wipe: () => Promise<void>): void {
  describe(`the journal in ${name}`, () => {
    let store: JournalStore;
    beforeEach(async () => {
      await wipe();
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    it("gives back what was recorded, in order, from any place", async () => {
      expect(await store.newest()).toBe(0);
      expect(await store.append([entryOf("x", "1"), entryOf("y", "2"), entryOf("x", "3 \"'; DROP ü")])).toBe(3);
      const all = await store.after(0, {}, 10);
      expect(all.map(({ body }) => body["says"])).toEqual(["1", "2", "3 \"'; DROP ü"]);
      expect(all[0]).toEqual({ ...entryOf("x", "1"), position: all[0]?.position });
      expect(await store.after(all[0]?.position ?? 0, {}, 10)).toEqual(all.slice(1));
      expect(await store.after(0, {}, 2)).toEqual(all.slice(0, 2));
      expect(await store.newest()).toBe(all[2]?.position);
    });

    it("records nothing twice, and what is new besides", async () => {
      await store.append([entryOf("x", "1")]);
      expect(await store.append([entryOf("x", "1"), entryOf("x", "2"), entryOf("x", "2")])).toBe(1);
      expect(await store.after(0, {}, 10)).toHaveLength(2);
    });

    it("tells runs and namespaces apart", async () => {
      const elsewhere = entryOf("x", "3", { namespace: "b", key: "b" });
      await store.append([entryOf("x", "1"), entryOf("y", "2"), elsewhere]);
      const says = async (filter: object): Promise<unknown> =>
        (await store.after(0, filter, 10)).map(({ body }) => body["says"]);
      expect(await says({ namespace: "a" })).toEqual(["1", "2"]);
      expect(await says({ namespace: "a", run: "x" })).toEqual(["1"]);
      expect(await says({ namespace: "b", run: "y" })).toEqual([]);
    });

    it("keeps everything over a restart, places and name", async () => {
      await store.append([entryOf("x", "1"), entryOf("x", "2")]);
      const before = { epoch: store.epoch, newest: await store.newest(), all: await store.after(0, {}, 10) };
      await store.close();
      store = await open();
      expect({ epoch: store.epoch, newest: await store.newest(), all: await store.after(0, {}, 10) }).toEqual(before);
      expect(store.epoch).not.toBe("");
    });

    it("finds the place of a time", async () => {
      await store.append([entryOf("x", "1", { at: now - 2000 }), entryOf("x", "2"), entryOf("x", "3")]);
      const all = await store.after(0, {}, 10);
      expect(await store.placeBefore(now - 1000)).toBe((all[1]?.position ?? 0) - 1);
      expect(await store.placeBefore(now + 1)).toBe(await store.newest());
    });

    it("knows which runs are not deleted", async () => {
      await store.append([entryOf("x", "1"), entryOf("y", "2"), entryOf("y", "3", { kind: "Deleted" })]);
      expect(await store.openRuns()).toEqual([{ namespace: "a", run: "x", uid: "uid-x" }]);
    });

    it("takes away what is too old, and gives no place twice", async () => {
      await store.append([entryOf("x", "old", { at: now - 91 * day }), entryOf("x", "young")]);
      expect(await store.trim(generous, now)).toBe(1);
      expect((await store.after(0, {}, 10)).map(({ body }) => body["says"])).toEqual(["young"]);
      const newest = await store.newest();
      expect(await store.trim(generous, now + 100 * day)).toBe(1);
      expect(await store.newest()).toBe(newest);
      await store.append([entryOf("x", "next")]);
      expect(await store.newest()).toBeGreaterThan(newest);
    });

    it("takes away the oldest Events of a run that has too many, never its fixes", async () => {
      const events = Array.from({ length: 30 }, (_, index) => entryOf("x", String(index)));
      await store.append([entryOf("x", "fix", { kind: "Fix" }), ...events, entryOf("y", "1")]);
      expect(await store.trim({ ...generous, maxEntriesPerRun: 10 }, now)).toBe(21);
      const left = await store.after(0, { namespace: "a", run: "x" }, 100);
      expect(left.map(({ body }) => body["says"])).toEqual([
        "fix",
        ...events.slice(21).map(({ body }) => body["says"]),
      ]);
      expect(await store.after(0, { namespace: "a", run: "y" }, 100)).toHaveLength(1);
    });

    it("becomes as small as it has to be, by its oldest entries", async () => {
      const large = { says: "x".repeat(1500) };
      const entries = Array.from({ length: 2000 }, (_, index) =>
        entryOf(`r${String(index)}`, String(index), { body: large }),
      );
      await store.append(entries);
      expect(await store.bytes()).toBeGreaterThan(2_000_000);
      const gone = await store.trim({ ...generous, maxBytes: 1_500_000 }, now);
      expect(await store.bytes()).toBeLessThanOrEqual(1_500_000);
      const left = await store.after(0, {}, 5000);
      expect(left).toHaveLength(2000 - gone);
      expect(left.at(-1)?.run).toBe("r1999");
      expect(left[0]?.run).toBe(`r${String(gone)}`);
    });
  });
}
