import { parse as parseToml } from "smol-toml";
import { folderOf, joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { type Driver, type Ecosystem, engineOfPackage } from "./drivers.ts";

/** One dependency that the program is run with; what only tests and tools need is left out. */
export interface Dependency {
  readonly ecosystem: Ecosystem;
  /** `pg`, `sqlx[postgres]`, `org.postgresql:postgresql`, in the registry's own spelling. */
  readonly name: string;
  readonly where: string;
}

/** What the manifests of a folder list, its workspace's own packages followed. */
export async function readDependencies(tree: SourceTree, folder: string): Promise<readonly Dependency[]> {
  const found: Dependency[] = [];
  const names = await tree.list(folder);
  for (const name of names) {
    const reader = readers.find(([pattern]) => pattern.test(name));
    if (reader === undefined) continue;
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text === undefined) continue;
    const [, ecosystem, read] = reader;
    for (const each of safely(() => read(text))) found.push({ ecosystem, name: each, where: path });
  }
  for (const name of ["base", "common", "prod", "production"]) {
    const path = joinPath(folder, "requirements", `${name}.txt`) ?? name;
    const text = await tree.read(path);
    if (text !== undefined)
      for (const each of requirements(text)) found.push({ ecosystem: "pypi", name: each, where: path });
  }
  for (const each of await workspaceDependencies(tree, folder)) found.push(each);
  return found.slice(0, 4000);
}

/** What a program of Deno takes without any manifest: `import { createClient } from "npm:redis@^4.5"`. */
export function importedPackages(texts: ReadonlyMap<string, string>): readonly Dependency[] {
  const imports =
    /["'](?:npm:\/?|jsr:\/?|https:\/\/deno\.land\/(?=x\/))(?<name>@?[\w.-]{1,60}(?:\/[\w.-]{1,60})?)(?:@[^"'\s/]{1,40})?(?:\/[^"'\s]{0,100})?["']/g;
  return [...texts].flatMap(([where, text]) =>
    [...text.matchAll(imports)].slice(0, 40).map((match): Dependency => {
      const name = match.groups?.["name"] ?? "";
      return {
        ecosystem: "npm",
        name: name.startsWith("@") || name.startsWith("x/") ? name : name.replace(/\/.*/, ""),
        where,
      };
    }),
  );
}

/** Packages that speak to a database. */
export function driversOf(dependencies: readonly Dependency[]): readonly Driver[] {
  return dependencies.flatMap(({ ecosystem, name, where }) => {
    const engine = engineOfPackage(ecosystem, name);
    return engine === undefined ? [] : [{ engine, name, ecosystem, where }];
  });
}

type Reader = readonly [file: RegExp, ecosystem: Ecosystem, read: (text: string) => readonly string[]];

const readers: readonly Reader[] = [
  [/^package\.json$/, "npm", (text) => packageNames(text)],
  [
    /^deno\.jsonc?$/,
    "npm",
    (text) =>
      [...text.matchAll(/"npm:(?<name>@?[\w./-]{1,100}?)(?:@[^"]{0,40})?"/g)].map(
        (match) => match.groups?.["name"] ?? "",
      ),
  ],
  [
    /^requirements(?:[-_.]?(?:base|prod|production|app|server|web))?\.(?:txt|in)$/,
    "pypi",
    (text) => requirements(text),
  ],
  [/^pyproject\.toml$/, "pypi", (text) => pyproject(text)],
  [/^Pipfile$/, "pypi", (text) => pipfile(text)],
  [/^go\.mod$/, "go", (text) => goRequires(text)],
  [/^Cargo\.toml$/, "cargo", (text) => crates(text)],
  [/^pom\.xml$/, "maven", (text) => mavenNames(text)],
  [/^build\.gradle(?:\.kts)?$/, "maven", (text) => gradleNames(text)],
  [/^Gemfile$/, "gem", (text) => gems(text)],
  [/^composer\.json$/, "composer", (text) => Object.keys(recordOf(recordOf(JSON.parse(text))["require"]))],
  [
    /^mix\.exs$/,
    "hex",
    (text) => [...text.matchAll(/\{:(?<name>\w{1,60}),/g)].map((match) => match.groups?.["name"] ?? ""),
  ],
  [
    /\.(?:cs|fs)proj$/,
    "nuget",
    (text) =>
      [...text.matchAll(/<PackageReference\s+Include="(?<name>[\w.]{1,100})"/g)].map(
        (match) => match.groups?.["name"] ?? "",
      ),
  ],
];

