import { parse } from "yaml";
import { parseEnvFile } from "../../config/example-file.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { interpolate } from "./interpolate.ts";

export type Mapping = Readonly<Record<string, unknown>>;

/** A compose project: every file laid over the one before, variables put in, `extends` followed. */
export interface ComposeProject {
  /** The first file, for reasons and warnings. */
  readonly file: string;
  readonly folder: string;
  readonly services: Readonly<Record<string, Mapping>>;
  readonly secrets: Mapping;
  readonly configs: Mapping;
  /** Variables that nobody sets, by the text that they stood in: `${DB_PASSWORD}` is the text of one alone. */
  readonly unset: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

const names = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const maxServices = 64;

/** What no text of a repository's YAML holds unescaped. */
const mark = "\u0001";

/** Reads the compose project of a folder; undefined where there is none. `compose.override.yaml` is laid over it, as `docker compose up` does. */
export async function readComposeProject(tree: SourceTree, folder: string): Promise<ComposeProject | undefined> {
  const there = new Set(await tree.list(folder));
  const name = names.find((each) => there.has(each));
  if (name === undefined) return undefined;
  const file = joinPath(folder, name) ?? name;
  const known = await variablesOf(tree, folder);
  const warnings: string[] = [];
  const unset = new Set<string>();
  const main = await readFile(tree, file, known, unset);
  if (main === undefined) return undefined;
  const [stem = "compose"] = name.split(".");
  const override = ["yaml", "yml"].map((ending) => `${stem}.override.${ending}`).find((each) => there.has(each));
  const above = override === undefined ? {} : await readFile(tree, joinPath(folder, override) ?? "", known, unset);
  let whole = merged(main, above ?? {});
  for (const path of includesOf(whole)) {
    const place = joinPath(folder, path);
    // What lies elsewhere has places of its own, relative to its folder.
    const other =
      place === undefined || folderOf(place) !== folderOf(file) ? undefined : await readFile(tree, place, known, unset);
    if (other === undefined) warnings.push(`${file}: include of ${path} is not followed`);
    else whole = merged(other, whole);
  }
  const services: Record<string, Mapping> = {};
  for (const [service, value] of Object.entries(mapping(whole["services"])).slice(0, maxServices)) {
    if (value === null || typeof value !== "object") continue;
    services[service] = await extended(tree, { file, services: mapping(whole["services"]), known, unset }, service, 0);
  }
  return {
    file,
    folder,
    services,
    secrets: mapping(whole["secrets"]),
    configs: mapping(whole["configs"]),
    unset,
    warnings,
  };
}

/** The committed `.env`; where there is none, what an example says, if it says a value. */
async function variablesOf(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  for (const name of [".env", ".env.example", ".env.sample", "example.env"]) {
    const path = joinPath(folder, name) ?? name;
    for (const [key, { value }] of parseEnvFile((await tree.read(path)) ?? "", path)) {
      if (!known.has(key) && (name === ".env" || value !== "")) known.set(key, value);
    }
  }
  return known;
}

/** Plain data of one file with its variables put in. A variable that nobody sets leaves a mark, see `marked`. */
async function readFile(
  tree: SourceTree,
  path: string,
  known: ReadonlyMap<string, string>,
  unset: Set<string>,
): Promise<Mapping | undefined> {
  const text = await tree.read(path);
  if (text === undefined || text.length > 262_144) return undefined;
  let value: unknown;
  try {
    // `!reset` and `!override` are tags of Compose's own: without them the value is merged.
    value = parse(text, { merge: true, maxAliasCount: 200, logLevel: "silent" });
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const whole = value as Mapping;
  // Before version 2 of the format services stood at the top.
  const isFirst = whole["services"] === undefined && Object.values(whole).some(hasImageOrBuild);
  return filled(isFirst ? { services: whole } : whole, known, unset, 0) as Mapping;
}

function hasImageOrBuild(value: unknown): boolean {
  return value !== null && typeof value === "object" && ("image" in value || "build" in value);
}

function filled(value: unknown, known: ReadonlyMap<string, string>, unset: Set<string>, depth: number): unknown {
  if (depth > 12) return null;
  if (typeof value === "string") {
    if (!value.includes("$")) return value;
    const found = interpolate(value.slice(0, 8192), known);
    for (const name of found.unset) unset.add(name);
    // A variable alone keeps its name: whoever wants the value can say where it comes from.
    const alone = /^\$(?:\{(\w{1,128})(?::?\?[^}]*)?\}|(\w{1,128}))$/.exec(value.trim());
    const name = alone?.[1] ?? alone?.[2];
    return name !== undefined && found.unset.includes(name) ? marked(name) : found.text;
  }
  if (Array.isArray(value)) return value.slice(0, 500).map((each) => filled(each, known, unset, depth + 1));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 500)
      .map(([key, each]) => [key, filled(each, known, unset, depth + 1)]),
  );
}

