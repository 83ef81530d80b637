import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Asked, FakeServer, reply, statusDocument } from "../../controller/fake-server.ts";
import { ClusterClient } from "../cluster/client.ts";
import { messagesOf, NoJournal, readJournal, type Told } from "./journal.ts";

let fake: FakeServer;
let client: ClusterClient;
let stop: AbortController;

beforeEach(async () => {
  fake = new FakeServer();
  const { server } = await fake.start();
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: server.href, skipTLSVerify: true }],
    users: [{ name: "u", token: "ann" }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  stop = new AbortController();
  const chosen = { config, server: server.href, namespace: "a" } as ClusterClient["chosen"];
  client = new ClusterClient(chosen, stop.signal);
});
afterEach(async () => {
  stop.abort();
  await fake.stop();
});

const entry = (says: string): object => ({ at: 1, namespace: "a", run: "x", uid: "u", kind: "Event", body: { says } });
const message = (id: string, says: string): string =>
  `id: ${id}\nevent: Event\ndata: ${JSON.stringify(entry(says))}\n\n`;
const question = { namespace: "a", run: undefined, since: undefined, follow: true };

/** Sends a stream and ends it. */
function stream(text: string) {
  return ({ response }: Asked): void => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(text);
  };
}

describe("the journal", () => {
  it("is asked as who the kubeconfig says, and goes on where its connection ended", async () => {
    fake.answers(stream(`id: e.1\n: from here\n\n${message("e.2", "one")}`), stream(message("e.3", "two")));
    const told: Told[] = [];
    for await (const each of readJournal(client, question, stop.signal)) {
      told.push(each);
      if (told.length === 2) break;
    }
    expect(told.map(({ id, body }) => [id, body["says"]])).toEqual([
      ["e.2", "one"],
      ["e.3", "two"],
    ]);
    expect(fake.asked.map(({ url }) => url.searchParams.get("since"))).toEqual([null, "e.2"]);
    expect(fake.asked[0]?.request.headers["x-repo-runner-token"]).toBe("ann");
    expect(fake.asked[0]?.url.searchParams.get("namespace")).toBe("a");
  });

  it.each([
    [404, "is not installed"],
    [403, "you may not read"],
    [503, "does not answer"],
  ])("that answers %i cannot be had", async (code, why) => {
    fake.answer(reply(code, statusDocument(code, "No")));
    const read = readJournal(client, question, stop.signal).next();
    await expect(read).rejects.toThrow(NoJournal);
    await expect(readJournal(client, question, stop.signal).next()).rejects.toThrow(why);
  });
});

it("messages that are not understood are passed over", async () => {
  async function* lines(): AsyncGenerator<string> {
    yield* ["data: {half", "", ": beat", "", "id: e.9", "data: []", "", ...message("e.10", "good").split("\n")];
    await Promise.resolve();
  }
  const found = [];
  for await (const each of messagesOf(lines())) if (each.entry) found.push(each.id);
  expect(found).toEqual(["e.10"]);
});
