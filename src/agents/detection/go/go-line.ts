import { joinPath } from "../../config/service-files.ts";
import type { Platform, Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import type { GoModule } from "./module.ts";

/** What is said about Go's version: a line that somebody wants, or the lowest that go.mod takes. */
export interface GoWord {
  readonly version: string;
  readonly from: string;
  readonly exact: boolean;
  readonly where?: string;
}

/** Which Go builds it, and why. */
export interface GoChoice {
  readonly version: string;
  readonly from: string;
  readonly where?: string;
  readonly warning?: string;
  /** Release that somebody pinned, which Go fetches by itself where the image has another one of its line: `1.25.3`. */
  readonly release?: string;
}

/** The newest line, which builds whatever older ones build. */
const newestLine = "1.26";
const environmentNames = [
  "GO_VERSION",
  "RAILPACK_GO_VERSION",
  "NIXPACKS_GO_VERSION",
  "GOOGLE_RUNTIME_VERSION",
  "BP_GO_VERSION",
];

/** Every word about the version, surest first: spec > environment > repo-runner.yaml > version file > go.mod. */
export async function goVersionWords(
  tree: SourceTree,
  folder: string,
  module: GoModule | undefined,
  wishes: Wishes,
): Promise<readonly GoWord[]> {
  const words: (GoWord | undefined)[] = [word(wishes.service?.runtime?.version, "spec", true)];
  for (const name of environmentNames) words.push(word(wishes.env[name], `env ${name}`, true));
  const declared = wishes.declaredRuntime?.("go");
  words.push(word(declared?.version, declared?.from ?? "", true, declared?.from));
  for (const one of folder === "." ? ["."] : [folder, "."]) {
    const path = joinPath(one, ".go-version") ?? ".go-version";
    words.push(word((await tree.read(path))?.trim().replace(/^go/, ""), path, true, path));
    const tools = joinPath(one, ".tool-versions") ?? ".tool-versions";
    const said = /^(?:go|golang)[ \t]+(?<version>\d[\w.]*)/m.exec((await tree.read(tools)) ?? "")?.groups?.["version"];
    words.push(word(said, tools, true, tools));
    const mise = joinPath(one, "mise.toml") ?? "mise.toml";
    const told = /^go\s*=\s*["'](?<version>\d[\w.]*)["']/m.exec((await tree.read(mise)) ?? "")?.groups?.["version"];
    words.push(word(told, mise, true, mise));
  }
  const file = joinPath(folder, "go.mod") ?? "go.mod";
  words.push(word(module?.toolchain, `go.mod toolchain ${module?.toolchain}`, false, file));
  words.push(word(module?.go, `go.mod go ${module?.go}`, false, file));
  return words.filter((one) => one !== undefined);
}

/**
 * The newest Go that is there and not older than go.mod wants; a line that somebody named, where it is there. Where all are older, the newest
 * of them, since Go fetches a newer one; where that will not do, the wanted line is named, and RequirementsAgent says that the platform lacks it.
 */
export function chooseGo(words: readonly GoWord[], platform: Platform): GoChoice {
  const choice = chooseGoLine(words, platform);
  const pinned = words.find((one) => one.exact)?.version;
  // Before 1.21 releases were no toolchains that Go fetches.
  if (pinned === undefined || !/^1\.\d+\.\d+$/.test(pinned) || isOlder(pinned, "1.21")) return choice;
  return choice.version === pinned ? choice : { ...choice, release: pinned };
}

function chooseGoLine(words: readonly GoWord[], platform: Platform): GoChoice {
  const listed = (platform.listed["golang"] ?? []).filter((line) => /^\d+\.\d+/.test(line));
  const lines = platform.baseImages === "Listed" ? listed : [newestLine];
  const newest = lines.toSorted(compare).at(-1) ?? newestLine;
  const wanted = words.find((one) => one.exact) ?? words[0];
  if (wanted === undefined) return { version: newest, from: "default, the newest" };
  const line = wanted.version.split(".").slice(0, 2).join(".");
  const origin = { from: wanted.from, ...(wanted.where === undefined ? {} : { where: wanted.where }) };
  if (!wanted.exact && compare(newest, line) >= 0)
    return { version: newest, ...origin, from: `${wanted.from} or newer` };
  // From 1.21 on, Go fetches by itself the newer one that go.mod asks for.
  if (platform.baseImages === "Listed" && wanted.from !== "spec" && isOlder(newest, line) && !isOlder(newest, "1.21")) {
    const warning = `go ${line} (${wanted.from}) has no image here; ${newest} stands in, and fetches the newer one for the build`;
    return { version: newest, ...origin, warning };
  }
  if (!wanted.exact) return { version: line, ...origin };
  if (platform.baseImages === "Any") return { version: wanted.from === "spec" ? wanted.version : line, ...origin };
  const there = lines.find((one) => sameLine(one, line));
  if (there !== undefined) return { version: there, ...origin };
  if (wanted.from === "spec" || isOlder(newest, line)) return { version: line, ...origin };
  const warning = `go ${wanted.version} (${wanted.from}) has no image here; ${newest}, which builds the same, stands in`;
  return { version: newest, ...origin, warning };
}

function word(version: string | undefined, from: string, exact: boolean, where?: string): GoWord | undefined {
  if (version === undefined || !/^1\.\d{1,3}(?:\.\d{1,3})?$/.test(version)) return undefined;
  return where === undefined ? { version, from, exact } : { version, from, exact, where };
}

function sameLine(one: string, line: string): boolean {
  return one.split(".").slice(0, 2).join(".") === line;
}

function isOlder(one: string, other: string): boolean {
  return compare(one, other) < 0;
}

/** Numerically, part by part. */
function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
