import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { runPath } from "../cluster/runs.ts";
import { condition, readRun } from "../cluster/run-seen.ts";
import { readEvent } from "../cluster/watch.ts";
import type { Told } from "./journal.ts";

const windowSeconds = 240;

const WatchLine = z.object({
  type: z.string(),
  object: z
    .looseObject({
      metadata: z.looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
      involvedObject: z
        .looseObject({ kind: z.string().optional(), name: z.string().optional(), uid: z.string().optional() })
        .optional(),
    })
    .optional(),
});
type WatchLine = z.infer<typeof WatchLine>;

/** What RepoRuns and the Events about them tell from now on, without a journal: what was before, and what is missed in between, is not told. */
export async function* watchDirectly(
  client: ClusterClient,
  run: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  const told: Told[] = [];
  let wake: () => void = () => undefined;
  let failure: unknown;
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const tell = (entry: Told | undefined): void => {
    if (entry) told.push(entry);
    wake();
  };
  const field = run === undefined ? "" : encodeURIComponent(`metadata.name=${run}`);
  const about = encodeURIComponent(
    `involvedObject.kind=RepoRun${run === undefined ? "" : `,involvedObject.name=${run}`}`,
  );
  const events = `/api/v1/namespaces/${encodeURIComponent(client.namespace)}/events`;
  const states = stateReader();
  const watches = [
    follow(client, runPath(client.namespace), { field, signal: both, take: (line) => tell(states(line)) }),
    follow(client, events, { field: about, signal: both, take: (line) => tell(entryOfEvent(line)) }),
  ];
  Promise.all(watches).catch((error: unknown) => {
    failure = error;
    tell(undefined);
  });
  signal.addEventListener("abort", () => {
    tell(undefined);
  });
  try {
    while (!signal.aborted) {
      if (failure !== undefined) throw failure;
      yield* told.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (told.length > 0 || failure !== undefined || signal.aborted) resolve();
      });
    }
  } finally {
    ended.abort();
  }
}

/** Each change of a collection from now on. */
async function follow(
  client: ClusterClient,
  path: string,
  { field, signal, take }: { field: string; signal: AbortSignal; take: (line: WatchLine) => void },
): Promise<void> {
  const select = field === "" ? "" : `&fieldSelector=${field}`;
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      version ??= await versionOf(client, `${path}?limit=1${select}`);
      const window = AbortSignal.any([signal, AbortSignal.timeout((windowSeconds + 30) * 1000)]);
      const query = `?watch=1&timeoutSeconds=${String(windowSeconds)}&resourceVersion=${version}${select}`;
      for await (const line of client.lines(path + query, window)) {
        const { data } = WatchLine.safeParse(JSON.parse(line));
        if (!data || data.type === "ERROR") {
          version = undefined;
          break;
        }
        version = data.object?.metadata?.resourceVersion ?? version;
        if (data.type !== "BOOKMARK") take(data);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 410)
        throw refusal(error, "watch RepoRuns", client.namespace);
      version = undefined;
    }
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}

async function versionOf(client: ClusterClient, path: string): Promise<string> {
  return z.object({ metadata: z.object({ resourceVersion: z.string() }) }).parse(await client.get(path)).metadata
    .resourceVersion;
}

/** Tells a stage or an end once. */
function stateReader(): (line: WatchLine) => Told | undefined {
  const last = new Map<string, string>();
  return ({ type, object }) => {
    const run = readRun(object);
    const { name, namespace, uid } = run.metadata;
    const about = { at: Date.now(), namespace, run: name, uid: uid ?? "" };
    if (type === "DELETED") return { ...about, kind: "Deleted", body: {} };
    const ready = condition(run, "Ready");
    if (!ready) return undefined;
    const state = `${ready.status}/${ready.reason}`;
    if (last.get(name) === state) return undefined;
    last.set(name, state);
    if (ready.status === "Unknown") return { ...about, kind: "Stage", body: { stage: ready.reason } };
    return { ...about, kind: "End", body: { ready: ready.status, reason: ready.reason, message: ready.message } };
  };
}

function entryOfEvent({ type, object }: WatchLine): Told | undefined {
  const event = type === "DELETED" ? undefined : readEvent(object);
  const { name, uid = "" } = object?.involvedObject ?? {};
  if (!event || name === undefined) return undefined;
  const at = Date.parse(event.at ?? "");
  const { reason, message } = event;
  const namespace = z.string().catch("").parse(object?.metadata?.["namespace"]);
  return {
    at: Number.isNaN(at) ? Date.now() : at,
    namespace,
    run: name,
    uid,
    kind: "Event",
    body: { type: event.type, reason, message },
  };
}
