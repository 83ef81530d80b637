import { z } from "zod";
import { Layer } from "./failure.ts";
import { rules } from "./repo-run-texts.ts";

/** Where a lesson has been of use: of the repository an identity, never its address. */
export const LessonPlace = z.object({
  /** Short digest of the repository's address and path. */
  repository: z.string().max(16),
  /** Short digest of host and owner: repositories of two owners are unrelated. */
  owner: z.string().max(16),
  service: z.string().max(40),
  /** What the fields that the action changes looked like: while they do, it is taken into the first draft of the same repository. */
  appliesTo: z.string().max(80),
  /** Short digest of the beginnings of its manifests: another repository with the same starts from what worked. */
  manifest: z.string().max(16).optional(),
  /** Short digest of language, framework, package manager and runtime: after three repositories the fourth of the kind starts so, too. */
  stack: z.string().max(16).optional(),
});
export type LessonPlace = z.infer<typeof LessonPlace>;

/** What came of a lesson so far. Written by Repo Runner alone; it holds no line of a log. */
export const LessonRecord = z.object({
  wins: z.int().nonnegative().meta({ format: "int32" }),
  losses: z.int().nonnegative().meta({ format: "int32" }),
  lossesInARow: z.int().nonnegative().meta({ format: "int32" }),
  confidence: z
    .int()
    .min(0)
    .max(100)
    .meta({ description: "Lower end of the 95 % interval of its share of wins, in percent.", format: "int32" }),
  state: z.enum(["Trial", "Trusted", "Quarantined"]),
  places: z.array(LessonPlace).max(16),
  recorded: z
    .array(z.string().max(64))
    .max(32)
    .meta({ description: "Runs and revisions that were counted last, so that none is counted twice." }),
  lastSeen: z.string().meta({ format: "date-time" }),
  expires: z.string().meta({ format: "date-time" }),
});
export type LessonRecord = z.infer<typeof LessonRecord>;

/** What a mended failure has taught: of which failure, which change of plan, and how often it helped. */
export const FixLesson = z
  .object({
    spec: z
      .object({
        fingerprint: z
          .string()
          .min(1)
          .max(80)
          .meta({ description: "Digest of the failure, without what differs from try to try." }),
        language: z.string().max(32),
        layer: Layer,
        signature: z.string().max(64),
        rule: z.string().max(128).meta({ description: "Who found it first." }),
        scope: z
          .enum(["Namespace", "Cluster"])
          .meta({ description: "Whose runs may use it; Cluster only in the operator's own namespace." }),
        action: z.string().max(32).meta({ description: "The kind of the change." }),
        arguments: z
          .string()
          .max(4096)
          .meta({ description: "The change as JSON; one that is not of the closed set is not used." }),
        use: z
          .enum(["Auto", "Always", "Never"])
          .optional()
          .meta({ description: "A person's word: Never switches it off, Always keeps it in use whatever came of it." }),
      })
      .meta(
        rules({
          rule: "self.fingerprint == oldSelf.fingerprint && self.arguments == oldSelf.arguments && self.action == oldSelf.action",
          message: "what a lesson says cannot be changed: set use to Never, or delete it",
        }),
      ),
    record: LessonRecord.optional(),
  })
  .meta({
    description:
      "FixLesson is what a mended failure has taught. Repo Runner writes it; people may switch it off or delete it.",
  });
export type FixLesson = z.infer<typeof FixLesson>;
