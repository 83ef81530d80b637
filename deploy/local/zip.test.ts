import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { readZipEntry } from "./zip.ts";

const text = Buffer.from("helm ".repeat(1000));

it("reads stored and deflated entries, and says when there is none", () => {
  const archive = zip([
    { name: "plain.txt", method: 0, data: text },
    { name: "helm/helm", method: 8, data: deflateRawSync(text) },
  ]);
  expect(readZipEntry(archive, "plain.txt")).toEqual(text);
  expect(readZipEntry(archive, "helm/helm")).toEqual(text);
  expect(readZipEntry(archive, "kubectl")).toBeUndefined();
});

it("refuses what is no archive", () => {
  expect(() => readZipEntry(Buffer.from("<html>"), "helm/helm")).toThrow("not a zip archive");
});

/** The smallest archive that has these entries. */
function zip(entries: readonly { name: string; method: number; data: Buffer }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, method, data } of entries) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    directory.push(central, Buffer.from(name));
    parts.push(local, Buffer.from(name), data);
    at += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
