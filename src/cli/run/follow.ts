import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient } from "../cluster/client.ts";
import { findPlan, type PlanRecordSeen } from "../cluster/plan-seen.ts";
import { lastLine, replicasOf } from "../cluster/pods.ts";
import { condition, standingOf, type RunSeen } from "../cluster/run-seen.ts";
import { watchEvents, watchRun } from "../cluster/watch.ts";
import { self } from "../command.ts";
import { clean } from "../text.ts";
import type { Voice } from "../voice.ts";
import { Story } from "./story.ts";

/** How long a failure of the platform is watched being tried again, before we say so and leave. */
const patienceMs = 90_000;
const lookMs = 2_000;
/** After how long without any status we say that nobody looks at the run. */
const unseenMs = 20_000;

/** How following a run ended. */
export interface Ending {
  readonly how: "well" | "needs" | "failed" | "halted" | "timeout" | "interrupted" | "deleted";
  readonly run: RunSeen;
  readonly record: PlanRecordSeen | undefined;
  readonly story: Story;
}

export interface FollowOptions {
  readonly timeoutMs: number;
  /** Steps that had ended before are not told again. */
  readonly quietStart: boolean;
  /** How long a run that waits for a person is given to notice what it was just given. */
  readonly needsGraceMs?: number;
  readonly signal: AbortSignal;
}

/** Follows one run until it has ended, telling each step as it happens: status by a watch, Events and logs where they may be read. */
export async function follow(
  client: ClusterClient,
  name: string,
  voice: Voice,
  options: FollowOptions,
): Promise<Ending> {
  const stop = new AbortController();
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout, stop.signal]);
  const startedMs = Date.now();
  const story = new Story(startedMs);
  let saidUnseen = false;
  let latest: RunSeen | undefined;
  let record: PlanRecordSeen | undefined;
  let trouble: { readonly how: "failed" | "needs"; readonly untilMs: number } | undefined;
  const graceUntilMs = Date.now() + (options.needsGraceMs ?? 0);
  let aside: Promise<unknown> | undefined;
  const end = (how: Ending["how"], run: RunSeen): Ending => ({ how, run, record, story });
  const tick = setInterval(() => {
    // A platform failure that does not change sends no news: the watch alone would wait for ever.
    if (trouble && Date.now() > trouble.untilMs) stop.abort();
    if (!saidUnseen && latest && latest.status.observedGeneration === undefined && Date.now() - startedMs > unseenMs) {
      saidUnseen = true;
      voice.say(`no controller has looked at ${name} yet; ${self} doctor says whether there is one`);
    }
  }, 1000).unref();
  try {
    for await (const run of watchRun(client, name, signal)) {
      if (!run) return end("deleted", latest ?? missing(name));
      if (!latest && options.quietStart) story.skip(run);
      latest = run;
      aside ??= Promise.all([hear(client, run, story, voice, signal), lookAtLogs(client, run, story, voice, signal)]);
      if (run.status.plan && String(record?.revision) !== String(run.status.plan.revision))
        record = await findPlan(client, run);
      const replicas = condition(run, "Released")?.status === "True" ? await replicasOf(client, run) : [];
      for (const step of story.onRun(run, { record, replicas }, Date.now())) voice.step(step);
      show(story, voice);
      const standing = standingOf(run);
      if (standing === "retrying") trouble ??= { how: "failed", untilMs: Date.now() + patienceMs };
      else if (standing === "needs" && Date.now() < graceUntilMs) trouble ??= { how: "needs", untilMs: graceUntilMs };
      else if (standing === "moving") trouble = undefined;
      else return end(standing, run);
    }
    const last = latest ?? missing(name);
    if (trouble && stop.signal.aborted) return end(trouble.how, last);
    return end(options.signal.aborted ? "interrupted" : "timeout", last);
  } catch (error) {
    if (options.signal.aborted && latest) return end("interrupted", latest);
    throw error;
  } finally {
    clearInterval(tick);
    stop.abort();
    voice.rest();
    // Its requests end with the signal; what is left of it must not become an unhandled rejection.
    void aside?.catch(() => undefined);
  }
}

function missing(name: string): never {
  throw new Error(`nothing was seen of ${name}`);
}

function show(story: Story, voice: Voice): void {
  const { now } = story;
  if (now) voice.live(now.name, now.text);
}

async function hear(
  client: ClusterClient,
  run: RunSeen,
  story: Story,
  voice: Voice,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of watchEvents(client, run, signal)) {
    story.onEvent(event.reason, event.message);
    voice.event({ event: "event", reason: event.reason, message: clean(event.message, 400) });
  }
}

async function lookAtLogs(
  client: ClusterClient,
  run: RunSeen,
  story: Story,
  voice: Voice,
  signal: AbortSignal,
): Promise<void> {
  if (voice.mode !== "Terminal") return;
  while (!signal.aborted) {
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || story.now?.name !== "build") continue;
    const line = await lastLine(client, run, "build", signal).catch(() => undefined);
    if (line === undefined) continue;
    story.onLine(line);
    show(story, voice);
  }
}
