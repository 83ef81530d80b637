import type { Variable, Volume } from "../../../plan.ts";
import { isOwnSecret } from "../../config/names.ts";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** What a release reads of its environment before it starts. */
export interface RuntimeConfig {
  readonly env: readonly Variable[];
  readonly volumes: readonly Volume[];
  /** It has a database that is a file. */
  readonly inFile: boolean;
}

const files = ["config/runtime.exs", "config/releases.exs", "config/prod.secret.exs"];

/** Reads the variables without which the configuration of a release raises, and those of Phoenix. */
export async function readRuntimeConfig(tree: SourceTree, folder: string): Promise<RuntimeConfig> {
  const env = new Map<string, Variable>();
  for (const name of files) {
    const where = joinPath(folder, name) ?? name;
    const text = ((await tree.read(where)) ?? "").replaceAll(/^[ \t]*#[^\n]*$/gm, "");
    for (const { groups } of text.matchAll(
      /\bSystem\.(?:fetch_env!\(\s*"(?<fetched>[A-Z]\w{0,80})"|get_env\(\s*"(?<asked>[A-Z]\w{0,80})"\s*\)(?<raises>\s*\|\|\s*raise\b)?)/g,
    )) {
      const read = groups?.["fetched"] ?? groups?.["asked"] ?? "";
      const required = groups?.["fetched"] !== undefined || groups?.["raises"] !== undefined;
      const variable = decide(read, required, where);
      if (variable !== undefined && !env.has(read)) env.set(read, variable);
    }
  }
  const inFile = env.has("DATABASE_PATH");
  return {
    env: [...env.values()].slice(0, 40),
    inFile,
    volumes: inFile ? [{ name: "data", path: "/data", where: files[0] ?? "" }] : [],
  };
}

function decide(name: string, required: boolean, where: string): Variable | undefined {
  const base = { name, phase: "Run", where } as const;
  if (name === "PORT") return { ...base, source: "Port" };
  if (name === "PHX_HOST")
    return { ...base, source: "Literal", value: "localhost", why: "Phoenix makes addresses with it" };
  if (name === "DATABASE_PATH") {
    return { ...base, source: "Literal", value: "/data/app.db", why: "its file is kept in a volume" };
  }
  if (!required) return undefined;
  if (isOwnSecret(name)) return { ...base, source: "Generated", why: "the application's own secret" };
  return { ...base, source: "Needed", why: `${name} is read, and raises where it is missing` };
}
