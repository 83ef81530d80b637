import { describe, expect, it } from "vitest";
import { lookerUid } from "../looker.ts";
import { decidePort, type PortQuestion } from "./decide-port.ts";
import { readSockets, type Socket } from "./sockets.ts";

const app = 10_001;
const socket = (address: string, port: number, uid = app): Socket => ({ address, port, uid });

function decide(sockets: readonly Socket[], over: Partial<PortQuestion> = {}): ReturnType<typeof decidePort> {
  return decidePort({
    service: "web",
    sockets: { v: 1, waitedMs: 12_000, sockets: [...sockets] },
    planned: 3000,
    passed: 3000,
    appUid: app,
    bridge: false,
    exposed: [],
    ...over,
  });
}

describe("decidePort", () => {
  it("is not surprised by what was planned", () => {
    expect(decide([socket("0.0.0.0", 3000)])).toMatchObject({ port: 3000, surprising: false });
    expect(decide([socket("::", 3000), socket("0.0.0.0", 8080)])).toMatchObject({ port: 3000 });
  });

  it("goes by what is there, not by the plan", () => {
    expect(decide([socket("::", 8000)])).toEqual({
      port: 8000,
      surprising: true,
      because: "listens on [::]:8000; 3000 was planned",
    });
  });

  it("gives a socket to the container whose uid owns it", () => {
    expect(decide([socket("0.0.0.0", 3000, lookerUid)])).toMatchObject({ reason: "NothingListens" });
    // The user of distroless images is a program's.
    expect(decide([socket("::", 8080, 65_532)], { appUid: undefined })).toMatchObject({ port: 8080 });
    expect(decide([socket("0.0.0.0", 8080, 999)])).toMatchObject({
      reason: "NothingListens",
      message: "web runs but listens on no port of its own: 0.0.0.0:8080 belongs to uid 999",
    });
    expect(decide([socket("0.0.0.0", 8080, 33)], { appUid: 0 })).toMatchObject({ port: 8080 });
    expect(decide([socket("0.0.0.0", 8080, 1000)], { appUid: undefined })).toMatchObject({ port: 8080 });
  });

  it("takes a listener that only the pod itself reaches for a failure that can be mended", () => {
    expect(decide([socket("127.0.0.1", 3000), socket("::1", 3000)])).toMatchObject({
      reason: "ListensOnLoopback",
      blame: "Repo",
      where: "127.0.0.1:3000",
    });
    expect(decide([socket("::ffff:127.0.0.1", 3000)])).toMatchObject({ reason: "ListensOnLoopback" });
    expect(decide([socket("127.0.0.1", 3000), socket("0.0.0.0", 4000)])).toMatchObject({ port: 4000 });
  });

  it("is content with the loopback where a forwarder stands beside it", () => {
    const sockets = [socket("127.0.0.1", 3100), socket("10.1.2.3", 3000, lookerUid)];
    expect(decide(sockets, { bridge: true })).toMatchObject({ port: 3100 });
  });

  it("leaves debuggers, databases and the kernel's ports aside, unless there is nothing else or they were planned", () => {
    expect(decide([socket("0.0.0.0", 9229), socket("0.0.0.0", 41_000), socket("0.0.0.0", 8501)])).toMatchObject({
      port: 8501,
    });
    expect(decide([socket("0.0.0.0", 41_000)])).toMatchObject({ port: 41_000 });
    expect(decide([socket("0.0.0.0", 9229)])).toMatchObject({ reason: "NothingListens" });
    expect(decide([socket("0.0.0.0", 5432), socket("0.0.0.0", 8080)], { planned: 5432 })).toMatchObject({ port: 5432 });
  });

  it("chooses among several: planned, PORT, exposed, usual, lowest", () => {
    const all = [socket("0.0.0.0", 7001), socket("0.0.0.0", 8080), socket("0.0.0.0", 9443), socket("0.0.0.0", 4321)];
    expect(decide(all, { planned: 9443 })).toMatchObject({ port: 9443 });
    expect(decide(all, { passed: 4321 })).toMatchObject({ port: 4321 });
    expect(decide(all, { exposed: [7001] })).toMatchObject({ port: 7001 });
    expect(decide(all)).toMatchObject({ port: 8080 });
    expect(decide([socket("0.0.0.0", 7001), socket("0.0.0.0", 6001)])).toMatchObject({ port: 6001 });
  });
});

describe("readSockets", () => {
  it("takes nothing but what a looker says", () => {
    expect(readSockets('{"v":1,"waitedMs":3,"sockets":[{"address":"::","port":80,"uid":0}]}')?.sockets).toHaveLength(1);
    for (const bad of [
      undefined,
      "",
      "{",
      '{"v":1}',
      '{"v":1,"waitedMs":0,"sockets":[{"address":"::","port":70000,"uid":0}]}',
      " ".repeat(5000),
    ]) {
      expect(readSockets(bad)).toBeUndefined();
    }
  });
});
