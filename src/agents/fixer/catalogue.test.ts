import { expect, it } from "vitest";
import { elsewhere } from "./catalogue.ts";
import { rules } from "./rules.ts";

/** How many rows each family of the catalogue has. */
const rows = { N: 38, P: 38, G: 10, J: 20, R: 11, H: 9, S: 8, D: 6, C: 3, O: 19, K: 37, B: 15, E: 7 };

const all = Object.entries(rows).flatMap(([family, count]) =>
  Array.from({ length: count }, (_, index) => `${family}${String(index + 1).padStart(2, "0")}`),
);

it("knows every row of the catalogue: a rule, or who else sees to it", () => {
  const known = new Set([...rules.map(({ id }) => id), ...Object.keys(elsewhere)]);
  expect(all).toHaveLength(221);
  expect(all.filter((row) => !known.has(row))).toEqual([]);
});

it("names no row twice over that a rule has", () => {
  const ids = new Set(rules.map(({ id }) => id));
  expect(Object.keys(elsewhere).filter((row) => ids.has(row))).toEqual([]);
});
