import { readFileSync } from "node:fs";
import { digestOf } from "./digest.ts";

let known: string | undefined;

/** Digest of the program that runs: what one set of rules has answered is no answer of another's. Of sources that are run as they are, of their first file only. */
export function ownDigest(): string {
  known ??= readDigest(process.argv[1]);
  return known;
}

function readDigest(program: string | undefined): string {
  try {
    return digestOf(program === undefined ? "" : readFileSync(program, "latin1"));
  } catch {
    return digestOf("");
  }
}
