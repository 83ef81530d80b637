import { hash } from "node:crypto";

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A copy is written out natively; a replacer would be called back for each part. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  // A Date, or whatever else says itself how it is written.
  if ("toJSON" in value) return sorted(JSON.parse(JSON.stringify(value)));
  const source = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(source)
      .toSorted()
      .map((key) => [key, sorted(source[key])]),
  );
}

/** `sha256:` and 64 hex digits of a value's canonical JSON, or of a text's bytes. */
export function digestOf(value: unknown): string {
  const text = typeof value === "string" ? value : canonical(value);
  return `sha256:${hash("sha256", text, "hex")}`;
}

/** A short hash for names: lower-case, `length` characters of [a-z0-9], starting with whatever comes. */
export function shortHash(value: unknown, length = 8): string {
  return BigInt(`0x${digestOf(value).slice(7)}`)
    .toString(36)
    .slice(0, length);
}
