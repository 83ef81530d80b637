import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { detectEnvironment, type Environment } from "../agents/dependency/environment.ts";
import { openTree } from "../agents/detection/folder-tree.ts";
import { Source } from "../agents/source/clone-request.ts";
import { manifestExcerpts } from "../agents/manifest-excerpts.ts";
import { secondPlan } from "../agents/second-plan.ts";
import { draftPlan } from "../agents/survey.ts";
import type { SurveyResult } from "../envelope.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import type { Plan } from "../plan.ts";
import { RepoRunSpec } from "../repo-run.ts";
import { Settings } from "../settings.ts";
import { say } from "./progress.ts";

/** What the survey program is asked, in REPO_RUNNER_REQUEST of its container. */
export const SurveyRequest = z.object({
  inputDigest: z.string().max(80),
  /** Of the RepoRun: the name of a service that has no better one. */
  name: z.string().max(253),
  spec: RepoRunSpec,
  baseImages: Settings.shape.baseImages,
  prediction: z.enum(["Auto", "Off"]).optional(),
});
export type SurveyRequest = z.infer<typeof SurveyRequest>;

/** Where this Job runs is where the program will. */
function environmentHere(): Environment {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };
  return detectEnvironment({ env: process.env, read });
}

/** A folder that was packed has no commit, and an artifact of somebody else's may say anything. */
function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Reads the clone and drafts the plan. It looks at files only: nothing of the repository is run. */
export async function survey(request: SurveyRequest, work: string): Promise<Done<SurveyResult> | Failed> {
  const source = Source.parse(JSON.parse(readFileSync(join(work, "source.json"), "utf8")));
  const tree = openTree(join(work, "src"));
  const asked = {
    spec: request.spec,
    platform: {
      baseImages: request.baseImages.mode,
      listed: request.baseImages.listed,
      now: new Date(),
      commitDate: dateOf(source.committedAt),
      environment: environmentHere(),
    },
    name: request.name,
    ...(request.prediction === undefined ? {} : { prediction: request.prediction }),
  };
  const plan = await draftPlan(tree, asked);
  if (plan.state === "waiting") throw new Error(`the survey has nothing to wait for: ${plan.reason}`);
  if (plan.state === "failed") return failed(plan.failure);
  say(`plan: ${plan.value.summary}`);
  const { commit, revision, subject, files, bytes } = source;
  const second = await secondPlan(tree, asked, plan.value);
  // What is missing of the source is said first: it explains what goes wrong later.
  const told = <T extends Pick<Plan, "warnings">>(drafted: T): T => ({
    ...drafted,
    warnings: [...source.skippedSubmodules, ...drafted.warnings].slice(0, 8),
  });
  const excerpts = await manifestExcerpts(tree, plan.value);
  const plans = { plan: told(plan.value), excerpts, ...(second === undefined ? {} : { second: told(second) }) };
  return done({ commit, revision, subject, files, bytes, ...plans });
}
