import type { Failure } from "../../../failure.ts";
import { done, failed, type Outcome } from "../../../outcome.ts";
import type { Database } from "../../../plan.ts";
import type { Platform } from "../../detection/language.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { engines, listedName } from "../engines.ts";

/** What is taken, and what was asked for where that cannot be had. */
export interface Chosen {
  readonly version: string;
  readonly because: string;
  readonly warning?: string;
}

/** The version that is asked for, else that of the CI's services, else the newest; the nearest that the platform has an image of. */
export async function chooseVersion(
  tree: SourceTree,
  database: Pick<Database, "name" | "engine">,
  asked: string | undefined,
  platform: Platform,
): Promise<Outcome<Chosen>> {
  const engine = engines[database.engine];
  const tested = asked === undefined ? await testedVersion(tree, listedName(engine)) : undefined;
  const wanted = asked ?? tested?.version;
  const because = asked === undefined ? (tested ? `as in ${tested.where}` : "newest") : "as asked for";
  const listed = platform.baseImages === "Listed" ? (platform.listed[listedName(engine)] ?? []) : undefined;
  if (listed === undefined) return done({ version: wanted ?? engine.newest, because });
  const versions = listed
    .filter((tag) => /^\d+(?:\.\d+)*$/.test(tag) || tag === engine.newest)
    .toSorted((one, other) => Number.parseFloat(one) - Number.parseFloat(other));
  const newest = versions.at(-1);
  if (newest === undefined) return failed(lacks(database, platform));
  if (wanted === undefined) return done({ version: newest, because: "newest that there is an image of" });
  const exact = versions.find(
    (version) => version === wanted || wanted.startsWith(`${version}.`) || version.startsWith(`${wanted}.`),
  );
  if (exact !== undefined) return done({ version: exact, because });
  const near = versions.find((version) => Number.parseFloat(version) > Number.parseFloat(wanted)) ?? newest;
  return done({
    version: near,
    because: `nearest to ${wanted}`,
    warning: `${database.name}: there is no image of ${database.engine} ${wanted}; ${near} is taken`,
  });
}

/** `postgres:16` of a CI's services, or of a development container. */
async function testedVersion(
  tree: SourceTree,
  image: string,
): Promise<{ readonly version: string; readonly where: string } | undefined> {
  const names = [
    ...(await tree.list(".github/workflows")).map((name) => `.github/workflows/${name}`),
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".devcontainer/docker-compose.yml",
  ];
  for (const path of names.filter((name) => /\.ya?ml$/.test(name)).slice(0, 20)) {
    const text = (await tree.read(path)) ?? "";
    const version = new RegExp(`\\b${image}:(\\d{1,2}(?:\\.\\d{1,2})?)\\b`).exec(text)?.[1];
    if (version !== undefined) return { version, where: path };
  }
  return undefined;
}

function lacks({ name, engine }: Pick<Database, "name" | "engine">, platform: Platform): Failure {
  const there = Object.values(engines)
    .map((each) => listedName(each))
    .filter((each) => (platform.listed[each] ?? []).length > 0);
  return {
    reason: "PlatformLacksImage",
    message: `the program needs ${engine}, and this platform has no image of it; it has ${[...new Set(there)].join(", ") || "no database"}`,
    hint: `give one that exists: spec.databases: [{name: ${name}, bindTo: {name: SECRET}}], or leave it out: enabled: false`,
    layer: "Service",
    blame: "Platform",
    where: `spec.databases[${name}]`,
  };
}
