import { expect, it } from "vitest";
import { isPythonRange, satisfiesPython } from "./specifier.ts";

it.each([
  ["3.13", ">=3.11", true],
  ["3.11", ">=3.11.4", true],
  ["3.10", ">=3.11", false],
  ["3.12", ">=3.9,<3.12", false],
  ["3.12", "<3.12.5", true],
  ["3.11", "^3.9", true],
  ["3.11", "~3.11", true],
  ["3.12", "~3.11", false],
  ["3.13", "~=3.11", true],
  ["3.13", "~=3.11.2", false],
  ["3.12", "==3.12.*", true],
  ["3.12", "3.12", true],
  ["3.12", "3", true],
  ["3.12", "!=3.12.1,>=3.8", true],
  ["3.12", "3.11 || 3.12", true],
  ["3.12", "*", true],
  ["3.11", ">3.11", false],
])("%s in %s: %s", (line, range, expected) => {
  expect(satisfiesPython(line, range)).toBe(expected);
});

it("tells a range from other text", () => {
  expect(isPythonRange(">=3.11,<4")).toBe(true);
  expect(isPythonRange("python3")).toBe(false);
});
