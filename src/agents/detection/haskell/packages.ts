import { parse } from "yaml";
import { z } from "zod";
import { joinPath } from "../../config/service-files.ts";
import { withoutComments } from "../native-code.ts";
import type { SourceTree } from "../source-tree.ts";

/** What a Haskell folder says of its programs. */
export interface HaskellPackage {
  readonly tool: "stack" | "cabal";
  /** The file that names the programs, relative to the tree's root. */
  readonly where: string;
  readonly programs: readonly string[];
  /** Packages that it asks for. */
  readonly dependencies: readonly string[];
  /** What stack.yaml or cabal.project say of the compiler: `lts-22`, `9.6.6`. */
  readonly resolver: string | undefined;
  readonly resolverFile: string | undefined;
}

const Executables = z
  .object({
    executables: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    executable: z.unknown(),
    name: z.string().max(100).optional().catch(undefined),
  })
  .partial();

/** Reads package.yaml or the .cabal file; undefined where there is neither. */
export async function readHaskell(tree: SourceTree, path: string): Promise<HaskellPackage | undefined> {
  const at = (name: string): string => joinPath(path, name) ?? name;
  const names = await tree.list(path);
  const cabalFile = names.find((name) => /^[\w.-]{1,100}\.cabal$/.test(name));
  const hpack = await tree.read(at("package.yaml"));
  const stack = await tree.read(at("stack.yaml"));
  if (
    cabalFile === undefined &&
    (hpack === undefined || !(await tree.files(path)).some((file) => file.endsWith(".hs")))
  )
    return undefined;
  const cabal = withoutComments((cabalFile && (await tree.read(at(cabalFile)))) ?? "", "Dashes");
  const told = hpack === undefined ? undefined : executablesOf(hpack);
  const written = [...cabal.matchAll(/^executable[ \t]+(?<name>[\w.-]{1,100})[ \t]*$/gim)].map(
    (match) => match.groups?.["name"] ?? "",
  );
  const programs = [...new Set([...(told ?? []), ...written])].filter((name) => /^[\w][\w.-]*$/.test(name));
  const project = await tree.read(at("cabal.project"));
  const snapshot = /^(?:resolver|snapshot):[^\S\n]*(?:\n[^\S\n]+(?:url|name):[^\S\n]*)?["']?(?<said>\S{1,200})/m
    .exec(stack ?? "")
    ?.groups?.["said"]?.replace(/["']$/, "");
  const compiler = /^with-compiler:[ \t]*ghc-(?<version>\d+\.\d+(?:\.\d+)?)/m.exec(project ?? "")?.groups?.["version"];
  return {
    tool: stack !== undefined || cabalFile === undefined ? "stack" : "cabal",
    where: at(told !== undefined && told.length > 0 ? "package.yaml" : (cabalFile ?? "package.yaml")),
    programs: programs.slice(0, 16),
    dependencies: [...dependenciesOf(cabal), ...listed(hpack ?? "")],
    resolver: snapshot ?? compiler,
    resolverFile: snapshot !== undefined ? at("stack.yaml") : compiler === undefined ? undefined : at("cabal.project"),
  };
}

function executablesOf(text: string): readonly string[] {
  try {
    const read = Executables.safeParse(parse(text, { maxAliasCount: 20 })).data;
    const lone = read?.executable !== undefined && read.name !== undefined ? [read.name] : [];
    return [...Object.keys(read?.executables ?? {}), ...lone];
  } catch {
    return [];
  }
}

function dependenciesOf(cabal: string): readonly string[] {
  const found: string[] = [];
  for (const match of cabal.matchAll(/^[ \t]*build-depends:(?<list>[^\n]*(?:\n[ \t]+[^:\n]*)*)/gim)) {
    for (const one of (match.groups?.["list"] ?? "").split(",")) {
      const name = /^\s*(?<name>[A-Za-z][\w-]{0,80})/.exec(one)?.groups?.["name"];
      if (name !== undefined) found.push(name);
    }
  }
  return found;
}

/** Names in the lists of package.yaml that look like packages. */
function listed(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*-[ \t]+(?<name>[a-z][\w-]{0,80})(?:[ \t]|$)/gm)].map(
    (match) => match.groups?.["name"] ?? "",
  );
}

/** Comes with the compiler itself. */
const boot = new Set(
  "array base binary bytestring containers deepseq directory exceptions filepath ghc-prim haskeline mtl parsec pretty process stm template-haskell text time transformers unix".split(
    " ",
  ),
);

/** True where nothing of Hackage is asked for. */
export function isSelfSufficient({ dependencies, programs, where }: HaskellPackage): boolean {
  const own = /(?<name>[\w.-]+)\.cabal$/.exec(where)?.groups?.["name"];
  return dependencies.every((name) => boot.has(name) || name === own || programs.includes(name));
}
