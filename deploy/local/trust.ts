import { X509Certificate } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
const publicFolder = "/usr/share/ca-certificates";

/** Certificates that this machine trusts besides the public ones (a company's own): PEM, in a stable order. */
export function machineTrust(): readonly string[] {
  const known = new Set(publicCertificates().map(fingerprint));
  return certificatesIn(readBundle())
    .filter((pem) => !known.has(fingerprint(pem)))
    .toSorted();
}

/** Everything that this machine trusts, public and its own, as one PEM text; empty where it has no bundle. */
export function readBundle(): string {
  for (const file of bundles) {
    try {
      return readFileSync(file, "utf8");
    } catch {
      // The next system keeps it elsewhere.
    }
  }
  return "";
}

function publicCertificates(): readonly string[] {
  try {
    return readdirSync(publicFolder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".crt"))
      .flatMap((file) => certificatesIn(readFileSync(join(publicFolder, file), "utf8")));
  } catch {
    return [];
  }
}

function certificatesIn(text: string): readonly string[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((pem) => `${pem}\n`);
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
