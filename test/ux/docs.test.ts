import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { planDocument } from "../../src/cli/plan/document.ts";
import { readReasons } from "../../src/cli/explain/reasons.ts";
import { runDocument } from "../../src/cli/run/document.ts";
import { plan, planRecord, seen, verified } from "./samples.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

it.each(commands.map((command) => command.name))("docs/cli.md names %s", (name) => {
  expect(page).toMatch(new RegExp(`\`${name}\\b`));
});

it("docs/cli.md names every key of the documents of plan and run", () => {
  const answer = {
    name: "a",
    source: null,
    plan,
    failure: undefined,
    dockerfiles: new Map(),
    filesRead: 0,
    seconds: { clone: null, plan: 1 },
  };
  const documents = [planDocument(answer), runDocument(seen("guestbook", verified), planRecord(), null, [])];
  const missing = [...new Set(keysOf(documents))].filter((key) => !page.includes(`"${key}"`));
  expect(missing).toEqual([]);
});

it("every reason of the troubleshooting page can be explained whole", () => {
  const reasons = readReasons();
  expect(reasons.size).toBeGreaterThan(20);
  const partly = [...reasons].filter(([, { means, turn, next }]) => means === "" || turn === "" || next === "");
  expect(partly.map(([name]) => name)).toEqual([]);
});
