import type { Service } from "../../../plan.ts";

/** Last day with security fixes of a line, as its project has published it (read on 2026-11-23). Lines that are still mended for years are left out. */
const lastDays: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  node: { 10: "2021-04-30", 12: "2022-04-30", 14: "2023-04-30", 16: "2023-09-11", 18: "2025-04-30", 20: "2026-04-30", 22: "2027-04-30", 13: "2020-06-01", 15: "2021-06-01", 17: "2022-06-01", 19: "2023-06-01", 21: "2024-06-01", 23: "2025-06-01" },
  python: { "2.7": "2020-01-01", "3.5": "2020-09-30", "3.6": "2021-12-23", "3.7": "2023-06-27", "3.8": "2024-10-07", "3.9": "2025-10-31", "3.10": "2026-10-31", "3.11": "2027-10-31" },
  ruby: { "2.6": "2022-04-12", "2.7": "2023-03-31", "3.0": "2024-04-23", "3.1": "2025-03-26", "3.2": "2026-03-31", "3.3": "2027-03-31" },
  php: { "7.4": "2022-11-28", "8.0": "2023-11-26", "8.1": "2025-12-31", "8.2": "2026-12-31" },
}; // prettier-ignore

/** What a person should know of a service's runtime: that nobody mends it any more. Undefined while somebody does. */
export function endOfLife({ name, runtime }: Service, now: Date): string | undefined {
  if (runtime === null) return undefined;
  const lines = Object.hasOwn(lastDays, runtime.name) ? (lastDays[runtime.name] ?? {}) : {};
  const [line, last] = Object.entries(lines).find(([each]) => `${runtime.version}.`.startsWith(`${each}.`)) ?? [];
  if (line === undefined || last === undefined || now.toISOString().slice(0, 10) <= last) return undefined;
  return `${name}: ${runtime.name} ${line} has had no security fixes since ${last} (version by ${runtime.from})`;
}
