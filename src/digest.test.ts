import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, digestOf, shortHash } from "./digest.ts";

describe("canonical JSON", () => {
  it("sorts keys at each depth and leaves lists as they are", () => {
    expect(canonical({ b: [{ d: 1, c: undefined }, 2], a: null, 10: "x", 9: "y" })).toBe(
      '{"9":"y","10":"x","a":null,"b":[{"d":1},2]}',
    );
  });

  it("writes what says itself how it is written", () => {
    expect(canonical({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });

  it("says the same for the same value, whatever the order of its keys, and parses back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonical(turned)).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("digests", () => {
  it("stay what they were: names of Jobs and keys of plans are made of them", () => {
    expect(digestOf({ b: 1, a: [true, null] })).toBe(
      "sha256:51705a2c9eb3e7e410a58f696a770c3ac3885a0cf43eb7fc88f5e47c11d4d30d",
    );
    expect(shortHash(["u", "sha256:0", 0], 8)).toBe("17flekpm");
  });
});
