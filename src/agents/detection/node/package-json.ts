import { z } from "zod";
import { readJson5, readYaml } from "../json5.ts";
import type { SourceTree } from "../source-tree.ts";

const texts = z.record(z.string(), z.unknown()).transform((record) =>
  Object.fromEntries(
    Object.entries(record)
      .slice(0, 1000)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= 2048),
  ),
);

const text = z.string().max(512).optional().catch(undefined);

/** A package.json, what is no text where text belongs left out: a repository may write anything. */
const PackageJson = z.object({
  name: text,
  private: z.boolean().optional().catch(undefined),
  type: text,
  main: text,
  module: text,
  types: text,
  exports: z.unknown().optional(),
  bin: z.unknown().optional(),
  files: z.unknown().optional(),
  packageManager: text,
  scripts: texts.catch({}).default({}),
  dependencies: texts.catch({}).default({}),
  devDependencies: texts.catch({}).default({}),
  optionalDependencies: texts.catch({}).default({}),
  peerDependencies: texts.catch({}).default({}),
  engines: texts.catch({}).default({}),
  volta: texts.catch({}).default({}),
  workspaces: z
    .union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform(({ packages }) => packages)])
    .optional()
    .catch(undefined),
  pnpm: z.unknown().optional(),
});
export type PackageJson = z.infer<typeof PackageJson>;

/** One package of a repository. */
export interface NodePackage {
  readonly path: string;
  readonly file: string;
  readonly json: PackageJson;
  /** Dependencies that are there while it runs. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** All that is installed, development included. */
  readonly all: ReadonlyMap<string, string>;
  /** Nobody wrote one: it is what a program's own imports say. */
  readonly loose?: true;
}

/** The package of a folder; undefined where there is none, or none that can be read. */
export async function readPackage(tree: SourceTree, path: string): Promise<NodePackage | undefined> {
  const { file, value } = await readManifest(tree, path === "." ? "" : `${path}/`);
  if (value === undefined) return undefined;
  const parsed = PackageJson.safeParse(value);
  return parsed.success ? ofManifest(path, file, parsed.data) : undefined;
}

/** A package that is put together: what its manifest would say. */
export function packageOf(path: string, file: string, said: z.input<typeof PackageJson>): NodePackage {
  return ofManifest(path, file, PackageJson.parse(said));
}

function ofManifest(path: string, file: string, json: PackageJson): NodePackage {
  const dependencies = new Map(Object.entries({ ...json.optionalDependencies, ...json.dependencies }));
  const all = new Map([...Object.entries(json.devDependencies), ...dependencies]);
  return { path, file, json, dependencies, all };
}

/** package.json, or pnpm's other spellings of it: package.json5 and package.yaml. */
async function readManifest(tree: SourceTree, prefix: string): Promise<{ file: string; value: unknown }> {
  const file = `${prefix}package.json`;
  const source = await tree.read(file);
  if (source !== undefined) return { file, value: readJson(source) };
  for (const [name, read] of [
    ["package.json5", readJson5],
    ["package.yaml", readYaml],
  ] as const) {
    const text = await tree.read(prefix + name);
    if (text !== undefined) return { file: prefix + name, value: read(text) };
  }
  return { file, value: undefined };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
