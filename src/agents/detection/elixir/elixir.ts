import type { Reason, Recipe, ReleaseStep } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { LineChoice } from "../../requirements/line-choice.ts";
import { type Assets, findAssets } from "../assets.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { procfileStart } from "../procfile-start.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { chooseElixir } from "./elixir-version.ts";
import { type Mix, readMix } from "./mix.ts";
import { readRuntimeConfig } from "./runtime-config.ts";

/** Elixir: releases of Phoenix and of other applications, umbrellas, and programs of one file. */
export const elixir: Language = {
  name: "elixir",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const mix = await readMix(tree, path);
    if (mix === undefined) return undefined;
    const start = startOf(mix);
    if (start === undefined) return library(mix);
    return await describe(tree, path, wishes, mix, start);
  },
};

interface Start {
  readonly way: "Release" | "Escript" | "Mix";
  readonly line: string;
  readonly from: string;
  /** Folder or file that the final image takes; undefined: everything. */
  readonly made?: string;
}

function startOf(mix: Mix): Start | undefined {
  const name = mix.release ?? (mix.isUmbrella ? undefined : mix.app);
  if (name !== undefined && (mix.starts || mix.isUmbrella)) {
    const made = `/app/_build/prod/rel/${name}`;
    return { way: "Release", line: `${made}/bin/${name} start`, from: `release ${name} of ${mix.file}`, made };
  }
  if (mix.escript !== undefined) {
    return { way: "Escript", line: `./${mix.escript}`, from: `escript of ${mix.file}` };
  }
  return mix.isUmbrella
    ? { way: "Mix", line: "mix run --no-halt", from: `umbrella without releases in ${mix.file}` }
    : undefined;
}

async function describe(tree: SourceTree, path: string, wishes: Wishes, mix: Mix, start: Start): Promise<Detection> {
  const choice = await chooseElixir(tree, path, mix, wishes);
  const phoenix = mix.dependencies.has("phoenix") || (mix.isUmbrella && (await hasPhoenixBelow(tree, path)));
  const serves = phoenix || (await servesAnything(tree, path, mix));
  const kind = start.way === "Escript" ? "Job" : serves ? "Web" : "Worker";
  const config = await readRuntimeConfig(tree, path);
  const procfile = await procfileStart(tree, path);
  const below = joinPath(path, "assets") ?? "assets";
  const assets = (await findAssets(tree, below, wishes)) ?? (await findAssets(tree, path, wishes));
  const folder = (await tree.has(`${below}/package.json`)) ? "assets" : ".";
  const migrate = start.way === "Release" ? await migrationOf(tree, path, mix, start) : undefined;
  const server = phoenix && start.way === "Mix" ? "mix phx.server" : start.line;
  const line = config.inFile && migrate !== undefined ? `${migrate.line} && exec ${server}` : server;
  const service = newService({
    name: serviceNameOf(path, kind),
    kind,
    path,
    language: "elixir",
    framework: phoenix ? "phoenix" : null,
    runtime: { name: "elixir", version: choice.version, from: choice.from },
    manager: mix.fetches
      ? {
          name: "mix",
          version: null,
          lockFile: mix.hasLock ? "mix.lock" : null,
          mode: mix.hasLock ? "Frozen" : "Unfrozen",
        }
      : null,
    recipe: elixirRecipe(path, { mix, start, tag: choice.tag, assets, folder, phoenix }),
    start: line,
    releaseSteps: [
      ...(procfile?.releaseSteps.filter(({ line: step }) => !/^(?:MIX_ENV=\w+ )?mix\s/.test(step)) ?? []),
      ...(migrate === undefined || config.inFile ? [] : [migrate]),
    ],
    volumes: [...config.volumes],
    env: [...config.env],
    port: phoenix
      ? { number: 4000, from: "Framework", readsPort: true }
      : {
          ...(serves ? { number: 4000 } : {}),
          from: "Framework",
          readsPort: config.env.some(({ source }) => source === "Port"),
        },
    probe: { startupSeconds: 120 },
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    sure: start.way === "Escript" ? "Likely" : "Certain",
    why: reasonsOf(mix, choice, start, { phoenix, line }),
  });
  const warnings = [
    ...(choice.warning === undefined ? [] : [choice.warning]),
    ...(assets?.warnings ?? []),
    ...(mix.fetches && !mix.hasLock ? ["no mix.lock: the newest dependencies that fit are taken at each build"] : []),
  ];
  return { sure: service.sure, services: [service], warnings };
}

/** The release's own migrator, else what Ecto's guide writes down: a release has no mix. */
async function migrationOf(tree: SourceTree, path: string, mix: Mix, start: Start): Promise<ReleaseStep | undefined> {
  if (!mix.dependencies.has("ecto_sql") && !mix.isUmbrella) return undefined;
  const program = start.line.replace(/ start$/, "");
  const files = await tree.files(path);
  const found = files.filter((file) => /(?:^|\/)lib\/(?:[\w/]{1,100}\/)?release\.ex$/.test(file)).slice(0, 4);
  for (const file of found) {
    const text = (await tree.read(file)) ?? "";
    const module = /^defmodule[ \t]+(?<name>[A-Z][\w.]{0,100})[ \t]+do/m.exec(text)?.groups?.["name"];
    if (module !== undefined && /^[ \t]*def[ \t]+migrate\b/m.test(text)) {
      return { name: "Migrate", line: `${program} eval "${module}.migrate"`, from: plainText(file) };
    }
  }
  const migrates = files.some((file) => /(?:^|\/)priv\/[\w-]{1,40}\/migrations\/\d\w*\.exs$/.test(file));
  if (!migrates || mix.app === undefined) return undefined;
  const code = `Application.load(:${mix.app}); for repo <- Application.fetch_env!(:${mix.app}, :ecto_repos), do: {:ok, _, _} = Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true))`;
  return { name: "Migrate", line: `${program} eval '${code}'`, from: "migrations of Ecto" };
}

