import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqliteStore } from "../store/sqlite-store.ts";
import { entryOf } from "../store/store-contract.ts";
import type { EntryFilter } from "../store/journal-store.ts";
import type { Verdict } from "./guard.ts";
import { ApiServer, defaultLimits } from "./server.ts";
import { Bell } from "./stream.ts";

let store: SqliteStore;
let bell: Bell;
let server: ApiServer;
let port: number;
let allowed: (token: string, filter: EntryFilter) => boolean;

beforeEach(async () => {
  store = new SqliteStore(":memory:");
  bell = new Bell();
  allowed = (token, { namespace }) => token === "ann" && namespace === "a";
  const judge = (token: string, filter: EntryFilter): Promise<Verdict> => {
    const caller = { user: token, groups: [], extra: {} };
    if (token === "nobody") return Promise.resolve({ may: false, why: "Unknown" });
    return Promise.resolve(allowed(token, filter) ? { may: true, caller } : { may: false, why: "Forbidden" });
  };
  server = new ApiServer({
    store,
    guard: { judge },
    bell,
    isHealthy: () => true,
    isReady: () => false,
    limits: { ...defaultLimits, mostOfOne: 2, heartbeatMs: 40, judgeMs: 60, patienceMs: 200 },
    logger: pino({ enabled: false }),
  });
  port = await server.listen(0, "127.0.0.1");
});
afterEach(async () => {
  server.close();
  await store.close();
});

/** An answer, with what came of its body so far. */
interface Answer {
  readonly response: IncomingMessage;
  text: string;
  ended: boolean;
}

async function ask(path: string, headers: Record<string, string> = { authorization: "Bearer ann" }): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers }, (response) => {
      const answer: Answer = { response, text: "", ended: false };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (answer.text += chunk));
      response.on("error", () => undefined);
      response.on("close", () => (answer.ended = true));
      resolve(answer);
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function add(...names: readonly string[]): Promise<void> {
  await store.append(names.map((name) => entryOf("x", name)));
  bell.ring();
}

const saysOf = ({ text }: Answer): readonly string[] =>
  [...text.matchAll(/"says":"(\w+)"/g)].map((match) => match[1] ?? "");
const idsOf = ({ text }: Answer): readonly string[] =>
  [...text.matchAll(/^id: (\S+)$/gm)].map((match) => match[1] ?? "");

describe("/events", () => {
  it("tells what comes from now on, and beats", async () => {
    await add("before");
    const answer = await ask("/events?namespace=a");
    expect(answer.response.headers["content-type"]).toMatch(/^text\/event-stream/);
    await add("after");
    await expect.poll(() => saysOf(answer)).toEqual(["after"]);
    await expect.poll(() => answer.text).toContain(": still here");
    expect(answer.text).toContain("event: Event\n");
  });

  it("goes on from any id, without a gap and without a double", async () => {
    const names = Array.from({ length: 450 }, (_, index) => `n${index}`);
    await add(...names);
    const all = await ask("/events?namespace=a&since=0&follow=false");
    await expect.poll(() => all.ended).toBe(true);
    expect(saysOf(all)).toEqual(names);
    const id = idsOf(all)[201] ?? "";
    const rest = await ask("/events?namespace=a&since=0", { authorization: "Bearer ann", "last-event-id": id });
    await add("last");
    await expect.poll(() => saysOf(rest)).toEqual([...names.slice(201), "last"]);
  });

  it("begins at the beginning for an id of another journal, and at a time", async () => {
    await store.append([entryOf("x", "old", { at: Date.parse("2026-01-01T00:00:00Z") }), entryOf("x", "young")]);
    const other = await ask("/events?namespace=a&since=ffffffff.900&follow=false");
    await expect.poll(() => saysOf(other)).toEqual(["old", "young"]);
    const later = await ask("/events?namespace=a&since=2026-02-01T00:00:00Z&follow=false");
    await expect.poll(() => saysOf(later)).toEqual(["young"]);
  });

  it.each([
    ["no token", "/events?namespace=a", {}, 401],
    ["a token of nobody", "/events?namespace=a", { authorization: "Bearer nobody" }, 401],
    ["another namespace", "/events?namespace=b", undefined, 403],
    ["all namespaces", "/events", undefined, 403],
    ["a run of no namespace", "/events?run=x", undefined, 400],
    ["a name that is none", "/events?namespace=..%2Fb", undefined, 400],
    ["a time that is none", "/events?namespace=a&since=yesterday", undefined, 400],
    ["an unknown path", "/runs", undefined, 404],
  ])("refuses %s", async (_what, path, headers, code) => {
    await add("secret");
    const answer = await ask(path, headers);
    await expect.poll(() => answer.ended).toBe(true);
    expect(answer.response.statusCode).toBe(code);
    expect(answer.text).not.toContain("secret");
  });

  it("takes the token from a header that proxies let through", async () => {
    const answer = await ask("/events?namespace=a&follow=false", { "x-repo-runner-token": "ann" });
    expect(answer.response.statusCode).toBe(200);
  });

  it("ends for who may no longer read", async () => {
    const answer = await ask("/events?namespace=a");
    await add("one");
    await expect.poll(() => saysOf(answer)).toEqual(["one"]);
    allowed = () => false;
    await expect.poll(() => answer.ended).toBe(true);
  });

  it("takes no more streams of one caller than it may have, and counts those that left out", async () => {
    const first = await ask("/events?namespace=a");
    await ask("/events?namespace=a");
    expect((await ask("/events?namespace=a")).response.statusCode).toBe(429);
    first.response.destroy();
    await expect.poll(async () => (await ask("/events?namespace=a&follow=false")).response.statusCode).toBe(200);
  });

  it("drops a client that takes nothing, and keeps nothing for it", async () => {
    const large = Array.from({ length: 4000 }, (_, index) =>
      entryOf("x", String(index), { body: { says: "y".repeat(4000) } }),
    );
    await store.append(large);
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.pause();
    socket.write("GET /events?namespace=a&since=0 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ann\r\n\r\n");
    const closed = new Promise<void>((resolve) => socket.once("close", resolve));
    // It is dropped while it does not read; what it then finds is a connection that was cut.
    await new Promise((resolve) => setTimeout(resolve, 600));
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    socket.resume();
    await closed;
    expect(bytes).toBeLessThan(4000 * 4000);
  });
});

it("says how it is", async () => {
  expect((await ask("/healthz", {})).response.statusCode).toBe(200);
  expect((await ask("/readyz", {})).response.statusCode).toBe(503);
});
