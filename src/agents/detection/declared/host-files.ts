import { parse } from "smol-toml";
import { z } from "zod";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { joinPath } from "../../config/service-files.ts";
import { readJson5, readYaml } from "../json5.ts";
import { isMissingProgram } from "../hosts/own-product.ts";
import type { SourceTree } from "../source-tree.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

/** What a file for another host or builder says about the service of its folder. */
export interface HostWords {
  /** `railpack.json` */
  readonly from: string;
  readonly wish: Partial<Pick<Wish, "install" | "build" | "start" | "packages" | "probe">>;
  /** Runtimes by name, as far as the file pins them: `{node: "22"}`. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

interface HostFile {
  readonly names: readonly string[];
  /** Words of a file that was read; undefined where it says nothing for us. */
  readonly read: (value: unknown) => Omit<HostWords, "from"> | undefined;
}

const line = z.string().max(2048).optional().catch(undefined);
const texts = z
  .record(z.string().max(128), z.unknown())
  .transform((all) =>
    Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  )
  .optional()
  .catch(undefined);
const list = z.array(z.unknown()).max(64).optional().catch(undefined);

const Step = z.object({ commands: list }).optional().catch(undefined);
const Railpack = z.object({
  packages: texts,
  buildAptPackages: list,
  steps: z.object({ install: Step, build: Step }).optional().catch(undefined),
  deploy: z.object({ startCommand: line, aptPackages: list }).optional().catch(undefined),
});

const Phase = z.object({ cmds: list, aptPkgs: list }).optional().catch(undefined);
const Nixpacks = z.object({
  phases: z.object({ setup: Phase, install: Phase, build: Phase }).optional().catch(undefined),
  start: z.object({ cmd: line }).optional().catch(undefined),
  variables: texts,
});

const Railway = z.object({
  build: z.object({ buildCommand: line }).optional().catch(undefined),
  deploy: z.object({ startCommand: line, healthcheckPath: line }).optional().catch(undefined),
});

const RenderService = z.object({
  type: line,
  rootDir: line,
  startCommand: line,
  healthCheckPath: line,
  envVars: z
    .array(z.object({ key: line, value: z.union([z.string(), z.number()]).optional().catch(undefined) }))
    .max(100)
    .optional()
    .catch(undefined),
});
const Render = z.object({ services: z.array(RenderService).max(50).optional().catch(undefined) });

const Heroku = z.object({
  build: z.object({ docker: z.unknown().optional() }).optional().catch(undefined),
  run: z.object({ web: line }).optional().catch(undefined),
});

/** Files that say how a folder is built and started, the surest first. */
const files: readonly HostFile[] = [
  { names: ["railpack.json"], read: railpack },
  { names: ["nixpacks.toml", "nixpacks.json"], read: nixpacks },
  { names: ["railway.json", "railway.toml"], read: railway },
  { names: ["render.yaml"], read: render },
  { names: ["heroku.yml"], read: heroku },
];

/** What the first file of another host that lies in a folder says. */
export async function readHostFiles(tree: SourceTree, folder: string): Promise<readonly HostWords[]> {
  const there = new Set(await tree.list(folder));
  const found: HostWords[] = [];
  for (const { names, read } of files) {
    for (const name of names.filter((one) => there.has(one))) {
      const path = joinPath(folder, name) ?? name;
      const words = read(valueOf(name, ((await tree.read(path)) ?? "").slice(0, 131_072)));
      if (words !== undefined)
        found.push({ from: path, ...words, wish: await withoutProducts(tree, folder, words.wish) });
    }
  }
  return found;
}

/** A start of what only the other builder's own build would have made is no start here. */
async function withoutProducts(tree: SourceTree, folder: string, wish: HostWords["wish"]): Promise<HostWords["wish"]> {
  const { start, ...rest } = wish;
  return start === undefined || (wish.build === undefined && (await isMissingProgram(tree, folder, start)))
    ? rest
    : wish;
}

