import { inflateRawSync } from "node:zlib";

/** One file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** What it holds, unpacked. */
  read(): Buffer;
}

/** The entries of a zip archive (stored or deflated), in the order of its directory. */
export function* zipEntries(archive: Buffer): Generator<ZipEntry> {
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0) throw new Error("not a zip archive: it has no end of central directory");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error("a broken zip archive: its directory ends early");
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const entry = at;
    yield { name, read: () => contentOf(archive, entry, name) };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** Reads one file out of a zip archive; undefined when it is not in it. */
export function readZipEntry(archive: Buffer, name: string): Buffer | undefined {
  for (const entry of zipEntries(archive)) if (entry.name === name) return entry.read();
  return undefined;
}

function contentOf(archive: Buffer, at: number, name: string): Buffer {
  const method = archive.readUInt16LE(at + 10);
  const compressed = archive.readUInt32LE(at + 20);
  const header = archive.readUInt32LE(at + 42);
  // Name and extra field stand before the data once more, and may be of another length there.
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const data = archive.subarray(start, start + compressed);
  if (method === 0) return Buffer.from(data);
  if (method === 8) return inflateRawSync(data);
  throw new Error(`${name} is compressed by method ${String(method)}, which is not known here`);
}
