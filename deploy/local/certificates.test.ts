import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CertificateAuthority } from "./certificates.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "certificates-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const server = { name: "apiserver", commonName: "kube-apiserver", hosts: ["kubernetes.default.svc"] };

it("keeps a certificate that still says the same, also after it was opened anew", async () => {
  const first = await (await CertificateAuthority.open(folder)).issue({ ...server, addresses: ["127.0.0.1"] });
  const before = readFileSync(first.certFile, "utf8");
  const again = await (await CertificateAuthority.open(folder)).issue({ ...server, addresses: ["127.0.0.1"] });
  expect(readFileSync(again.certFile, "utf8")).toBe(before);
});

it("issues a new one when the machine has another address, signed by the same authority", async () => {
  const authority = await CertificateAuthority.open(folder);
  await authority.issue({ ...server, addresses: ["192.0.2.2"] });
  const { certFile } = await authority.issue({ ...server, addresses: ["192.0.2.3"] });
  const certificate = new X509Certificate(readFileSync(certFile));
  expect(certificate.checkIP("192.0.2.3")).toBe("192.0.2.3");
  expect(certificate.checkIP("192.0.2.2")).toBeUndefined();
  expect(certificate.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
  expect(certificate.verify(new X509Certificate(readFileSync(authority.certFile)).publicKey)).toBe(true);
});

it("names user and group as Kubernetes reads them", async () => {
  const authority = await CertificateAuthority.open(folder);
  const { certFile } = await authority.issue({
    name: "kubelet",
    commonName: "system:node:node",
    organization: "system:nodes",
  });
  expect(new X509Certificate(readFileSync(certFile)).subject.split("\n")).toEqual([
    "O=system:nodes",
    "CN=system:node:node",
  ]);
});