/** The text that stands for a variable which nobody sets. */
export function marked(name: string): string {
  return `${mark}${name}${mark}`;
}

/** The name in such a text; undefined for any other. */
export function markedName(text: string | undefined): string | undefined {
  const [before, name, after] = text?.split(mark) ?? [];
  return before === "" && after === "" ? name : undefined;
}

interface Extending {
  readonly file: string;
  readonly services: Mapping;
  readonly known: ReadonlyMap<string, string>;
  readonly unset: Set<string>;
}

async function extended(tree: SourceTree, at: Extending, name: string, depth: number): Promise<Mapping> {
  const own = mapping(at.services[name]);
  const word = own["extends"];
  if (word === undefined || depth > 4) return own;
  const said = typeof word === "string" ? { service: word } : mapping(word);
  const from = typeof said["service"] === "string" ? said["service"] : name;
  const path = typeof said["file"] === "string" ? joinPath(folderOf(at.file), said["file"]) : undefined;
  if (path === undefined && from === name) return own;
  const other = path === undefined ? undefined : await readFile(tree, path, at.known, at.unset);
  const next = other === undefined ? at : { ...at, file: path ?? at.file, services: mapping(other["services"]) };
  if (path !== undefined && other === undefined) return own;
  const { depends_on: _dependsOn, ...base } = await extended(tree, next, from, depth + 1);
  const { extends: _extends, ...rest } = own;
  return mergedService(base, rest);
}

function merged(below: Mapping, above: Mapping): Mapping {
  const services: Record<string, unknown> = { ...mapping(below["services"]) };
  for (const [name, service] of Object.entries(mapping(above["services"]))) {
    services[name] = mergedService(mapping(services[name]), mapping(service));
  }
  const parts = ["volumes", "secrets", "configs"].map(
    (part) => [part, { ...mapping(below[part]), ...mapping(above[part]) }] as const,
  );
  return { ...below, ...above, services, ...Object.fromEntries(parts) };
}

const appended = new Set(["ports", "expose", "volumes", "secrets", "configs", "env_file", "dns", "tmpfs", "cap_add"]);

/** One service over another: single words are replaced, mappings merged, lists of places appended. */
function mergedService(below: Mapping, above: Mapping): Mapping {
  const out: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const known = out[key];
    if (key === "environment" || key === "labels" || key === "depends_on") {
      out[key] = { ...keyed(known, key), ...keyed(value, key) };
    } else if (appended.has(key)) out[key] = [...listOf(known), ...listOf(value)];
    else if (key === "build" && (isMapping(known) || isMapping(value))) {
      out[key] = { ...buildMapping(known), ...buildMapping(value) };
    } else if (isMapping(known) && isMapping(value)) out[key] = { ...known, ...value };
    else out[key] = value;
  }
  return out;
}

function buildMapping(value: unknown): Mapping {
  return typeof value === "string" ? { context: value } : mapping(value);
}

/** `["A=1"]` and `{A: 1}` are the same; `depends_on: [db]` is `{db: {}}`. */
export function keyed(value: unknown, key: string): Record<string, unknown> {
  if (!Array.isArray(value)) return { ...mapping(value) };
  const entries = value.flatMap((each): [string, unknown][] => {
    if (typeof each !== "string") return [];
    if (key === "depends_on") return [[each, {}]];
    const at = each.indexOf("=");
    return [at === -1 ? [each, null] : [each.slice(0, at), each.slice(at + 1)]];
  });
  return Object.fromEntries(entries);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

export function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function includesOf(whole: Mapping): readonly string[] {
  return listOf(whole["include"])
    .flatMap((each) => (typeof each === "string" ? [each] : listOf(mapping(each)["path"])))
    .flatMap((path) => (typeof path === "string" ? [path.slice(0, 100)] : []))
    .slice(0, 16);
}
