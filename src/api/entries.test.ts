import { describe, expect, it } from "vitest";
import type { WireObject } from "../controller/slim.ts";
import { entriesOfRun, entryOfEvent } from "./entries.ts";

const now = new Date("2026-05-01T12:00:00Z");
const metadata = {
  namespace: "a",
  name: "shop",
  uid: "u1",
  resourceVersion: "7",
  generation: 1,
  creationTimestamp: "2026-05-01T11:00:00Z",
};

function run(ready: readonly [status: string, reason: string], over: object = {}): WireObject {
  const [status, reason] = ready;
  const condition = { type: "Ready", status, reason, message: "so it is", lastTransitionTime: "2026-05-01T11:30:00Z" };
  return {
    metadata,
    spec: { source: { git: { url: "https://git.example.org/shop.git" } } },
    status: { observedGeneration: 1, conditions: [condition], plan: { revision: 2 }, ...over },
  } as WireObject;
}

const fix = { revision: 2, signature: "MissingModule", by: "Rule", summary: "adds it", at: "2026-05-01T11:20:00Z" };

describe("a RepoRun", () => {
  it("tells who asked for what, its stage, its fixes and its end", () => {
    expect(entriesOfRun(run(["Unknown", "Building"], { fixes: [fix] }), now)).toMatchObject([
      { kind: "Asked", at: Date.parse("2026-05-01T11:00:00Z"), body: { url: "https://git.example.org/shop.git" } },
      { kind: "Stage", at: now.getTime(), body: { stage: "Building", plan: 2 } },
      {
        kind: "Fix",
        at: Date.parse("2026-05-01T11:20:00Z"),
        body: { signature: "MissingModule", by: "Rule", plan: 2 },
      },
    ]);
    expect(entriesOfRun(run(["True", "Verified"], { url: "http://x/" }), now).at(-1)).toMatchObject({
      kind: "End",
      at: Date.parse("2026-05-01T11:30:00Z"),
      body: { ready: "True", reason: "Verified", url: "http://x/" },
    });
  });

  it("tells the same by the same keys at any time, and something new by new ones", () => {
    const keys = (raw: WireObject, at = now): readonly string[] => entriesOfRun(raw, at).map(({ key }) => key);
    const building = run(["Unknown", "Building"], { fixes: [fix] });
    expect(keys(building, new Date(now.getTime() + 5000))).toEqual(keys(building));
    const starting = keys(run(["Unknown", "Starting"], { fixes: [fix] }));
    expect(starting.filter((key) => !keys(building).includes(key))).toHaveLength(1);
    const tested = keys(run(["Unknown", "Building"], { fixes: [{ ...fix, outcome: "Fixed" }] }));
    expect(tested.filter((key) => !keys(building).includes(key))).toHaveLength(1);
    expect(new Set(keys(building)).size).toBe(3);
  });

  it("that is looked at anew while it is well has not ended once more", () => {
    const kinds = (over: object): readonly string[] =>
      entriesOfRun(run(["True", "Verified"], over), now).map(({ kind }) => kind);
    expect(kinds({ plan: undefined })).toEqual(["Asked"]);
    expect(kinds({})).toEqual(["Asked", "End"]);
    const keys = [{ maturity: "Built" }, { maturity: "Verified" }].map(
      (over) => entriesOfRun(run(["True", "Verified"], over), now)[1]?.key,
    );
    expect(new Set(keys).size).toBe(1);
  });

  it("of a status that is not understood still is one", () => {
    const odd = { metadata, status: { conditions: "none" } } as unknown as WireObject;
    expect(entriesOfRun(odd, now).map(({ kind }) => kind)).toEqual(["Asked"]);
  });
});

describe("an Event", () => {
  const event = {
    metadata: { namespace: "a", name: "shop.1", uid: "e1", resourceVersion: "8" },
    eventTime: "2026-05-01T11:00:00.000000Z",
    reportingController: "repo-runner.dev/controller",
    reason: "Built",
    type: "Normal",
    note: `built ${"x".repeat(5000)}`,
    regarding: { kind: "RepoRun", namespace: "a", name: "shop", uid: "u1" },
  };

  it("of the controller is told, cut to a bounded length", () => {
    const entry = entryOfEvent(event as WireObject, now);
    expect(entry).toMatchObject({ key: "event/e1", run: "shop", uid: "u1", kind: "Event", body: { reason: "Built" } });
    expect(String(entry?.body["message"])).toHaveLength(1024);
  });

  it.each([
    ["another controller's", { reportingController: "kubelet" }],
    ["about something else", { regarding: { ...event.regarding, kind: "Pod" } }],
    ["about another namespace", { regarding: { ...event.regarding, namespace: "b" } }],
  ])("%s is not", (_whose, over) => {
    expect(entryOfEvent({ ...event, ...over } as WireObject, now)).toBeUndefined();
  });

  it("from the future happened now", () => {
    expect(entryOfEvent({ ...event, eventTime: "2999-01-01T00:00:00Z" } as WireObject, now)?.at).toBe(now.getTime());
  });
});
