import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { registryKey, registryPassword } from "../agents/setup/registry-password.ts";
import { startForward } from "./registry-forward.ts";
import { startGate } from "./registry-gate.ts";
import { registryProgram, startRegistry } from "./registry-program.ts";
import { parseImage, readImage } from "./registry-read.ts";

const folder = mkdtempSync(join(tmpdir(), "gate-"));
const keyFile = join(folder, "key");
const key = "0123456789abcdef0123456789abcdef";
writeFileSync(keyFile, `${key}\n`);
const basic = (user: string, password = registryPassword(registryKey(Buffer.from(key)), user)) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** Sends a path as it is written: a client of one's own normalises nothing. */
async function ask(
  port: number,
  method: string,
  path: string,
  options: { authorization?: string; body?: Buffer | string; type?: string } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const headers = {
      ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      ...(options.body === undefined ? {} : { "content-length": Buffer.byteLength(options.body) }),
      ...(options.type === undefined ? {} : { "content-type": options.type }),
    };
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: answer.headers }),
      );
    });
    sent.once("error", reject);
    sent.end(options.body);
  });
}

describe("the gate", () => {
  let upstream: Server;
  let gate: Awaited<ReturnType<typeof startGate>>;
  let seen: { method: string; url: string; authorization: string | undefined }[];

  beforeEach(async () => {
    seen = [];
    upstream = createServer((incoming, outgoing) => {
      seen.push({
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        authorization: incoming.headers.authorization,
      });
      incoming.resume().on("end", () => outgoing.end("passed"));
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const { port } = upstream.address() as AddressInfo;
    gate = await startGate({
      port: 0,
      host: "127.0.0.1",
      upstream: { host: "127.0.0.1", port },
      keyFile,
      prefix: "tenants",
      maxBlobBytes: 1000,
    });
  });

  afterEach(async () => {
    await gate.close();
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
  });

  it.each([
    ["no credentials", undefined, "/v2/", 401],
    ["a wrong password", basic("team-a", "x"), "/v2/", 401],
    ["another key's password", basic("team-a", registryPassword(Buffer.from("x".repeat(32)), "team-a")), "/v2/", 401],
    [
      "the password of another",
      basic("team-a", registryPassword(registryKey(Buffer.from(key)), "team-b")),
      "/v2/",
      401,
    ],
    ["no colon", `Basic ${Buffer.from("team-a").toString("base64")}`, "/v2/", 401],
    ["a name that is no namespace", basic("team-a/../team-b"), "/v2/", 401],
    ["the catalogue", basic("team-a"), "/v2/_catalog", 404],
    ["another namespace", basic("team-a"), "/v2/tenants/team-b/app/web/manifests/t", 403],
    ["a prefix of its name", basic("team-a"), "/v2/tenants/team-ab/app/web/manifests/t", 403],
    ["another prefix", basic("team-a"), "/v2/library/team-a/app/manifests/t", 403],
    ["its bare namespace", basic("team-a"), "/v2/tenants/team-a/tags/list", 403],
    ["dots that climb", basic("team-a"), "/v2/tenants/team-a/../team-b/app/tags/list", 404],
    ["escaped dots", basic("team-a"), "/v2/tenants/team-a/%2e%2e/team-b/app/tags/list", 404],
    [
      "a reference that climbs",
      basic("team-a"),
      "/v2/tenants/team-a/app/manifests/../../../team-b/app/manifests/t",
      404,
    ],
    ["a double slash", basic("team-a"), "//v2/tenants/team-a/app/tags/list", 404],
    ["another interface", basic("team-a"), "/debug/vars", 404],
  ])("refuses %s", async (_what, authorization, path, status) => {
    const answer = await ask(gate.port, "GET", path, authorization === undefined ? {} : { authorization });
    expect(answer.status).toBe(status);
    expect(seen).toEqual([]);
  });

  it("asks for credentials in the way that clients understand", async () => {
    expect((await ask(gate.port, "GET", "/v2/")).headers["www-authenticate"]).toBe('Basic realm="repo-runner"');
    expect((await ask(gate.port, "GET", "/v2/", { authorization: basic("team-a") })).status).toBe(200);
  });

  it("passes its own on, without the password and without mounts of another repository's layers", async () => {
    const path = "/v2/tenants/team-a/app/web/blobs/uploads/?mount=sha256:1&from=tenants/team-b/app/web&digest=sha256:2";
    expect(await ask(gate.port, "POST", path, { authorization: basic("team-a"), body: "" })).toMatchObject({
      status: 200,
      body: "passed",
    });
    expect(seen).toEqual([
      { method: "POST", url: "/v2/tenants/team-a/app/web/blobs/uploads/?digest=sha256%3A2", authorization: undefined },
    ]);
  });

  it("refuses what is too large, and methods that no registry has", async () => {
    const path = "/v2/tenants/team-a/app/web/blobs/uploads/u1";
    expect((await ask(gate.port, "PUT", path, { authorization: basic("team-a"), body: "x".repeat(1001) })).status).toBe(
      413,
    );
    expect((await ask(gate.port, "TRACE", path, { authorization: basic("team-a") })).status).toBe(405);
  });

  it("says that the registry is away, when it is", async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    expect(
      (await ask(gate.port, "GET", "/v2/tenants/team-a/app/tags/list", { authorization: basic("team-a") })).status,
    ).toBe(502);
  });
});

describe.skipIf(registryProgram === undefined)("before the real registry", () => {
  let program: Awaited<ReturnType<typeof startRegistry>>;
  let gate: Awaited<ReturnType<typeof startGate>>;
  let node: Awaited<ReturnType<typeof startForward>>;

  beforeAll(async () => {
    program = await startRegistry(folder);
    gate = await startGate({
      port: 0,
      host: "127.0.0.1",
      upstream: { host: "127.0.0.1", port: program.port },
      keyFile,
      prefix: "tenants",
      maxBlobBytes: 1e9,
    });
    node = await startForward({ port: 0, host: "127.0.0.1", to: { host: "127.0.0.1", port: gate.port } });
  });

  afterAll(async () => {
    await node.close();
    await gate.close();
    program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function push(name: string, content: string): Promise<string> {
    const authorization = basic("team-a");
    const begun = await ask(gate.port, "POST", `/v2/${name}/blobs/uploads/`, { authorization, body: "" });
    const place = URL.parse(begun.headers.location ?? "", "http://registry");
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const done = await ask(gate.port, "PUT", `${place?.pathname ?? ""}${place?.search ?? ""}&digest=${digest}`, {
      authorization,
      body: content,
      type: "application/octet-stream",
    });
    expect(done.status).toBe(201);
    return digest;
  }

  it("an image is pushed, and read back through the node's forwarder by its owner alone", async () => {
    const name = "tenants/team-a/app/web";
    const layer = await push(name, "a layer");
    const config = await push(
      name,
      JSON.stringify({ config: { User: "10001", ExposedPorts: { "8080/tcp": {}, "53/udp": {} }, Cmd: ["node", "x"] } }),
    );
    const type = "application/vnd.oci.image.manifest.v1+json";
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config, size: 1 },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", digest: layer, size: 7 }],
    });
    const pushed = await ask(gate.port, "PUT", `/v2/${name}/manifests/live`, {
      authorization: basic("team-a"),
      body: manifest,
      type,
    });
    expect(pushed.status).toBe(201);

    const host = `127.0.0.1:${node.port}`;
    const dockerConfig = (user: string) => {
      const file = join(folder, `${user}.json`);
      writeFileSync(file, JSON.stringify({ auths: { [host]: { auth: basic(user).slice(6) } } }));
      return file;
    };
    const image = { ...parseImage(`${host}/${name}:live`), digest: pushed.headers["docker-content-digest"] as string };
    const { signal } = new AbortController();
    expect(await readImage(image, { insecure: true, dockerConfig: dockerConfig("team-a") }, signal)).toEqual({
      bytes: 7,
      user: "10001",
      exposed: [8080],
      hasCommand: true,
    });
    await expect(readImage(image, { insecure: true, dockerConfig: dockerConfig("team-b") }, signal)).rejects.toThrow(
      "403",
    );
    // A mount of another's layer is an ordinary upload, not a way in.
    const mount = await ask(gate.port, "POST", `/v2/tenants/team-b/x/y/blobs/uploads/?mount=${layer}&from=${name}`, {
      authorization: basic("team-b"),
      body: "",
    });
    expect(mount.status).toBe(202);
    expect(
      (await ask(gate.port, "HEAD", `/v2/tenants/team-b/x/y/blobs/${layer}`, { authorization: basic("team-b") }))
        .status,
    ).toBe(404);
  });
});
