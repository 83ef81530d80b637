import { parse } from "smol-toml";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { GradleScript } from "./gradle-script.ts";

/** `gradle/libs.versions.toml`: what the aliases of plug-ins and libraries stand for, as `spring-boot` and `ktor-server-netty`. */
export interface Catalog {
  readonly plugins: ReadonlyMap<string, string>;
  readonly libraries: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
  /** Catalogs that others publish, by the name that scripts call them: what stands before an alias (`io.ktor:ktor-`). */
  readonly published: ReadonlyMap<string, string>;
}

const maxText = 200_000;

/** Reads the catalog of the build, and which published ones its settings take; empty where there is none. */
export async function readCatalog(
  tree: SourceTree,
  root: string,
  settings: GradleScript | undefined,
): Promise<Catalog> {
  const text = await tree.read(joinPath(root, "gradle/libs.versions.toml") ?? "gradle/libs.versions.toml");
  const plugins = new Map<string, string>();
  const libraries = new Map<string, string>();
  const versions = new Map<string, string>();
  let toml: Record<string, unknown> = {};
  try {
    toml = text === undefined ? {} : parse(text.slice(0, maxText));
  } catch {
    // Then the aliases say nothing.
  }
  for (const [alias, value] of Object.entries(recordOf(toml["versions"]))) {
    if (typeof value === "string") versions.set(aliasKey(alias), value);
  }
  for (const [alias, value] of Object.entries(recordOf(toml["plugins"]))) {
    const id = typeof value === "string" ? value.split(":")[0] : recordOf(value)["id"];
    if (typeof id === "string") plugins.set(aliasKey(alias), id);
  }
  for (const [alias, value] of Object.entries(recordOf(toml["libraries"]))) {
    const { module, group, name } = recordOf(value);
    const full =
      typeof value === "string" ? value : typeof module === "string" ? module : `${String(group)}:${String(name)}`;
    libraries.set(aliasKey(alias), full.split(":").slice(0, 2).join(":"));
  }
  for (const [alias, value] of Object.entries(recordOf(toml["bundles"]))) {
    if (!Array.isArray(value)) continue;
    const names = value.map((one) => libraries.get(aliasKey(String(one)))).filter((one) => one !== undefined);
    libraries.set(aliasKey(`bundles.${alias}`), names.join(" "));
  }
  return { plugins, libraries, versions, published: publishedIn(settings?.text ?? "") };
}

/** Micronaut's own plug-ins call its catalog so without a word in the settings. */
const known: readonly (readonly [name: string, prefix: string])[] = [["mn", "io.micronaut:"]];

/** `create("ktorLibs") { from("io.ktor:ktor-version-catalog:3.1.0") }`: its aliases are the artifacts' names without their first word. */
function publishedIn(settings: string): ReadonlyMap<string, string> {
  const found = new Map(known);
  const made =
    /\b(?:create\(\s*["'](?<quoted>\w{1,40})["']\s*\)|(?<bare>\w{1,40}))\s*[.{]\s*from\s*\(?\s*["'](?<group>[\w.-]{1,120}):(?<artifact>[\w.-]{1,120})/g;
  for (const { groups } of settings.matchAll(made)) {
    const name = groups?.["quoted"] ?? groups?.["bare"] ?? "";
    const artifact = groups?.["artifact"] ?? "";
    const first = /^(?<first>[\w.-]+?)-(?:version-)?catalog$/.exec(artifact)?.groups?.["first"];
    if (first !== undefined) found.set(name, `${groups?.["group"] ?? ""}:${first}-`);
  }
  return found;
}

/** `group:artifact` of what `libs.some.alias` stands for: several where it is a bundle, none where nobody says. */
export function librariesOfAlias(catalog: Catalog, name: string, alias: string): readonly string[] {
  const key = aliasKey(alias);
  if (name === "libs") return catalog.libraries.get(key)?.split(" ") ?? [];
  const prefix = catalog.published.get(name);
  return prefix === undefined ? [] : [`${prefix}${key}`];
}

/** An alias as scripts write it: dots, dashes and underscores are one. */
export function aliasKey(alias: string): string {
  return alias.replaceAll(/[._-]/g, "-").toLowerCase();
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
