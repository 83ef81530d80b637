import { z } from "zod";

/**
 * Where a thing is broken, lowest first: a fix at one layer invalidates only what comes after it, and the lowest broken layer is mended first.
 * `Cluster` (quota, rights, nodes) and `Transient` (worth the same try again) stand beside the ladder.
 */
export const Layer = z.enum([
  "Source",
  "Base",
  "Runtime",
  "System",
  "Deps",
  "Build",
  "Config",
  "Service",
  "Process",
  "Health",
  "Network",
  "Cluster",
  "Transient",
]);
export type Layer = z.infer<typeof Layer>;

/** Who can make a failure go away. `Repo` failures may be mended by a fix; `Spec` waits for a new spec; `Platform` is retried. */
export const Blame = z.enum(["Spec", "Repo", "Platform"]);
export type Blame = z.infer<typeof Blame>;

export const Observed = z.object({
  /** `0.0.0.0:3000 uid 10001`. */
  sockets: z.array(z.string().max(80)).max(8).optional(),
  /** Who was asked, and what came: `pod: 500 "Error" in 3 ms`. */
  probes: z.array(z.string().max(200)).max(6).optional(),
});
/** What was seen beside a program's own words: the table of its sockets, and what it answered. */
export type Observed = z.infer<typeof Observed>;

/** An expected way to fail: a value, not a throw. What is thrown is a bug or an outage. */
export const Failure = z.object({
  /** CamelCase and stable: the reason of the Ready condition, and the name of a section in docs/troubleshooting.md. */
  reason: z.string().max(64),
  /** What happened, where; one sentence that a person can act on. Never a secret, never control characters. */
  message: z.string().max(1024),
  /** What to do next; one sentence. */
  hint: z.string().max(1024).optional(),
  layer: Layer,
  blame: Blame,
  service: z.string().max(40).optional(),
  /** Where: `src/orders.ts:41:17`, or an object of the cluster. */
  where: z.string().max(256).optional(),
  /** The lines that matter, redacted, twelve at most. */
  lines: z.array(z.string().max(400)).max(12).optional(),
  /** Exit code of the program that failed, where one did. */
  exitCode: z.int().optional(),
  observed: Observed.optional(),
});
export type Failure = z.infer<typeof Failure>;
