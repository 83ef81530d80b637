import { digestOf } from "./digest.ts";
import { maxChunkBytes } from "./envelope.ts";

const mark = "#repo-runner-chunk";
/** Base64 makes four characters of three bytes; what is left of a line is for its mark. */
const bytesPerChunk = Math.floor(((maxChunkBytes - 128) * 3) / 4);

/** A value that is too large for an envelope, as log lines of at most 8 KB: numbered, so that a log may hold other lines between them. */
export function toChunks(text: string): string[] {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / bytesPerChunk));
  const id = idOf(digestOf(text));
  return Array.from({ length: count }, (_, index) => {
    const part = bytes.subarray(index * bytesPerChunk, (index + 1) * bytesPerChunk);
    return `${mark} ${id} ${index + 1}/${count} ${part.toString("base64")}`;
  });
}

/** The value that an envelope names, from its container's log; undefined when a chunk is lost or anything differs by a byte. */
export function joinChunks(log: string, expected: { readonly digest: string; readonly size: number }): unknown {
  const parts = new Map<number, Buffer>();
  let count = 0;
  for (const line of log.split("\n")) {
    if (!line.startsWith(mark)) continue;
    const [, id, position = "", data = ""] = line.trimEnd().split(" ");
    const [number, of] = position.split("/").map(Number);
    if (id !== idOf(expected.digest) || !number || !of) continue;
    parts.set(number, Buffer.from(data, "base64"));
    count = of;
  }
  if (count === 0 || parts.size !== count) return undefined;
  const bytes = Buffer.concat(Array.from({ length: count }, (_, index) => parts.get(index + 1) ?? Buffer.alloc(0)));
  const text = bytes.toString("utf8");
  if (bytes.length !== expected.size || digestOf(text) !== expected.digest) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a Job's log says to people: progress lines as plain text, without the chunks that are meant for the controller. */
export function plainLines(log: string): string[] {
  return log.split("\n").flatMap((line) => {
    if (line === "" || line.startsWith(mark)) return [];
    if (!line.startsWith('{"')) return [line];
    try {
      const parsed = JSON.parse(line) as { readonly line?: unknown; readonly message?: unknown };
      const text = parsed.line ?? parsed.message;
      return typeof text === "string" ? [text] : [line];
    } catch {
      return [line];
    }
  });
}

function idOf(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 16);
}
