import { z } from "zod";
import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";

const texts = z.record(z.string(), z.unknown()).transform((record) =>
  Object.fromEntries(
    Object.entries(record)
      .slice(0, 1000)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= 512),
  ),
);

const ComposerJson = z.object({
  type: z.string().max(64).optional().catch(undefined),
  require: texts.catch({}).default({}),
  "require-dev": texts.catch({}).default({}),
  scripts: z.record(z.string(), z.unknown()).catch({}).default({}),
  autoload: z.record(z.string(), z.unknown()).catch({}).default({}),
  repositories: z.unknown().optional(),
  config: z
    .object({
      platform: texts.optional().catch(undefined),
      "vendor-dir": z.string().max(128).optional().catch(undefined),
    })
    .catch({})
    .default({}),
});

const ComposerLock = z.object({
  packages: z
    .array(z.object({ name: z.string().max(128), require: texts.catch({}).default({}) }))
    .max(5000)
    .catch([])
    .default([]),
  platform: texts.catch({}).default({}),
});

/** What composer.json and composer.lock say. */
export interface Composer {
  readonly file: string;
  readonly type: string | undefined;
  /** Packages by name with their constraint, those of the lock included (then with an empty one). */
  readonly packages: ReadonlyMap<string, string>;
  /** Extensions that the project or a locked package requires, without `ext-`. */
  readonly extensions: readonly string[];
  /** `require.php`. */
  readonly php: string | undefined;
  /** `config.platform.php`: the version for which dependencies are resolved. */
  readonly platform: string | undefined;
  /** What the locked packages require of PHP. */
  readonly lockedPhp: readonly string[];
  readonly hasLock: boolean;
  /** Something is to be fetched, or classes are loaded by Composer: there has to be a `vendor` folder. */
  readonly installs: boolean;
  /** It names folders of its own as packages. */
  readonly readsFolders: boolean;
}

/** Reads the composer.json of a folder; undefined where there is none that can be read. */
export async function readComposer(tree: SourceTree, folder: string): Promise<Composer | undefined> {
  const file = joinPath(folder, "composer.json") ?? "composer.json";
  const json = ComposerJson.safeParse(parsed(await tree.read(file))).data;
  if (json === undefined) return undefined;
  const lockText = await tree.read(joinPath(folder, "composer.lock") ?? "composer.lock");
  const lock = ComposerLock.safeParse(parsed(lockText)).data;
  const isPackage = (name: string): boolean => name.includes("/");
  const packages = new Map(Object.entries(json.require).filter(([name]) => isPackage(name)));
  for (const { name } of lock?.packages ?? []) if (!packages.has(name)) packages.set(name, "");
  const requires = [json.require, ...(lock?.packages ?? []).map((one) => one.require)];
  const extensions = requires
    .flatMap((each) => Object.keys(each))
    .flatMap((name) => /^ext-([\w-]{1,40})$/i.exec(name)?.[1] ?? []);
  return {
    file,
    type: json.type === undefined ? undefined : plainText(json.type, 64),
    packages,
    extensions: [...new Set(extensions.map((name) => name.toLowerCase().replace("zend-", "")))].slice(0, 40),
    php: json.require["php"],
    platform: json.config.platform?.["php"],
    lockedPhp: (lock?.packages ?? []).flatMap((one) => one.require["php"] ?? []),
    hasLock: lock !== undefined,
    installs: packages.size > 0 || Object.keys(json.autoload).length > 0,
    readsFolders: JSON.stringify(json.repositories ?? "").includes('"path"'),
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Composer's constraint as a range of this house: `~8.1` ends at 9, `|` is `||`, `@dev` says nothing of versions. */
export function rangeOfComposer(said: string): string {
  return said
    .slice(0, 128)
    .replaceAll(/@\w+/g, "")
    .split(/\|{1,2}/)
    .map((part) => part.trim().replaceAll(/~(?=\d+\.\d+(?![.\d]))/g, "^"))
    .join(" || ");
}
