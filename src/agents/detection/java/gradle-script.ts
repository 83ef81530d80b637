import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { aliasKey, librariesOfAlias, type Catalog } from "./gradle-catalog.ts";

/** A build script in Groovy or Kotlin, read by eye: nothing of it is run. */
export interface GradleScript {
  readonly path: string;
  /** As written, without comments. */
  readonly text: string;
}

const maxText = 200_000;

/** The script of a folder; undefined where there is none. */
export async function readScript(tree: SourceTree, folder: string, name: string): Promise<GradleScript | undefined> {
  for (const ending of ["", ".kts"]) {
    const path = joinPath(folder, `${name}${ending}`) ?? `${name}${ending}`;
    const text = await tree.read(path);
    if (text !== undefined) return { path, text: withoutComments(text.slice(0, maxText)) };
  }
  return undefined;
}

/** Takes comments away and leaves strings alone, in linear time. */
export function withoutComments(text: string): string {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (text.startsWith("//", at)) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      out += " ";
      at = end === -1 ? text.length : end + 2;
    } else if (char === '"' || char === "'") {
      const end = endOfString(text, at, char);
      out += text.slice(at, end);
      at = end;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

function endOfString(text: string, at: number, quote: string): number {
  if (text.startsWith(quote.repeat(3), at)) {
    const end = text.indexOf(quote.repeat(3), at + 3);
    return end === -1 ? text.length : end + 3;
  }
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === quote) return index + 1;
    else if (text[index] === "\n") return index;
  }
  return text.length;
}

const short: Readonly<Record<string, string>> = {
  jvm: "org.jetbrains.kotlin.jvm",
  multiplatform: "org.jetbrains.kotlin.multiplatform",
  android: "org.jetbrains.kotlin.android",
};

/** Ids of the plug-ins that a script applies; those it only names for others (`apply false`) are none. */
export function pluginsOf({ text }: GradleScript, catalog: Catalog): ReadonlySet<string> {
  const found = new Set<string>();
  const off = /^[^\n;}]{0,120}?\bapply[ \t]*\(?[ \t]*false/;
  const take = (pattern: RegExp, idOf: (word: string) => string | undefined): void => {
    for (const match of text.matchAll(pattern)) {
      const id = idOf(match.groups?.["word"] ?? "");
      if (id !== undefined && !off.test(text.slice(match.index + match[0].length, match.index + 300))) found.add(id);
    }
  };
  take(/\bid[ \t]*\(?[ \t]*["'](?<word>[\w.-]{1,100})["']\)?/g, (word) => word);
  take(/\bapply[ \t]*\(?[ \t]*plugin[ \t]*[:=][ \t]*["'](?<word>[\w.-]{1,100})["']/g, (word) => word);
  take(/\bkotlin\(\s*["'](?<word>\w{1,40})["']\s*\)/g, (word) => short[word]);
  take(/\balias\s*\(?\s*libs\.plugins\.(?<word>[\w.]{1,80}?)(?:\.get\(\))?[\s)]/g, (word) =>
    catalog.plugins.get(aliasKey(word)),
  );
  const block = /\bplugins\s*\{(?<inside>[^}]{0,4000})\}/.exec(text)?.groups?.["inside"] ?? "";
  for (const match of block.matchAll(
    /^[ \t]*`?(?<word>application|war|java|groovy|scala|java-library)`?[ \t]*;?[ \t]*$/gm,
  )) {
    found.add(match.groups?.["word"] ?? "");
  }
  return found;
}

/** `group:artifact` of what is there while the module runs. */
export function librariesOf({ text }: GradleScript, catalog: Catalog): readonly string[] {
  const scopes =
    "(?:implementation|api|compile|runtimeOnly|runtime|compileOnlyApi|providedCompile|providedRuntime|shadow)";
  const found: string[] = [];
  const direct = new RegExp(
    `\\b${scopes}[ \\t]*\\(?[ \\t]*(?:(?:enforcedP|p)latform[ \\t]*\\()?[ \\t]*["'](?<name>[\\w.-]{1,120}:[\\w.-]{1,120})`,
    "g",
  );
  for (const match of text.matchAll(direct)) found.push(match.groups?.["name"] ?? "");
  const parts = new RegExp(
    `\\b${scopes}[ \\t]*\\(?[ \\t]*group[ \\t]*[:=][ \\t]*["'](?<group>[\\w.-]{1,120})["'][ \\t]*,[ \\t]*name[ \\t]*[:=][ \\t]*["'](?<artifact>[\\w.-]{1,120})["']`,
    "g",
  );
  for (const match of text.matchAll(parts))
    found.push(`${match.groups?.["group"] ?? ""}:${match.groups?.["artifact"] ?? ""}`);
  const aliases = new RegExp(`\\b${scopes}[ \\t]*\\(?[ \\t]*(?<catalog>\\w{1,40})\\.(?<alias>[\\w.]{1,100})`, "g");
  for (const { groups } of text.matchAll(aliases))
    found.push(...librariesOfAlias(catalog, groups?.["catalog"] ?? "", groups?.["alias"] ?? ""));
  // Micronaut's plug-in brings the server that the script names.
  const runtime = /\bruntime(?:\.set)?[ \t]*\(?[ \t]*["'](?<name>netty|jetty|tomcat|undertow)["']/.exec(text);
  if (/\bmicronaut\s*\{/.test(text) && runtime !== null)
    found.push(`io.micronaut:micronaut-http-server-${runtime.groups?.["name"] ?? ""}`);
  return [...new Set(found)].slice(0, 300);
}

/** A literal text that is assigned to a property: `mainClass = "x"`, `mainClass.set('x')`, `mainClassName "x"`. */
export function assigned({ text }: GradleScript, name: string): string | undefined {
  const pattern = new RegExp(
    `(?<![\\w.])(?:[\\w]{1,40}\\.)?${name}(?:\\.set)?[ \\t]*(?:=|\\(|[ \\t])[ \\t]*["'](?<value>[^"'\\n$]{1,200})["']`,
  );
  return pattern.exec(text)?.groups?.["value"];
}
