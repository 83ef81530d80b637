import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CommandError, exitCode } from "../exit-code.ts";
import type { ClusterClient } from "./client.ts";
import { ApiProblem } from "./problems.ts";
import { getRun, runPath } from "./runs.ts";
import { readRun, type RunSeen } from "./run-seen.ts";

const windowSeconds = 240;
/** How long the API server may be gone before we give up watching. */
const patienceMs = 120_000;

const WatchLine = z.object({ type: z.string(), object: z.unknown() });

/** Every state of one run from now on; `undefined` once it is deleted. Goes on over closed connections and short outages. */
export async function* watchRun(
  client: ClusterClient,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<RunSeen | undefined> {
  let lostMs: number | undefined;
  let reached = false;
  while (!signal.aborted) {
    try {
      const run = await getRun(client, name);
      lostMs = undefined;
      reached = true;
      yield run;
      const query = `?watch=1&fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}&resourceVersion=${run.metadata.resourceVersion}&timeoutSeconds=${String(windowSeconds)}`;
      for await (const line of client.lines(runPath(client.namespace) + query, windowLimit(signal))) {
        const event = parseLine(line);
        if (!event || event.type === "ERROR") break;
        if (event.type === "DELETED") {
          yield undefined;
          return;
        }
        if (event.type !== "BOOKMARK") yield readRun(event.object);
      }
    } catch (error) {
      if (signal.aborted) return;
      lostMs ??= Date.now();
      if (!reached || !isOutage(error) || Date.now() - lostMs > patienceMs) throw error;
      await sleep(1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** An Event of a run, as far as we show it. */
export interface EventSeen {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly at: string | undefined;
  /** Rises with each write of the API server. */
  readonly order: number;
}

const EventObject = z.object({
  type: z.string().catch("Normal"),
  reason: z.string().catch(""),
  message: z.string().optional(),
  note: z.string().optional(),
  eventTime: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  metadata: z.object({ resourceVersion: z.string().optional(), creationTimestamp: z.string().nullish() }),
});

export function readEvent(object: unknown): EventSeen | undefined {
  const parsed = EventObject.safeParse(object);
  if (!parsed.success) return undefined;
  const { type, reason, message, note, lastTimestamp, eventTime, metadata } = parsed.data;
  return {
    type,
    reason,
    message: message ?? note ?? "",
    at: lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? undefined,
    order: Number(metadata.resourceVersion ?? 0),
  };
}

function eventsPath(client: ClusterClient, run: RunSeen): string {
  const selector = encodeURIComponent(`involvedObject.uid=${run.metadata.uid}`);
  return `/api/v1/namespaces/${encodeURIComponent(client.namespace)}/events?fieldSelector=${selector}`;
}

/** Events of a run that are kept, oldest first; none where they may not be read. */
export async function listEvents(client: ClusterClient, run: RunSeen): Promise<readonly EventSeen[]> {
  try {
    const list = (await client.get(eventsPath(client, run))) as { items?: unknown[] };
    const events = (list.items ?? []).map(readEvent).filter((event) => event !== undefined);
    // Several rungs can fall into one moment: then the order in which they were written down decides.
    return events.toSorted((a, b) => Date.parse(a.at ?? "") - Date.parse(b.at ?? "") || a.order - b.order);
  } catch (error) {
    if (error instanceof ApiProblem) return [];
    throw error;
  }
}

/** Events of a run, those that are there first. Ends at once where they may not be read. */
export async function* watchEvents(
  client: ClusterClient,
  run: RunSeen,
  signal: AbortSignal,
): AsyncGenerator<EventSeen> {
  const path = `${eventsPath(client, run)}&watch=1&timeoutSeconds=${String(windowSeconds)}`;
  const seen = new Set<string>();
  while (!signal.aborted) {
    try {
      for await (const line of client.lines(path, windowLimit(signal))) {
        const event = parseLine(line);
        if (!event || event.type === "ERROR") break;
        const told = readEvent(event.object);
        if (!told || event.type === "DELETED") continue;
        const key = `${told.reason}/${told.message}/${told.at ?? ""}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield told;
      }
    } catch (error) {
      if (error instanceof ApiProblem) return;
    }
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}

function windowLimit(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout((windowSeconds + 30) * 1000)]);
}

function parseLine(line: string): z.infer<typeof WatchLine> | undefined {
  if (line.trim() === "") return undefined;
  try {
    return WatchLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function isOutage(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status >= 500 || error.status === 410 || error.status === 429;
  return error instanceof CommandError && error.code === exitCode.platform;
}
