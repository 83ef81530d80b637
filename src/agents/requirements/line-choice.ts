import { joinPath } from "../config/service-files.ts";
import type { Platform, Wishes } from "../detection/language.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { VersionRange } from "./version-range.ts";

/** What somebody or something says about a runtime's version. */
export interface LineWord {
  /** A version or a range, as VersionRange reads it: `3.2.1`, `^8.2`, `>=7.4 <8.4`. */
  readonly said: string;
  /** For people: `.ruby-version`, `composer.json php "^8.2"`, `spec`. */
  readonly from: string;
  readonly where?: string;
  /** A person or a version file pins; a manifest bounds. */
  readonly pins: boolean;
}

/** A runtime as far as its versions go. */
export interface Lines {
  /** For people, and in `platform.listed` where no image is named: `ruby`. */
  readonly name: string;
  /** Its name in `platform.listed`, where that is another one. */
  readonly image?: string;
  /** Lines that have official images, oldest first, with the month from which each was new and its last supported one. */
  readonly lines: readonly { readonly line: string; readonly since: string; readonly until: string }[];
  readonly usual: string;
}

export interface LineChoice {
  readonly version: string;
  readonly from: string;
  readonly where?: string;
  /** Another version than the wanted one stands in. */
  readonly warning?: string;
}

/** Where a runtime's version may be written down besides its own manifest. */
export interface VersionPlaces {
  /** Name of the runtime in spec, `.tool-versions` and mise.toml; the first is ours. */
  readonly names: readonly string[];
  /** Variables, ours first, then those of peers. */
  readonly environment: readonly string[];
  /** Files that hold nothing but a version. */
  readonly files: readonly string[];
}

/** Words from the spec, the environment and version files, surest first. What a folder does not say, the root may. */
export async function pinnedWords(
  tree: SourceTree,
  folder: string,
  wishes: Wishes,
  places: VersionPlaces,
): Promise<readonly LineWord[]> {
  const words: (LineWord | undefined)[] = [];
  const word = (said: string | undefined, from: string, where?: string) => pinned(places.names, said, from, where);
  const runtime = wishes.service?.runtime;
  if (runtime !== undefined && places.names.includes(runtime.name ?? "")) words.push(word(runtime.version, "spec"));
  for (const name of places.environment) words.push(word(wishes.env[name], `env ${name}`));
  for (const one of folder === "." ? ["."] : [folder, "."]) {
    for (const name of places.files) {
      const path = joinPath(one, name) ?? name;
      words.push(word(firstLine(await tree.read(path)), path, path));
    }
    for (const name of [".tool-versions", "mise.toml", ".mise.toml"]) {
      const path = joinPath(one, name) ?? name;
      words.push(word(toolVersion((await tree.read(path)) ?? "", places.names), path, path));
    }
  }
  return words.filter((word) => word !== undefined);
}

/** A word that bounds, of a manifest or a lock file; undefined where it says nothing that can be read. */
export function boundingWord(said: string | undefined, from: string, where: string): LineWord | undefined {
  const text = said === undefined ? "" : plainText(said, 128);
  const range = text === "" || text === "*" ? undefined : VersionRange.read(text);
  return range === undefined ? undefined : { said: text, from: plainText(from), where, pins: false };
}

/** `3.2.1`, `v3.2.1` or `ruby-3.2.1`; `jruby-9.4` is another runtime. */
function pinned(
  names: readonly string[],
  said: string | undefined,
  from: string,
  where?: string,
): LineWord | undefined {
  const written = plainText(said ?? "", 64);
  const name = names.find((each) => written.startsWith(`${each}-`));
  const text = written.slice(name === undefined ? 0 : name.length + 1).replace(/^v(?=\d)/, "");
  if (!/^\d+(?:\.(?:\d+|x|\*)){0,2}(?:-[\w.-]+)?$/.test(text)) return undefined;
  return { said: text.replace(/\.[x*].*$/, ""), from, pins: true, ...(where === undefined ? {} : { where }) };
}

function firstLine(text: string | undefined): string | undefined {
  return text?.split("\n").find((line) => line.trim() !== "" && !line.trim().startsWith("#"));
}

