import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventRecorder } from "./events.ts";
import { FakeServer, reply, statusDocument } from "./fake-server.ts";
import { Transport } from "./transport.ts";

const run = { namespace: "n", name: "a", uid: "u" };
let server: FakeServer;
let transport: Transport;
let events: EventRecorder;

beforeEach(async () => {
  server = new FakeServer();
  server.answer(reply(201, {}));
  transport = new Transport(await server.start());
  events = new EventRecorder(transport, pino({ level: "silent" }));
});
afterEach(async () => {
  transport.close();
  await server.stop();
});

const said = { type: "Normal" as const, reason: "Verified", message: "web answers" };

describe("events", () => {
  it("name the run that they are about, with a MicroTime", async () => {
    events.for(run).emit(said);
    await events.flush();
    const body = JSON.parse(server.asked[0]?.body ?? "") as Record<string, unknown>;
    expect(body).toMatchObject({ reason: "Verified", note: "web answers", regarding: { kind: "RepoRun", uid: "u" } });
    expect(body["eventTime"]).toMatch(/\.\d{6}Z$/);
  });

  it("that repeat are folded into one, counted", async () => {
    for (let times = 0; times < 3; times += 1) {
      events.for(run).emit(said);
      await events.flush();
    }
    expect(server.asked.map((each) => each.method)).toEqual(["POST", "PATCH", "PATCH"]);
    expect(JSON.parse(server.asked[2]?.body ?? "")).toMatchObject({ series: { count: 3 } });
  });

  it("of a run that flaps are capped; another run's are not", async () => {
    for (let times = 0; times < 60; times += 1) events.for(run).emit({ ...said, message: `${times}` });
    events.for({ ...run, uid: "other" }).emit(said);
    await events.flush();
    expect(server.asked).toHaveLength(26);
  });

  it("that fail cost nothing, and are said anew the next time", async () => {
    server.answers(reply(500, statusDocument(500, "InternalError")), reply(201, {}));
    events.for(run).emit(said);
    await events.flush();
    events.for(run).emit(said);
    await events.flush();
    expect(server.asked.map((each) => each.method)).toEqual(["POST", "POST"]);
  });
});
