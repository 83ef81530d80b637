import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Asked, FakeServer, reply, statusDocument } from "./fake-server.ts";
import { Reflector } from "./reflector.ts";
import type { WireObject } from "./slim.ts";
import { type Kept, Store } from "./store.ts";
import { Transport } from "./transport.ts";

interface Thing extends Kept {
  readonly says: string;
}

let current: FakeServer;
let transport: Transport;
let stop: AbortController;
let store: Store<Thing>;
let told: string[];
let relists: string[];
let reflector: Reflector<Thing>;

beforeEach(async () => {
  current = new FakeServer();
  transport = new Transport(await current.start());
  stop = new AbortController();
  store = new Store<Thing>();
  told = [];
  relists = [];
  reflector = new Reflector<Thing>({
    transport,
    kind: "Thing",
    path: "/things",
    slim,
    store,
    changed: (before, after) =>
      told.push(
        `${before ? `${before.name}#${before.uid}` : "-"}>${after ? `${after.name}#${after.uid}:${after.says}` : "-"}`,
      ),
    relisted: (reason) => relists.push(reason),
    backoffMs: [5, 20],
  });
});
afterEach(async () => {
  stop.abort();
  transport.close();
  await current.stop();
});

function slim(raw: WireObject): Thing {
  const { name, uid, resourceVersion } = raw.metadata ?? {};
  if (name === undefined || uid === undefined || resourceVersion === undefined) throw new Error("not a thing");
  return { namespace: "n", name, uid, resourceVersion, says: (raw as { says?: string }).says ?? "" };
}

function event(type: string, name: string, version: number, more: { uid?: string; says?: string } = {}): string {
  const object = {
    metadata: { name, uid: more.uid ?? name, resourceVersion: String(version) },
    says: more.says ?? `v${version}`,
  };
  return `${JSON.stringify({ type, object })}\n`;
}

function listed(version: number): string {
  const annotations = { "k8s.io/initial-events-end": "true" };
  return `${JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: String(version), annotations } } })}\n`;
}

/** Sends these pieces as chunks of their own and leaves the watch open. */
function stream(...pieces: string[]) {
  return async ({ response }: Asked): Promise<void> => {
    response.writeHead(200, { "content-type": "application/json" });
    for (const piece of pieces) {
      response.write(piece);
      await sleep(5);
    }
  };
}

/** The same, and then the connection ends: cleanly, or in the middle. */
function ending(how: "clean" | "cut", ...pieces: string[]) {
  return async (asked: Asked): Promise<void> => {
    await stream(...pieces)(asked);
    if (how === "clean") asked.response.end();
    else asked.request.socket.destroy();
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 600) throw new Error(`never: ${JSON.stringify({ told, relists })}`);
    await sleep(5);
  }
}

const version = (asked: Asked | undefined): string | null | undefined => asked?.url.searchParams.get("resourceVersion");

