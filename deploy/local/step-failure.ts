/** Why a step of `up` or `down` could not be done, in words a person can act on. Everything else that is thrown is a bug. */
export class StepFailure extends Error {
  readonly step: string;
  /** Log file, with the line where it is known. */
  readonly log: string | undefined;
  /** Lines of the log that matter. */
  readonly lines: readonly string[];
  readonly next: string;
  /** `Person`: somebody must decide or give something (exit 3). `Machine`: this machine, or a program on it (exit 5). */
  readonly turn: "Person" | "Machine";

  constructor(
    step: string,
    message: string,
    more: { log?: string; lines?: readonly string[]; next?: string; turn?: "Person" | "Machine" } = {},
  ) {
    super(message);
    this.name = "StepFailure";
    this.step = step;
    this.log = more.log;
    this.lines = more.lines ?? [];
    this.next = more.next ?? "make up again: what was done is kept";
    this.turn = more.turn ?? "Machine";
  }
}

/** How steps tell what they do; `up` draws it, tests collect it. */
export interface Report {
  live(step: string, text: string): void;
  done(step: string, text: string, seconds: number): void;
}
