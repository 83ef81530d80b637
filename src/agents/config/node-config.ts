import { connectionName } from "../database/planning/connection-names.ts";
import { readJson5 } from "../detection/json5.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { lineOf } from "./code-text.ts";
import { type EnvRead, envName, seenAs } from "./env-read.ts";
import { joinPath, readCodes, serviceCodePaths } from "./service-files.ts";

/** A setting that code asks the package `config` for, and the variable that is to give it. */
interface Setting {
  readonly key: readonly string[];
  readonly variable: string;
  readonly where: string;
}

const folder = "config";
const mapping = "custom-environment-variables.json";
const imports = /\brequire\(\s{0,4}["']config["']\s{0,4}\)|\bfrom\s{1,4}["']config["']/;
const maxSettings = 24;

/** Variables for settings of the package `config` that no file of the repository gives: `config.get("mongoURI")` is asked of `MONGO_URI`. */
export async function nodeConfigReads(tree: SourceTree, path: string): Promise<readonly EnvRead[]> {
  return (await missingSettings(tree, path)).map(({ key, variable, where }) => ({
    name: variable,
    where,
    seen: seenAs(`config.get("${key.join(".")}"), which no file of ${folder}/ gives`),
    required: connectionName(variable)?.part === "url",
    phase: "Run",
  }));
}

/** The file by which the package takes them out of the environment; undefined where nothing is missing. */
export async function nodeConfigFile(
  tree: SourceTree,
  path: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const settings = await missingSettings(tree, path);
  if (settings.length === 0) return undefined;
  const whole: Record<string, unknown> = {};
  for (const { key, variable } of settings) {
    let at = whole;
    for (const part of key.slice(0, -1)) {
      const below = at[part];
      at = typeof below === "object" && below !== null ? (below as Record<string, unknown>) : (at[part] = {});
    }
    at[key.at(-1) ?? ""] = variable;
  }
  return { path: `${folder}/${mapping}`, text: `${JSON.stringify(whole, undefined, 2)}\n` };
}

async function missingSettings(tree: SourceTree, path: string): Promise<readonly Setting[]> {
  const manifest = readJson5((await tree.read(joinPath(path, "package.json") ?? "package.json")) ?? "");
  const dependencies = inside(inside(manifest)["dependencies"]);
  if (dependencies["config"] === undefined) return [];
  const names = await tree.list(joinPath(path, folder) ?? folder);
  // Who maps variables has said what is asked of them; what a program or YAML gives is not read here.
  if (names.some((name) => /^custom-environment-variables\.|^(?:default|production)\.(?!json$)/.test(name))) return [];
  const given = await Promise.all(
    ["default.json", "production.json"].map(async (name) =>
      readJson5((await tree.read(joinPath(path, folder, name) ?? name)) ?? ""),
    ),
  );
  const sources = await readCodes(tree, await serviceCodePaths(tree, path, ["javascript"]));
  const found = new Map<string, Setting>();
  for (const source of sources.filter(({ text }) => imports.test(text))) {
    for (const match of source.text.matchAll(/\bconfig\.get\(\s{0,4}["'](?<key>[\w.]{1,100})["']/g)) {
      const key = (match.groups?.["key"] ?? "").split(".").filter((part) => part !== "");
      const variable = variableFor(key);
      const isGiven = given.some((file) => valueAt(file, key) !== undefined);
      if (isGiven || !envName.test(variable) || key.includes("__proto__") || found.size >= maxSettings) continue;
      if (!found.has(variable))
        found.set(variable, { key, variable, where: `${source.path}:${lineOf(source.text, match.index)}` });
    }
  }
  return [...found.values()];
}

/** `mongoURI` → `MONGO_URI`; `db` alone is an address. */
function variableFor(key: readonly string[]): string {
  const name = key
    .join("_")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .toUpperCase();
  return /^(?:DB|DATABASE|MONGO(?:DB)?|REDIS)$/.test(name) ? `${name}_URL` : name;
}

function valueAt(file: unknown, key: readonly string[]): unknown {
  return key.reduce<unknown>((at, part) => inside(at)[part], file);
}

function inside(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
