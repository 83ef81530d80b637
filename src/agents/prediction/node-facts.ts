import type { Scene } from "./prediction-rule.ts";
import { pathIn } from "./prediction-rule.ts";

/** What a package.json says, as far as predictions ask. */
export interface Manifest {
  readonly path: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly production: ReadonlyMap<string, string>;
  readonly development: ReadonlyMap<string, string>;
  readonly optional: ReadonlyMap<string, string>;
  /** All three. */
  readonly all: ReadonlyMap<string, string>;
  /** `engines.node` */
  readonly engines: string | undefined;
  /** It replaces versions of others: what its dependencies say is not the whole. */
  readonly overrides: boolean;
  readonly workspaces: boolean;
  /** Of a lock of npm: its `packages`. */
  readonly packages: Readonly<Record<string, unknown>> | undefined;
}

/** The service's package.json; undefined where it is none. */
export async function packageJsonOf(scene: Scene): Promise<Manifest | undefined> {
  return await packageJsonAt(scene, scene.service.path);
}

/** A package.json, or another file of that form. */
export async function packageJsonAt(
  { tree }: Pick<Scene, "tree">,
  folder: string,
  name = "package.json",
): Promise<Manifest | undefined> {
  const path = pathIn({ path: folder }, name);
  const json = parsed(await tree.read(path));
  if (json === undefined) return undefined;
  const [production, development, optional] = ["dependencies", "devDependencies", "optionalDependencies"].map((field) =>
    textsOf(json[field]),
  );
  const parts = [
    production ?? new Map<string, string>(),
    development ?? new Map<string, string>(),
    optional ?? new Map<string, string>(),
  ] as const;
  return {
    path,
    scripts: Object.fromEntries(textsOf(json["scripts"])),
    production: parts[0],
    development: parts[1],
    optional: parts[2],
    all: new Map([...parts[2], ...parts[1], ...parts[0]]),
    engines: isRecord(json["engines"]) ? textOf(json["engines"]["node"]) : undefined,
    overrides: ["overrides", "resolutions", "pnpm"].some((field) => json[field] !== undefined),
    workspaces: json["workspaces"] !== undefined,
    packages: isRecord(json["packages"]) ? json["packages"] : undefined,
  };
}

/** `.npmrc` beside the manifest, key by key. */
export async function npmrcOf({ tree, service }: Scene): Promise<ReadonlyMap<string, string>> {
  const text = ((await tree.read(pathIn(service, ".npmrc"))) ?? "").slice(0, 20_000);
  const lines = text.split("\n").flatMap((line) => {
    const { key, value } =
      /^\s*(?<key>[a-z][\w-]{1,60})\s*=\s*"?(?<value>[^"\n#;]{1,200}?)"?\s*$/.exec(line)?.groups ?? {};
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  return new Map(lines);
}

/** An object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text of JSON. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** An object's texts by their names. */
export function textsOf(value: unknown): ReadonlyMap<string, string> {
  if (!isRecord(value)) return new Map();
  return new Map(
    Object.entries(value)
      .slice(0, 2000)
      .flatMap(([name, said]) => (typeof said === "string" ? [[name, said] as const] : [])),
  );
}

/** A JSON file's object; undefined for what is none. */
export function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
