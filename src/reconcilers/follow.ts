import { z } from "zod";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { resolveJob } from "../agents/source/resolve-job.ts";
import { ensureSourceSecret } from "../agents/source/source-secret.ts";
import { ensureCaBundle } from "../agents/setup/ca-bundle.ts";
import { digestOf, shortHash } from "../digest.ts";
import type { Settings } from "../settings.ts";
import { seconds } from "./build-manager.ts";
import { runJob } from "./job-stage.ts";

const Resolved = z.object({ commit: z.string().regex(/^[0-9a-f]{40,64}$/) });
const defaultInterval = "5m";
const mostRemembered = 20_000;

/**
 * `spec.update.mode: Follow`: asks the remote once in each interval whether the branch or tag has moved, by a Job in the run's namespace, and when it has
 * asks for the run anew (annotation requestedAt), as a webhook or a person would. Nothing is written while nothing has moved.
 */
export class Follow {
  readonly #settings: Settings;
  /** The slot of time that was answered last, by run. Lost with the process, which then asks once more than needed. */
  readonly #answered = new Map<string, number>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Milliseconds until the next question; undefined where there is nothing to follow, or the watches tell when to go on. */
  async look(pass: Pass): Promise<number | undefined> {
    const { run } = pass;
    if (!follows(run)) return undefined;
    const { slot, untilNextMs } = slotOf(run, pass.clock.now());
    if (this.#answered.get(run.uid) === slot) return untilNextMs;
    const answer = await this.#ask(pass, slot);
    if (answer.state === "waiting") return (answer.retryAfterSeconds ?? 30) * 1000;
    if (this.#answered.size >= mostRemembered) this.#answered.clear();
    this.#answered.set(run.uid, slot);
    if (answer.state === "failed") {
      pass.log("remote could not be asked", { reason: answer.failure.reason, failure: answer.failure.message });
      return untilNextMs;
    }
    const { commit } = Resolved.parse(answer.value.value);
    await pass.cluster.remove("Job", run.namespace, answer.value.job.name, answer.value.job.uid);
    if (commit === run.status?.source?.commit) return untilNextMs;
    pass.log("the branch has moved", { from: run.status?.source?.commit, to: commit });
    await pass.cluster.request(run, pass.clock.now());
    return undefined;
  }

  async #ask(pass: Pass, slot: number): ReturnType<typeof runJob> {
    const { run, cluster } = pass;
    const { source } = run.spec;
    const bundle = await ensureCaBundle(cluster, run, this.#settings);
    if (bundle.state !== "done") return bundle;
    const secret = await ensureSourceSecret(cluster, run, source, this.#settings);
    if (secret.state !== "done") return secret;
    const inputDigest = digestOf([source, slot]);
    return await runJob(pass, {
      stage: "follow",
      what: "asking the remote",
      inputDigest,
      make: (name) =>
        resolveJob({
          run,
          name,
          inputDigest,
          source,
          settings: this.#settings,
          ...(secret.value === undefined ? {} : { sourceSecret: secret.value }),
        }),
    });
  }
}

/** A commit or a digest never moves; a run that is held is not moved by itself. */
function follows({ spec, deleting }: RunRecord): boolean {
  const { git, oci } = spec.source;
  if (deleting || spec.update?.mode !== "Follow" || spec.suspend === true || spec.state === "Stopped") return false;
  return git === undefined ? !/@sha256:/.test(oci?.url ?? "@sha256:") : git.ref?.commit === undefined;
}

/** Time in slots of one interval, begun for each run at another moment, so that a thousand runs do not ask at once. */
function slotOf(run: RunRecord, now: Date): { readonly slot: number; readonly untilNextMs: number } {
  const everyMs = seconds(run.spec.update?.interval ?? defaultInterval) * 1000;
  const shifted = now.getTime() + (Number.parseInt(shortHash([run.uid], 6), 36) % everyMs);
  return { slot: Math.floor(shifted / everyMs), untilNextMs: everyMs - (shifted % everyMs) + 50 };
}
