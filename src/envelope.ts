import { z } from "zod";
import { Failure } from "./failure.ts";

/** A container's termination message holds 4,096 bytes (kubelet's limit); what is larger goes to the log in chunks. */
export const maxEnvelopeBytes = 4096;
export const maxChunkBytes = 8192;

/**
 * What a Job tells: it arrives with the pod's status, by the watch that is there anyway, and survives where a log's last line is lost
 * (rotation, a split of long lines, a deleted pod). It is parsed as hostile input.
 */
export const Envelope = z.object({
  v: z.literal(1),
  /** The digest of what the Job was asked; one that does not match is another Job's answer and is thrown away. */
  inputDigest: z.string().max(80),
  outcome: z.enum(["Done", "Failed"]),
  /** Digest and size in bytes of the value, wherever it is. */
  digest: z.string().max(80).optional(),
  size: z.int().nonnegative().max(1_048_576).optional(),
  /** The value itself where it fits; else it is in the log, in numbered chunks. */
  value: z.unknown().optional(),
  failure: Failure.optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/** What a Job's termination message says, read as hostile input; undefined when it is no envelope, or answers another question. */
export function readEnvelope(text: string, inputDigest: string): Envelope | undefined {
  if (Buffer.byteLength(text) > maxEnvelopeBytes) return undefined;
  try {
    const parsed = Envelope.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.inputDigest === inputDigest ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What a survey Job answers. */
export interface SurveyResult {
  readonly commit: string;
  /** For people: `main@4f1c9e2`. */
  readonly revision: string;
  readonly subject: string;
  readonly files: number;
  readonly bytes: number;
  readonly plan: unknown;
  /** What would be planned else, should nothing mend the first. */
  readonly second?: unknown;
  /** Beginnings of its manifests, redacted. */
  readonly excerpts?: unknown;
}

/** What a build Job answers. */
export const BuildResult = z.object({
  /** `sha256:…` of the pushed index. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Compressed bytes of the image's layers. */
  bytes: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** USER of the image's config, as written there; "" is root. */
  user: z.string().max(64),
  /** EXPOSEd TCP ports. */
  exposed: z.array(z.int()).max(16),
  /** ENTRYPOINT and CMD exist. */
  hasCommand: z.boolean(),
  layers: z.object({ total: z.int(), cached: z.int() }).optional(),
  /** Base images as they were when it was built: a name may stand for another tomorrow. */
  bases: z
    .array(z.object({ image: z.string().max(256), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }))
    .max(16)
    .optional(),
  /** Where it lies, when another run of the namespace had it built. */
  from: z
    .object({ run: z.string().regex(/^[a-z0-9.-]{1,253}$/), service: z.string().regex(/^[a-z0-9-]{1,63}$/) })
    .optional(),
});
export type BuildResult = z.infer<typeof BuildResult>;
