import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as ask, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { CloneRequest } from "../agents/source/clone-request.ts";
import { clone } from "./clone.ts";
import { startGitServer } from "./git-server.ts";
import { makeRepositories } from "./sample-repositories.ts";

const top = mkdtempSync(join(tmpdir(), "lfs-test-"));
const content = "weights of a model\n".repeat(1000);
const oid = createHash("sha256").update(content).digest("hex");
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
const missing = pointer.replace(oid, "0".repeat(64));
let server: Awaited<ReturnType<typeof startGitServer>>;
let front: Server;
let count = 0;
/** What the LFS server does; each test has its own. */
let lfs: { status: number; body: string; path: string | undefined; asked: string[] };

/** A git server with an LFS server at its side, under one address. */
beforeAll(async () => {
  const repositories = { model: pointer, lost: missing, plain: "no pointer" };
  for (const [name, text] of Object.entries(repositories)) {
    const folder = join(top, "samples", name, "deep");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(top, "samples", name, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    writeFileSync(join(folder, "a model.bin"), text, { mode: 0o755 });
    writeFileSync(join(folder, "pointer.txt"), pointer);
  }
  await makeRepositories(join(top, "samples"), join(top, "repositories"));
  const root = join(top, "repositories");
  server = await startGitServer({ root, port: 0, host: "127.0.0.1", push: false, accounts: new Map() });
  front = createServer((incoming, outgoing) => {
    const { url = "", method, headers } = incoming;
    if (url.includes("/info/lfs/") || url === "/content") {
      lfs.asked.push(`${method ?? ""} ${url} ${headers.authorization ?? "-"}`);
      if (url === "/content") return void outgoing.end(lfs.body);
      if (lfs.status !== 200) return void outgoing.writeHead(lfs.status).end();
      const href = lfs.path ?? `http://${headers.host ?? ""}/content`;
      const one = (id: string) => ({ oid: id, size: content.length, actions: { download: { href } } });
      return void outgoing.end(JSON.stringify({ objects: [one(oid)] }));
    }
    const up = ask({ host: "127.0.0.1", port: server.port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(up);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  lfs = { status: 200, body: content, path: undefined, asked: [] };
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await server.close();
  rmSync(top, { recursive: true, force: true });
});

async function run(name: string, change: Partial<CloneRequest> = {}) {
  count += 1;
  const work = join(top, `work-${count}`);
  const secret = join(top, `secret-${count}`);
  mkdirSync(secret);
  writeFileSync(join(secret, "username"), "demo");
  writeFileSync(join(secret, "password"), "pa55");
  const request: CloneRequest = {
    inputDigest: "sha256:0",
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}/${name}.git`,
    ref: {},
    submodules: false,
    lfs: true,
    insecure: false,
    waitSeconds: 0,
    maxBytes: 1_000_000,
    maxFiles: 30,
    timeoutSeconds: 30,
    ...change,
  };
  const outcome = await clone(request, { work, secret, caBundle: "/none" }, new AbortController().signal);
  return { outcome, work, failure: outcome.state === "failed" ? outcome.failure : undefined };
}

it("puts the content in place of its pointer, and only where .gitattributes says so", async () => {
  const { outcome, work } = await run("model");
  expect(outcome).toMatchObject({ state: "done", value: { files: 3 } });
  expect(outcome.state === "done" && outcome.value.bytes).toBeGreaterThan(content.length);
  const file = join(work, "src/deep/a model.bin");
  expect(readFileSync(file, "utf8")).toBe(content);
  expect(statSync(file).mode & 0o111).not.toBe(0);
  expect(readFileSync(join(work, "src/deep/pointer.txt"), "utf8")).toBe(pointer);
  // The credentials are the repository's: what the content's address needs, the server says itself.
  const basic = `Basic ${Buffer.from("demo:pa55").toString("base64")}`;
  expect(lfs.asked).toEqual([`POST /model.git/info/lfs/objects/batch ${basic}`, "GET /content -"]);
});

it("asks nobody where nothing is a pointer, or nobody wants the content", async () => {
  expect((await run("plain")).outcome.state).toBe("done");
  expect((await run("model", { lfs: false })).outcome.state).toBe("done");
  expect(lfs.asked).toEqual([]);
});

it.each<[string, { name: string; does?: Partial<typeof lfs>; change?: Partial<CloneRequest> }, string, string]>([
  ["no LFS server", { name: "model", does: { status: 404 } }, "LfsUnavailable", "has no LFS server"],
  ["other credentials", { name: "model", does: { status: 401 } }, "LfsUnavailable", "wants other credentials"],
  ["content that is not there", { name: "lost" }, "LfsUnavailable", "does not have the content of deep/a model.bin"],
  [
    "other content",
    { name: "model", does: { body: content.replace("w", "W") } },
    "LfsUnavailable",
    "not what its pointer says",
  ],
  ["more content", { name: "model", does: { body: `${content}x` } }, "LfsUnavailable", "not what its pointer says"],
  [
    "an address without https",
    { name: "model", does: { path: "http://10.0.0.1/x" } },
    "LfsUnavailable",
    "without https",
  ],
  [
    "another kind of address",
    { name: "model", does: { path: "file:///etc/passwd" } },
    "LfsUnavailable",
    "without https",
  ],
  ["too much", { name: "model", change: { maxBytes: 10_000 } }, "SourceTooLarge", "LFS files of 19000 bytes"],
])("%s: says so, and leaves nothing", async (_what, { name, does, change }, reason, words) => {
  Object.assign(lfs, does);
  const { failure } = await run(name, change);
  expect(failure).toMatchObject({ reason, message: expect.stringContaining(words) as string });
});
