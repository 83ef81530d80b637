import { generateKeyPairSync, type KeyObject } from "node:crypto";

/** A pair of keys as OpenSSH reads them. */
export interface SshKey {
  /** PEM, for `identity` or a host key. */
  readonly secret: string;
  /** `ssh-rsa AAAA…`, for authorized_keys and known_hosts. */
  readonly shown: string;
}

/** A new key; made here, so that a machine without OpenSSH's programs can run the tests. */
export function sshKey(): SshKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const secret = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  return { secret, shown: `ssh-rsa ${wireForm(publicKey).toString("base64")}` };
}

/** RFC 4253, 6.6: the name, the exponent and the modulus, each with its length before it. */
function wireForm(key: KeyObject): Buffer {
  const { e = "", n = "" } = key.export({ format: "jwk" });
  const parts = [Buffer.from("ssh-rsa"), whole(Buffer.from(e, "base64url")), whole(Buffer.from(n, "base64url"))];
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

/** Positive: a first bit that is set would be a sign. */
function whole(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}
