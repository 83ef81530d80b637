import { redact } from "../redact.ts";

/** One line of a Job's standard output, for people and for the command line's stream: `{"at":…,"line":…}`. */
export function say(line: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), line: redact(line), ...fields })}\n`);
}
