import { z } from "zod";

/** Kinds of trouble that the looker tells. */
export const Trouble = z.enum(["Refused", "Timeout", "Reset", "Unreachable", "UnknownHost", "NotHttp", "NoAnswer"]);

/** What one address answered. Title, type and place are a stranger's text: the looker made them printable. */
export const Answer = z.object({
  name: z.string().max(24),
  ms: z.int().nonnegative(),
  tries: z.int().positive(),
  status: z.int().min(100).max(999).optional(),
  bytes: z.int().nonnegative().optional(),
  sha256: z.string().max(64).optional(),
  title: z.string().max(128).optional(),
  contentType: z.string().max(64).optional(),
  location: z.string().max(160).optional(),
  error: Trouble.optional(),
});
export type Answer = z.infer<typeof Answer>;

const Answers = z.object({ v: z.literal(1), answers: z.array(Answer).min(1).max(6) });

/** A looker's termination message, read as hostile input; undefined when it is none. */
export function readAnswers(message: string | undefined): readonly Answer[] | undefined {
  if (message === undefined || message.length > 4096) return undefined;
  try {
    const parsed = Answers.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data.answers : undefined;
  } catch {
    return undefined;
  }
}

/** True for whatever a living program says: 404 and 401 are answers, 5xx is trouble. */
export function isAlive(answer: Answer | undefined): boolean {
  return answer?.status !== undefined && answer.status < 500;
}

/** `200 "Guestbook" in 12 ms`, `302 to /login in 3 ms`, `Refused after 40 tries`. */
export function sayAnswer(answer: Answer): string {
  if (answer.status === undefined) return `${answer.error ?? "NoAnswer"} (${answer.tries} tries)`;
  const what =
    answer.title !== undefined
      ? ` "${answer.title}"`
      : answer.location !== undefined
        ? ` to ${answer.location}`
        : answer.contentType === undefined
          ? ""
          : ` ${answer.contentType.split(";")[0] ?? ""}`;
  return `${answer.status}${what} in ${answer.ms} ms`;
}
