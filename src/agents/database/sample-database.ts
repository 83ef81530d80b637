import type { Database } from "../../plan.ts";

/** A database for tests; what is left out is that of a plain one. */
export function newDatabase(parts: Partial<Database> & Pick<Database, "engine">): Database {
  return {
    name: parts.engine.toLowerCase(),
    version: "1",
    storage: "1Gi",
    deletionPolicy: "Retain",
    aliases: [],
    args: [],
    init: [],
    why: "a test",
    ...parts,
  };
}
