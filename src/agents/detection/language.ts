import type { RepoRunSpec } from "../../repo-run.ts";
import type { Service } from "../../plan.ts";
import type { Environment } from "../dependency/environment.ts";
import type { SourceTree } from "./source-tree.ts";

/** What the person said about a service (an entry of `spec.services`), and what well-known variables say (`NODE_VERSION`). */
export interface Wishes {
  readonly service: NonNullable<RepoRunSpec["services"]>[number] | undefined;
  /** spec.env and the service's env that have literal values; also where `NODE_VERSION` and the like are looked up. */
  readonly env: Readonly<Record<string, string>>;
  /** Version of a runtime that the repository itself declares (repo-runner.yaml, railpack.json): below `env`, above version files. */
  readonly declaredRuntime?: (runtime: string) => { readonly version: string; readonly from: string } | undefined;
  /** Base images that the platform has, by runtime; undefined: any official version. */
  readonly platform: Platform;
}

/** What base images there are: `Any` takes any official version, `Listed` only those named (a mirror that holds a few). */
export interface Platform {
  readonly baseImages: "Any" | "Listed";
  /** `{node: ["22", "24"], python: ["3.11", "3.13"], golang: ["1.26"]}`; with `Any` it is ignored. */
  readonly listed: Readonly<Record<string, readonly string[]>>;
  readonly now: Date;
  /** Date of the newest commit; undefined for a plain folder. */
  readonly commitDate: Date | undefined;
  /** Where the program will run; undefined: nobody has looked. */
  readonly environment?: Environment;
}

/** What a language found in one folder. `service` is complete and valid; other agents refine env, port and probe after it. */
export interface Detection {
  /** Told beats Certain beats Likely; a tie is settled by the order in languages.ts. */
  readonly sure: Service["sure"];
  readonly services: readonly Service[];
  /** Set when the folder is understood and there is nothing to run: `a Python library (hatchling, no entry point)`. */
  readonly notAService?: string;
  readonly warnings?: readonly string[];
  /** Why another language's way is better where there is one; told of where it is taken: `Dockerfile:3 copies dist, which is not in the repository`. */
  readonly doubt?: string;
  /** What was looked for and not found, for the NotAService answer: `["a server in the dependencies", "none of 61 known"]`. */
  readonly lookedFor?: readonly (readonly [string, string])[];
}

/** One language or way of building. Pure: it looks at the tree and answers; the same tree gives the same answer. */
export interface Language {
  /** `node`, `python`, `go`, `static`, `dockerfile`. */
  readonly name: string;
  /** Undefined when this folder is not its. `path` is the folder, relative to the tree's root. */
  detect(tree: SourceTree, path: string, wishes: Wishes): Promise<Detection | undefined>;
}
