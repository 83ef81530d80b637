import { describe, expect, it } from "vitest";
import { containerRecord, FakeCluster } from "../fake-cluster.ts";
import { fitProbe } from "./fit-probe.ts";
import { headline, lastLines, placeIn } from "./program-log.ts";
import { watchHealth } from "./watch-health.ts";

const at = (seconds: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + seconds * 1000);
const since = at(0).toISOString();

describe("watchHealth", () => {
  it("is well while a pod is available, or none is wanted", () => {
    expect(watchHealth({ replicas: 1 }, [], at(0))).toEqual({ state: "Well" });
    expect(watchHealth({ replicas: 0, unavailableSince: since }, [], at(99))).toEqual({ state: "Well" });
  });

  it("doubts for 30 s, then says why", () => {
    const down = { replicas: 1, unavailableSince: since };
    expect(watchHealth(down, [], at(12))).toEqual({ state: "Doubtful", againMs: 18_000 });
    const last = { exitCode: 137, reason: "OOMKilled" };
    const pod = new FakeCluster().setPod({
      name: "p",
      namespace: "n",
      containers: [containerRecord({ name: "app", reason: "CrashLoopBackOff", restarts: 4, last })],
    });
    expect(watchHealth(down, [pod], at(30))).toEqual({
      state: "Degraded",
      since,
      because: "pod p: OOMKilled, exit code 137, 4 restarts",
    });
    expect(watchHealth(down, [], at(31))).toMatchObject({ because: "it has no pod" });
  });
});

describe("fitProbe", () => {
  const planned = { path: "/healthz", startupSeconds: 60 };
  const answer = (status: number) => ({ name: "pod", ms: 1, tries: 1, status });

  it("keeps a path that the kubelet will take for well, and drops any other", () => {
    expect(fitProbe(planned, answer(204))).toEqual(planned);
    expect(fitProbe(planned, answer(302))).toEqual(planned);
    expect(fitProbe(planned, { ...answer(302), location: "https://10.0.0.1/" })).toEqual({ startupSeconds: 60 });
    for (const status of [401, 404, 503]) expect(fitProbe(planned, answer(status))).toEqual({ startupSeconds: 60 });
  });
});

describe("what a program wrote", () => {
  const node = [
    "> start",
    "Error: Cannot find module 'express'",
    "Require stack:",
    "- /app/src/server.js",
    "    at Module._resolveFilename (node:internal/modules/cjs/loader:1212:15)",
    "    at Object.<anonymous> (/app/src/server.js:3:17)",
    "  code: 'MODULE_NOT_FOUND',",
    "}",
    "Node.js v24.11.0",
  ];

  it("is told by the line that says most, and by the place in the repository", () => {
    expect(headline(node)).toBe("Error: Cannot find module 'express'");
    expect(placeIn(node)).toBe("src/server.js:3:17");
    expect(lastLines(node).lines).toContain("Error: Cannot find module 'express'");
    expect(lastLines(node).lines?.join("\n")).not.toContain("node:internal");
    const python = [
      '  File "/app/shop/wsgi.py", line 12, in <module>',
      '  File "/usr/local/lib/python3.13/os.py", line 714',
      "KeyError: 'STRIPE_KEY'",
    ];
    expect(headline(python)).toBe("KeyError: 'STRIPE_KEY'");
    expect(placeIn(python)).toBe("shop/wsgi.py:12");
    expect(lastLines([])).toEqual({});
  });

  it("keeps the telling line among twelve, however much follows it", () => {
    const long = ["fatal: out of tokens", ...Array.from({ length: 30 }, (_, index) => `later ${index}`)];
    expect(lastLines(long).lines).toHaveLength(12);
    expect(lastLines(long).lines).toContain("fatal: out of tokens");
  });
});
