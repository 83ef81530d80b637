import { z } from "zod";
import { ProbePlan } from "../../plan.ts";
import type { Seen } from "./run-request.ts";

/** What was seen is kept at the Deployment itself, with the digest of what it was seen of: a controller that starts anew does not look again. */
export const seenAnnotation = "repo-runner.dev/seen";

const Remembered = z.object({
  of: z.string().max(80),
  port: z.int().min(1).max(65535).optional(),
  probe: ProbePlan.optional(),
});

/** What was seen of the same image and settings; anything else is forgotten. */
export function recallSeen(annotations: Readonly<Record<string, string>> | undefined, of: string): Seen {
  const text = annotations?.[seenAnnotation];
  if (text === undefined || text.length > 2048) return {};
  try {
    const parsed = Remembered.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.of !== of) return {};
    const { port, probe } = parsed.data;
    return { ...(port === undefined ? {} : { port }), ...(probe === undefined ? {} : { probe }) };
  } catch {
    return {};
  }
}

/** The annotation that remembers it; none when nothing was seen. */
export function rememberSeen(seen: Seen, of: string): Record<string, string> {
  if (seen.port === undefined && seen.probe === undefined) return {};
  return { [seenAnnotation]: JSON.stringify({ of, ...seen }) };
}
