import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "../agents/pass.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import { FakeServer, reply, statusDocument } from "./fake-server.ts";
import { fitStatus, hardLimitBytes } from "./fit-status.ts";
import { Metrics } from "./metrics.ts";
import { Conflict } from "./pass-error.ts";
import { StatusWriter } from "./status-writer.ts";
import { Transport } from "./transport.ts";

const run: RunRecord = {
  namespace: "n",
  name: "a",
  uid: "u",
  generation: 1,
  resourceVersion: "7",
  createdAt: "",
  deleting: false,
  requestedAt: undefined,
  annotations: {},
  spec: { source: { git: { url: "https://git.example.org/a.git" } } } as RunRecord["spec"],
  status: { observedGeneration: 1, maturity: "Planned", report: "old" },
};
const never = new AbortController().signal;

let server: FakeServer;
let transport: Transport;
let upserted: unknown[];
let writer: StatusWriter;

beforeEach(async () => {
  server = new FakeServer();
  transport = new Transport(await server.start());
  upserted = [];
  const upsert = (raw: unknown): unknown => upserted.push(raw);
  writer = new StatusWriter({ transport, upsert, metrics: new Metrics(), logger: pino({ level: "silent" }) });
});
afterEach(async () => {
  transport.close();
  await server.stop();
});

describe("a status", () => {
  it("that differs is one merge patch of the difference, bound to the version that was read", async () => {
    server.answer(reply(200, { metadata: { resourceVersion: "8" } }));
    expect(await writer.write(run, { observedGeneration: 1, maturity: "Built" }, never)).toBe("written");
    const [asked] = server.asked;
    expect(`${asked?.method} ${asked?.url.pathname}`).toBe(
      "PATCH /apis/repo-runner.dev/v1alpha1/namespaces/n/reporuns/a/status",
    );
    expect(asked?.request.headers["content-type"]).toBe("application/merge-patch+json");
    expect(JSON.parse(asked?.body ?? "")).toEqual({
      metadata: { resourceVersion: "7" },
      status: { maturity: "Built", report: null },
    });
    expect(upserted).toEqual([{ metadata: { resourceVersion: "8" } }]);
  });

  it("that is equal costs nothing", async () => {
    expect(await writer.write(run, { report: "old", observedGeneration: 1, maturity: "Planned" }, never)).toBe(
      "skipped",
    );
    expect(server.asked).toHaveLength(0);
  });

  it("that somebody overtook is a conflict, after the run was read again", async () => {
    server.answers(reply(409, statusDocument(409, "Conflict")), reply(200, { metadata: { resourceVersion: "9" } }));
    await expect(writer.write(run, { observedGeneration: 1 }, never)).rejects.toBeInstanceOf(Conflict);
    expect(upserted).toEqual([{ metadata: { resourceVersion: "9" } }]);
  });

  it("of a run that is gone is nobody's", async () => {
    server.answer(reply(404, statusDocument(404, "NotFound")));
    expect(await writer.write(run, { observedGeneration: 1 }, never)).toBe("gone");
  });

  it("whose echo overtakes the answer is ours; another version is somebody else's", async () => {
    const echo = (version: string) =>
      server.answer((asked) => {
        writer.noteEcho("n/a", version);
        reply(200, { metadata: { resourceVersion: "8" } })(asked);
      });
    echo("8");
    expect(await writer.write(run, { observedGeneration: 1 }, never)).toBe("written");
    echo("9");
    expect(await writer.write(run, { observedGeneration: 1 }, never)).toBe("foreign");
    expect(writer.noteEcho("n/a", "10")).toBe(false);
  });
});

describe("a status that is too large", () => {
  const long = (count: number, size: number): string[] => Array.from({ length: count }, () => "x".repeat(size));

  it("loses its least missed parts first", () => {
    const status: RepoRunStatus = {
      maturity: "Built",
      report: "r".repeat(768),
      warnings: long(8, 250),
      needs: [],
      url: "u".repeat(7000),
    };
    const fitted = fitStatus(status);
    expect(fitted.cut).toBe(true);
    expect(Object.keys(JSON.parse(JSON.stringify(fitted.status)) as object)).toEqual(["maturity", "needs", "url"]);
  });

  it("within the limit is left alone", () => {
    const status: RepoRunStatus = { report: "r" };
    expect(fitStatus(status)).toEqual({ status, cut: false });
  });

  it("beyond help is not written", () => {
    expect(() => fitStatus({ url: "u".repeat(hardLimitBytes) })).toThrow("cannot be made to fit");
  });
});
