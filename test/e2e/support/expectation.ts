import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a case has to end with: data, so that other people bring their own. */
export interface Expectation {
  readonly http?: { readonly path: string; readonly status?: number; readonly contains?: string };
  readonly log?: { readonly contains: string };
  readonly state?: { readonly reason: string; readonly contains?: string };
  /** Port that has to be seen, without a fix. */
  readonly port?: number;
  /** Signatures that have to stand in status.fixes, in this order; absent: none may. */
  readonly fixes?: readonly string[];
  /** Names that have to stand in status.needs. */
  readonly needs?: readonly string[];
  /** spec of the RepoRun besides the source. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** `core` cases are run by `make test`, the others by `make test-all`. */
  readonly tier?: "core" | "all";
  /** Secret `<run>-env` that a person creates after the run has said what it needs. */
  readonly gives?: Readonly<Record<string, string>>;
}

export function expectationOf(folder: string): Expectation {
  return JSON.parse(readFileSync(join(folder, "expect.json"), "utf8")) as Expectation;
}
