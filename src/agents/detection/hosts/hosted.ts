import type { Database, Service } from "../../../plan.ts";

/** A variable that a file for another host sets, makes, or asks a person for. */
export interface HostedVariable {
  readonly name: string;
  /** `Literal`: in `value`. `Generated`: the host makes a random one. `Asked`: a person has to give it. `Usual`: a person is asked for it, and may leave it out. `Spare`: the program can do without. */
  readonly source: "Literal" | "Generated" | "Asked" | "Usual" | "Spare";
  readonly value?: string;
  /** What the file says of it, for people. */
  readonly said?: string;
  /** `render.yaml` */
  readonly from: string;
}

/** A variable that a host fills from a database that it provides. */
export interface HostedBinding {
  readonly name: string;
  readonly database: string;
  readonly engine: Database["engine"];
  readonly part: "url" | "host" | "port" | "username" | "password" | "database";
}

/** One program that a file for another host starts. */
export interface HostedPart {
  /** Its name in that file; undefined where the file speaks of the folder's only program. */
  readonly name?: string;
  /** Undefined: as the code shows. */
  readonly kind?: Service["kind"];
  /** Folder of it, relative to the source's root; "." is the root. */
  readonly path: string;
  /** It is the image of a repository's own Dockerfile: `line` then stands in for the arguments, and the entry point is kept. */
  readonly isImage?: boolean;
  readonly line?: string;
  /** In place of a line: a path of the folder's web service that is asked by schedule. */
  readonly asks?: string;
  readonly schedule?: string;
  /** Nobody outside reaches it. */
  readonly inner?: boolean;
  /** Once for each release, before it serves. */
  readonly release?: string;
  readonly port?: number;
  readonly probe?: string;
  readonly volumes?: readonly { readonly name: string; readonly path: string; readonly size?: string }[];
  readonly variables: readonly HostedVariable[];
  readonly bindings?: readonly HostedBinding[];
  /** `render.yaml` */
  readonly from: string;
}

/** A database that a file for another host asks for. */
export interface HostedDatabase {
  readonly name: string;
  readonly engine: Database["engine"];
  readonly version?: string;
  readonly database?: string;
  readonly from: string;
}

/** What the files for other hosts say besides how the lone program is built and started. */
export interface HostedWords {
  readonly parts: readonly HostedPart[];
  readonly databases: readonly HostedDatabase[];
  /** Processes that are switched off there, by name. */
  readonly off: readonly string[];
  readonly warnings: readonly string[];
}

/** Files that say nothing. */
export const noWords: HostedWords = { parts: [], databases: [], off: [], warnings: [] };

/** Reads one file of another host: its parsed value, its path in the tree, and the folder that it lies in. */
export type HostedReader = (value: unknown, from: string, folder: string) => Partial<HostedWords>;
