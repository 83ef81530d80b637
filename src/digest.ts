import { createHash } from "node:crypto";

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** `sha256:` and 64 hex digits of a value's canonical JSON, or of a text's bytes. */
export function digestOf(value: unknown): string {
  const text = typeof value === "string" ? value : canonical(value);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A short hash for names: lower-case, `length` characters of [a-z0-9], starting with whatever comes. */
export function shortHash(value: unknown, length = 8): string {
  return BigInt(`0x${digestOf(value).slice(7)}`)
    .toString(36)
    .slice(0, length);
}
