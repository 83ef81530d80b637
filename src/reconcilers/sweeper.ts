import type { Pass } from "../agents/pass.ts";
import type { BuilderPool } from "../agents/setup/builder.ts";

const everyMs = 5 * 60_000;

/** Takes away what no owner reference takes: builders that nobody used for a while. It rides on passes, so that a quiet controller asks nothing. */
export class Sweeper {
  readonly #builders: BuilderPool;
  /** A run that has ended is looked at once more when its builder may be idle. */
  readonly idleMs: number;
  #sweptAt = 0;

  constructor(builders: BuilderPool, idleMinutes: number) {
    this.#builders = builders;
    this.idleMs = (idleMinutes + 1) * 60_000;
  }

  async sweep(pass: Pass): Promise<void> {
    const now = pass.clock.now().getTime();
    if (now - this.#sweptAt < everyMs) return;
    this.#sweptAt = now;
    try {
      const removed = await this.#builders.sweep(pass.cluster, pass.clock);
      if (removed > 0) pass.log("builders removed", { removed });
    } catch (error) {
      // A run's own work must not wait for housekeeping; the next sweep tries again.
      pass.log("sweep failed", { error: error instanceof Error ? error.message : "unknown" });
    }
  }
}
