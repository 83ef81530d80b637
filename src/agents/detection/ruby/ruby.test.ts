import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { ruby } from "./ruby.ts";

holdsLanguageContract(ruby, { Gemfile: 'source "https://rubygems.org"\ngem "rack"\n', "config.ru": "run App\n" });

async function service(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service> {
  return Service.parse((await detectIn(ruby, files, ".", wishes))?.services[0]);
}

function lock(gems: Readonly<Record<string, string>>, platforms = ["x86_64-linux"]): string {
  const specs = Object.entries(gems).map(([name, version]) => `    ${name} (${version})`);
  return [
    "GEM\n  remote: https://rubygems.org/\n  specs:",
    ...specs,
    `\nPLATFORMS\n${platforms.map((one) => `  ${one}`).join("\n")}`,
    "\nRUBY VERSION\n   ruby 3.2.1p31\n\nBUNDLED WITH\n   2.4.9\n",
  ].join("\n");
}

const rails = {
  Gemfile: 'source "https://rubygems.org"\nruby "3.2.1"\ngem "rails", "~> 7.1"\ngem "pg"\n# gem "mysql2"\n',
  "Gemfile.lock": lock({ rails: "7.1.2", railties: "7.1.2", pg: "1.5.4", bootsnap: "1.17.0", propshaft: "0.8.0" }),
  "config/application.rb": "module Shop\n  class Application < Rails::Application\n  end\nend\n",
  "config/environments/production.rb": "  # config.force_ssl = true\n",
  "config/database.yml": "production:\n  url: <%= ENV.fetch('DATABASE_URL') %>\n",
};

it("serves Rails as in production, migrates once per release, and makes the assets in the build", async () => {
  const found = await service(rails);
  expect(found).toMatchObject({
    kind: "Web",
    framework: "rails",
    runtime: { version: "3.2.1", from: 'Gemfile ruby "3.2.1"' },
    manager: { name: "bundler", version: "2.4.9", lockFile: "Gemfile.lock", mode: "Frozen" },
    start: "bundle exec rails server -b 0.0.0.0 -p $PORT",
    releaseSteps: [{ name: "Migrate", line: "bundle exec rails db:prepare", from: "Rails and pg" }],
    port: { number: 3000, readsPort: true },
    env: [{ name: "SECRET_KEY_BASE", source: "Generated" }],
    recipe: {
      buildImage: "docker.io/library/ruby:3.2.1-slim",
      manifests: ["Gemfile", "Gemfile.lock"],
      install: "bundle install && bundle exec bootsnap precompile --gemfile",
      build: "bundle exec rake assets:precompile && bundle exec bootsnap precompile app/ lib/",
      buildPackages: ["build-essential", "git", "libyaml-dev", "pkg-config", "libpq-dev"],
      runPackages: ["libjemalloc2", "libyaml-0-2", "libpq5"],
      buildEnv: { BUNDLE_FROZEN: "1", SECRET_KEY_BASE_DUMMY: "1", DATABASE_URL: "postgresql://localhost/build" },
      runEnv: { RAILS_ENV: "production", RAILS_LOG_TO_STDOUT: "1" },
      files: [],
    },
  });
});

it("keeps a database that is a file on a volume, and lets the program prepare it", async () => {
  const gems = { Gemfile: 'gem "rails"\ngem "sqlite3"\n', "Gemfile.lock": lock({ railties: "8.0.1", sqlite3: "2.5" }) };
  const stored = { "config/database.yml": "production:\n  primary:\n    database: storage/production.sqlite3\n" };
  const found = await service({ ...rails, ...gems, ...stored });
  expect(found.start).toBe("bundle exec rails db:prepare && exec bundle exec rails server -b 0.0.0.0 -p $PORT");
  expect(found.releaseSteps).toEqual([]);
  expect(found.volumes).toMatchObject([{ name: "data", path: "/app/storage" }]);
  const elsewhere = { "config/database.yml": "production:\n  database: db/production.sqlite3\n" };
  const moved = await service({ ...rails, ...gems, ...elsewhere });
  expect(moved.volumes).toMatchObject([{ path: "/data" }]);
  expect(moved.recipe.runEnv["DATABASE_URL"]).toBe("sqlite3:/data/production.sqlite3");
});

it("lets a link without a certificate reach Rails, and asks for the master key where Rails insists on it", async () => {
  const production = "  config.force_ssl = true\n  config.require_master_key = true\n";
  const files = { ...rails, "config/environments/production.rb": production };
  const detection = await detectIn(ruby, files);
  expect(detection?.warnings?.join()).toContain("FORCE_SSL");
  expect(detection?.services[0]?.recipe.files[0]?.path).toBe("/app/config/initializers/zz_repo_runner.rb");
  expect(detection?.services[0]?.env.find(({ source }) => source === "Needed")?.name).toBe("RAILS_MASTER_KEY");
  const proxied = { "config/environments/production.rb": `${production}  config.assume_ssl = true\n` };
  expect((await service({ ...rails, ...proxied })).recipe.files).toEqual([]);
});

it("borrows Node for the assets of a package.json, which jsbundling builds itself", async () => {
  const pkg = { "package.json": '{"scripts":{"build":"esbuild app"}}', "yarn.lock": "# yarn lockfile v1\n" };
  const bundling = { Gemfile: `${rails.Gemfile}gem "jsbundling-rails"\n` };
  const found = await service({ ...rails, ...bundling, ...pkg });
  expect(found.recipe.borrows.map(({ image, from }) => [image, from])).toEqual([
    ["docker.io/library/node:24-slim", "/usr/local/bin/node"],
    ["docker.io/library/node:24-slim", "/usr/local/lib/node_modules"],
  ]);
  expect(found.recipe.install).toMatch(/^bundle install && .* && yarn install --frozen-lockfile$/);
  expect(found.recipe.build).not.toContain("yarn");
  expect((await service({ ...rails, ...pkg })).recipe.build).toMatch(/^yarn run build && bundle exec rake assets/);
});

it("takes a migration out of a Procfile's web line", async () => {
  const web = "web: rake db:migrate && bundle exec bin/rails server -b 0.0.0.0 -p ${PORT:-3000}\nworker: sidekiq\n";
  const detection = await detectIn(ruby, { ...rails, Procfile: web });
  expect(detection?.services[0]).toMatchObject({
    start: "bundle exec bin/rails server -b 0.0.0.0 -p ${PORT:-3000}",
    releaseSteps: [{ name: "Migrate", line: "rake db:migrate", from: "Procfile web" }],
  });
});

it.each([
  ["puma", {}, "bundle exec puma -p $PORT"],
  ["puma", { "config/puma.rb": "port ENV['PORT']\n" }, "bundle exec puma"],
  ["unicorn", {}, "bundle exec unicorn -l 0.0.0.0:$PORT"],
  ["rackup", {}, "bundle exec rackup config.ru -o 0.0.0.0 -p $PORT"],
])("serves Rack by %s", async (gem, more, start) => {
  const found = await service({ Gemfile: `gem "sinatra"\ngem "${gem}"\n`, "config.ru": "run App\n", ...more });
  expect(found).toMatchObject({ start, framework: "sinatra", recipe: { runEnv: { RACK_ENV: "production" } } });
});

it("lets Bundler add Linux to a lock that lacks it, and takes the Gemfile's own Ruby out where another stands in", async () => {
  const mac = await service({
    Gemfile: 'gem "rack"\n',
    "Gemfile.lock": lock({ rack: "3" }, ["arm64-darwin-22"]),
    "config.ru": "",
  });
  expect(mac.recipe).toMatchObject({ manifests: [] });
  expect(mac.recipe.install).toBe("bundle install");
  expect(mac.recipe.buildEnv["BUNDLE_FROZEN"]).toBeUndefined();
  const platform = { ...anyPlatform, baseImages: "Listed", listed: { ruby: ["3.3"] } } as const;
  const other = await service(rails, { ...noWishes, platform });
  expect(other.runtime?.version).toBe("3.3");
  expect(other.recipe.install).toMatch(/^sed -i -E .* Gemfile && bundle install/);
});

it.each([
  [
    "Web",
    'require "socket"\nserver = TCPServer.new("0.0.0.0", ENV.fetch("PORT", 8080))\n',
    { number: 8080, readsPort: true },
  ],
  ["Web", 'require "webrick"\nWEBrick::HTTPServer.new(Port: 8000).start\n', { number: 8000, readsPort: false }],
  ["Worker", "loop do\n  sleep 1\nend\n", { readsPort: false }],
  ["Job", '# TCPServer.new(80)\nputs "done"\n', { readsPort: false }],
])("runs a program of one file as a %s", async (kind, text, port) => {
  const found = await service({ "main.rb": text });
  expect(found).toMatchObject({ kind, start: "ruby main.rb", port, manager: null, recipe: { install: null } });
});

it("runs a classic Sinatra program within its bundle", async () => {
  const found = await service({
    Gemfile: 'gem "sinatra"\ngem "puma"\n',
    "app.rb": 'require "sinatra"\nget("/") { "hi" }\n',
  });
  expect(found).toMatchObject({
    kind: "Web",
    start: "bundle exec ruby app.rb -o 0.0.0.0 -p $PORT",
    port: { number: 4567 },
  });
});

it("builds a Jekyll site once and serves its files", async () => {
  const found = await service({ Gemfile: 'gem "jekyll"\n', "_config.yml": "title: x\ndestination: ./public\n" });
  expect(found).toMatchObject({
    framework: "jekyll",
    start: "caddy run --config /etc/caddy/Caddyfile",
    recipe: { build: "bundle exec jekyll build", artifacts: [{ from: "/app/public", to: "/srv" }] },
  });
});

it("says that a gem is a library, and is silent on tools of others", async () => {
  expect(await detectIn(ruby, { Gemfile: "gemspec\n", "shop.gemspec": "" })).toMatchObject({
    services: [],
    notAService: "a Ruby gem (shop.gemspec)",
  });
  expect(await detectIn(ruby, { Gemfile: 'gem "cocoapods"\n', "package.json": "{}" })).toBeUndefined();
});

it.each([
  [{ ".ruby-version": "3.3.0\n" }, {}, "3.3.0"],
  [{ ".ruby-version": "3.3.0\n" }, { NIXPACKS_RUBY_VERSION: "3.1" }, "3.1"],
  [{ ".ruby-version": "jruby-9.4\n" }, {}, "3.2.1"],
  [{ "mise.toml": 'ruby = "4.0"\n' }, {}, "4.0"],
])("takes the Ruby that %j and %j name", async (files, env, version) => {
  const found = await service({ ...rails, ...files }, { ...noWishes, env });
  expect(found.runtime?.version).toBe(version);
});
