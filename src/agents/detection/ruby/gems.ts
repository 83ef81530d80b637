import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** What Gemfile and Gemfile.lock say. */
export interface Gems {
  /** Every gem that is named or locked. */
  readonly names: ReadonlySet<string>;
  /** Gems that come from rubygems or git: they have to be fetched. */
  readonly fetches: boolean;
  /** Versions as locked. */
  readonly locked: ReadonlyMap<string, string>;
  readonly hasLock: boolean;
  /** `ruby "3.2.1"` of the Gemfile, as it is written: `~> 3.2`. */
  readonly ruby: string | undefined;
  /** `ruby file: ".ruby-version"`: what that file says binds Bundler. */
  readonly rubyFile: boolean;
  /** `RUBY VERSION` of the lock: `3.2.1`. */
  readonly lockedRuby: string | undefined;
  /** `BUNDLED WITH`. */
  readonly bundler: string | undefined;
  /** The lock was made for other systems only; Bundler adds Linux to it where it may. */
  readonly lacksLinux: boolean;
  /** The Gemfile reads other files: folders of gems, a gemspec, a version file, a further Gemfile. */
  readonly readsFiles: boolean;
}

/** Reads the Gemfile of a folder and its lock; undefined without a Gemfile. */
export async function readGems(tree: SourceTree, folder: string): Promise<Gems | undefined> {
  const text = await tree.read(joinPath(folder, "Gemfile") ?? "Gemfile");
  if (text === undefined) return undefined;
  const lines = text.split("\n").slice(0, 2000);
  const code = lines.map((line) => line.replace(/(?:^|[ \t])#.*$/, "")).join("\n");
  const lock = await tree.read(joinPath(folder, "Gemfile.lock") ?? "Gemfile.lock");
  const named = [...code.matchAll(/^[ \t]*gem[ \t(]+["'](?<name>[\w.-]{1,80})["']/gm)].map(
    (match) => match.groups?.["name"] ?? "",
  );
  const locked = lockedGems(lock ?? "");
  const platforms = section(lock ?? "", "PLATFORMS");
  return {
    names: new Set([...named, ...locked.keys()]),
    fetches:
      lock === undefined
        ? /^[ \t]*gem[ \t(]+["'][\w.-]+["'](?![^\n]*\bpath:)/m.test(code) || /^[ \t]*gemspec\b/m.test(code)
        : /^(?:GEM|GIT)\n(?: {2}\S[^\n]*\n)* {2}specs:\n {4}\S/m.test(lock),
    locked,
    hasLock: lock !== undefined,
    ruby: /^[ \t]*ruby[ \t(]+(?<said>["'][^"'\n]{1,40}["'](?:[ \t]*,[ \t]*["'][^"'\n]{1,40}["'])*)/m
      .exec(code)
      ?.groups?.["said"]?.replaceAll(/["']/g, ""),
    rubyFile: /^[ \t]*ruby[ \t(]+file:/m.test(code),
    lockedRuby: /^RUBY VERSION\n[ \t]+ruby[ \t](?<version>\d+\.\d+\.\d+)/m.exec(lock ?? "")?.groups?.["version"],
    bundler: /^BUNDLED WITH\n[ \t]+(?<version>\d+(?:\.\d+){1,3})[ \t]*$/m.exec(lock ?? "")?.groups?.["version"],
    lacksLinux: platforms.length > 0 && !platforms.some((one) => one === "ruby" || one.includes("linux")),
    readsFiles:
      /\bpath:|:path[ \t]*=>|^[ \t]*(?:gemspec|eval_gemfile|path)\b|\bruby[ \t(]+file:|File\.read|__dir__/m.test(code),
  };
}

/** `    rails (7.1.2)` below `specs:`. */
function lockedGems(lock: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of lock.slice(0, 400_000).matchAll(/^ {4}(?<name>[\w.-]{1,80}) \((?<version>\d[\w.]{0,40})/gm)) {
    found.set(match.groups?.["name"] ?? "", match.groups?.["version"] ?? "");
  }
  return found;
}

function section(lock: string, name: string): readonly string[] {
  const lines = lock.split("\n");
  const start = lines.indexOf(name);
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && !line.startsWith(" "));
  return lines.slice(start + 1, end === -1 ? undefined : end).map((line) => line.trim());
}

/** Bundler's `~> 3.2` as a range of this house: below 4; `~> 3.2.1` is below 3.3. */
export function rangeOfGem(said: string): string {
  return said
    .split(",")
    .map((part) => part.trim().replace(/^~>[ \t]*(?=\d+\.\d+$|\d+$)/, "^"))
    .join(" ");
}
