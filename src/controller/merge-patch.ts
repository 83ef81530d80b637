type Json = Readonly<Record<string, unknown>>;

/** The smallest JSON merge patch that makes `before` into `after`; undefined when they are equal. Lists are replaced whole. */
export function mergePatchOf(before: Json, after: Json): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  let differs = false;
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = before[key];
    if (isObject(old) && isObject(value)) {
      const inner = mergePatchOf(old, value);
      if (inner === undefined) continue;
      patch[key] = inner;
    } else if (isEqual(old, value)) continue;
    else patch[key] = value;
    differs = true;
  }
  for (const [key, old] of Object.entries(before)) {
    if (old === undefined || after[key] !== undefined) continue;
    patch[key] = null;
    differs = true;
  }
  return differs ? patch : undefined;
}

/** Equal as JSON: the order of keys and keys without a value do not count. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((value, index) => isEqual(value, other[index]))
    );
  }
  return isObject(one) && isObject(other) && mergePatchOf(one, other) === undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
