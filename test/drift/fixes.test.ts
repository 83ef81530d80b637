import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withPredictions, withRules } from "../../crds/fixes-page.ts";
import { Action } from "../../src/fix.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/fixes.md"), "utf8");

it("docs/fixes.md lists the rules as they are (npm run generate)", () => {
  expect(page).toBe(withRules(page));
});

it("docs/prediction.md lists the predictions as they are (npm run generate)", () => {
  const predictions = readFileSync(join(import.meta.dirname, "../../docs/prediction.md"), "utf8");
  expect(predictions).toBe(withPredictions(predictions));
});

it("docs/fixes.md names every action", () => {
  const kinds = Action.options.map((option) => option.shape.kind.value);
  expect(kinds.filter((kind) => !page.includes(kind))).toEqual([]);
});

it("every end that a rule names has a section in docs/troubleshooting.md", () => {
  const sections = readFileSync(join(import.meta.dirname, "../../docs/troubleshooting.md"), "utf8");
  const folder = join(import.meta.dirname, "../../src/agents/fixer/rules");
  const reasons = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/\bend\(\s*"(?<reason>\w+)"/g)].map(
      (match) => match.groups?.["reason"] ?? "",
    ),
  );
  expect(reasons.length).toBeGreaterThan(20);
  expect([...new Set(reasons)].filter((reason) => !sections.includes(`## ${reason}\n`))).toEqual([]);
});
