import { describe, expect, it } from "vitest";
import type { Failure } from "../../failure.ts";
import { FakeCluster } from "../fake-cluster.ts";
import { gather, keptEvidence, printOf } from "./evidence.ts";
import { podEvents } from "./pod-events.ts";

const failure: Failure = {
  reason: "AnswersError",
  message: 'web answers GET / with 500 "Error" in 3 ms',
  layer: "Health",
  blame: "Repo",
  service: "web",
  lines: ["Error: connect ECONNREFUSED 127.0.0.1:5432"],
  exitCode: 1,
  observed: { sockets: ["0.0.0.0:3000 uid 10001"], probes: ['pod: 500 "Error" in 3 ms'] },
};

describe("gather", () => {
  const around = {
    events: ["web-1 app: terminated Error, exit code 1, 3 restarts"],
    changed: ["services.web.start: node server.js -> node app.js"],
    manifests: [{ path: "package.json", lines: ['  "start": "node app.js",'] }],
  };

  it("holds everything that is known of a failure, in one place", () => {
    expect(gather(failure, ["listening"], around)).toMatchObject({
      stage: "Run",
      lines: ["Error: connect ECONNREFUSED 127.0.0.1:5432", "listening", failure.message],
      events: around.events,
      sockets: ["0.0.0.0:3000 uid 10001"],
      probes: ['pod: 500 "Error" in 3 ms'],
      changed: around.changed,
      manifests: around.manifests,
    });
  });

  it("redacts each part of it, and bounds it", () => {
    const secret = `password=${"hunter2hunter2"}`;
    const manifests = [{ path: ".npmrc", lines: [secret] }];
    const seen = { ...failure, observed: { sockets: [secret], probes: [secret] }, lines: [secret] };
    const evidence = gather(seen, [secret], { events: [secret], changed: [secret], manifests });
    const { failure: _, ...shown } = evidence;
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    const many = Array.from({ length: 99 }, (_each, index) => `${String(index)} ${"x".repeat(500)}`);
    const kept = keptEvidence(gather({ ...failure, lines: [] }, many, { events: many, changed: many }));
    expect(JSON.stringify(kept).length).toBeLessThan(5000);
    expect(kept.lines.at(-1)).toBe(failure.message);
  });

  it("does not change a print by what stands around", () => {
    expect(gather(failure, ["other"], around).print).toBe(gather(failure, []).print);
  });
});

describe("printOf", () => {
  const npm = (at: string, seconds: string) =>
    printOf({
      ...failure,
      reason: "BuildFailed",
      layer: "Deps",
      lines: [
        `#9 ${seconds} npm error code 7`,
        "npm error command sh -c node moon.js",
        `npm error A complete log of this run can be found in: /root/.npm/_logs/${at}-debug-0.log`,
      ],
    });

  it("is the same for the same trouble at another time", () => {
    expect(npm("2026-11-23T16_44_16_045Z", "0.345")).toBe(npm("2026-11-24T07_01_59_999Z", "12.1"));
  });

  it.each([
    ["took 1m2s", "took 3m14.5s"],
    ["image shop-web:3f2a9c1 failed", "image shop-web:91bb0de failed"],
    ["2026-11-23 18:00:01 oops", "2026-11-24 19:22:59 oops"],
  ])("does not tell %s from %s", (one, other) => {
    expect(printOf({ ...failure, lines: [one] })).toBe(printOf({ ...failure, lines: [other] }));
  });

  it("is another for another trouble", () => {
    expect(printOf(failure)).not.toBe(printOf({ ...failure, lines: ["Error: connect ECONNREFUSED elsewhere"] }));
  });
});

describe("podEvents", () => {
  it("tells what a service's pods went through, the newest first, and nothing of one that is well", () => {
    const cluster = new FakeCluster();
    const labels = { "repo-runner.dev/run": "shop", "repo-runner.dev/service": "web" };
    const app = { name: "app", type: "App" as const, restarts: 0, ready: true };
    const pod = (name: string, createdAt: string, container: object, service = "web") =>
      cluster.setPod({
        name,
        namespace: "team-a",
        createdAt,
        labels: { ...labels, "repo-runner.dev/service": service },
        containers: [{ ...app, state: "Running", ...container }],
      });
    pod("web-old", "2026-11-22T18:00:00Z", { state: "Terminated", reason: "OOMKilled", exitCode: 137, restarts: 3 });
    const last = { exitCode: 1, reason: "Error" };
    pod("web-new", "2026-11-22T18:01:00Z", {
      state: "Waiting",
      reason: "CrashLoopBackOff",
      message: "back-off 10s",
      last,
    });
    pod("web-well", "2026-11-22T18:02:00Z", {});
    pod("api-1", "2026-11-22T18:03:00Z", { state: "Terminated", exitCode: 2 }, "api");
    expect(podEvents(cluster, { namespace: "team-a", name: "shop", uid: "run-uid" }, "web")).toEqual([
      "web-new app: waiting CrashLoopBackOff, back-off 10s, before: Error, exit code 1",
      "web-old app: terminated OOMKilled, exit code 137, 3 restarts",
    ]);
  });
});
