import { isBuiltin } from "node:module";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import { followImports, listens } from "./kind.ts";
import { type NodePackage, packageOf } from "./package-json.ts";

const entryNames = ["server", "app", "index", "main", "src/server", "src/app", "src/index"];
const endings = ["js", "mjs", "cjs"];

/** Manifests of others: beside them a server.js is no program of its own. */
const othersManifest =
  /^(?:requirements\.txt|pyproject\.toml|Pipfile|setup\.py|manage\.py|go\.mod|Cargo\.toml|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|mix\.exs|deno\.jsonc?|deno\.lock|.+\.(?:cs|fs)proj)$/;

/**
 * A program of Node that nobody wrote a package.json for, as a package: a file of a usual name that listens. What it takes from others
 * becomes its dependencies, the newest of each, since nothing says which.
 */
export async function loosePackage(tree: SourceTree, path: string): Promise<NodePackage | undefined> {
  const names = await tree.list(path);
  if (names.some((name) => othersManifest.test(name))) return undefined;
  // Somewhere the repository says itself how it is built.
  if ((await tree.files()).some((file) => /(?:^|\/)(?:Dockerfile|Containerfile)$/.test(file))) return undefined;
  for (const file of entryNames.flatMap((name) => endings.map((ending) => `${name}.${ending}`))) {
    const entry = at(path, file);
    if (!(await tree.has(entry))) continue;
    const codes = await followImports(tree, entry);
    const [own] = codes;
    // What a browser runs has a `document`, and no server in it.
    const isServer = codes.some(({ code }) => listens.test(code)) && !/\b(?:document|window)\./.test(own?.code ?? "");
    if (!isServer || !/\brequire\s*\(|^[ \t]*import\b/m.test(own?.code ?? "")) continue;
    const taken = codes.flatMap(({ code }) => importedNames(code));
    const dependencies = Object.fromEntries([...new Set(taken)].slice(0, 60).map((name) => [name, "*"]));
    return { ...packageOf(path, entry, { main: file, dependencies }), loose: true };
  }
  return undefined;
}

/** Packages that a file takes, Node's own and those beside it left out. */
function importedNames(code: string): readonly string[] {
  const places = code.matchAll(
    /(?:\bfrom|\brequire\s*\(|\bimport\s*\(|\bimport)\s*["'](?<name>[^"'\n.][^"'\n]{0,120})["']/g,
  );
  return [...places].flatMap((match) => {
    const whole = match.groups?.["name"] ?? "";
    const name = /^(?:@[a-z0-9][\w.-]{0,60}\/)?[a-z0-9][\w.-]{0,80}(?=\/|$)/.exec(whole)?.[0];
    return name === undefined || isBuiltin(name) || whole.startsWith("node:") ? [] : [name];
  });
}
