import { gzipSync } from "node:zlib";
import { buildLogTag, buildLogTypes, maxLogBytes } from "../agents/setup/kept-build-log.ts";
import { digestOfBytes, pushArtifact } from "./registry-write.ts";
import type { RegistryClient } from "./registry-read.ts";
import { say } from "./progress.ts";

/** Of the text: a log of one letter must not become an answer of gigabytes for who unpacks it. */
const maxTextBytes = 67_108_864;
const leftOut = "(more output is left out)\n";
const pushTimeoutMs = 60_000;

/** Of the text that is compressed at once, each time as a member of its own of the gzip. */
const memberBytes = 262_144;

/** Collects the lines of a build, compressed and bounded. What is added has to be redacted. */
export class BuildLog {
  readonly #members: Buffer[] = [];
  #compressed = 0;
  #text = 0;
  #full = false;
  #pending: string[] = [];
  #pendingBytes = 0;

  /** One line, with the moment at which it came. */
  add(line: string, at = new Date()): void {
    if (this.#full) return;
    const text = `${at.toISOString()} ${line}\n`;
    const bytes = Buffer.byteLength(text);
    this.#text += bytes;
    this.#pendingBytes += bytes;
    this.#full = this.#text > maxTextBytes || this.#compressed > maxLogBytes;
    this.#pending.push(this.#full ? leftOut : text);
    if (this.#full || this.#pendingBytes > memberBytes) this.#compress();
  }

  /** The whole as gzip. */
  end(): Buffer<ArrayBuffer> {
    this.#compress();
    return Buffer.concat(this.#members);
  }

  #compress(): void {
    const member = gzipSync(this.#pending.join(""));
    this.#members.push(member);
    this.#compressed += member.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** Pushes a log beside its image. A registry that does not take it costs the log and nothing else. */
export async function keepBuildLog(
  log: BuildLog,
  registry: (signal: AbortSignal) => RegistryClient,
  of: { readonly at: Date; readonly plan: number; readonly ok: boolean },
): Promise<void> {
  try {
    const text = log.end();
    const layer = { mediaType: buildLogTypes.layer, digest: digestOfBytes(text), size: text.length };
    const none = Buffer.from("{}");
    const config = { mediaType: buildLogTypes.config, digest: digestOfBytes(none), size: none.length };
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: buildLogTypes.manifest,
      artifactType: buildLogTypes.artifact,
      config,
      layers: [layer],
      annotations: { "org.opencontainers.image.created": of.at.toISOString() },
    });
    const client = registry(AbortSignal.timeout(pushTimeoutMs));
    const blobs = [
      { digest: config.digest, body: none },
      { digest: layer.digest, body: text },
    ];
    await pushArtifact(client, { blobs, manifest, type: buildLogTypes.manifest, tag: buildLogTag(of) });
  } catch (error) {
    say(`the whole log could not be kept: ${error instanceof Error ? error.message : "unknown"}`);
  }
}
