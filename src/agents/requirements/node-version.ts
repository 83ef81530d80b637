import type { Platform, Wishes } from "../detection/language.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { VersionRange } from "./version-range.ts";
import { nodeNames, weakWords } from "./weak-evidence.ts";

/** What somebody or something says about Node's version. */
export interface NodeWord {
  readonly said: string;
  /** For people: `.nvmrc`, `package.json engines ">=22"`. */
  readonly from: string;
  readonly where?: string;
  /** A person or a version file pins; a manifest bounds. */
  readonly pins: boolean;
  /** Not said to us (a CI workflow): passed over where there is no image of it. */
  readonly weak?: boolean;
}

export interface NodeChoice {
  readonly version: string;
  /** Line of the base image, where `version` is one release that has to come beside it. */
  readonly image?: string;
  readonly from: string;
  readonly where?: string;
  readonly warning?: string;
}

const defaultMajor = 24;

/** Lines of Node that have images, with the day from which one was what people installed, and its last day. */
const lines: readonly { readonly major: number; readonly since: string; readonly until: string }[] = [
  { major: 12, since: "2019-10", until: "2022-04" },
  { major: 14, since: "2020-10", until: "2023-04" },
  { major: 16, since: "2021-10", until: "2023-09" },
  { major: 18, since: "2022-10", until: "2025-04" },
  { major: 20, since: "2023-10", until: "2026-04" },
  { major: 22, since: "2024-10", until: "2027-04" },
  { major: 24, since: "2025-10", until: "2028-04" },
];

const codenames: Readonly<Record<string, number>> = {
  erbium: 12,
  fermium: 14,
  gallium: 16,
  hydrogen: 18,
  iron: 20,
  jod: 22,
  krypton: 24,
};

const environmentNames = [
  "NODE_VERSION",
  "RAILPACK_NODE_VERSION",
  "NIXPACKS_NODE_VERSION",
  "GOOGLE_NODEJS_VERSION",
  "BP_NODE_VERSION",
];

/** What package.json says about Node, apart from its other contents. */
export interface NodeManifest {
  readonly path: string;
  readonly engines: string | undefined;
  readonly volta: string | undefined;
}

/** Every word about the version, surest first: spec > environment > repo-runner.yaml > version file > manifest > CI and other hosts. A folder leaves what it does not say to the root. */
export async function nodeWords(
  tree: SourceTree,
  folders: readonly string[],
  manifests: readonly NodeManifest[],
  wishes: Wishes,
): Promise<readonly NodeWord[]> {
  const words: (NodeWord | undefined)[] = [];
  const runtime = wishes.service?.runtime;
  if (runtime?.name === "node" || runtime?.name === "nodejs") words.push(word(runtime.version, "spec"));
  for (const name of environmentNames) words.push(word(wishes.env[name], `env ${name}`));
  const declared = wishes.declaredRuntime?.("node");
  if (declared !== undefined) words.push(word(declared.version, declared.from, declared.from));
  for (const folder of folders) words.push(...(await versionFiles(tree, folder === "." ? "" : `${folder}/`)));
  for (const { path, volta } of manifests) words.push(word(volta, `${path} volta`, path));
  for (const { path, engines } of manifests) {
    if (engines === undefined) continue;
    words.push({ said: engines, from: plainText(`${path} engines "${engines}"`), where: path, pins: false });
  }
  // What others run it with is asked only where it does not say so itself.
  if (!words.some((each) => each !== undefined && rangeOf(each.said) !== undefined)) {
    words.push(...(await weakWords(tree, nodeNames)).map((each) => ({ ...each, pins: false, weak: true })));
  }
  return words.filter((each) => each !== undefined);
}

