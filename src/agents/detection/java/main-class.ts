import type { CodeText } from "../../config/code-text.ts";
import { findInCode, lineOf, readCode } from "../../config/code-text.ts";
import type { SourceTree } from "../source-tree.ts";

/** A class that can be started. */
export interface MainClass {
  /** `com.example.shop.Main`, `com.example.MainKt`. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

const maxFiles = 600;
const maxBytes = 262_144;

/** Sources of a module's program (Java, Kotlin, Scala, Groovy), the shortest paths first; no tests, no generated ones. */
export async function programSources(tree: SourceTree, folder: string, below?: string): Promise<readonly CodeText[]> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const all = (await tree.files(folder)).filter(
    (path) => path.startsWith(prefix) && /\.(?:java|kt|scala|groovy)$/.test(path),
  );
  const inside = (pattern: RegExp): readonly string[] => all.filter((path) => pattern.test(path.slice(prefix.length)));
  const named = below === undefined ? [] : all.filter((path) => path.startsWith(`${prefix}${below}/`));
  const usual = inside(/^(?:src\/(?:main|jvmMain|commonMain)\/|app\/)/);
  const other = inside(/^(?!(?:.*\/)?(?:test|tests|it|target|build|examples?|samples?)\/|.*\/src\/)/);
  const chosen = named.length > 0 ? named : usual.length > 0 ? usual : other;
  const paths = chosen
    .toSorted((one, another) => one.split("/").length - another.split("/").length || (one < another ? -1 : 1))
    .slice(0, maxFiles);
  const texts = await Promise.all(
    paths.map(async (path) => {
      const text = await tree.read(path);
      return text === undefined || text.length > maxBytes ? undefined : readCode(path, text);
    }),
  );
  return texts.filter((source) => source !== undefined);
}

/** Every class with a `main`, as the JVM names it. */
export function mainClasses(sources: readonly CodeText[]): readonly MainClass[] {
  return sources.flatMap((source) => {
    const found = source.path.endsWith(".kt")
      ? kotlinMain(source)
      : source.path.endsWith(".scala")
        ? scalaMain(source)
        : javaMain(source);
    if (found === undefined) return [];
    const pack = /^[ \t]*package[ \t]+(?<name>[\w.]{1,200})/m.exec(source.code)?.groups?.["name"];
    const name = pack === undefined ? found.name : `${pack}.${found.name}`;
    return isClassName(name) ? [{ name, path: source.path, line: found.line }] : [];
  });
}

/** True for what may stand on a command line as a class. */
export function isClassName(name: string): boolean {
  return name.length <= 200 && /^[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)*$/u.test(name);
}

interface Found {
  readonly name: string;
  readonly line: number;
}

function javaMain(source: CodeText): Found | undefined {
  const [main] = findInCode(source, /\bstatic\s+(?:final\s+|synchronized\s+)?(?:void|def)\s+main\s*\(/g);
  return main === undefined ? undefined : { name: baseName(source.path), line: main.line };
}

/** A function at the file's own level is a method of a class that is called after the file; one of an object is the object's. */
function kotlinMain(source: CodeText): Found | undefined {
  const top = /^(?:public |internal )?(?:suspend )?fun main\s*\(/m.exec(source.code);
  if (top !== null) {
    const told = /@file:\s*JvmName\(\s*"(?<name>\w{1,80})"\s*\)/.exec(source.text)?.groups?.["name"];
    const base = baseName(source.path);
    return { name: told ?? `${base[0]?.toUpperCase() ?? ""}${base.slice(1)}Kt`, line: lineOf(source.text, top.index) };
  }
  const [inside] = findInCode(source, /@JvmStatic\s+(?:public\s+)?(?:suspend\s+)?fun\s+main\s*\(/g);
  if (inside === undefined) return undefined;
  const owner = /^[ \t]*(?:\w+[ \t]+){0,3}(?:object|class)[ \t]+(?<name>\w{1,80})/m.exec(source.code)?.groups?.["name"];
  return owner === undefined ? undefined : { name: owner, line: inside.line };
}

function scalaMain(source: CodeText): Found | undefined {
  const [at] = findInCode(source, /@main\s+def\s+(?<name>\w{1,80})/g);
  if (at?.groups["name"] !== undefined) return { name: at.groups["name"], line: at.line };
  const apps = "App|IOApp(?:\\.Simple)?|ZIOAppDefault|ZIOApp|App\\.Simple|TaskApp";
  const [app] = findInCode(
    source,
    new RegExp(
      `\\bobject[ \\t]+(?<name>\\w{1,80})[^{\\n]{0,200}?\\b(?:extends|with)[ \\t]+(?:[\\w.]+\\.)?(?:${apps})\\b`,
      "g",
    ),
  );
  if (app?.groups["name"] !== undefined) return { name: app.groups["name"], line: app.line };
  const [main] = findInCode(source, /\bdef\s+main\s*\(\s*\w+\s*:\s*Array\[String\]/g);
  if (main === undefined) return undefined;
  const owners = [
    ...source.code.slice(0, main.index).matchAll(/^[ \t]*(?:case[ \t]+)?object[ \t]+(?<name>\w{1,80})/gm),
  ];
  const owner = owners.at(-1)?.groups?.["name"];
  return owner === undefined ? undefined : { name: owner, line: main.line };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}
