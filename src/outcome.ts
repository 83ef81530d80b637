import type { Failure } from "./failure.ts";

/** What was seen: it is there, it is on its way, or it cannot be. */
export type Outcome<T> = Done<T> | Waiting | Failed;

export interface Done<T> {
  readonly state: "done";
  readonly value: T;
}

export interface Waiting {
  readonly state: "waiting";
  /** CamelCase; becomes the reason of Ready while it lasts. */
  readonly reason: string;
  readonly message: string;
  /** Left out when a watched object will wake the run. */
  readonly retryAfterSeconds?: number;
}

export interface Failed {
  readonly state: "failed";
  readonly failure: Failure;
}

export function done<T>(value: T): Done<T> {
  return { state: "done", value };
}

export function waiting(reason: string, message: string, retryAfterSeconds?: number): Waiting {
  return retryAfterSeconds === undefined
    ? { state: "waiting", reason, message }
    : { state: "waiting", reason, message, retryAfterSeconds };
}

export function failed(failure: Failure): Failed {
  return { state: "failed", failure };
}
