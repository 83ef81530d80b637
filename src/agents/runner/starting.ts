import { type Waiting, waiting } from "../../outcome.ts";

/**
 * From the release to its first answer people read one sentence: each other one would be another write of the status, and the rungs between
 * are told as Events. What is worth another sentence is trouble.
 */
export function starting(service: string, retryAfterSeconds?: number): Waiting {
  return waiting("Starting", `${service} is starting`, retryAfterSeconds);
}
