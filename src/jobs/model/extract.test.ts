import { describe, expect, it } from "vitest";
import { extractObject } from "./extract.ts";

const VALUE = { candidateId: "a1", note: 'a } in a "text"' };
const JSON_TEXT = JSON.stringify(VALUE);

describe("extractObject", () => {
  it.each([
    ["plain", { content: JSON_TEXT }],
    ["after a thought that holds another object", { content: `<think>{"candidateId":"b"}</think>${JSON_TEXT}` }],
    ["in a fence", { content: `Here:\n\`\`\`json\n${JSON_TEXT}\n\`\`\`` }],
    ["in a fence that never ends", { content: `\`\`\`json\n${JSON_TEXT}` }],
    ["before words", { content: `${JSON_TEXT} That is all {.` }],
    ["in the reasoning, with null content", { content: null, reasoningContent: JSON_TEXT }],
    ["in the arguments of a tool call", { content: "", toolArguments: JSON_TEXT }],
    ["after a thought whose start was dropped", { content: `Say {"candidateId":"b"}.</think>${JSON_TEXT}` }],
  ])("finds the object %s", (_where, parts) => {
    expect(extractObject(parts)).toEqual(VALUE);
  });

  it.each([
    ["nothing", {}],
    ["a web page", { content: "<html><body>Bad gateway</body></html>" }],
    ["an object cut off", { content: JSON_TEXT.slice(0, -1) }],
    ["a thought that never ends", { content: `<think>${JSON_TEXT}` }],
    ["braces without JSON", { content: "{rm -rf}" }],
  ])("finds none in %s", (_what, parts) => {
    expect(extractObject(parts)).toBeUndefined();
  });

  it("takes little time over a hostile text", () => {
    const started = performance.now();
    expect(extractObject({ content: "<think>{".repeat(1_000_000) })).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
