import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../src/journal-entry.ts";
import type { JournalStore } from "../src/store/journal-store.ts";
import { PostgresStore } from "../src/store/postgres-store.ts";
import { openSqlite } from "../src/store/sqlite-store.ts";
import { type Bench, median, type Row, spread, tell } from "./measure.ts";

const perRun = 20;
const lookUps = 200;
const retention = { maxAgeMs: 90 * 86_400_000, maxEntriesPerRun: 1000, maxBytes: 512_000_000 };

interface Figures {
  readonly megabytes: number;
  readonly recordSeconds: number;
  readonly runMs: readonly number[];
  readonly pageMs: readonly number[];
  readonly againSeconds: number;
  readonly openMs: readonly number[];
  readonly trimSeconds: number;
  readonly lost: number;
}

/** The journal with 10,000 recorded runs: how large it is, how fast it answers, how fast it is back. */
export const benchMemory: Bench = async (flags) => {
  const count = flags.get("runs") ?? 10_000;
  const folder = mkdtempSync(join(tmpdir(), "bench-journal-"));
  const postgres = process.env["REPO_RUNNER_TEST_POSTGRES"];
  const measured: [string, Figures][] = [];
  try {
    const file = join(folder, "journal.db");
    measured.push(["SQLite", await measure(count, () => Promise.resolve(openSqlite(file, new Date()).store))]);
    if (postgres !== undefined) {
      measured.push(["PostgreSQL", await measure(count, async () => await PostgresStore.open(postgres, ignore))]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const row = (what: string, say: (figures: Figures) => string): Row => [
    what,
    ...measured.map(([, figures]) => say(figures)),
  ];
  return {
    name: "memory",
    title: `The journal after ${count} runs of ${perRun} entries each`,
    head: ["what", ...measured.map(([name]) => name)],
    rows: [
      row("size (MB)", ({ megabytes }) => megabytes.toFixed(1)),
      row("recording all (s)", ({ recordSeconds }) => recordSeconds.toFixed(1)),
      row("all that happened to one run (ms)", ({ runMs }) => spread(runMs, 2)),
      row("200 entries of a namespace from anywhere (ms)", ({ pageMs }) => spread(pageMs, 2)),
      row("opening it again, checked (ms)", ({ openMs }) => spread(openMs, 0)),
      row("being told everything once more (s)", ({ againSeconds }) => againSeconds.toFixed(1)),
      row("the hourly trim, nothing to take away (s)", ({ trimSeconds }) => trimSeconds.toFixed(1)),
      row("entries that are missing after it", ({ lost }) => String(lost)),
    ],
    notes: [
      `look-ups: median and range of ${lookUps}, each of another run`,
      "opening: five times; once more: what a restarted repo-runner-api is told by the cluster, and records nothing of",
      ...(postgres === undefined ? ["no PostgreSQL: REPO_RUNNER_TEST_POSTGRES names none"] : []),
    ],
    figures: Object.fromEntries(
      measured.map(([name, { runMs, pageMs, openMs, ...rest }]) => [
        name,
        { ...rest, runMs: median(runMs), pageMs: median(pageMs), openMs: median(openMs) },
      ]),
    ),
  };
};

const ignore = (): void => undefined;

async function measure(count: number, open: () => Promise<JournalStore>): Promise<Figures> {
  let store = await open();
  tell(`recording ${count} runs`);
  const recordSeconds = await secondsOf(async () => await record(store, count));
  tell("looking up");
  const runMs: number[] = [];
  const pageMs: number[] = [];
  const newest = await store.newest();
  for (let index = 0; index < lookUps; index += 1) {
    const at = (index * 7919) % count;
    const { namespace, run } = entryOf(at, 0);
    runMs.push((await secondsOf(async () => await store.after(0, { namespace, run }, 1000))) * 1000);
    const from = Math.floor((newest * index) / lookUps);
    pageMs.push((await secondsOf(async () => await store.after(from, { namespace }, 200))) * 1000);
  }
  const openMs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await store.close();
    openMs.push((await secondsOf(async () => (store = await open()))) * 1000);
  }
  const againSeconds = await secondsOf(async () => await record(store, count));
  const trimSeconds = await secondsOf(async () => await store.trim(retention, Date.now()));
  const lost = count * perRun - (await countOf(store));
  const megabytes = (await store.bytes()) / 1e6;
  await store.close();
  return { megabytes, recordSeconds, runMs, pageMs, againSeconds, openMs, trimSeconds, lost };
}

async function record(store: JournalStore, count: number): Promise<void> {
  // As they come in a busy cluster: the entries of many runs in turn.
  for (let first = 0; first < count; first += 25) {
    const entries: JournalEntry[] = [];
    for (let step = 0; step < perRun; step += 1) {
      for (let run = first; run < Math.min(first + 25, count); run += 1) entries.push(entryOf(run, step));
    }
    await store.append(entries);
  }
}

const started = Date.now() - 3_600_000;

function entryOf(run: number, step: number): JournalEntry {
  const uid = `00000000-0000-4000-8000-${String(run).padStart(12, "0")}`;
  const about = { namespace: `team-${run % 50}`, run: `run-${run}`, uid, at: started + step * 1000 };
  const key = `${uid}/${String(step).padStart(24, "x")}`;
  if (step === 0) {
    const url = `https://git.example.org/team-${run % 50}/run-${run}.git`;
    return { ...about, key, kind: "Asked", body: { generation: 1, url } };
  }
  if (step % 5 === 0) {
    const body = { plan: step, layer: "Process", signature: "ListensOnLoopback", by: "Rule", action: "SetEnv" };
    return { ...about, key, kind: "Fix", body: { ...body, summary: "HOST=0.0.0.0: web listens on loopback only" } };
  }
  const message = `web: step ${step} of ${perRun}, 118 MB in 41 s, sha256:0123456789ab`;
  return { ...about, key, kind: "Event", body: { type: "Normal", reason: "Built", message } };
}

async function countOf(store: JournalStore): Promise<number> {
  let found = 0;
  for (let position = 0; ;) {
    const page = await store.after(position, {}, 5000);
    const last = page.at(-1);
    if (!last) return found;
    found += page.length;
    ({ position } = last);
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
