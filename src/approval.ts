import { z } from "zod";
import { rules } from "./repo-run-texts.ts";

/** Steps that a person may want to be asked about (`spec.approve`). */
export const ApprovalStep = z.enum(["Build", "Release", "Fix"]);
export type ApprovalStep = z.infer<typeof ApprovalStep>;

/** A person's yes to one step of one run, and to nothing but what the digest names. The right to create it is the right to approve. */
export const RepoRunApproval = z
  .object({
    spec: z
      .object({
        run: z.string().min(1).max(52).meta({ description: "Name of the RepoRun, in this namespace." }),
        step: ApprovalStep.meta({ description: "What is approved." }),
        digest: z
          .string()
          .min(1)
          .max(80)
          .meta({ description: "Of exactly what is approved: the digest in status.needs of the RepoRun." }),
        by: z
          .string()
          .max(253)
          .meta({ description: "Who approved. Written by the cluster, whatever is said here." })
          .optional(),
      })
      .meta(rules({ rule: "self == oldSelf", message: "an approval cannot be changed: create another one" })),
  })
  .meta({ description: "RepoRunApproval lets a RepoRun that waits go on with one step." });
export type RepoRunApproval = z.infer<typeof RepoRunApproval>;
