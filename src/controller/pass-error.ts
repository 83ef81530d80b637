import { ApiError } from "./api-error.ts";

/** Why a pass was told to stop. */
export class PassStopped extends Error {
  override readonly name = "PassStopped";
  readonly why: "timeout" | "interrupt" | "shutdown";
  constructor(why: PassStopped["why"]) {
    super(`pass stopped: ${why}`);
    this.why = why;
  }
}

/** Somebody else wrote between our reading and our writing: look again, at once. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** What no retry mends: it waits for a change of the object. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** What a thrown value means for the name it was thrown for. */
export type Verdict = "conflict" | "terminal" | "panic" | "transient";

/** Sorts what was thrown: the runtime's own words, the server's answers, and what only a bug throws. */
export function judge(error: unknown): Verdict {
  if (error instanceof Conflict) return "conflict";
  if (error instanceof TerminalError) return "terminal";
  if (error instanceof ApiError) return error.status === 409 && error.reason === "Conflict" ? "conflict" : "transient";
  const isBug =
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    !(error instanceof Error);
  return isBug ? "panic" : "transient";
}
