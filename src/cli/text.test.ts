import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, bytes, clean, cleanLine, clock, cut, duration, table } from "./text.ts";

describe("clean", () => {
  it("takes escape sequences away with their letters", () => {
    expect(clean("\u001B[31mred\u001B[0m \u001B]0;title\u0007x")).toBe("red x");
  });
  it("leaves no control character, whatever comes, and no more than asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const shown = clean(text, max);
        expect(shown).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
        expect(Array.from(shown).length).toBeLessThanOrEqual(max);
      }),
    );
  });
  it("keeps the indentation of a line of code", () => {
    expect(cleanLine("\t  ~~~")).toBe("    ~~~");
  });
});

it("cut says that something is missing", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("abcd", 4)).toBe("abcd");
});

it("columns are as wide as their widest cell", () => {
  expect(
    table([
      ["a", "b"],
      ["ccc", "d"],
    ]),
  ).toEqual(["a    b", "ccc  d"]);
});

it.each([
  [0.04, "0 s"],
  [0.42, "0.4 s"],
  [9.4, "9 s"],
  [63, "1 min 3 s"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});

it("clocks, ages and sizes", () => {
  expect(clock(67)).toBe("1:07");
  const now = new Date("2026-11-22T12:00:00Z");
  expect(age("2026-11-22T11:35:00Z", now)).toBe("25m");
  expect(age("2026-11-18T11:35:00Z", now)).toBe("4d");
  expect(age(undefined, now)).toBe("–");
  expect(bytes(118_400_000)).toBe("118 MB");
  expect(bytes(512)).toBe("512 B");
});
