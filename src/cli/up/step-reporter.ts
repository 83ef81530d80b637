import type { Report } from "../../../deploy/local/step-failure.ts";
import type { Voice } from "../voice.ts";

const cached = "from the cache";

/** Tells the steps of `up`. Steps that found everything in the cache share one line, so that a warm start stays short. */
export class StepReporter implements Report {
  readonly #voice: Voice;
  #quiet: string[] = [];
  #quietSeconds = 0;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  live(step: string, text: string): void {
    this.#voice.live(step, text);
  }

  done(step: string, text: string, seconds: number): void {
    if (text === cached) {
      this.#quiet.push(step);
      this.#quietSeconds += seconds;
      return;
    }
    this.flush();
    this.#voice.rest();
    this.#voice.step({ sign: "done", name: step, text, seconds });
  }

  /** Says what was kept back. */
  flush(): void {
    const [first, ...others] = this.#quiet;
    if (first === undefined) return;
    this.#voice.rest();
    this.#voice.step({ sign: "done", name: first, text: [...others, cached].join(" · "), seconds: this.#quietSeconds });
    this.#quiet = [];
    this.#quietSeconds = 0;
  }
}