describe("a watch", () => {
  it("is whole with the bookmark, asks for bookmarks, and takes two events of one chunk and one of two chunks", async () => {
    const split = event("ADDED", "b", 2);
    current.answer(
      stream(
        event("ADDED", "a", 1),
        split.slice(0, 20),
        split.slice(20),
        listed(5),
        event("MODIFIED", "a", 6) + event("DELETED", "b", 7),
      ),
    );
    void reflector.run(stop.signal);
    await reflector.synced;
    await until(() => store.size === 1 && store.get("n/a")?.says === "v6");
    expect(current.asked[0]?.url.searchParams.get("allowWatchBookmarks")).toBe("true");
    expect(told).toEqual(["->a#a:v1", "->b#b:v2", "a#a>a#a:v6", "b#b>-"]);
  });

  it("goes on from the last version after the server ends it, by bookmarks too", async () => {
    const bookmark = `${JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } })}\n`;
    current.answers(ending("clean", event("ADDED", "a", 1), listed(5), bookmark), stream(event("MODIFIED", "a", 10)));
    void reflector.run(stop.signal);
    await until(() => store.get("n/a")?.says === "v10");
    expect(version(current.asked[1])).toBe("9");
    expect(relists).toEqual([]);
  });

  it("loses nothing when it is cut in the middle of a line", async () => {
    const cut = event("MODIFIED", "a", 7).slice(0, 30);
    current.answers(
      ending("cut", event("ADDED", "a", 1), listed(5), event("MODIFIED", "a", 6), cut),
      stream(event("MODIFIED", "a", 7)),
    );
    void reflector.run(stop.signal);
    await until(() => store.get("n/a")?.says === "v7");
    expect(version(current.asked[1])).toBe("6");
  });

  it("starts from nothing when it was cut before the list was whole", async () => {
    current.answers(ending("cut", event("ADDED", "a", 1)), stream(event("ADDED", "a", 1), listed(5)));
    void reflector.run(stop.signal);
    await reflector.synced;
    expect(version(current.asked[1])).toBeNull();
    expect(current.asked[1]?.url.searchParams.get("sendInitialEvents")).toBe("true");
  });

  it.each([
    ["as an ERROR event", stream(`${JSON.stringify({ type: "ERROR", object: statusDocument(410, "Expired") })}\n`)],
    ["as a status", reply(410, statusDocument(410, "Expired"))],
  ])("reads all anew after 410 %s, and says what has gone meanwhile", async (_how, gone) => {
    current.answers(
      ending("clean", event("ADDED", "a", 1), event("ADDED", "b", 2), listed(5)),
      gone,
      stream(event("ADDED", "b", 2), event("ADDED", "c", 20), listed(30)),
    );
    void reflector.run(stop.signal);
    await until(() => store.get("n/c") !== undefined && store.get("n/a") === undefined);
    expect(relists).toEqual(["gone"]);
    expect(told).toEqual(["->a#a:v1", "->b#b:v2", "->c#c:v20", "a#a>-"]);
  });

  it("outlives another ERROR, a 500 and a refusal, and keeps its place", async () => {
    current.answers(
      ending("clean", event("ADDED", "a", 1), listed(5)),
      stream(`${JSON.stringify({ type: "ERROR", object: statusDocument(500, "InternalError") })}\n`),
      reply(500, statusDocument(500, "InternalError")),
      reply(403, statusDocument(403, "Forbidden")),
      stream(event("MODIFIED", "a", 6)),
    );
    void reflector.run(stop.signal);
    await until(() => store.get("n/a")?.says === "v6");
    expect(current.asked.slice(1).map(version)).toEqual(["5", "5", "5", "5"]);
    expect(relists).toEqual([]);
  });

  it("reads all anew after a line that is not JSON", async () => {
    current.answers(
      stream(event("ADDED", "a", 1), listed(5), "{not json\n"),
      stream(event("ADDED", "a", 6), listed(7)),
    );
    void reflector.run(stop.signal);
    await until(() => store.get("n/a")?.says === "v6");
    expect(relists).toEqual(["garbled"]);
  });

  it("tells an end and a beginning when a name comes back with another uid", async () => {
    current.answer(stream(event("ADDED", "a", 1), listed(5), event("MODIFIED", "a", 9, { uid: "second" })));
    void reflector.run(stop.signal);
    await until(() => told.length === 3);
    expect(told).toEqual(["->a#a:v1", "a#a>-", "->a#second:v9"]);
  });

  it("skips an object that cannot be read and an event of an unknown type", async () => {
    const strange = `${JSON.stringify({ type: "ADDED", object: { metadata: { resourceVersion: "6" } } })}\n`;
    current.answer(stream(listed(5), strange, event("SHOUTED", "x", 7), event("ADDED", "a", 8)));
    void reflector.run(stop.signal);
    await until(() => store.size === 1);
    expect(relists).toEqual([]);
  });

  it("pages through a list where the server knows no watch-list", async () => {
    const item = (name: string, at: number): object => ({ metadata: { name, uid: name, resourceVersion: String(at) } });
    current.answers(
      reply(400, statusDocument(400, "BadRequest", "sendInitialEvents is forbidden")),
      reply(200, { metadata: { resourceVersion: "5", continue: "more" }, items: [item("a", 1)] }),
      reply(200, { metadata: { resourceVersion: "5" }, items: [item("b", 2)] }),
      stream(event("ADDED", "c", 6)),
    );
    void reflector.run(stop.signal);
    await until(() => store.size === 3);
    expect(current.asked[2]?.url.searchParams.get("continue")).toBe("more");
    expect(version(current.asked[3])).toBe("5");
    expect(relists).toEqual(["unsupported"]);
  });
});

describe("a write of our own", () => {
  const wire = (name: string, at: string, uid = name): WireObject => ({ metadata: { name, uid, resourceVersion: at } });

  it("is seen at once, and its echo tells nobody", async () => {
    let send: (text: string) => void = () => undefined;
    current.answer(({ response }) => {
      response.writeHead(200);
      response.write(event("ADDED", "a", 1) + listed(5));
      send = (text) => response.write(text);
    });
    void reflector.run(stop.signal);
    await reflector.synced;
    expect(reflector.upsert(wire("a", "6"))).toBe(true);
    expect(reflector.upsert(wire("a", "6"))).toBe(false);
    send(event("MODIFIED", "a", 6) + event("ADDED", "end", 7));
    await until(() => store.get("n/end") !== undefined);
    expect(told).toEqual(["->a#a:v1", "->end#end:v7"]);
  });

  it("that the watch has overtaken brings nothing back from the dead", async () => {
    current.answer(stream(event("ADDED", "a", 1), listed(5), event("DELETED", "a", 9)));
    void reflector.run(stop.signal);
    await until(() => told.length === 2);
    expect(reflector.upsert(wire("a", "8"))).toBe(false);
    expect(store.size).toBe(0);
    expect(reflector.upsert(wire("a", "10", "again"))).toBe(true);
  });

  it("that deleted an object keeps late events from showing it again", async () => {
    let send: (text: string) => void = () => undefined;
    current.answer(({ response }) => {
      response.writeHead(200);
      response.write(event("ADDED", "a", 1) + listed(5));
      send = (text) => response.write(text);
    });
    void reflector.run(stop.signal);
    await reflector.synced;
    reflector.ended("n/a", "a");
    expect(store.size).toBe(0);
    send(event("MODIFIED", "a", 6) + event("DELETED", "a", 7) + event("ADDED", "a", 8, { uid: "second" }));
    await until(() => store.size === 1);
    expect(told).toEqual(["->a#a:v1", "a#a>-", "->a#second:v8"]);
  });
});
