import type { Plan } from "./plan.ts";
import { redact } from "./redact.ts";

const most = 12;
/** What explains a plan, and what is only kept for mending: no difference of what runs. */
const silent: ReadonlySet<string> = new Set([
  "why",
  "summary",
  "warnings",
  "otherStarts",
  "others",
  "predictions",
  "estimates",
]);

/**
 * What one plan has that another has not, a line each, at most 12: `services.web.runtime.version: 22 -> 20`. Members of lists are told by their names, so that
 * nothing moves when one is put before them. Redacted: values of variables may be a person's.
 */
export function planDifference(before: Plan, after: Plan): readonly string[] {
  const lines: string[] = [];
  compare("", before, after, lines);
  return lines.slice(0, most).map((line) => (redact(line) ?? "").slice(0, 200));
}

function compare(path: string, before: unknown, after: unknown, lines: string[]): void {
  if (lines.length >= most || JSON.stringify(before) === JSON.stringify(after)) return;
  const one = membersOf(before);
  const other = membersOf(after);
  if (one === undefined || other === undefined) {
    lines.push(`${path}: ${said(before)} -> ${said(after)}`);
    return;
  }
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    if (!silent.has(key)) compare(path === "" ? key : `${path}.${key}`, one.get(key), other.get(key), lines);
  }
}

/** Fields of an object; members of a list by name, by id or by themselves; undefined for what has none. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((member: unknown, index) => [keyOf(member, index), member]));
  if (typeof value === "object" && value !== null) return new Map(Object.entries(value));
  return undefined;
}

function keyOf(member: unknown, index: number): string {
  if (typeof member === "string") return member.slice(0, 60);
  if (typeof member !== "object" || member === null) return String(index);
  const name = "name" in member ? member.name : "id" in member ? member.id : undefined;
  return typeof name === "string" ? name : String(index);
}

function said(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
