import { expect, it } from "vitest";
import { VersionRange } from "./version-range.ts";

const lines = ["16", "18", "20", "22", "24"];

it.each([
  [">=20 <23", ["20", "22"]],
  [">= 20.10 < 23", ["20", "22"]],
  ["^22.1", ["22"]],
  ["~20.9.0", ["20"]],
  ["22.x", ["22"]],
  ["20 || >=24", ["20", "24"]],
  ["18 - 20", ["18", "20"]],
  [">20", ["22", "24"]],
  ["<=18", ["16", "18"]],
  ["v22.11.0", ["22"]],
  ["*", lines],
  ["", lines],
  [">=18,<21", ["18", "20"]],
  ["^18.0.0-rc.1", ["18"]],
])("%s allows %j", (text, allowed) => {
  const range = VersionRange.read(text);
  expect(lines.filter((line) => range?.allows(line))).toEqual(allowed);
});

it.each(["latest", "lts/*", "1.2.3.4", "^^", "${VERSION}", "x".repeat(300)])("%s is no range", (text) => {
  expect(VersionRange.read(text)).toBeUndefined();
});

it("reads carets below 1 as npm does", () => {
  expect(VersionRange.read("^0.2.3")?.allows("0.2.9")).toBe(true);
  expect(VersionRange.read("^0.2.3")?.allows("0.3.0")).toBe(false);
  expect(VersionRange.read("^0.0.3")?.allows("0.0.4")).toBe(false);
});
