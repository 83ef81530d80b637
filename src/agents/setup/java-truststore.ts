import { createHash, X509Certificate } from "node:crypto";

/** The password that everybody uses for a store of certificates, which keeps nothing secret; Java reads the store without it as well. */
const password = "changeit";
const magic = 0xfe_ed_fe_ed;
const version = 2;
const trustedCertificate = 2;
/** Mixed into the checksum by the format. */
const salt = "Mighty Aphrodite";

/**
 * Certificates as a Java key store (JKS, which every Java reads): the JVM takes no PEM file. Each certificate is there once; what is none
 * is passed over, since one bad entry would make the whole store unreadable. The result is the same for the same text.
 */
export function javaTruststore(pem: string): Buffer {
  const certificates = certificatesOf(pem);
  const head = Buffer.alloc(12);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(certificates.length, 8);
  const entries = certificates.map((der, index) =>
    Buffer.concat([
      number32(trustedCertificate),
      text16(`repo-runner-${index}`),
      // The time of its making, which nobody asks for.
      Buffer.alloc(8),
      text16("X.509"),
      number32(der.length),
      der,
    ]),
  );
  const body = Buffer.concat([head, ...entries]);
  const secret = Buffer.from(password, "utf16le").swap16();
  const checksum = createHash("sha1").update(secret).update(salt, "utf8").update(body).digest();
  return Buffer.concat([body, checksum]);
}

function certificatesOf(pem: string): readonly Buffer[] {
  const blocks = pem.split("-----BEGIN CERTIFICATE-----").slice(1);
  const bases = blocks.map((block) => (block.split("-----END CERTIFICATE-----", 1)[0] ?? "").replaceAll(/\s+/g, ""));
  return [...new Set(bases)].map((base) => Buffer.from(base, "base64")).filter(isCertificate);
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length === der.length;
  } catch {
    return false;
  }
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text16(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
