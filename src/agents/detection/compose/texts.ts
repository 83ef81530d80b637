/** A text as YAML may write it: numbers and booleans are texts to a program. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.slice(0, 8192);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A name that a Kubernetes object may have, from one of a compose file: `db_data` → `db-data`. */
export function serviceLabel(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return label === "" ? "service" : label;
}

/** `1.5G` → `1536Mi`: Compose counts in powers of 1024. Undefined for what is no size. */
export function memoryOf(text: string | undefined): string | undefined {
  const [, number, unit = "b"] = /^(\d{1,12}(?:\.\d{1,4})?)\s*([bkmg])?b?$/i.exec(text?.trim() ?? "") ?? [];
  if (number === undefined) return undefined;
  const factor = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1;
  return `${Math.max(16, Math.round((Number(number) * factor) / 1024 ** 2))}Mi`;
}

/** `1m30s` as seconds. */
export function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d{1,6}(?:\.\d{1,3})?(?:h|m|s|ms|us))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|h|m|s)/g)];
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? "s"] ?? 1), 0));
}
