import { inflateRawSync } from "node:zlib";

/** Reads one file out of a zip archive (stored or deflated); undefined when it is not in it. */
export function readZipEntry(archive: Buffer, name: string): Buffer | undefined {
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0) throw new Error("not a zip archive: it has no end of central directory");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error("a broken zip archive: its directory ends early");
    const [nameLength, extraLength, commentLength] = [
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 32),
    ];
    if (archive.toString("utf8", at + 46, at + 46 + nameLength) === name) {
      const compressed = archive.readUInt32LE(at + 20);
      const method = archive.readUInt16LE(at + 10);
      const header = archive.readUInt32LE(at + 42);
      // Name and extra field stand before the data once more, and may be of another length there.
      const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const data = archive.subarray(start, start + compressed);
      if (method === 0) return Buffer.from(data);
      if (method === 8) return inflateRawSync(data);
      throw new Error(`${name} is compressed by method ${String(method)}, which is not known here`);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return undefined;
}
