import { digestOf } from "../../digest.ts";
import type { Failure } from "../../failure.ts";
import { redactLines } from "../../redact.ts";

/** Where a failure was met: while an image is made, while its program runs, or in a step before a release. */
export type Stage = "Build" | "Run";

/** What is known about a failure: gathered, redacted and bounded here and nowhere else, before any rule, memory or model sees it. */
export interface Evidence {
  readonly failure: Failure;
  readonly stage: Stage;
  /** The first error block, then the last lines that were written, each line once; at most 212 of 400 characters. */
  readonly lines: readonly string[];
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

/** Gathers what is known. `log`: the last lines of the build or program that failed. */
export function gather(failure: Failure, log: readonly string[]): Evidence {
  const lines = [...(failure.lines ?? []), ...log.slice(-mostLines), failure.message];
  const stage = buildLayers.has(failure.layer) && !runReasons.has(failure.reason) ? "Build" : "Run";
  return { failure, stage, lines: [...new Set(redactLines(lines))], print: printOf(failure) };
}

/** Digest of an error: its place on the ladder and its words, as they would be in any other try. */
export function printOf(failure: Failure): string {
  const words = failure.lines === undefined || failure.lines.length === 0 ? [failure.message] : failure.lines;
  return digestOf([failure.layer, failure.reason, failure.exitCode ?? null, words.map(normalised)]);
}

/** A line without what differs from try to try: times, counts, addresses, digests, temporary places. */
export function normalised(line: string): string {
  return line
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ][\d:.,]{5,18}Z?\b|\b\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\b/g, "<time>")
    .replaceAll(/\b0x[0-9a-f]{4,16}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,64}\b/gi, "<id>")
    .replaceAll(/\/(?:tmp|var\/folders)\/[\w./-]{1,120}/g, "<tmp>")
    .replaceAll(/\b\d+(?:\.\d+)?(?: ?(?:ms|s|kB|MB|GB|KiB|MiB|%))?(?![\w.])/g, "<n>")
    .replaceAll(/\s+/g, " ")
    .trim();
}
