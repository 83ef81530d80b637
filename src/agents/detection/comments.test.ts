import { expect, it } from "vitest";
import { jsonWithoutComments, parseRelaxedJson, withoutBlocks } from "./comments.ts";

it("takes blocks out, and leaves one that never ends", () => {
  expect(withoutBlocks("a<!-- b -->c<!-- d --><e", "<!--", "-->")).toBe("ac<e");
  expect(withoutBlocks("a /* b", "/*", "*/")).toBe("a /* b");
});

it("takes comments out of JSON, but not out of its texts", () => {
  const text = '{ // one\n "a": "http://x/*y*/", /* two */ "b": "\\"//" }';
  expect(JSON.parse(jsonWithoutComments(text))).toEqual({ a: "http://x/*y*/", b: '"//' });
});

it("reads JSON as people write it", () => {
  expect(parseRelaxedJson('{ "a": [1, 2, // two\n ], "b": ",]", }')).toEqual({ a: [1, 2], b: ",]" });
  expect(parseRelaxedJson("{")).toBeUndefined();
});

it.each(["/*", '"\\"', "//", '"', ",", "["])("is done with half a megabyte of %s at once", (mark) => {
  const text = mark.repeat(500_000 / mark.length);
  const startedMs = performance.now();
  jsonWithoutComments(text);
  withoutBlocks(text, "/*", "*/");
  parseRelaxedJson(text);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
