import type { Logger } from "pino";
import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { isApiError } from "./api-error.ts";
import { fitStatus } from "./fit-status.ts";
import { mergePatchOf } from "./merge-patch.ts";
import type { Metrics } from "./metrics.ts";
import { Conflict } from "./pass-error.ts";
import { fieldManager, objectPath, patchType } from "./resources.ts";
import { secondsToReady } from "./run-phase.ts";
import type { WireObject } from "./slim.ts";
import { keyOf } from "./store.ts";
import type { Transport } from "./transport.ts";

/** Writes what a pass found into status: one request where it differs from what was read, none where it does not. */
export class StatusWriter {
  readonly #transport: Transport;
  readonly #upsert: (raw: WireObject) => unknown;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  /** Runs whose status is being written just now, and the newest version that the watch showed meanwhile. */
  readonly #writing = new Map<string, string | undefined>();

  constructor(parts: { transport: Transport; upsert: (raw: WireObject) => unknown; metrics: Metrics; logger: Logger }) {
    this.#transport = parts.transport;
    this.#upsert = parts.upsert;
    this.#metrics = parts.metrics;
    this.#logger = parts.logger;
  }

  /** `gone`: the run is not there any more. A Conflict is thrown after the run has been read again. */
  async write(
    run: RunRecord,
    next: RepoRunStatus,
    signal: AbortSignal,
  ): Promise<"written" | "skipped" | "gone" | "foreign"> {
    const { status, cut } = fitStatus(next);
    const patch = mergePatchOf(run.status ?? {}, status);
    if (patch === undefined) {
      this.#metrics.statusWrite("skipped");
      return "skipped";
    }
    const key = keyOf(run);
    if (cut) this.#logger.warn({ run: key }, "status was too large and lost its least missed parts");
    this.#writing.set(key, undefined);
    try {
      const answer = await this.#transport.json<WireObject>({
        method: "PATCH",
        path: `${objectPath("RepoRun", run.namespace, run.name, "status")}?fieldManager=${fieldManager}`,
        contentType: patchType.merge,
        // Only the version protects a namesake: a wrong uid is accepted on /status without a word.
        body: { metadata: { resourceVersion: run.resourceVersion }, status: patch },
        signal,
      });
      this.#metrics.statusWrite("written");
      const took = secondsToReady(run.status, status, new Date());
      if (took !== undefined) this.#metrics.ready(took);
      this.#upsert(answer);
      const seen = this.#writing.get(key);
      return seen === undefined || seen === answer.metadata?.resourceVersion ? "written" : "foreign";
    } catch (error) {
      if (isApiError(error, 404)) return "gone";
      if (isApiError(error, 409)) {
        this.#metrics.statusWrite("conflict");
        await this.#readAgain(run, signal);
        throw new Conflict(`${key} was written by somebody else`);
      }
      throw error;
    } finally {
      this.#writing.delete(key);
    }
  }

  /** True while a write is under way: then a version that the watch shows may be our own echo, and is judged when the answer is there. */
  noteEcho(key: string, resourceVersion: string): boolean {
    if (!this.#writing.has(key)) return false;
    this.#writing.set(key, resourceVersion);
    return true;
  }

  async #readAgain(run: RunRecord, signal: AbortSignal): Promise<void> {
    try {
      this.#upsert(
        await this.#transport.json<WireObject>({
          method: "GET",
          path: objectPath("RepoRun", run.namespace, run.name),
          signal,
        }),
      );
    } catch (error) {
      if (!isApiError(error, 404)) throw error;
    }
  }
}
