import { parseAllDocuments } from "yaml";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** One setting of `application.properties` or `application.yml`. */
export interface Setting {
  readonly value: string;
  readonly where: string;
}

const names = [
  "application.properties",
  "application.yml",
  "application.yaml",
  "bootstrap.yml",
  "bootstrap.properties",
];
const maxDepth = 8;
const maxSettings = 2000;

/** Settings of a Spring Boot, Quarkus or Micronaut module by their dotted names, those of profiles left out; the first file that says one wins. */
export async function readSettings(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, Setting>> {
  const settings = new Map<string, Setting>();
  for (const place of ["config", ".", "src/main/resources/config", "src/main/resources"]) {
    for (const name of names) {
      const path = joinPath(folder, place, name);
      const text = path === undefined ? undefined : await tree.read(path);
      if (path === undefined || text === undefined) continue;
      const found = name.endsWith(".properties") ? readProperties(text, path) : readYaml(text, path);
      for (const [key, setting] of found) if (!settings.has(key)) settings.set(key, setting);
    }
  }
  return settings;
}

/** A number, or the stand-in of `${PORT:8080}`; and whether PORT is read there. */
export function portOfSetting(setting: Setting | undefined): { readonly number?: number; readonly readsPort: boolean } {
  const match = /^(?:\$\{(?<name>[\w.]{1,60}):?)?(?<digits>\d{1,5})?\}?$/.exec(setting?.value.trim() ?? "");
  const number = Number(match?.groups?.["digits"]);
  const readsPort = match?.groups?.["name"] === "PORT";
  return number >= 1 && number <= 65_535 ? { number, readsPort } : { readsPort };
}

function readProperties(text: string, path: string): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  for (const [index, line] of text.split("\n").slice(0, maxSettings).entries()) {
    // What follows a mark of Spring belongs to profiles.
    if (line.startsWith("#---") || line.startsWith("!---")) break;
    const match = /^[ \t]*(?<key>[^#!\s=:][^\s=:]{0,200})[ \t]*[=:][ \t]*(?<value>.{0,500})/.exec(
      line.replace(/\r$/, ""),
    );
    const key = match?.groups?.["key"];
    if (key !== undefined && !key.startsWith("%")) {
      found.set(key, { value: (match?.groups?.["value"] ?? "").trim(), where: `${path}:${index + 1}` });
    }
  }
  return found;
}

function readYaml(text: string, path: string): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  try {
    // What follows the first document belongs to profiles.
    const [first] = parseAllDocuments(text.slice(0, 100_000), { logLevel: "silent" });
    const value: unknown = first?.toJS({ maxAliasCount: 50 });
    flatten(value, "", 0, (key, leaf) => {
      if (found.size < maxSettings) found.set(key, { value: leaf, where: path });
    });
  } catch {
    // A file with placeholders of a build tool (`@name@`) is no YAML; it then says nothing here.
  }
  return found;
}

function flatten(value: unknown, prefix: string, depth: number, take: (key: string, leaf: string) => void): void {
  if (depth > maxDepth || value === null || value === undefined) return;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    take(prefix, String(value).slice(0, 500));
  }
  if (typeof value !== "object" || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    flatten(inner, prefix === "" ? key : `${prefix}.${key}`, depth + 1, take);
  }
}
