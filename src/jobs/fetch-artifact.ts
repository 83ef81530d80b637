import { once } from "node:events";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { extract } from "tar";
import { z } from "zod";
import { artifactPlace, artifactTypes } from "../agents/source/artifact.ts";
import type { CloneRequest, Source } from "../agents/source/clone-request.ts";
import { artifactRefused, noSuchArtifact, notAnArtifact } from "../agents/source/artifact-failure.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import { redact } from "../redact.ts";
import { TooLarge } from "./fetch-tree.ts";
import { removeStrayLinks } from "./links.ts";
import { say } from "./progress.ts";
import { RegistryClient, RegistryRefused } from "./registry-read.ts";

const Manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string(), size: z.int().nonnegative() })).default([]),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** Fetches an OCI artifact (Flux's kind) into `<work>/src` and writes `<work>/source.json`; its commit is the digest of its manifest. */
export async function fetchArtifact(
  request: CloneRequest,
  folders: { readonly work: string; readonly secret: string },
  signal: AbortSignal,
): Promise<Done<Source> | Failed> {
  const place = artifactPlace(request.url);
  if (!place) return failed(notAnArtifact(request.url, "its address cannot be read"));
  const access = { insecure: request.insecure, dockerConfig: join(folders.secret, ".dockerconfigjson") };
  const registry = new RegistryClient(place, access, signal);
  const reference = request.commit === undefined ? place.reference : `sha256:${request.commit}`;
  try {
    const { digest, value } = await awaitManifest(registry, reference, request.waitSeconds, signal);
    const manifest = Manifest.parse(value);
    const layer = manifest.layers.find(({ mediaType }) => mediaType === artifactTypes.layer || isTar(mediaType));
    if (!layer) return failed(notAnArtifact(request.url, "it has no layer that is a tar archive"));
    if (layer.size > request.maxBytes) throw new TooLarge(`a layer of ${layer.size} bytes`);
    const folder = join(folders.work, ".src");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const tally = await unpack(await registry.blob(layer.digest), folder, request, signal);
    const removedLinks = await removeStrayLinks(folder, tally.links);
    const source: Source = {
      commit: digest.slice("sha256:".length),
      revision: `${redact(revisionName(manifest.annotations, place.reference))}@${digest.slice(7, 14)}`,
      subject: "",
      committedAt: manifest.annotations["org.opencontainers.image.created"]?.slice(0, 40) ?? "",
      files: tally.files,
      bytes: tally.bytes,
      removedLinks,
      skippedSubmodules: [],
    };
    await rm(join(folders.work, "src"), { recursive: true, force: true });
    await rename(folder, join(folders.work, "src"));
    await writeFile(join(folders.work, "source.json"), JSON.stringify(source));
    say(`fetched ${source.revision}: ${source.files} files, ${source.bytes} bytes`);
    return done(source);
  } catch (error) {
    if (!(error instanceof RegistryRefused)) throw error;
    const told = { url: request.url, secret: request.secret };
    return failed(error.status === 404 ? noSuchArtifact(told) : artifactRefused(told, error.status));
  }
}

/** One that `run DIR` is just pushing is not there yet: it is asked for until it is, or the time is over. */
async function awaitManifest(
  registry: RegistryClient,
  reference: string,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly value: unknown }> {
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    try {
      return await registry.manifest(reference);
    } catch (error) {
      if (!(error instanceof RegistryRefused) || error.status !== 404 || Date.now() > until) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}

function isTar(mediaType: string): boolean {
  return /^application\/(?:vnd\.oci\.image\.layer\.v1\.)?(?:x-)?tar(?:\+gzip)?$/.test(mediaType);
}

function revisionName(annotations: Readonly<Record<string, string>>, reference: string): string {
  const told = annotations["org.opencontainers.image.revision"] ?? (reference.startsWith("sha256:") ? "" : reference);
  return /^[\w./:@+-]{1,200}$/.test(told) ? told : "folder";
}

interface Unpacked {
  readonly files: number;
  readonly bytes: number;
  readonly links: readonly string[];
}

/** Writes plain files, folders and links only; stops at the first entry beyond the bounds. The library refuses names that are absolute or lead out. */
async function unpack(body: Readable, folder: string, bounds: CloneRequest, signal: AbortSignal): Promise<Unpacked> {
  let files = 0;
  let bytes = 0;
  const links: string[] = [];
  const sink = extract({
    cwd: folder,
    strict: false,
    preservePaths: false,
    noChmod: false,
    filter: (path, entry) => {
      const type = "type" in entry ? entry.type : "File";
      if (type !== "File" && type !== "OldFile" && type !== "Directory" && type !== "SymbolicLink") return false;
      if (/(?:^|\/)\.git(?:\/|$)/.test(path)) return false;
      if (type === "Directory") return true;
      files += 1;
      bytes += entry.size ?? 0;
      if (type === "SymbolicLink") links.push(path.replace(/^(?:\.\/)+/, ""));
      if (files > bounds.maxFiles) throw new TooLarge(`more than ${bounds.maxFiles} files`);
      if (bytes > bounds.maxBytes) throw new TooLarge(`more than ${bounds.maxBytes} bytes`);
      return true;
    },
  });
  const ended = once(sink, "close", { signal });
  for await (const chunk of body) if (!sink.write(chunk as Buffer)) await once(sink, "drain", { signal });
  sink.end();
  await ended;
  return { files, bytes, links };
}
