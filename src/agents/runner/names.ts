import { shortHash } from "../../digest.ts";
import type { RunRef } from "../../run-ref.ts";

const longest = 63;

/** `<run>-<part>`: readable, a name that every kind accepts, cut with a hash only where it would be too long or is no DNS label. */
export function childName(run: Pick<RunRef, "name">, part: string): string {
  const plain = `${run.name}-${part}`;
  if (plain.length <= longest && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(plain)) return plain;
  const label = plain.replaceAll(/[^a-z0-9-]/g, "-").replace(/^[^a-z]+/, "r-");
  return `${label.slice(0, longest - 7).replace(/-+$/, "")}-${shortHash(plain, 6)}`;
}

/** The Secret that a person fills. */
export function envSecretName(run: Pick<RunRef, "name">): string {
  return `${run.name}-env`;
}

/** The ServiceAccount of everything that a run starts: it has no rights and no token. */
export function accountName(run: Pick<RunRef, "name">): string {
  return run.name;
}
