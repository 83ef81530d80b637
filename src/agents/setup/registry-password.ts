import { createHmac } from "node:crypto";

/** The registry password of a namespace: derived, so that the gate and the controller agree without either keeping a list. */
export function registryPassword(key: Buffer, namespace: string): string {
  return createHmac("sha256", key).update(`registry:${namespace}`).digest("hex");
}

/** A key as its file holds it: surrounding white space is an editor's, not the key's. */
export function registryKey(bytes: Buffer): Buffer {
  const key = Buffer.from(bytes.toString("latin1").trim(), "latin1");
  if (key.length < 32) throw new Error("the registry's key has fewer than 32 bytes");
  return key;
}
