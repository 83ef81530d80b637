import { expect, it } from "vitest";
import { readRun, type RunSeen } from "../cluster/run-seen.ts";
import { Story } from "./story.ts";

const none = { record: undefined, replicas: [] };

function seen(conditions: readonly (readonly [string, string, string?])[], status: object = {}): RunSeen {
  return readRun({
    metadata: { name: "shop", namespace: "a", generation: 1 },
    spec: { source: { git: { url: "https://git.example.org/shop.git" } } },
    status: {
      observedGeneration: 1,
      source: { commit: "b07d1f3", revision: "main@b07d1f3" },
      plan: { revision: 1, summary: "node 24" },
      services: [{ name: "web" }],
      conditions: conditions.map(([type, state, reason]) => ({
        type,
        status: state,
        reason: reason ?? "R",
        message: type === "Ready" ? "web: 200" : "",
      })),
      ...status,
    },
  });
}

const planned = [
  ["SourceReady", "True"],
  ["Planned", "True"],
] as const;
const moving = [
  ["Ready", "Unknown", "Building"],
  ["Reconciling", "True", "Building"],
] as const;

it("tells each step once, in order, however much comes at once", () => {
  const story = new Story(0);
  expect(story.onRun(seen([...moving, ...planned]), none, 3000).map((step) => step.name)).toEqual(["source", "plan"]);
  expect(story.onRun(seen([...moving, ...planned]), none, 4000)).toEqual([]);
  expect(story.now).toEqual({ name: "build", text: "web: 200" });
  const well = seen([
    ["Ready", "True", "Verified"],
    ...planned,
    ["ImagesReady", "True"],
    ["Released", "True"],
    ["Healthy", "True"],
  ]);
  expect(story.onRun(well, none, 9000).map((step) => step.name)).toEqual(["build", "release", "verify"]);
  expect(story.onRun(well, none, 9900)).toEqual([]);
  expect(story.seconds).toEqual({ source: 3, plan: 0, build: 6, release: 0, verify: 0 });
});

it("tells a fix once, and the build of the new plan again", () => {
  const story = new Story(0);
  story.onRun(seen([...moving, ...planned, ["ImagesReady", "True"]]), none, 1000);
  const fixes = [{ revision: 2, signature: "ListensOnLoopback", summary: "HOST=0.0.0.0 set" }];
  const mended = seen([...moving, ...planned, ["ImagesReady", "True"]], {
    fixes,
    plan: { revision: 2, summary: "node 24" },
  });
  expect(story.onRun(mended, none, 2000).map((step) => `${step.name} ${step.text}`)).toEqual([
    "mend HOST=0.0.0.0 set (plan 2)",
    "build web",
  ]);
  expect(story.onRun(mended, none, 3000)).toEqual([]);
});

it("uses what Events say of a build", () => {
  const story = new Story(0);
  story.onEvent("Built", "web: 118 MB in 41 s, sha256:77ab01c4");
  const steps = story.onRun(seen([...moving, ...planned, ["ImagesReady", "True"]]), none, 1000);
  expect(steps.at(-1)?.text).toBe("web 118 MB in 41 s");
});

it("tells nothing of a status that speaks of an older spec", () => {
  const story = new Story(0);
  expect(story.onRun(seen([["Ready", "True", "Verified"], ...planned], { observedGeneration: 0 }), none, 1000)).toEqual(
    [],
  );
  expect(story.now?.name).toBe("source");
});

it("calls a release ended when its pods are there, not when its objects are", () => {
  const story = new Story(0);
  const released = seen([...moving, ...planned, ["ImagesReady", "True"], ["Released", "True"]]);
  expect(
    story.onRun(released, { record: undefined, replicas: ["web 0/1"] }, 1000).map((step) => step.name),
  ).not.toContain("release");
  expect(story.onRun(released, { record: undefined, replicas: ["web 1/1"] }, 2000).map((step) => step.text)).toEqual([
    "web 1/1",
  ]);
});
