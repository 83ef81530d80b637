import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, pino } from "pino";
import { findAccess } from "../controller/auth.ts";
import { Transport } from "../controller/transport.ts";
import type { JournalStore, Retention } from "../store/journal-store.ts";
import { Guard } from "./guard.ts";
import { Recorder } from "./recorder.ts";
import { ApiServer } from "./server.ts";
import { Bell } from "./stream.ts";
import { Watcher } from "./watcher.ts";

export interface ApiRunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Told the port once it listens. */
  readonly listening?: (port: number) => void;
}

const trimEveryMs = 3_600_000;

/** Mode `api`, by the environment of its container; ends with SIGTERM. */
export async function runApi(env: NodeJS.ProcessEnv): Promise<number> {
  const logger = pino({ base: null, level: env["LOG_LEVEL"] ?? "info" });
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"]) {
    process.once(name, () => {
      stop.abort();
    });
  }
  return await serveApi({ env, logger, stop: stop.signal });
}

/** Records and answers until it is stopped. 1 where it has to be started anew: what was missed is told again by the objects. */
export async function serveApi({ env, logger, stop, listening }: ApiRunOptions): Promise<number> {
  const store = await openStore(env, logger);
  const retention = retentionOf(env);
  const transport = new Transport(await findAccess(env["KUBECONFIG"]));
  const bell = new Bell();
  const recorder = new Recorder({
    store,
    maxAgeMs: retention.maxAgeMs,
    recorded: () => {
      bell.ring();
    },
    failed: (error) => {
      logger.warn({ err: error }, "the journal takes nothing at the moment; it is asked again");
    },
  });
  const watcher = new Watcher({ transport, store, recorder, logger });
  const server = new ApiServer({
    store,
    guard: new Guard(transport),
    bell,
    isHealthy: () => !recorder.isOverrun,
    isReady: () => watcher.isSynced,
    logger,
  });
  const ended = new AbortController();
  const watching = watcher.run(ended.signal);
  try {
    const port = await server.listen(Number(env["PORT"] ?? 8080));
    listening?.(port);
    logger.info({ port, epoch: store.epoch }, "recording");
    await keepSmall({ store, retention, logger, stop });
    return recorder.isOverrun ? 1 : 0;
  } finally {
    server.close();
    ended.abort();
    await watching;
    await Promise.race([recorder.settled(), sleep(5000, undefined, { ref: false })]);
    recorder.close();
    transport.close();
    await store.close();
  }
}

/** PostgreSQL where one is named, else a file of its own. */
async function openStore(env: ApiRunOptions["env"], logger: Logger): Promise<JournalStore> {
  const url = env["JOURNAL_POSTGRES_URL"];
  if (url !== undefined && url !== "") {
    const { PostgresStore } = await import("../store/postgres-store.ts");
    return await PostgresStore.open(url, (error) => {
      logger.warn({ err: error }, "a connection to PostgreSQL broke");
    });
  }
  const { openSqlite } = await import("../store/sqlite-store.ts");
  const { store, setAside } = openSqlite(join(env["JOURNAL_FOLDER"] ?? ".", "journal.db"), new Date());
  if (setAside !== undefined)
    logger.error({ setAside }, "the journal was damaged: it is set aside, and a new one begun");
  return store;
}

function retentionOf(env: ApiRunOptions["env"]): Retention {
  const number = (name: string, otherwise: number): number => {
    const value = Number(env[name] ?? otherwise);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} is a number above 0`);
    return value;
  };
  return {
    maxAgeMs: number("JOURNAL_MAX_AGE_DAYS", 90) * 86_400_000,
    maxEntriesPerRun: number("JOURNAL_MAX_ENTRIES_PER_RUN", 1000),
    maxBytes: number("JOURNAL_MAX_MEGABYTES", 512) * 1_000_000,
  };
}

/** Takes away what is too much, at once and each hour, until the signal. */
async function keepSmall(of: {
  readonly store: JournalStore;
  readonly retention: Retention;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}): Promise<void> {
  const { store, retention, logger, stop } = of;
  const trim = async (): Promise<void> => {
    try {
      const gone = await store.trim(retention, Date.now());
      if (gone > 0) logger.info({ gone }, "old entries were taken away");
    } catch (error) {
      logger.warn({ err: error }, "old entries were not taken away");
    }
  };
  const timer = setInterval(() => void trim(), trimEveryMs);
  await trim();
  if (!stop.aborted) await once(stop, "abort");
  clearInterval(timer);
}
