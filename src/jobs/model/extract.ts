/** Longest text of an answer that is looked at, in characters: no typed answer needs more. */
const LONGEST = 64_000;
const FENCE = "```";

/** The parts of a chat message in which servers put an answer; each may be absent or null. */
export interface AnswerParts {
  readonly content?: string | null;
  readonly reasoningContent?: string | null;
  readonly toolArguments?: string | null;
}

/**
 * Finds the JSON object in a model's answer, wherever a server put it: in the content, else in the reasoning, else in the arguments of a tool call.
 * Thoughts and fences around it are dropped. What comes back is untrusted and unchecked (the caller's schema judges it); undefined where there is none.
 */
export function extractObject(parts: AnswerParts): unknown {
  for (const text of [parts.content, parts.reasoningContent, parts.toolArguments]) {
    const found = text ? objectIn(text.slice(0, LONGEST)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function objectIn(text: string): unknown {
  const spoken = unfenced(withoutThoughts(text));
  const object = firstBalanced(spoken);
  if (object === undefined) return undefined;
  try {
    return JSON.parse(object);
  } catch {
    return undefined;
  }
}

/** By hand, not by a regex: a thought that never ends must cost one pass over the text. Some servers keep only the tag that ends it. */
function withoutThoughts(text: string): string {
  let spoken = "";
  const firstStart = text.indexOf("<think>");
  const firstEnd = text.indexOf("</think>");
  // Some servers keep only the tag that ends a thought.
  let at = firstEnd >= 0 && (firstStart < 0 || firstEnd < firstStart) ? firstEnd + "</think>".length : 0;
  for (;;) {
    const start = text.indexOf("<think>", at);
    if (start < 0) return spoken + text.slice(at);
    spoken += text.slice(at, start);
    const end = text.indexOf("</think>", start);
    if (end < 0) return spoken;
    at = end + "</think>".length;
  }
}

function unfenced(text: string): string {
  const start = text.indexOf(FENCE);
  if (start < 0 || text.slice(0, start).includes("{")) return text;
  const end = text.indexOf(FENCE, start + FENCE.length);
  return text.slice(start + FENCE.length, end < 0 ? undefined : end);
}

function firstBalanced(text: string): string | undefined {
  const start = text.indexOf("{");
  if (start < 0) return undefined;
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === "{") depth++;
    else if (!quoted && char === "}" && --depth === 0) return text.slice(start, at + 1);
  }
  return undefined;
}