/** `ruby 3.3.1` of asdf, `ruby = "3.3"`, `ruby = ["3.3"]` and `ruby = { version = "3.3" }` of mise. */
function toolVersion(text: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    const line = new RegExp(
      `^["']?${name}["']?(?:[ \\t]+|[ \\t]*=[ \\t]*(?:\\{[^}\\n]{0,80}?version[ \\t]*=[ \\t]*|\\[[ \\t]*)?["'])(?<version>[\\w][\\w.-]{0,40})`,
      "m",
    );
    const version = line.exec(text)?.groups?.["version"];
    if (version !== undefined) return version;
  }
  return undefined;
}

/**
 * Chooses a version. The first word decides, bounded by the others as far as they agree; a range takes the usual line or the newest below
 * it. Where the platform has only some images the nearest that satisfies stands in for a pinned one, with a warning; else the wanted one
 * is named, and RequirementsAgent says that the platform lacks it.
 */
export function chooseLine(runtime: Lines, words: readonly LineWord[], platform: Platform): LineChoice {
  const listed = platform.baseImages === "Listed";
  const known = listed
    ? [...(platform.listed[runtime.image ?? runtime.name] ?? [])]
        .filter((line) => /^\d+(?:\.\d+)*$/.test(line))
        .toSorted(compare)
    : runtime.lines.map(({ line }) => line);
  const [first] = words;
  if (first === undefined) return unsaid(runtime, known, platform);
  const origin = { from: first.from, ...(first.where === undefined ? {} : { where: first.where }) };
  if (first.pins && !listed) return { version: first.said, ...origin };
  const bounds = words.filter(({ pins }) => !pins);
  const allowed = (line: string): boolean => bounds.every(({ said }) => allows(said, line));
  const fitting = known.filter((line) => allows(first.said, line));
  const match = best(fitting.filter(allowed), runtime.usual) ?? best(fitting, runtime.usual);
  if (match !== undefined) return { version: match, ...origin };
  const wanted = /\d+(?:\.\d+)*/.exec(first.said)?.[0] ?? runtime.usual;
  const nearest = first.pins && first.from !== "spec" ? nearestTo(wanted, known.filter(allowed)) : undefined;
  if (nearest === undefined) return { version: wanted, ...origin };
  const warning = `${runtime.name} ${first.said} (${first.from}) has no image here; ${nearest} stands in`;
  return { version: nearest, ...origin, warning: warning.slice(0, 256) };
}

/** Nothing speaks: the usual line, or for a repository of two years ago or more the oldest supported line that is not older than it. */
function unsaid(runtime: Lines, known: readonly string[], platform: Platform): LineChoice {
  const { commitDate, now } = platform;
  const twoYearsMs = 730 * 86_400_000;
  if (commitDate !== undefined && now.getTime() - commitDate.getTime() > twoYearsMs) {
    const [month, today] = [commitDate, now].map((date) => date.toISOString().slice(0, 7));
    const then = runtime.lines.findLast(({ since }) => since <= (month ?? ""))?.line ?? "0";
    const supported = runtime.lines.find(({ line, until }) => compare(line, then) >= 0 && until >= (today ?? ""))?.line;
    const version = nearestTo(supported ?? runtime.usual, known) ?? runtime.usual;
    return { version, from: `commit date ${month ?? ""}` };
  }
  return { version: best(known, runtime.usual) ?? runtime.usual, from: "default" };
}

function allows(said: string, line: string): boolean {
  return VersionRange.read(said)?.allows(line) ?? true;
}

/** The usual line if it may be, else the newest below it, else the oldest above. */
function best(lines: readonly string[], usual: string): string | undefined {
  return lines.findLast((line) => compare(line, usual) <= 0) ?? lines[0];
}

function nearestTo(wanted: string, lines: readonly string[]): string | undefined {
  return lines.find((line) => compare(line, wanted) >= 0) ?? lines.at(-1);
}

/** Numerically, part by part: `8.10` is after `8.9`. */
function compare(one: string, other: string): number {
  const [a = [], b = []] = [one, other].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
