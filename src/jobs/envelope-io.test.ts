import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinChunks, plainLines, toChunks } from "../chunks.ts";
import { digestOf } from "../digest.ts";
import { maxChunkBytes, maxEnvelopeBytes, readEnvelope } from "../envelope.ts";
import type { Failure } from "../failure.ts";
import { done, failed } from "../outcome.ts";
import { seal } from "./envelope-io.ts";

const asked = digestOf("what was asked");
const json = fc.jsonValue({ maxDepth: 4 });
const large = fc.array(fc.string({ unit: "binary", minLength: 400, maxLength: 600 }), { minLength: 8, maxLength: 60 });

/** As the controller reads it: the value inside, or from the log. */
function read(sealed: ReturnType<typeof seal>, log: string): unknown {
  const envelope = readEnvelope(sealed.message, asked);
  if (!envelope) return undefined;
  if (envelope.value !== undefined) return envelope.value;
  return joinChunks(log, { digest: envelope.digest ?? "", size: envelope.size ?? 0 });
}

describe("a value", () => {
  it("arrives as it was sent, small or large, whatever else the log holds", () => {
    fc.assert(
      fc.property(fc.oneof(json, large), fc.string(), (value, noise) => {
        const sealed = seal(asked, done(value));
        const log = [noise, ...sealed.chunks.flatMap((chunk) => [chunk, noise.replaceAll("#", "")])].join("\n");
        // JSON itself knows no -0.
        expect(read(sealed, log)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(Buffer.byteLength(sealed.message)).toBeLessThanOrEqual(maxEnvelopeBytes);
        for (const chunk of sealed.chunks) expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(maxChunkBytes);
      }),
    );
  });

  it("is missing, not wrong, when a chunk is lost, cut or changed", () => {
    fc.assert(
      fc.property(large, fc.nat(), fc.constantFrom("lost", "cut", "changed"), (value, at, how) => {
        const sealed = seal(asked, done(value));
        const index = at % sealed.chunks.length;
        const chunks = sealed.chunks.flatMap((chunk, position) => {
          if (position !== index) return [chunk];
          if (how === "lost") return [];
          return [
            how === "cut"
              ? chunk.slice(0, -8)
              : `${chunk.slice(0, -9)}${chunk.at(-9) === "A" ? "B" : "A"}${chunk.slice(-8)}`,
          ];
        });
        expect(read(sealed, chunks.join("\n"))).toBeUndefined();
      }),
    );
  });

  it("of another log with the same number of chunks is not taken", () => {
    const log = toChunks(JSON.stringify("x".repeat(20_000))).join("\n");
    expect(joinChunks(log, { digest: digestOf("other"), size: 20_002 })).toBeUndefined();
  });
});

describe("an envelope", () => {
  it("that answers another question is no answer", () => {
    expect(readEnvelope(seal(digestOf("another"), done(1)).message, asked)).toBeUndefined();
  });

  it("cannot be made of what a repository prints", () => {
    fc.assert(fc.property(fc.string(), (text) => readEnvelope(text, asked) === undefined));
    expect(readEnvelope(`{"v":1,"inputDigest":"${asked}","outcome":"Great"}`, asked)).toBeUndefined();
    expect(
      readEnvelope(JSON.stringify({ v: 1, inputDigest: asked, outcome: "Done", value: "x".repeat(5000) }), asked),
    ).toBeUndefined();
  });

  it("holds every failure, and its last lines before its first", () => {
    const line = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.string({ unit: "grapheme", maxLength: 200 }),
        (lines, message) => {
          const failure: Failure = { reason: "BuildFailed", message, layer: "Build", blame: "Repo", lines };
          const envelope = readEnvelope(seal(asked, failed(failure)).message, asked);
          expect(envelope?.failure?.reason).toBe("BuildFailed");
          const kept = envelope?.failure?.lines ?? [];
          expect(lines.slice(lines.length - kept.length)).toEqual(kept);
        },
      ),
    );
  });
});

it("people read the progress of a log without the chunks between", () => {
  const log = [
    '{"at":"2026-01-01T00:00:00Z","line":"fetching main"}',
    ...toChunks('"x"'),
    "not json",
    '{"odd":1}',
  ].join("\n");
  expect(plainLines(log)).toEqual(["fetching main", "not json", '{"odd":1}']);
});
