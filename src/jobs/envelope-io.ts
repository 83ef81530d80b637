import { writeFileSync } from "node:fs";
import { toChunks } from "../chunks.ts";
import { digestOf } from "../digest.ts";
import { type Envelope, maxEnvelopeBytes } from "../envelope.ts";
import type { Failure } from "../failure.ts";
import type { Done, Failed } from "../outcome.ts";

/** A larger value leaves no room for what stands around it in 4 KB. */
const maxInlineBytes = 3072;

/** What a Job writes where: the termination message, and the log lines that go with it. */
export interface Sealed {
  readonly message: string;
  readonly chunks: readonly string[];
}

/** Puts an outcome into an envelope: small values inside, larger ones in chunks for the log, failures cut until they fit. */
export function seal(inputDigest: string, outcome: Done<unknown> | Failed): Sealed {
  if (outcome.state === "failed") return { message: sealFailure(inputDigest, outcome.failure), chunks: [] };
  const text = JSON.stringify(outcome.value);
  const size = Buffer.byteLength(text);
  const head = { v: 1, inputDigest, outcome: "Done", digest: digestOf(text), size } satisfies Envelope;
  if (size <= maxInlineBytes) return { message: JSON.stringify({ ...head, value: outcome.value }), chunks: [] };
  return { message: JSON.stringify(head), chunks: toChunks(text) };
}

/**
 * Tells a Job's result: chunks first, so that an envelope never names what is not written yet. The message goes to the container's
 * termination log, which the kubelet puts into the pod's status.
 */
export function writeEnvelope(inputDigest: string, outcome: Done<unknown> | Failed, path = terminationLog()): void {
  const sealed = seal(inputDigest, outcome);
  for (const chunk of sealed.chunks) process.stdout.write(`${chunk}\n`);
  writeFileSync(path, sealed.message);
}

function terminationLog(): string {
  return process.env["REPO_RUNNER_TERMINATION_LOG"] ?? "/dev/termination-log";
}

/** The last lines say most; the first are given up until the whole fits. */
function sealFailure(inputDigest: string, failure: Failure): string {
  const { lines = [], ...rest } = failure;
  for (let dropped = 0; dropped <= lines.length; dropped += 1) {
    const kept = lines.slice(dropped);
    const message = toMessage(inputDigest, kept.length > 0 ? { ...rest, lines: kept } : rest);
    if (Buffer.byteLength(message) <= maxEnvelopeBytes) return message;
  }
  return toMessage(inputDigest, { ...rest, message: rest.message.slice(0, 300), hint: rest.hint?.slice(0, 300) });
}

function toMessage(inputDigest: string, failure: Failure): string {
  const envelope: Envelope = { v: 1, inputDigest, outcome: "Failed", failure };
  return JSON.stringify(envelope);
}
