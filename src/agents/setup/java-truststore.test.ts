import { createHash, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { Authority } from "./certificates.ts";
import { bundleArguments, bundleMount } from "./dockerfile-ca.ts";
import { javaTruststore } from "./java-truststore.ts";

const now = new Date("2026-11-23T00:00:00Z");

async function certificate(name: string): Promise<string> {
  const authority = await Authority.make(name, now, 10);
  return (await authority.issue("Client", name))["ca.crt"];
}

/** Reads a store as the JVM does: field by field, then the checksum. */
function read(store: Buffer): { aliases: string[]; subjects: string[] } {
  let at = 12;
  const text = (): string => {
    const length = store.readUInt16BE(at);
    at += 2 + length;
    return store.toString("utf8", at - length, at);
  };
  expect([store.readUInt32BE(0).toString(16), store.readUInt32BE(4)]).toEqual(["feedfeed", 2]);
  const aliases: string[] = [];
  const subjects: string[] = [];
  for (let entry = 0; entry < store.readUInt32BE(8); entry += 1) {
    expect(store.readUInt32BE(at)).toBe(2);
    at += 4;
    aliases.push(text());
    at += 8;
    expect(text()).toBe("X.509");
    const length = store.readUInt32BE(at);
    at += 4 + length;
    subjects.push(new X509Certificate(store.subarray(at - length, at)).subject);
  }
  const secret = Buffer.from("\0c\0h\0a\0n\0g\0e\0i\0t");
  const hash = createHash("sha1").update(secret).update("Mighty Aphrodite").update(store.subarray(0, at));
  expect(store.subarray(at)).toEqual(hash.digest());
  return { aliases, subjects };
}

it("holds each certificate of a bundle once, and nothing that is none", async () => {
  const [one, two] = [await certificate("one.example"), await certificate("two.example")];
  const broken = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
  const store = javaTruststore(`# Company\n${one}\n${broken}${two}\n${one}`);
  expect(read(store)).toEqual({
    aliases: ["repo-runner-0", "repo-runner-1"],
    subjects: ["CN=one.example CA", "CN=two.example CA"],
  });
});

it("is an empty store without a certificate", () => {
  expect(read(javaTruststore("nothing here"))).toEqual({ aliases: [], subjects: [] });
});

it("is named to every JVM of a build, and mounted beside the bundle", () => {
  const path = /-Djavax\.net\.ssl\.trustStore=(\S+)/.exec(bundleArguments)?.[1];
  expect(bundleMount).toContain(`--mount=type=secret,id=repo-runner-ca-java,target=${path},mode=0444`);
});
