import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepRun, recordOf } from "./kept-run.ts";

function wire(more: { annotations?: Record<string, string>; spec?: unknown; status?: unknown } = {}) {
  const { annotations, spec = {}, status } = more;
  const metadata = {
    name: "a",
    namespace: "n",
    uid: "u",
    resourceVersion: "5",
    generation: 3,
    creationTimestamp: "2026-11-22T18:00:00Z",
    ...(annotations ? { annotations } : {}),
    managedFields: [{ manager: "somebody" }],
  };
  return { metadata, spec, ...(status === undefined ? {} : { status }) };
}

describe("a kept run", () => {
  it("comes out as it went in, whatever its texts", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), json),
        fc.dictionary(fc.string({ unit: "grapheme" }), json),
        fc.boolean(),
        (spec, said, isAtRest) => {
          const status = { ...said, conditions: isAtRest ? [] : undefined };
          const raw = JSON.parse(JSON.stringify({ spec, status })) as { spec: unknown; status: unknown };
          const kept = keepRun(wire(raw));
          expect(kept.isDeflated).toBe(isAtRest);
          const record = recordOf(kept);
          expect(JSON.stringify({ spec: record.spec, status: record.status })).toBe(JSON.stringify(raw));
        },
      ),
    );
  });

  it("says who it is without being unpacked, and drops what nobody asks for", () => {
    const annotations = {
      "repo-runner.dev/requestedAt": "now",
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
    };
    const kept = keepRun(wire({ annotations }));
    expect(kept).toMatchObject({
      namespace: "n",
      name: "a",
      uid: "u",
      generation: 3,
      deleting: false,
      requestedAt: "now",
    });
    const record = recordOf(kept);
    expect(record.annotations).toEqual({ "repo-runner.dev/requestedAt": "now" });
    expect(record.status).toBeUndefined();
    expect(Object.keys(record)).not.toContain("packed");
  });

  it("has the same text for the same content, and another for another", () => {
    const packed = (maturity: string): string => keepRun(wire({ status: { maturity } })).packed;
    expect(packed("Built")).toBe(packed("Built"));
    expect(packed("Built")).not.toBe(packed("Verified"));
  });

  it("is deflated while it is at rest, and plain while it is worked on", () => {
    const of = (...types: string[]) =>
      keepRun(
        wire({ status: { conditions: types.map((type) => ({ type, status: "True", message: "m".repeat(500) })) } }),
      );
    expect(of("Ready").packed.length).toBeLessThan(300);
    expect(of("Ready", "Reconciling").packed).toContain('"type":"Reconciling"');
    expect(keepRun(wire()).packed).toMatch(/^\{/);
    expect(keepRun(wire()).phase).toBe("Pending");
  });

  it("says whose pushes it waits for without being unpacked, whatever stands in its spec", () => {
    const url = "git@Git.example.org:team/shop.git";
    const follows = (update: unknown, source: unknown = { git: { url } }) =>
      keepRun(wire({ spec: { update, source } })).follows;
    expect(follows({ mode: "Follow" })).toBe("git.example.org/team/shop");
    expect(follows({ mode: "Pinned" })).toBeUndefined();
    expect(follows(undefined)).toBeUndefined();
    expect(follows({ mode: "Follow" }, { oci: { url: "oci://r/x:1" } })).toBeUndefined();
    expect(follows({ mode: "Follow" }, { git: { url: 5 } })).toBeUndefined();
    expect(recordOf(keepRun(wire({ spec: { update: { mode: "Follow" } } })))).not.toHaveProperty("follows");
  });

  it("without a uid is refused", () => {
    expect(() => keepRun({ metadata: { name: "a", namespace: "n", resourceVersion: "1" } })).toThrow("without");
  });
});
