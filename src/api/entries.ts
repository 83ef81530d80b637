import { shortHash } from "../digest.ts";
import type { WireObject } from "../controller/slim.ts";
import { identityOf } from "../controller/slim.ts";
import type { EntryKind, JournalEntry } from "../journal-entry.ts";
import { RepoRunStatus } from "../repo-run.ts";

const longest = 1024;

interface RunObject extends WireObject {
  readonly spec?: { readonly source?: { readonly git?: { readonly url?: unknown; readonly ref?: unknown } } };
  readonly status?: unknown;
}

interface EventObject extends WireObject {
  readonly eventTime?: string | null;
  readonly reportingController?: string;
  readonly reason?: string;
  readonly type?: string;
  readonly note?: string;
  readonly regarding?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

type Body = Record<string, string | number | undefined>;

/** All that a RepoRun tells of what has happened to it. The same state gives the same keys, so that it can be told again after any restart. */
export function entriesOfRun(raw: WireObject, now: Date): readonly JournalEntry[] {
  const object = raw as RunObject;
  const { namespace, name: run, uid } = identityOf(raw.metadata ?? {});
  const entry = (kind: EntryKind, key: readonly unknown[], at: string | undefined, body: Body): JournalEntry => ({
    key: `${uid}/${kind}/${shortHash(key, 24)}`,
    at: timeOf(at, now),
    namespace,
    run,
    uid,
    kind,
    body: bounded(body),
  });
  const { generation = 1, creationTimestamp } = raw.metadata ?? {};
  const git = object.spec?.source?.git;
  const first = generation === 1 ? creationTimestamp : undefined;
  const asked = entry("Asked", [generation], first, {
    generation,
    url: textOf(git?.url),
    ref: textOf(git?.ref),
  });
  // A status that an older or a newer controller wrote: what is not understood is not told.
  const { data: status } = RepoRunStatus.safeParse(object.status ?? {});
  if (!status) return [asked];
  const { maturity, plan, source } = status;
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  const where = { generation: status.observedGeneration, commit: source?.commit, plan: plan?.revision };
  const told = [asked];
  if (ready?.status === "Unknown") {
    const key = [where, ready.reason, maturity, ready.lastTransitionTime];
    told.push(entry("Stage", key, undefined, { ...where, stage: ready.reason, maturity }));
  }
  for (const fix of status.fixes ?? []) {
    const { at, revision, ...what } = fix;
    told.push(
      entry("Fix", [source?.commit, revision, what.signature, what.outcome, at], at, {
        ...where,
        ...what,
        plan: revision,
      }),
    );
  }
  // While a release that is well is looked at anew, its status has no plan for a moment: that is no other end.
  const isEnd = ready?.status === "False" || (ready?.status === "True" && plan?.revision !== undefined);
  if (ready !== undefined && isEnd) {
    const ended = { ...where, ready: ready.status, reason: ready.reason };
    const said = { message: ready.message, url: status.url, blame: status.failure?.blame };
    told.push(entry("End", [ended, ready.lastTransitionTime], ready.lastTransitionTime, { ...ended, ...said }));
  }
  return told;
}

/** What an Event of the controller tells; undefined for everybody else's. */
export function entryOfEvent(raw: WireObject, now: Date): JournalEntry | undefined {
  const { regarding, reportingController, eventTime, reason, type, note } = raw as EventObject;
  const { namespace, uid: eventUid } = identityOf(raw.metadata ?? {});
  if (reportingController !== "repo-runner.dev/controller" || regarding?.kind !== "RepoRun") return undefined;
  const { name, uid } = regarding;
  // An Event lies in the namespace of what it is about: one that names another is made up.
  if (name === undefined || uid === undefined || regarding.namespace !== namespace) return undefined;
  return {
    key: `event/${eventUid}`,
    at: timeOf(eventTime ?? raw.metadata?.creationTimestamp, now),
    namespace,
    run: name.slice(0, 253),
    uid: uid.slice(0, 64),
    kind: "Event",
    body: bounded({ type, reason, message: note }),
  };
}

/** That a run is gone; nobody says when, only when it was noticed. */
export function deletedEntry(run: { namespace: string; run: string; uid: string }, now: Date): JournalEntry {
  const { namespace, uid } = run;
  return { key: `${uid}/Deleted`, at: now.getTime(), namespace, run: run.run, uid, kind: "Deleted", body: {} };
}

function timeOf(text: string | undefined | null, now: Date): number {
  const time = Date.parse(text ?? "");
  // Clocks differ, and a tenant may write any time into an Event: nothing happens in the future.
  return Number.isNaN(time) || time < 0 ? now.getTime() : Math.min(time, now.getTime());
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function bounded(body: Body): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || value === "") continue;
    kept[name] = typeof value === "string" ? value.slice(0, longest) : value;
  }
  return kept;
}
