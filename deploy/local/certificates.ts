import { X509Certificate, generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const tenYearsMs = 3650 * 24 * 3600 * 1000;
const aWeekMs = 7 * 24 * 3600 * 1000;

/** Whom a certificate names. */
export interface CertificateSubject {
  readonly name: string;
  readonly commonName: string;
  readonly organization?: string;
  readonly addresses?: readonly string[];
  readonly hosts?: readonly string[];
}

/** The cluster's certificate authority: made once, kept in the folder with every certificate that it has signed. */
export class CertificateAuthority {
  readonly #folder: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(folder: string, certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.#folder = folder;
    this.#certificate = certificate;
    this.#key = key;
  }

  static async open(folder: string): Promise<CertificateAuthority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [certFile, keyFile] = [join(folder, "ca.crt"), join(folder, "ca.key")];
    if (!existsSync(certFile) || !existsSync(keyFile)) {
      const keys = await newKeys();
      const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        ...validity(),
        serialNumber: serial(),
        name: "CN=repo-runner-local",
        keys,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(
            x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
            true,
          ),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      writeFileSync(keyFile, await keyPem(keys.privateKey), { mode: 0o600 });
      writeFileSync(certFile, certificate.toString("pem"));
    }
    const der = x509.PemConverter.decodeFirst(readFileSync(keyFile, "utf8"));
    const key = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    return new CertificateAuthority(folder, new x509.X509Certificate(readFileSync(certFile, "utf8")), key);
  }

  get certFile(): string {
    return join(this.#folder, "ca.crt");
  }

  /** A certificate for this subject: the one that is there when it still says the same and is not about to end. */
  async issue(subject: CertificateSubject): Promise<{ certFile: string; keyFile: string }> {
    const files = {
      certFile: join(this.#folder, `${subject.name}.crt`),
      keyFile: join(this.#folder, `${subject.name}.key`),
    };
    if (this.#isGood(files, subject)) return files;
    const keys = await newKeys();
    const names: x509.JsonGeneralNames = [
      ...(subject.hosts ?? []).map((value) => ({ type: "dns" as const, value })),
      ...(subject.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ];
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      serialNumber: serial(),
      subject: (subject.organization === undefined ? "" : `O=${subject.organization}, `) + `CN=${subject.commonName}`,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    });
    writeFileSync(files.keyFile, await keyPem(keys.privateKey), { mode: 0o600 });
    writeFileSync(files.certFile, certificate.toString("pem"));
    return files;
  }

  /** The key pair that signs tokens of service accounts. */
  serviceAccountKeys(): { privateFile: string; publicFile: string } {
    const files = {
      privateFile: join(this.#folder, "service-accounts.key"),
      publicFile: join(this.#folder, "service-accounts.pub"),
    };
    if (!existsSync(files.privateFile) || !existsSync(files.publicFile)) {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      writeFileSync(files.privateFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
      writeFileSync(files.publicFile, publicKey.export({ type: "spki", format: "pem" }));
    }
    return files;
  }

  #isGood(files: { certFile: string; keyFile: string }, subject: CertificateSubject): boolean {
    if (!existsSync(files.certFile) || !existsSync(files.keyFile)) return false;
    const have = new X509Certificate(readFileSync(files.certFile));
    const lasts = have.validToDate.getTime() - Date.now() > aWeekMs;
    const addresses = (subject.addresses ?? []).every((address) => have.checkIP(address) !== undefined);
    const hosts = (subject.hosts ?? []).every((host) => have.checkHost(host) !== undefined);
    const lines = have.subject.split("\n");
    return (
      lasts &&
      addresses &&
      hosts &&
      lines.includes(`CN=${subject.commonName}`) &&
      have.verify(new X509Certificate(readFileSync(this.certFile)).publicKey)
    );
  }
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + tenYearsMs) };
}

function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
