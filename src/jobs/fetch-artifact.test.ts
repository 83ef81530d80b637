import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  realpathSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { artifactPlace, artifactTypes } from "../agents/source/artifact.ts";
import { CloneRequest } from "../agents/source/clone-request.ts";
import { packFolder } from "../cli/run/pack-folder.ts";
import { clone } from "./clone.ts";

const password = "artifact-pa55";
const top = mkdtempSync(join(tmpdir(), "artifact-"));
/** What a registry holds: manifests by reference, blobs by digest. */
const store = new Map<string, Buffer>();
let server: Server;
let host: string;
let count = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const basic = `Basic ${Buffer.from(`team:${password}`).toString("base64")}`;
    if (request.headers.authorization !== basic) return void response.writeHead(401).end();
    const found = store.get(/\/(?:manifests|blobs)\/(.+)$/.exec(request.url ?? "")?.[1] ?? "");
    response.writeHead(found ? 200 : 404).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(top, { recursive: true, force: true });
});

async function fetched(reference: string, more: Partial<CloneRequest> = {}, auth = password) {
  count += 1;
  const work = join(top, `work-${count}`);
  const secret = join(top, `secret-${count}`);
  mkdirSync(secret);
  const auths = { [host]: { auth: Buffer.from(`team:${auth}`).toString("base64") } };
  writeFileSync(join(secret, ".dockerconfigjson"), JSON.stringify({ auths }));
  const request = CloneRequest.parse({
    inputDigest: "sha256:0",
    url: `oci://${host}/team/app/source${reference}`,
    insecure: true,
    maxBytes: 100_000,
    maxFiles: 20,
    timeoutSeconds: 20,
    secret: "registry",
    ...more,
  });
  const outcome = await clone(request, { work, secret, caBundle: "" }, new AbortController().signal);
  return { outcome, src: join(work, "src") };
}

function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** One entry of a tar archive, as somebody who means harm may write it. */
function entry(path: string, type: "0" | "2" | "1", text = "", link = ""): Buffer {
  const head = Buffer.alloc(512);
  head.write(path, 0);
  head.write("0000644\0", 100);
  head.write("0000000\0", 108);
  head.write("0000000\0", 116);
  head.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0", 136);
  head.write("        ", 148);
  head.write(type, 156);
  head.write(link, 157);
  head.write("ustar\u000000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  body.write(text);
  return Buffer.concat([head, body]);
}

function keep(tag: string, layer: Buffer): void {
  const digest = digestOf(layer);
  store.set(digest, layer);
  const layers = [{ mediaType: artifactTypes.layer, digest, size: layer.length }];
  store.set(tag, Buffer.from(JSON.stringify({ schemaVersion: 2, layers })));
}

it("fetches the folder that the command line packed, whole, and without what people keep secrets in", async () => {
  const folder = join(top, "folder");
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(join(folder, "node_modules/x"), { recursive: true });
  writeFileSync(join(folder, "src/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(folder, ".env"), "TOKEN=1\n");
  writeFileSync(join(folder, ".env.example"), "TOKEN=\n");
  writeFileSync(join(folder, "node_modules/x/index.js"), "");
  symlinkSync("src/run.sh", join(folder, "start"));
  const packed = await packFolder(folder);
  const again = await packFolder(folder);
  expect(again.manifest.digest).toBe(packed.manifest.digest);
  expect(packed.left).toEqual([".env"]);
  store.set(packed.manifest.digest, Buffer.from(packed.manifest.text));
  store.set(packed.layer.digest, readFileSync(packed.file));
  await packed.remove();
  await again.remove();

  const { outcome, src } = await fetched(`@${packed.manifest.digest}`);
  expect(outcome).toMatchObject({ state: "done", value: { commit: packed.manifest.digest.slice(7), files: 3 } });
  expect(lstatSync(join(src, "src/run.sh")).mode & 0o111).not.toBe(0);
  expect(lstatSync(join(src, "start")).isSymbolicLink()).toBe(true);
  expect(existsSync(join(src, ".env"))).toBe(false);
  expect(existsSync(join(src, ".env.example"))).toBe(true);
});

it("lets nothing out of the folder: names, links, hard links", async () => {
  const outside = join(top, "outside");
  writeFileSync(outside, "before");
  const parts = [
    entry("../../outside", "0", "broken"),
    entry(outside, "0", "broken"),
    entry("out", "2", "", top),
    entry("out/outside", "0", "broken"),
    entry("hard", "1", "", outside),
    entry(".git/hooks/post-checkout", "0", "x"),
    entry("good.txt", "0", "good"),
  ];
  keep("hostile", gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)])));
  const { outcome, src } = await fetched(":hostile");
  expect(outcome.state).toBe("done");
  expect(readFileSync(outside, "utf8")).toBe("before");
  expect(readFileSync(join(src, "good.txt"), "utf8")).toBe("good");
  expect(existsSync(join(src, ".git"))).toBe(false);
  expect(existsSync(join(src, "hard"))).toBe(false);
  // Its absolute target became one below the folder.
  expect(realpathSync(join(src, "out")).startsWith(`${realpathSync(src)}/`)).toBe(true);
});

it("stops at the bounds, whatever the archive says of its size", async () => {
  const many = Array.from({ length: 30 }, (_, index) => entry(`f${index}`, "0", "x"));
  keep("many", gzipSync(Buffer.concat([...many, Buffer.alloc(1024)])));
  expect((await fetched(":many")).outcome).toMatchObject({ state: "failed", failure: { reason: "SourceTooLarge" } });
  keep("large", gzipSync(Buffer.concat([entry("f", "0", "x".repeat(200_000)), Buffer.alloc(1024)])));
  expect((await fetched(":large")).outcome).toMatchObject({ state: "failed", failure: { reason: "SourceTooLarge" } });
});

it("says what is missing, refused or no source", async () => {
  expect((await fetched(":nothing")).outcome).toMatchObject({ failure: { reason: "NoSuchSource" } });
  expect((await fetched(":many", {}, "wrong")).outcome).toMatchObject({ failure: { reason: "AuthRefused" } });
  store.set("image", Buffer.from(JSON.stringify({ layers: [{ mediaType: "text/html", digest: "x", size: 1 }] })));
  expect((await fetched(":image")).outcome).toMatchObject({ failure: { reason: "UnsupportedSource" } });
  keep("forged", gzipSync(Buffer.concat([entry("f", "0", "x"), Buffer.alloc(1024)])));
  const forged = JSON.parse(String(store.get("forged"))) as { layers: { digest: string }[] };
  store.set(forged.layers[0]?.digest ?? "", gzipSync(Buffer.concat([entry("f", "0", "y"), Buffer.alloc(1024)])));
  await expect(fetched(":forged")).rejects.toThrow(/other bytes/);
});

it.each([
  ["oci://ghcr.io/team/app:1.0", { host: "ghcr.io", repository: "team/app", reference: "1.0" }],
  ["oci://r.example.org:5000/a", { host: "r.example.org:5000", repository: "a", reference: "latest" }],
  ["oci://u:p@host/app", undefined],
  ["https://host/app", undefined],
])("reads %s", (url, place) => {
  expect(artifactPlace(url)).toEqual(place);
});
