import { webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";

/** One side's papers, as PEM, under the keys of a Secret. */
export interface Papers {
  readonly "ca.crt": string;
  readonly "tls.crt": string;
  readonly "tls.key": string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** A clock that is a little behind must not refuse what is new. */
const skewMs = 5 * 60_000;

/** Signs the papers of one builder and its clients. Its key is only in memory, so nobody can ever find it and sign another. */
export class Authority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: string;
  readonly #name: string;
  readonly #from: Date;
  readonly #until: Date;

  private constructor(
    keys: webcrypto.CryptoKeyPair,
    certificate: string,
    about: { name: string; from: Date; until: Date },
  ) {
    this.#keys = keys;
    this.#certificate = certificate;
    this.#name = about.name;
    this.#from = about.from;
    this.#until = about.until;
  }

  static async make(serverName: string, now: Date, days: number): Promise<Authority> {
    const x509 = await library();
    const keys = (await webcrypto.subtle.generateKey(algorithm, false, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
    const about = {
      name: `CN=${serverName.slice(0, 50)} CA`,
      from: new Date(now.getTime() - skewMs),
      until: new Date(now.getTime() + days * 86_400_000),
    };
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: about.name,
      notBefore: about.from,
      notAfter: about.until,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(keys, certificate.toString("pem"), about);
  }

  /** Papers for the builder (`Server`, with its name) or for a client. */
  async issue(side: "Server" | "Client", name: string): Promise<Papers> {
    const x509 = await library();
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${name.slice(0, 60)}`,
      issuer: this.#name,
      notBefore: this.#from,
      notAfter: this.#until,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          side === "Server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...(side === "Server"
          ? [new x509.SubjectAlternativeNameExtension([{ type: "dns" as const, value: name }])]
          : []),
      ],
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      "ca.crt": this.#certificate,
      "tls.crt": certificate.toString("pem"),
      "tls.key": x509.PemConverter.encode(key, "PRIVATE KEY"),
    };
  }
}

function serial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString("hex")
    .replace(/^./, "1");
}

/** Loaded when the first builder is made: a controller without builds does not carry it. */
async function library(): Promise<typeof X509> {
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}
