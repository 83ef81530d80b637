import { joinPath } from "../../config/service-files.ts";
import type { Platform, Wishes } from "../language.ts";
import { plainText } from "../plain-text.ts";
import { type RuntimeNames, weakWords } from "../../requirements/weak-evidence.ts";
import type { SourceTree } from "../source-tree.ts";

/** What is said about Java's version: the line that somebody wants, or the lowest that will do. */
export interface JavaWord {
  /** 8, 17, 21 … */
  readonly line: number;
  readonly from: string;
  /** This line and no other; else any that is not older. */
  readonly exact: boolean;
  /** Said by a person for this run: no other stands in. */
  readonly told?: boolean;
  readonly where?: string;
}

/** Which JDK builds and runs it, and why. */
export interface JavaChoice {
  readonly line: number;
  readonly from: string;
  readonly where?: string;
  readonly warning?: string;
}

/** Lines that are maintained for years, oldest first: what nobody asked for by number is run on one of them. */
const longLines = [8, 11, 17, 21, 25];

const environmentNames = [
  "JAVA_VERSION",
  "JDK_VERSION",
  "RAILPACK_JDK_VERSION",
  "NIXPACKS_JDK_VERSION",
  "GOOGLE_RUNTIME_VERSION",
  "BP_JVM_VERSION",
];

/** `21`, `1.8`, `8u392`, `temurin-21.0.2+13`, `21.0.2-tem`, `zulu-8.86`, `corretto-17`, `lts`. */
export function javaLineOf(text: string | undefined): number | undefined {
  const word = text?.trim().toLowerCase() ?? "";
  if (/^(?:lts|latest)$/.test(word)) return longLines.at(-1);
  const match = /^(?:[a-z][a-z0-9_]{0,30}-){0,3}v?(?:1\.)?(?<line>\d{1,2})(?=$|[.+_u-])/.exec(word);
  const line = Number(match?.groups?.["line"]);
  return line >= 5 && line <= 99 ? line : undefined;
}

/** What a person, the environment and version files say, surest first. Manifests speak after them. */
export async function javaWords(tree: SourceTree, folders: readonly string[], wishes: Wishes): Promise<JavaWord[]> {
  const words: (JavaWord | undefined)[] = [said(wishes.service?.runtime?.version, "spec", { told: true })];
  for (const name of environmentNames) words.push(said(wishes.env[name], `env ${name}`, {}));
  const declared = wishes.declaredRuntime?.("java");
  words.push(said(declared?.version, declared?.from ?? "", declared === undefined ? {} : { where: declared.from }));
  for (const folder of new Set(folders)) {
    for (const [name, pattern] of versionFiles) {
      const path = joinPath(folder, name) ?? name;
      const text = (await tree.read(path))?.slice(0, 20_000);
      words.push(said(pattern.exec(text ?? "")?.groups?.["version"], path, { where: path }));
    }
  }
  return words.filter((word) => word !== undefined);
}

/** What CI and development containers use, where nothing else speaks. */
export async function weakJavaWords(tree: SourceTree): Promise<readonly JavaWord[]> {
  const words = await weakWords(tree, javaNames);
  return words.flatMap(({ said: text, from, where }) => {
    const lines = text
      .split(" || ")
      .map(javaLineOf)
      .filter((line) => line !== undefined);
    return lines.length === 0 ? [] : [{ line: Math.max(...lines), from, exact: false, where }];
  });
}

const javaNames: RuntimeNames = {
  key: "java",
  images: ["eclipse-temurin", "openjdk", "amazoncorretto", "java"],
  engine: /^runtime:[ \t]*java(?<major>\d\d?)$/m,
};

/** Files in which tools and platforms keep the version, and where in them it stands. */
const versionFiles: readonly (readonly [string, RegExp])[] = [
  [".java-version", /^\s*(?<version>\S{1,60})/],
  [".jdk-version", /^\s*(?<version>\S{1,60})/],
  [".sdkmanrc", /^java[ \t]*=[ \t]*(?<version>\S{1,60})/m],
  [".tool-versions", /^java[ \t]+(?<version>\S{1,60})/m],
  ["system.properties", /^java\.runtime\.version[ \t]*[=:][ \t]*(?<version>\S{1,60})/m],
  [
    "mise.toml",
    /^(?:\[tools\]\s*)?"?java"?[ \t]*=[ \t]*(?:\{[^}\n]{0,80}version[ \t]*=[ \t]*)?"(?<version>[^"\n]{1,60})"/m,
  ],
  [
    ".mise.toml",
    /^(?:\[tools\]\s*)?"?java"?[ \t]*=[ \t]*(?:\{[^}\n]{0,80}version[ \t]*=[ \t]*)?"(?<version>[^"\n]{1,60})"/m,
  ],
];

/** A word of a manifest; undefined where it names no version (`${java.version}` of a parent that is elsewhere). */
export function manifestWord(
  text: string | undefined,
  from: string,
  exact: boolean,
  where: string,
): JavaWord | undefined {
  const line = javaLineOf(text);
  return line === undefined ? undefined : { line, from: plainText(`${from} ${text}`, 200), exact, where };
}

/**
 * The line that is asked for; from a lowest one the next that is maintained for long, the newest where nobody speaks. `newest`: what the
 * build tool runs on, from `Gradle 7.5 runs on Java 18 at most`. Where a platform lacks it, the nearest newer one stands in, since a newer
 * JDK builds what an older one does, mostly; a line that a person named is never replaced.
 */
export function chooseJava(
  words: readonly JavaWord[],
  platform: Platform,
  newest?: { readonly line: number; readonly from: string },
): JavaChoice {
  const [word] = words;
  const there = availableLines(platform);
  const limit = newest?.line ?? 99;
  if (word === undefined) {
    const fitting = there.filter((line) => line <= limit);
    const line = fitting.at(-1) ?? there.at(-1) ?? longLines.at(-1) ?? 25;
    return { line, from: newest !== undefined && line < (there.at(-1) ?? 0) ? newest.from : "default, the newest LTS" };
  }
  const origin = { from: word.from, ...(word.where === undefined ? {} : { where: word.where }) };
  const any = platform.baseImages === "Any";
  if (word.told === true || (word.exact && (any || there.includes(word.line)))) return { line: word.line, ...origin };
  const nearest = there.find((line) => line >= word.line && line <= limit) ?? there.find((line) => line >= word.line);
  if (nearest === undefined) return { line: word.line, ...origin };
  const wanted = any || word.exact ? word.line : (longLines.find((line) => line >= word.line) ?? word.line);
  if (nearest === wanted || any) return { line: nearest, ...origin };
  const warning = `java ${word.line} (${word.from}) has no image here; ${nearest} stands in`.slice(0, 256);
  return { line: nearest, ...origin, warning };
}

function availableLines({ baseImages, listed }: Platform): readonly number[] {
  if (baseImages === "Any") return longLines;
  const lines = (listed["eclipse-temurin"] ?? []).map(Number).filter((line) => Number.isInteger(line));
  return [...new Set(lines)].toSorted((one, other) => one - other);
}

function said(
  text: string | undefined,
  from: string,
  more: { readonly told?: boolean; readonly where?: string },
): JavaWord | undefined {
  const line = javaLineOf(text);
  return line === undefined ? undefined : { line, from, exact: true, ...more };
}
