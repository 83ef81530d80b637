import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { Origin } from "../agents/source/clone-request.ts";
import { TooLarge, type FetchRequest } from "./fetch-tree.ts";
import { git } from "./git.ts";
import { say } from "./progress.ts";

/** Why a file of LFS was not to be had, in words. */
export class LfsRefused extends Error {
  override readonly name = "LfsRefused";
}

/** One file that git holds as a pointer. */
interface Pointer {
  readonly path: string;
  /** 64 hex digits of the content's SHA-256. */
  readonly oid: string;
  readonly size: number;
}

const Batch = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      error: z.object({ code: z.int(), message: z.string().default("") }).optional(),
      actions: z
        .object({
          download: z.object({ href: z.string().max(8192), header: z.record(z.string(), z.string()).default({}) }),
        })
        .optional(),
    }),
  ),
});
type Download = NonNullable<z.infer<typeof Batch>["objects"][number]["actions"]>["download"];

const mediaType = "application/vnd.git-lfs+json";
const maxPointerBytes = 1024;
const batchSize = 100;
const requestTimeoutMs = 30_000;
const maxAnswerBytes = 4_194_304;

/** Puts the content of LFS files in place of their pointers, from the server of the repository itself: within the bounds, each checked by its digest. */
export async function fetchLfs(
  request: FetchRequest,
  access: { readonly origin: Origin; readonly authorization: string | undefined },
): Promise<void> {
  const pointers = await pointersOf(request);
  if (pointers.length === 0) return;
  const bytes = pointers.reduce((sum, { size }) => sum + size, 0);
  request.tally.bytes += bytes;
  if (request.tally.bytes > request.bounds.maxBytes) throw new TooLarge(`LFS files of ${bytes} bytes`);
  say(`fetching ${pointers.length} LFS files, ${bytes} bytes`);
  const server = serverOf(request.url, access.origin);
  for (let from = 0; from < pointers.length; from += batchSize) {
    const part = pointers.slice(from, from + batchSize);
    const downloads = await askFor(part, server, access.authorization, request.signal);
    for (const pointer of part) await download(request, pointer, { from: downloads.get(pointer.oid), server });
  }
}

/** Files that `.gitattributes` gives to LFS and that are pointers indeed. */
async function pointersOf({ folder, env, signal }: FetchRequest): Promise<Pointer[]> {
  const listed = await git(["ls-files", "-z", ":(attr:filter=lfs)"], { cwd: folder, env, signal });
  if (!listed.ok) throw new LfsRefused("its files of LFS cannot be listed");
  const found: Pointer[] = [];
  for (const path of listed.stdout.split("\0").filter((each) => each !== "")) {
    const pointer = await readPointer(join(folder, path));
    if (pointer) found.push({ path, ...pointer });
  }
  return found;
}

async function readPointer(file: string): Promise<Omit<Pointer, "path"> | undefined> {
  const handle = await open(file, "r").catch(() => undefined);
  if (!handle) return undefined;
  try {
    const buffer = Buffer.alloc(maxPointerBytes);
    const { bytesRead } = await handle.read(buffer, 0, maxPointerBytes, 0);
    const text = buffer.toString("latin1", 0, bytesRead);
    if (!text.startsWith("version https://git-lfs.github.com/spec/v1\n")) return undefined;
    const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
    const size = /^size (\d{1,15})$/m.exec(text)?.[1];
    return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
  } finally {
    await handle.close();
  }
}

/** The server that belongs to a repository: below its own address, whatever a `.lfsconfig` says. */
function serverOf(url: string, origin: Origin): string {
  if (origin.scheme === "ssh")
    throw new LfsRefused("LFS files are fetched by https only; give the repository's https address and a token");
  return `${url.replace(/\/+$/, "").replace(/(?:\.git)?$/, ".git")}/info/lfs`;
}

async function askFor(
  pointers: readonly Pointer[],
  server: string,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Download>> {
  const response = await send(`${server}/objects/batch`, {
    method: "POST",
    redirect: "error",
    headers: {
      accept: mediaType,
      "content-type": mediaType,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({
      operation: "download",
      transfers: ["basic"],
      hash_algo: "sha256",
      objects: pointers.map(({ oid, size }) => ({ oid, size })),
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
  });
  if (response.status === 401 || response.status === 403)
    throw new LfsRefused(`its LFS server wants other credentials (${response.status})`);
  if (!response.ok) throw new LfsRefused(`its host has no LFS server for it (${response.status} from ${server})`);
  const text = await response.text();
  const parsed = Batch.safeParse(text.length > maxAnswerBytes ? undefined : jsonOf(text));
  if (!parsed.success) throw new LfsRefused("its LFS server answers in another form");
  return new Map(
    parsed.data.objects.flatMap(({ oid, actions }) => (actions ? [[oid, actions.download] as const] : [])),
  );
}

/** Writes the content beside the repository's own data first: a pointer is replaced by the whole or not at all. */
async function download(
  { folder, signal }: FetchRequest,
  { path, oid, size }: Pointer,
  { from, server }: { readonly from: Download | undefined; readonly server: string },
): Promise<void> {
  if (!from) throw new LfsRefused(`its LFS server does not have the content of ${path}`);
  const href = URL.parse(from.href);
  const isOwn = href !== null && href.origin === new URL(server).origin;
  if (href?.protocol !== "https:" && !isOwn) throw new LfsRefused("its LFS server leads to an address without https");
  const response = await send(href, { headers: from.header, signal });
  if (!response.ok || !response.body)
    throw new LfsRefused(`the content of ${path} was not to be had (${response.status})`);
  const partial = join(folder, ".git", "lfs-partial");
  await pipeline(Readable.fromWeb(response.body), checked(oid, size, path), createWriteStream(partial), { signal });
  const place = join(folder, path);
  await chmod(partial, (await stat(place)).mode & 0o777);
  await rm(place);
  await rename(partial, place);
}

/** Lets bytes pass up to the size that the pointer says, and fails at their end where they are others. */
function checked(oid: string, size: number, path: string): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* pass(source) {
    const hash = createHash("sha256");
    let seen = 0;
    for await (const chunk of source) {
      seen += chunk.length;
      if (seen > size) break;
      hash.update(chunk);
      yield chunk;
    }
    if (seen !== size || hash.digest("hex") !== oid)
      throw new LfsRefused(`the content of ${path} is not what its pointer says`);
  };
}

async function send(url: string | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { signal } = init;
    if (signal?.aborted === true && (signal.reason as Error).name !== "TimeoutError") throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "no answer";
    throw new LfsRefused(`its LFS server was not reached: ${cause}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
