import { z } from "zod";
import { RepoRunSpec } from "./repo-run-spec.ts";
import { RepoRunStatus } from "./repo-run-status.ts";

export { RepoRunSpec } from "./repo-run-spec.ts";
export { Condition, RepoRunStatus } from "./repo-run-status.ts";
export { ServiceWish } from "./repo-run-service.ts";

/** The custom resource: a repository that should run, and what was seen of it. The CRD is generated from here. */
export const RepoRun = z.object({ spec: RepoRunSpec, status: RepoRunStatus.optional() }).meta({
  description: "RepoRun runs a repository: it plans, builds, starts, mends and links it.",
  "x-kubernetes-validations": [
    {
      rule: "size(self.metadata.name) <= 52",
      message: "metadata.name must be at most 52 characters: the names of its children add to it",
    },
  ],
});
export type RepoRun = z.infer<typeof RepoRun>;