async function hasPhoenixBelow(tree: SourceTree, path: string): Promise<boolean> {
  for (const name of await tree.list(joinPath(path, "apps") ?? "apps")) {
    const mix = name.endsWith("/") ? await readMix(tree, joinPath(path, "apps", name) ?? name) : undefined;
    if (mix?.dependencies.has("phoenix") === true) return true;
  }
  return false;
}

async function servesAnything(tree: SourceTree, path: string, mix: Mix): Promise<boolean> {
  if (["plug_cowboy", "bandit", "cowboy", "ace", "raxx"].some((name) => mix.dependencies.has(name))) return true;
  const files = (await tree.files(path)).filter((file) => /\.(?:ex|erl)$/.test(file)).slice(0, 100);
  for (const file of files) {
    if (/:gen_tcp\.listen\b|:httpd\b|:ssl\.listen\b/.test((await tree.read(file)) ?? "")) return true;
  }
  return false;
}

interface Making {
  readonly mix: Mix;
  readonly start: Start;
  readonly tag: string;
  readonly assets: Assets | undefined;
  /** Where package.json lies, relative to the service's folder. */
  readonly folder: string;
  readonly phoenix: boolean;
}

/** Where mix keeps Hex and rebar: the final image of a release has none of it. */
const mixFolder = "/opt/mix";

function elixirRecipe(path: string, making: Making): Recipe {
  const { mix, start, tag, assets } = making;
  const image = `docker.io/library/elixir:${tag}-slim`;
  const environment = { MIX_ENV: "prod", MIX_HOME: mixFolder, LANG: "C.UTF-8", ELIXIR_ERL_OPTIONS: "+fnu" };
  const install = installLines(making);
  return newRecipe({
    context: path,
    buildImage: image,
    runImage: image,
    borrows: [...(assets?.borrows ?? [])],
    buildPackages: mix.fetches ? ["build-essential", "git"] : [],
    tools: [...(assets?.tools ?? [])],
    manifests:
      mix.fetches && !mix.isUmbrella && !mix.readsFolders && assets === undefined
        ? ["mix.exs", ...(mix.hasLock ? ["mix.lock"] : []), "config/"]
        : [],
    install: install.length === 0 ? null : install.join(" && "),
    build: buildLines(making).join(" && "),
    caches: [...(assets?.caches ?? [])],
    buildEnv: { ...environment, ...assets?.buildEnv },
    runEnv: {
      LANG: "C.UTF-8",
      ...(start.way === "Mix" ? environment : {}),
      ...(making.phoenix ? { PHX_SERVER: "true" } : {}),
      // Nobody else talks to it by Erlang's own protocol, unless it says so.
      ...(start.way === "Release" && !mix.dependencies.has("libcluster") ? { RELEASE_DISTRIBUTION: "none" } : {}),
    },
    artifacts:
      start.made === undefined
        ? [...(start.way === "Mix" ? [{ from: mixFolder, to: mixFolder }] : []), { from: "/app", to: "/app" }]
        : [{ from: start.made, to: start.made }],
  });
}

function installLines({ mix, assets, folder }: Making): string[] {
  const lines = mix.fetches
    ? ["mix local.hex --force", "mix local.rebar --force", "mix deps.get --only prod", "mix deps.compile"]
    : [];
  if (mix.fetches && mix.aliases.has("assets.setup")) lines.push("mix assets.setup");
  if (assets !== undefined) lines.push(folder === "." ? assets.install : `(cd ${folder} && ${assets.install})`);
  return lines;
}

function buildLines({ mix, start, assets, folder, phoenix }: Making): string[] {
  const lines = ["mix compile"];
  if (mix.aliases.has("assets.deploy")) lines.push("mix assets.deploy");
  else if (assets !== undefined && assets.build !== null && phoenix) {
    lines.push(folder === "." ? assets.build : `(cd ${folder} && ${assets.build})`, "mix phx.digest");
  }
  if (start.way === "Release") lines.push(mix.release === undefined ? "mix release" : `mix release ${mix.release}`);
  if (start.way === "Escript") lines.push("mix escript.build");
  return lines;
}

function reasonsOf(
  mix: Mix,
  choice: LineChoice,
  start: Start,
  { phoenix, line }: { readonly phoenix: boolean; readonly line: string },
): Reason[] {
  const where = choice.where === undefined ? {} : { where: choice.where };
  return [
    { about: "runtime", value: `elixir ${choice.version}`, because: plainText(choice.from), ...where },
    { about: "start", value: plainText(line), because: plainText(start.from), where: mix.file },
    ...(phoenix ? [{ about: "framework", value: "phoenix", because: "a dependency", where: mix.file }] : []),
  ];
}

function library({ file }: Mix): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: `an Elixir library (${file})`,
    lookedFor: [
      ["mod: of application", "none: nothing is started"],
      ["releases, escript, apps_path", "none"],
    ],
  };
}
