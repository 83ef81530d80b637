import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isEqual, mergePatchOf } from "./merge-patch.ts";

type Json = Record<string, unknown>;

/** RFC 7386, by its own words. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Json = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value);
  }
  return result;
}

const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
const { tree } = fc.letrec<{ tree: Json; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, fc.array(leaf, { maxLength: 3 }), tie("tree")),
  tree: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value"), { maxKeys: 4 }),
}));

describe("the smallest merge patch", () => {
  it("makes the one into the other, for any two objects", () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const patch = mergePatchOf(before, after);
        expect(apply(before, patch ?? {})).toEqual(after);
      }),
    );
  });

  it("is none exactly when nothing differs, whatever the order of keys", () => {
    fc.assert(
      fc.property(tree, (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(mergePatchOf(value, turned)).toBeUndefined();
        expect(isEqual(value, structuredClone(value))).toBe(true);
      }),
    );
  });

  it("names only what differs, takes away by null, replaces lists whole, and takes undefined for absent", () => {
    const before = { same: { deep: 1 }, list: [1, 2], old: "x", keep: "y" };
    const after = { same: { deep: 1 }, list: [2], keep: "y", fresh: { a: 1 }, old: undefined };
    expect(mergePatchOf(before, after)).toEqual({ list: [2], fresh: { a: 1 }, old: null });
  });
});