function safely(read: () => readonly string[]): readonly string[] {
  try {
    return read().filter((name) => name !== "");
  } catch {
    // A manifest that nobody can read is somebody else's failure.
    return [];
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function packageNames(text: string): readonly string[] {
  return Object.keys(recordOf(recordOf(JSON.parse(text))["dependencies"]));
}

/** Names as PyPI normalises them, with each extra as `name[extra]` beside the name. */
function requirements(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(0, 2000)
    .flatMap((line) => pythonNames(line));
}

function pythonNames(line: string): readonly string[] {
  const match = /^\s*(?<name>[A-Za-z0-9][\w.-]{0,100})\s*(?:\[(?<extras>[\w\s,.-]{0,100})\])?/.exec(line);
  const name = match?.groups?.["name"]?.toLowerCase().replaceAll(/[._]+/g, "-");
  if (name === undefined) return [];
  const extras = (match?.groups?.["extras"] ?? "").split(",").map((each) => each.trim().toLowerCase());
  return [name, ...extras.filter((each) => each !== "").map((each) => `${name}[${each}]`)];
}

function pyproject(text: string): readonly string[] {
  const root = recordOf(parseToml(text));
  const listed = recordOf(root["project"])["dependencies"];
  const poetry = recordOf(recordOf(recordOf(root["tool"])["poetry"])["dependencies"]);
  return [...(Array.isArray(listed) ? listed.map(String).flatMap(pythonNames) : []), ...withExtras(poetry)];
}

function pipfile(text: string): readonly string[] {
  return withExtras(recordOf(recordOf(parseToml(text))["packages"]));
}

/** `{psycopg: {version: "…", extras: ["binary"], optional: true}}` */
function withExtras(packages: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(packages).flatMap(([name, value]) => {
    const { extras, optional } = recordOf(value);
    if (optional === true) return [];
    return pythonNames(`${name}[${Array.isArray(extras) ? extras.map(String).join(",") : ""}]`);
  });
}

function goRequires(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(0, 5000)
    .filter((line) => !line.includes("// indirect"))
    .map(
      (line) =>
        /^\s*(?:require\s+)?(?<path>[a-z0-9.-]+\.[a-z]+\/[\w./~-]{1,200})\s+v\d/.exec(line)?.groups?.["path"] ?? "",
    );
}

function crates(text: string): readonly string[] {
  const root = recordOf(parseToml(text));
  const tables = [recordOf(root["dependencies"]), recordOf(recordOf(root["workspace"])["dependencies"])];
  return tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, value]) => {
      const { features, optional } = recordOf(value);
      if (optional === true) return [];
      return [name, ...(Array.isArray(features) ? features.map((feature) => `${name}[${String(feature)}]`) : [])];
    }),
  );
}

function mavenNames(text: string): readonly string[] {
  const blocks = text.slice(0, 500_000).split("<dependency>").slice(1, 500);
  return blocks.flatMap((block) => {
    const body = block.split("</dependency>")[0] ?? "";
    const part = (tag: string) => new RegExp(`<${tag}>\\s*([\\w.-]{1,120})\\s*</${tag}>`).exec(body)?.[1];
    const [group, artifact] = [part("groupId"), part("artifactId")];
    return group === undefined || artifact === undefined || part("scope") === "test" ? [] : [`${group}:${artifact}`];
  });
}

function gradleNames(text: string): readonly string[] {
  const pattern =
    /^[ \t]*(?:implementation|runtimeOnly|api|compile|runtime|developmentOnly)[ \t(]{0,4}["'](?<name>[\w.-]{1,100}:[\w.-]{1,100})(?::[^"']{0,60})?["']/gm;
  return [...text.slice(0, 500_000).matchAll(pattern)].map((match) => match.groups?.["name"] ?? "");
}

/** Gems outside of the groups for development and tests. */
function gems(text: string): readonly string[] {
  const found: string[] = [];
  let aside = false;
  for (const line of text.split("\n").slice(0, 2000)) {
    if (/^\s*group\b/.test(line) && /do\s*$/.test(line)) aside = !/:production/.test(line);
    else if (/^end\b/.test(line)) aside = false;
    const name = /^\s*gem\s+["'](?<name>[\w-]{1,80})["']/.exec(line)?.groups?.["name"];
    if (name !== undefined && !aside && !/group:|groups:/.test(line)) found.push(name);
  }
  return found;
}

/** Packages of the same workspace that the folder's own depends on (`@shop/db`): their drivers are its drivers. */
async function workspaceDependencies(tree: SourceTree, folder: string): Promise<readonly Dependency[]> {
  if (folder === ".") return [];
  const own = await packageAt(tree, joinPath(folder, "package.json") ?? "");
  if (own === undefined) return [];
  const files = (await tree.files()).filter((path) => /(?:^|\/)package\.json$/.test(path)).slice(0, 60);
  const packages = await Promise.all(files.map(async (path) => ({ path, pkg: await packageAt(tree, path) })));
  const byName = new Map(packages.flatMap(({ path, pkg }) => (pkg ? [[pkg.name, { path, pkg }] as const] : [])));
  const found: Dependency[] = [];
  const open = [...own.dependencies];
  const seen = new Set<string>();
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const local = byName.get(name);
    if (local === undefined || seen.has(name) || folderOf(local.path) === folder) continue;
    seen.add(name);
    for (const dependency of local.pkg.dependencies) {
      found.push({ ecosystem: "npm", name: dependency, where: local.path });
      open.push(dependency);
    }
  }
  return found;
}

async function packageAt(
  tree: SourceTree,
  path: string,
): Promise<{ readonly name: string; readonly dependencies: readonly string[] } | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  try {
    const name = recordOf(JSON.parse(text))["name"];
    return { name: typeof name === "string" ? name : path, dependencies: packageNames(text) };
  } catch {
    return undefined;
  }
}
