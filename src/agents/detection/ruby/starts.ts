import { joinPath } from "../../config/service-files.ts";
import { procfileStart } from "../procfile-start.ts";
import type { SourceTree } from "../source-tree.ts";
import type { Gems } from "./gems.ts";
import { findRails } from "./rails.ts";
import { findScript, type RubyScript } from "./scripts.ts";
import type { RubyStart } from "./start.ts";

/** Site generators: what builds them, and where the pages are then. */
const generators: readonly { gem: string; build: string; site: string }[] = [
  { gem: "jekyll", build: "bundle exec jekyll build", site: "_site" },
  { gem: "github-pages", build: "bundle exec jekyll build", site: "_site" },
  { gem: "bridgetown", build: "bundle exec bridgetown deploy", site: "output" },
  { gem: "middleman", build: "bundle exec middleman build", site: "build" },
  { gem: "nanoc", build: "bundle exec nanoc", site: "output" },
];

/** Every way to start what a folder holds, surest first: Procfile, framework, program. */
export async function findStarts(
  tree: SourceTree,
  folder: string,
  gems: Gems | undefined,
): Promise<readonly RubyStart[]> {
  const script = await findScript(tree, folder);
  const framework =
    gems === undefined
      ? undefined
      : ((await findRails(tree, folder, gems)) ??
        (await findRack(tree, folder, gems)) ??
        (await findSite(tree, folder, gems)) ??
        findSidekiq(folder, gems));
  const known = [framework, script === undefined ? undefined : scriptStart(script, gems)].filter(
    (start) => start !== undefined,
  );
  const procfile = await fromProcfile(tree, folder, known[0], gems);
  return procfile === undefined ? known : [procfile, ...known];
}

async function fromProcfile(
  tree: SourceTree,
  folder: string,
  known: RubyStart | undefined,
  gems: Gems | undefined,
): Promise<RubyStart | undefined> {
  const said = await procfileStart(tree, folder);
  if (said === undefined || (gems === undefined && !/(?:^|[\s/])(?:ruby|puma|rackup)\s/.test(said.line))) {
    return undefined;
  }
  const releaseSteps = said.releaseSteps.length > 0 ? said.releaseSteps : (known?.releaseSteps ?? []);
  // `web: ruby app.rb` of a program that only prints is no server.
  const runs = /^(?:bundle exec )?ruby(?: -\S+)* (?<file>[\w./-]+\.rb)(?:\s|$)/.exec(said.line)?.groups?.["file"];
  const kind = runs !== undefined && known?.framework === null && known.line.endsWith(runs) ? known.kind : said.kind;
  const readsPort = /\$\{?PORT\b|\bpuma\b/.test(said.line) || known?.port?.readsPort === true;
  return {
    ...known,
    kind,
    framework: known?.framework ?? null,
    line: said.line,
    from: said.from,
    where: said.where,
    sure: "Certain",
    ...(known?.port === undefined && !readsPort ? {} : { port: { from: "Framework", ...known?.port, readsPort } }),
    releaseSteps,
    warnings: [...(known?.warnings ?? []), ...said.warnings],
  };
}

/** A Rack application by the server that is among its gems. */
async function findRack(tree: SourceTree, folder: string, gems: Gems): Promise<RubyStart | undefined> {
  const where = joinPath(folder, "config.ru") ?? "config.ru";
  if (!(await tree.has(where))) return undefined;
  const has = (name: string): boolean => gems.names.has(name);
  const settings = await tree.has(joinPath(folder, "config/puma.rb") ?? "");
  const lines: readonly (readonly [gem: string, line: string])[] = [
    // Its own settings may bind an address already, and read PORT for it.
    ["puma", settings ? "bundle exec puma" : "bundle exec puma -p $PORT"],
    ["falcon", "bundle exec falcon serve --bind http://0.0.0.0:$PORT"],
    ["unicorn", "bundle exec unicorn -l 0.0.0.0:$PORT"],
    ["thin", "bundle exec thin start -a 0.0.0.0 -p $PORT"],
  ];
  const [server, line] = lines.find(([gem]) => has(gem)) ?? [
    "rackup",
    "bundle exec rackup config.ru -o 0.0.0.0 -p $PORT",
  ];
  const framework = ["hanami", "sinatra", "roda", "grape", "cuba", "padrino"].find(has) ?? "rack";
  return {
    kind: "Web",
    framework,
    line,
    from: `config.ru, served by ${server}`,
    where,
    sure: "Certain",
    port: { number: framework === "sinatra" ? 4567 : 9292, from: "Framework", readsPort: true },
    runEnv: { RACK_ENV: "production", APP_ENV: "production", ...(has("hanami") ? { HANAMI_ENV: "production" } : {}) },
  };
}

async function findSite(tree: SourceTree, folder: string, gems: Gems): Promise<RubyStart | undefined> {
  const generator = generators.find(({ gem }) => gems.names.has(gem));
  if (generator === undefined) return undefined;
  const file = ["_config.yml", "_config.yaml", "config.rb", "nanoc.yaml", "bridgetown.config.yml", "Gemfile"];
  const there: string[] = [];
  for (const name of file) if (await tree.has(joinPath(folder, name) ?? name)) there.push(name);
  const config = (await tree.read(joinPath(folder, "_config.yml") ?? "_config.yml")) ?? "";
  const told = /^destination:[ \t]*["']?\.?\/?(?<folder>[\w][\w/-]{0,80})["']?[ \t]*$/m.exec(config)?.groups?.[
    "folder"
  ];
  return {
    kind: "Web",
    framework: generator.gem === "github-pages" ? "jekyll" : generator.gem,
    line: "",
    from: `${generator.gem} is a gem of it`,
    where: joinPath(folder, there[0] ?? "Gemfile") ?? "Gemfile",
    sure: there[0] === "Gemfile" ? "Likely" : "Certain",
    build: [generator.build],
    buildEnv: { JEKYLL_ENV: "production", BRIDGETOWN_ENV: "production" },
    site: told ?? generator.site,
  };
}

function findSidekiq(folder: string, gems: Gems): RubyStart | undefined {
  if (!gems.names.has("sidekiq")) return undefined;
  const where = joinPath(folder, "Gemfile") ?? "Gemfile";
  return {
    kind: "Worker",
    framework: "sidekiq",
    line: "bundle exec sidekiq",
    from: "sidekiq is a gem of it, and nothing serves",
    where,
    sure: "Likely",
  };
}

/** Runs a program by its file, within its bundle where it has gems. */
function scriptStart(script: RubyScript, gems: Gems | undefined): RubyStart {
  const bundled = gems !== undefined && gems.names.size > 0;
  // A classic Sinatra program takes flags of its own.
  const flags = script.framework === "sinatra" ? " -o 0.0.0.0 -p $PORT" : "";
  const port =
    script.framework === "sinatra" ? { number: 4567, from: "Framework" as const, readsPort: true } : script.port;
  return {
    kind: script.kind,
    framework: script.framework,
    line: `${bundled ? "bundle exec " : ""}ruby ${script.file}${flags}`,
    from: `${script.path}: ${script.because}`,
    where: script.path,
    sure: script.kind === "Web" ? "Certain" : "Likely",
    port,
    runEnv: { RACK_ENV: "production", APP_ENV: "production" },
    warnings: script.warnings,
  };
}