/** A file of another host by its ending: YAML, JSON with comments, or TOML; undefined for what is none. */
export function valueOf(name: string, text: string): unknown {
  if (/\.ya?ml$/.test(name)) return readYaml(text);
  if (name.endsWith(".json")) return readJson5(text);
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function railpack(value: unknown): Omit<HostWords, "from"> | undefined {
  const { data } = Railpack.safeParse(value);
  if (data === undefined) return undefined;
  const packages = [...namesIn(data.buildAptPackages), ...namesIn(data.deploy?.aptPackages)];
  return {
    wish: {
      ...lineAs("install", joined(data.steps?.install?.commands)),
      ...lineAs("build", joined(data.steps?.build?.commands)),
      ...lineAs("start", data.deploy?.startCommand),
      ...(packages.length === 0 ? {} : { packages }),
    },
    runtimes: runtimesIn(data.packages ?? {}),
    env: [],
  };
}

function nixpacks(value: unknown): Omit<HostWords, "from"> | undefined {
  const { data } = Nixpacks.safeParse(value);
  if (data === undefined) return undefined;
  const packages = namesIn(data.phases?.setup?.aptPkgs);
  // `/assets` is a folder of its own images: what is called there is nowhere else.
  const ours = (text: string | undefined): string | undefined =>
    text === undefined || /(?:^|[\s;&|("'=])\/assets\//.test(text) ? undefined : text;
  return {
    wish: {
      ...lineAs("install", ours(joined(data.phases?.install?.cmds))),
      ...lineAs("build", ours(joined(data.phases?.build?.cmds))),
      ...lineAs("start", ours(data.start?.cmd)),
      ...(packages.length === 0 ? {} : { packages }),
    },
    runtimes: {},
    env: Object.entries(data.variables ?? {})
      .filter(([name]) => /^[A-Z_][A-Z0-9_]*$/.test(name))
      .map(([name, text]) => ({ name, value: text.slice(0, 2048) })),
  };
}

function railway(value: unknown): Omit<HostWords, "from"> | undefined {
  const { data } = Railway.safeParse(value);
  if (data === undefined) return undefined;
  const path = data.deploy?.healthcheckPath;
  return {
    wish: {
      ...lineAs("build", data.build?.buildCommand),
      ...lineAs("start", data.deploy?.startCommand),
      ...(path === undefined || !path.startsWith("/") ? {} : { probe: { path } }),
    },
    runtimes: {},
    env: [],
  };
}

/** The only web service of a blueprint; its build command is left alone, for it installs as well. */
function render(value: unknown): Omit<HostWords, "from"> | undefined {
  const services = Render.safeParse(value).data?.services ?? [];
  const web = services.filter(({ type }) => type === "web");
  const [service] = web;
  if (service === undefined || web.length > 1 || !["", ".", "./"].includes(service.rootDir ?? "")) return undefined;
  const path = service.healthCheckPath;
  const versions = (service.envVars ?? []).flatMap(({ key, value: text }) => {
    const name = /^(NODE|PYTHON|GO|RUBY)_VERSION$/.exec(key ?? "")?.[1]?.toLowerCase();
    return name === undefined || text === undefined ? [] : [[name, String(text)] as const];
  });
  return {
    wish: {
      ...lineAs("start", service.startCommand),
      ...(path === undefined || !path.startsWith("/") ? {} : { probe: { path } }),
    },
    runtimes: runtimesIn(Object.fromEntries(versions)),
    env: [],
  };
}

function heroku(value: unknown): Omit<HostWords, "from"> | undefined {
  const { data } = Heroku.safeParse(value);
  const start = data?.run?.web;
  // With `build.docker` the line is about that image.
  return start === undefined || data?.build?.docker !== undefined
    ? undefined
    : { wish: lineAs("start", start), runtimes: {}, env: [] };
}

/** One shell line of several commands; undefined where `...` stands for what the other builder would have done. */
function joined(commands: readonly unknown[] | undefined): string | undefined {
  if (commands === undefined || commands.includes("...")) return undefined;
  const shell = commands.flatMap((one) => {
    if (typeof one === "string") return [one];
    const cmd: unknown = one !== null && typeof one === "object" && "cmd" in one ? one.cmd : undefined;
    return typeof cmd === "string" ? [cmd] : [];
  });
  return shell.length === 0 ? undefined : shell.join(" && ");
}

function lineAs<K extends "install" | "build" | "start">(key: K, text: string | undefined): Partial<Record<K, string>> {
  const trimmed = text?.replaceAll(/\s*\n\s*/g, " ").trim();
  // prettier-ignore
  return trimmed === undefined || trimmed === "" || trimmed.length > 2048 ? {} : ({ [key]: trimmed } as Partial<Record<K, string>>);
}

function namesIn(packages: readonly unknown[] | undefined): string[] {
  return (packages ?? []).filter(
    (name): name is string => typeof name === "string" && /^[a-z0-9][a-z0-9.+-]{0,63}$/.test(name),
  );
}

function runtimesIn(all: Readonly<Record<string, string>>): Record<string, string> {
  const numbers = Object.entries(all).map(([name, text]) => [name, text.replace(/^[a-z]+-/, "")] as const);
  return Object.fromEntries(numbers.filter(([, text]) => /^\d[\w.]{0,31}$/.test(text)));
}
