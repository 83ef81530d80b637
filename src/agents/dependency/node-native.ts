import type { ModuleCheck } from "../../plan.ts";

/** Packages of npm with machine code for one line of Node, or for one platform: what is installed for another one does not load. */
const native: ReadonlySet<string> = new Set([
  "@node-rs/argon2",
  "@node-rs/bcrypt",
  "@prisma/client",
  "argon2",
  "bcrypt",
  "better-sqlite3",
  "bufferutil",
  "canvas",
  "duckdb",
  "farmhash",
  "ibm_db",
  "isolated-vm",
  "kerberos",
  "leveldown",
  "libpq",
  "libxmljs2",
  "lmdb",
  "node-pty",
  "node-rdkafka",
  "oracledb",
  "pg-native",
  "re2",
  "rocksdb",
  "serialport",
  "sharp",
  "snappy",
  "sqlite3",
  "usb",
  "zeromq",
]);

/** What of a Node service's dependencies has to load in the image once what it was installed for has changed. */
export function nativeChecks(dependencies: ReadonlyMap<string, string>): ModuleCheck[] {
  return [...dependencies.keys()]
    .filter((name) => native.has(name))
    .slice(0, 16)
    .map((name) => ({ module: name, package: name, when: "Realigned" }));
}
