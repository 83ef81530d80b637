import { digestOf } from "../../digest.ts";
import type { Failure } from "../../failure.ts";
import type { AttemptEvidence } from "../../fix.ts";
import { redactLines } from "../../redact.ts";
import type { ManifestExcerpt } from "../manifest-excerpts.ts";

/** Where a failure was met: while an image is made, while its program runs, or in a step before a release. */
export type Stage = "Build" | "Run";

/** What is known about a failure: gathered, redacted and bounded here and nowhere else, before any rule, memory or model sees it. */
export interface Evidence {
  readonly failure: Failure;
  readonly stage: Stage;
  /** The first error block, then the last lines that were written, each line once; at most 212 of 400 characters. */
  readonly lines: readonly string[];
  /** What its pods went through: `web-7f9 app: terminated OOMKilled, exit code 137, 3 restarts`. */
  readonly events: readonly string[];
  /** The sockets that were open, and what it answered, where it was looked at. */
  readonly sockets: readonly string[];
  readonly probes: readonly string[];
  /** What this plan has that the last good one had not. */
  readonly changed: readonly string[];
  /** Lines of its manifests. */
  readonly manifests: readonly ManifestExcerpt[];
  /** Digest of what went wrong, without paths, numbers and times: the same trouble has the same print in the next try. */
  readonly print: string;
}

const mostLines = 200;
const buildLayers = new Set(["Base", "Runtime", "System", "Deps", "Build"]);
const runReasons = new Set([
  "CrashLoop",
  "JobFailed",
  "EndsByItself",
  "ReleaseStepFailed",
  "AnswersError",
  "NotReachable",
]);

/** What stands around a failure, as whoever gathers it found it. */
export interface Surroundings {
  readonly events?: readonly string[];
  readonly changed?: readonly string[];
  readonly manifests?: readonly ManifestExcerpt[];
}

/** Gathers what is known. `log`: the last lines of the build or program that failed. */
export function gather(failure: Failure, log: readonly string[], around: Surroundings = {}): Evidence {
  const lines = [...(failure.lines ?? []), ...log.slice(-mostLines), failure.message];
  const stage = buildLayers.has(failure.layer) && !runReasons.has(failure.reason) ? "Build" : "Run";
  const { sockets = [], probes = [] } = failure.observed ?? {};
  return {
    failure,
    stage,
    lines: [...new Set(redactLines(lines))],
    events: bounded(around.events),
    sockets: bounded(sockets),
    probes: bounded(probes),
    changed: bounded(around.changed),
    manifests: (around.manifests ?? []).map(({ path, lines: own }) => ({ path, lines: redactLines(own.slice(0, 60)) })),
    print: printOf(failure),
  };
}

function bounded(lines: readonly string[] = []): readonly string[] {
  return redactLines(lines.slice(0, 12)).map((line) => line.slice(0, 200));
}

/** What is kept of it with the attempt that it led to: enough to see why, small enough for a plan's record. */
export function keptEvidence({ failure, lines, events, sockets, probes, changed }: Evidence): AttemptEvidence {
  const decisive = failure.lines === undefined || failure.lines.length === 0 ? lines.slice(-6) : lines.slice(0, 6);
  const some = <K extends string>(key: K, list: readonly string[]) =>
    list.length === 0 ? {} : ({ [key]: list.slice(0, 6) } as Record<K, string[]>);
  return {
    lines: decisive.map((line) => line.slice(0, 200)),
    ...(failure.exitCode === undefined ? {} : { exitCode: failure.exitCode }),
    ...some("events", events),
    ...some("sockets", sockets),
    ...some("probes", probes),
    ...some("changed", changed),
  };
}

/** Digest of an error: its place on the ladder and its words, as they would be in any other try. */
export function printOf(failure: Failure): string {
  const words = failure.lines === undefined || failure.lines.length === 0 ? [failure.message] : failure.lines;
  return digestOf([failure.layer, failure.reason, failure.exitCode ?? null, words.map(normalised)]);
}

/** A line without what differs from try to try: times, counts, addresses, digests, temporary places. */
export function normalised(line: string): string {
  return line
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ][\d:.,_]{5,18}Z?(?!\w)|\b\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\b/g, "<time>")
    .replaceAll(/\b0x[0-9a-f]{4,16}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,64}\b/gi, "<id>")
    .replaceAll(/[:@][0-9a-f]{7,64}\b/gi, ":<id>")
    .replaceAll(/\b(?:\d+(?:\.\d+)?(?:h|ms|m|s)){2,4}\b/g, "<n>")
    .replaceAll(/\/(?:tmp|var\/folders)\/[\w./-]{1,120}/g, "<tmp>")
    .replaceAll(/\b\d+(?:\.\d+)?(?: ?(?:ms|s|kB|MB|GB|KiB|MiB|%))?(?![\w.])/g, "<n>")
    .replaceAll(/\s+/g, " ")
    .trim();
}