async function versionFiles(tree: SourceTree, prefix: string): Promise<(NodeWord | undefined)[]> {
  const words: (NodeWord | undefined)[] = [];
  for (const name of [".nvmrc", ".node-version"]) {
    const text = await tree.read(prefix + name);
    const line = text?.split("\n").find((each) => each.trim() !== "" && !each.trim().startsWith("#"));
    words.push(word(line?.replace(/\s#.*$/, ""), prefix + name, prefix + name));
  }
  const tools = /^node(?:js)?[ \t]+(\S+)/m.exec((await tree.read(`${prefix}.tool-versions`)) ?? "")?.[1];
  words.push(word(tools, `${prefix}.tool-versions`, `${prefix}.tool-versions`));
  for (const name of ["mise.toml", ".mise.toml"]) {
    const mise = /^node\s*=\s*(?:\[\s*|\{\s*version\s*=\s*)?["']([^"'\n]+)["']/m.exec(
      (await tree.read(prefix + name)) ?? "",
    )?.[1];
    words.push(word(mise, prefix + name, prefix + name));
  }
  return words;
}

function word(said: string | undefined, from: string, where?: string): NodeWord | undefined {
  const text = said === undefined ? "" : plainText(said, 64);
  if (text === "" || rangeOf(text) === undefined) return undefined;
  return { said: text, from, pins: true, ...(where === undefined ? {} : { where }) };
}

/** A word as a range: also nvm's names, `lts/jod`, `node`, `stable`. */
function rangeOf(said: string): VersionRange | undefined {
  const bare = said.trim().toLowerCase();
  const codename = codenames[bare.replace(/^lts\//, "")];
  if (codename !== undefined) return VersionRange.read(String(codename));
  if (/^(?:lts(?:\/\*|\/-\d)?|node|latest|stable|current|system|default)$/.test(bare)) {
    return VersionRange.read(`>=${defaultMajor}`);
  }
  return VersionRange.read(bare);
}

/**
 * Chooses a line of Node. The first word that can be read decides; where the platform has only some images, the nearest that satisfies it.
 * What a version file pins may be stood in for by another line that the manifest allows, with a warning; else the wanted line is named,
 * and RequirementsAgent says that the platform lacks it.
 */
export function chooseNode(words: readonly NodeWord[], platform: Platform): NodeChoice {
  const known = platform.baseImages === "Listed" ? listedMajors(platform) : lines.map(({ major }) => major);
  const [first] = words.filter(({ said, weak }) => {
    const range = rangeOf(said);
    return range !== undefined && (weak !== true || known.some((major) => range.allows(String(major))));
  });
  if (first === undefined) return unsaid(known, platform);
  const { said, from } = first;
  const origin = first.where === undefined ? { from } : { from, where: first.where };
  if (from === "spec" && platform.baseImages === "Any") return { version: said.replace(/^v/, ""), ...origin };
  const exact = exactIn(first);
  if (exact !== undefined && known.length > 0) return exactly(exact, known, platform, origin);
  const range = rangeOf(said);
  const match = best(known.filter((major) => range?.allows(String(major))));
  if (match !== undefined) return { version: String(match), ...origin };
  const wanted = Number(/\d+/.exec(said)?.[0] ?? defaultMajor);
  const bounds = words.filter(({ pins }) => !pins).map((each) => rangeOf(each.said));
  const allowed = known.filter((major) => bounds.every((bound) => bound?.allows(String(major)) !== false));
  const nearest = from === "spec" || !first.pins ? undefined : nearestTo(wanted, allowed);
  if (nearest === undefined) return { version: String(wanted), ...origin };
  const warning = `node ${said} (${from}) has no image here; ${nearest} stands in`;
  return { version: String(nearest), ...origin, warning: warning.slice(0, 256) };
}

/** The one release that package.json takes: pnpm and Yarn install under no other. */
function exactIn({ said, pins, weak }: NodeWord): string | undefined {
  if (pins || weak === true) return undefined;
  return /^[v=]?\s?(?<version>\d{1,2}\.\d{1,3}\.\d{1,3})$/.exec(said.trim())?.groups?.["version"];
}

/** Official images have each release; where only some lines are there, the release is put into the nearest of them. */
function exactly(
  version: string,
  known: readonly number[],
  platform: Platform,
  origin: Pick<NodeChoice, "from" | "where">,
): NodeChoice {
  if (platform.baseImages === "Any") return { version, ...origin };
  const image = nearestTo(Number.parseInt(version, 10), known);
  return { version, image: String(image ?? defaultMajor), ...origin };
}

/** Nothing speaks: the default, or for an old repository the oldest supported line that is not older than what people then installed. */
function unsaid(known: readonly number[], platform: Platform): NodeChoice {
  const { commitDate, now } = platform;
  const twoYearsMs = 730 * 86_400_000;
  let wanted = defaultMajor;
  let from = "default";
  if (commitDate !== undefined && now.getTime() - commitDate.getTime() > twoYearsMs) {
    const month = commitDate.toISOString().slice(0, 7);
    const then = lines.findLast(({ since }) => since <= month)?.major ?? 0;
    const today = now.toISOString().slice(0, 7);
    const supported = lines.find(({ major, until }) => major >= then && until >= today);
    wanted = supported?.major ?? defaultMajor;
    from = `commit date ${month}`;
  }
  return { version: String(nearestTo(wanted, known) ?? wanted), from };
}

/** The default line if it may be, else the newest below it, else the oldest above. */
function best(majors: readonly number[]): number | undefined {
  const sorted = majors.toSorted((a, b) => a - b);
  return sorted.findLast((major) => major <= defaultMajor) ?? sorted[0];
}

function nearestTo(wanted: number, majors: readonly number[]): number | undefined {
  const sorted = majors.toSorted((a, b) => a - b);
  return sorted.find((major) => major >= wanted) ?? sorted.at(-1);
}

function listedMajors(platform: Platform): readonly number[] {
  const tags = platform.listed["node"] ?? [];
  return [...new Set(tags.flatMap((tag) => /^(\d+)(?:[.-]|$)/.exec(tag)?.[1] ?? []).map(Number))];
}
