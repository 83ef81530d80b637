import type { V1Container, V1EnvVar, V1VolumeMount } from "@kubernetes/client-node";
import type { Database } from "../../plan.ts";

/** How one program of a database is run, from its official image or one that behaves like it. Data only, but for the texts that need a name. */
export interface Engine {
  readonly name: Database["engine"];
  /** `type` of a Service Binding Secret. */
  readonly type: string;
  /** Official image, without tag. */
  readonly repository: string;
  /** What is taken where nothing names a version; also the key under which a platform lists what it has. */
  readonly newest: string;
  readonly port: number;
  /** Uid and gid of the program in its image. */
  readonly uid: number;
  /** Where its data lies in the container. */
  readonly data: string;
  /** Folders that it writes to besides, emptied with the pod. */
  readonly scratch: readonly string[];
  /** User of the programs where the repository insists on none. */
  readonly username: string;
  /** Name of the database where nothing names one. */
  readonly database: string;
  /** A newer program takes over the data of an older one. */
  readonly upgradesInPlace: boolean;
  /** Serves TLS beside plain text with papers from its Secret, for programs that ask for it. */
  readonly tls: boolean;
  readonly resources: {
    readonly requests: Readonly<Record<"cpu" | "memory", string>>;
    readonly limits: Readonly<Record<"cpu" | "memory", string>>;
  };
  readonly container: (given: Given) => Pick<V1Container, "command" | "args"> & { env: V1EnvVar[] };
  /** Answers as soon as programs may come in; by default whether the port is open. */
  readonly ready?: (given: Given) => { readonly exec: { command: string[] } };
  /** The address with everything in it. */
  readonly uri: (parts: ConnectionParts) => string;
  readonly jdbc?: (parts: ConnectionParts) => string;
}

/** What a container is made from. */
export interface Given {
  readonly database: Database;
  readonly username: string;
  /** Of the database that is made in it. */
  readonly databaseName: string;
  /** Nobody has to say a password. */
  readonly open: boolean;
  /** One key of its Secret as a variable of the container. */
  readonly from: (name: string, key: "password" | "admin-password") => V1EnvVar;
}

export interface ConnectionParts {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** Empty: nobody has to say one. */
  readonly password: string;
  readonly database: string;
}

/** Where the papers of an engine with TLS are mounted. */
export const tlsFolder = "/run/repo-runner/tls";

/** The start of an address: user and password as a URL has them. */
export function credentials({ username, password }: Pick<ConnectionParts, "username" | "password">): string {
  if (password === "") return "";
  return `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
}

/** Mounts of an engine: its data as one folder of the volume (a new disk is never empty), and what it may write to besides. */
export function mountsOf(engine: Engine): V1VolumeMount[] {
  return [
    { name: "data", mountPath: engine.data, subPath: "data" },
    ...engine.scratch.map((mountPath, index) => ({ name: "scratch", mountPath, subPath: String(index) })),
    ...(engine.tls ? [{ name: "tls", mountPath: tlsFolder, readOnly: true }] : []),
  ];
}

/** Arguments that the repository asks for, without the name of the program in front. */
export function argsWithout(program: readonly string[], args: readonly string[]): string[] {
  return program.includes(args[0] ?? "") ? args.slice(1) : [...args];
}
