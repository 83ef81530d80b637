import { joinPath } from "../../config/service-files.ts";
import type { Variable, Volume } from "../../../plan.ts";
import type { SourceTree } from "../source-tree.ts";
import type { Gems } from "./gems.ts";
import type { RubyStart } from "./start.ts";

/** Rails: production's server, assets once per image, migrations once per release. */
export async function findRails(tree: SourceTree, folder: string, gems: Gems): Promise<RubyStart | undefined> {
  const where = joinPath(folder, "config/application.rb") ?? "";
  if (!/\bRails::Application\b/.test((await tree.read(where)) ?? "")) return undefined;
  const has = (name: string): boolean => gems.names.has(name);
  const read = async (name: string): Promise<string> => uncommented(await tree.read(joinPath(folder, name) ?? name));
  const database = await databaseOf(await read("config/database.yml"), has);
  const production = await read("config/environments/production.rb");
  const major = Number.parseInt(gems.locked.get("railties") ?? gems.locked.get("rails") ?? "7", 10);
  const migrate = `bundle exec rails ${major >= 6 ? "db:prepare" : "db:migrate"}`;
  const server = "bundle exec rails server -b 0.0.0.0 -p $PORT";
  const keyless = /^[ \t]*config\.require_master_key\s*=\s*true/m.test(production);
  return {
    kind: "Web",
    framework: "rails",
    line: database.inFile ? `${migrate} && exec ${server}` : server,
    from: `Rails in config/application.rb${database.inFile ? "; its database is a file, so the program itself prepares it" : ""}`,
    where,
    sure: "Certain",
    port: { number: 3000, from: "Framework", readsPort: true },
    releaseSteps:
      database.engine === undefined || database.inFile
        ? []
        : [{ name: "Migrate", line: migrate, from: `Rails and ${database.engine}` }],
    env: [
      { name: "SECRET_KEY_BASE", source: "Generated", phase: "Run", where, why: "Rails signs its cookies with it" },
      ...(keyless ? [masterKey] : []),
    ],
    runEnv: {
      RAILS_ENV: "production",
      RACK_ENV: "production",
      RAILS_LOG_TO_STDOUT: "1",
      RAILS_SERVE_STATIC_FILES: "1",
      ...database.runEnv,
    },
    buildEnv: {
      RAILS_ENV: "production",
      // Nothing of these is kept: Rails only asks whether there is a key before it makes the assets.
      SECRET_KEY_BASE_DUMMY: "1",
      SECRET_KEY_BASE: "only-while-building",
      ...(database.readsUrl ? { DATABASE_URL: "postgresql://localhost/build" } : {}),
    },
    afterInstall: has("bootsnap") ? ["bundle exec bootsnap precompile --gemfile"] : [],
    build: [
      ...(["sprockets", "sprockets-rails", "propshaft", "shakapacker", "webpacker", "vite_rails"].some(has)
        ? ["bundle exec rake assets:precompile"]
        : []),
      ...(has("bootsnap") ? ["bundle exec bootsnap precompile app/ lib/"] : []),
    ],
    buildsAssets: ["jsbundling-rails", "cssbundling-rails", "shakapacker", "webpacker", "vite_rails"].some(has),
    volumes: database.volumes,
    ...plainHttp(production),
  };
}

const masterKey: Variable = {
  name: "RAILS_MASTER_KEY",
  source: "Needed",
  phase: "Run",
  where: "config/environments/production.rb",
  why: "config.require_master_key",
};

interface RailsDatabase {
  readonly engine: string | undefined;
  readonly inFile: boolean;
  readonly readsUrl: boolean;
  readonly runEnv: Readonly<Record<string, string>>;
  readonly volumes: readonly Volume[];
}

/** What stores the data. A file is kept on a volume: below `storage/` where it lies there already, else where DATABASE_URL says. */
async function databaseOf(settings: string, has: (gem: string) => boolean): Promise<RailsDatabase> {
  const production = /^production:[ \t]*\n(?<block>(?:[ \t]+[^\n]*\n?|\n)*)/m.exec(settings)?.groups?.["block"] ?? "";
  const engine = ["pg", "mysql2", "trilogy", "activerecord-cockroachdb-adapter"].find(has);
  const readsUrl = /ENV\.fetch\(\s*["']DATABASE_URL["']\s*\)/.test(settings);
  if (engine !== undefined || !has("sqlite3")) return { engine, inFile: false, readsUrl, runEnv: {}, volumes: [] };
  const stored = /\bstorage\//.test(production === "" ? settings : production);
  const kept = stored ? "/app/storage" : "/data";
  return {
    engine: "sqlite3",
    inFile: true,
    readsUrl: false,
    runEnv: stored ? {} : { DATABASE_URL: "sqlite3:/data/production.sqlite3" },
    volumes: [{ name: "data", path: kept, where: "config/database.yml" }],
  };
}

/**
 * `config.force_ssl` sends everybody to https, which a link without a certificate does not have. Rails has no variable for it, so a further
 * initializer lets one decide.
 */
function plainHttp(production: string): Pick<RubyStart, "files" | "warnings"> {
  if (
    !/^[ \t]*config\.force_ssl\s*=\s*true/m.test(production) ||
    /^[ \t]*config\.assume_ssl\s*=\s*true/m.test(production)
  ) {
    return {};
  }
  return {
    files: [
      {
        path: "/app/config/initializers/zz_repo_runner.rb",
        text: 'Rails.application.config.force_ssl = ENV["FORCE_SSL"] == "true"\n',
      },
    ],
    warnings: ["config.force_ssl is off, for the link may be plain http; FORCE_SSL=true turns it on"],
  };
}

/** A file's lines without those that are comments. */
function uncommented(text: string | undefined): string {
  return (text ?? "").replaceAll(/^[ \t]*#[^\n]*$/gm, "");
}
