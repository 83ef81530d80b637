import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { elixir } from "./elixir.ts";

function mixOf(parts: { deps?: string; project?: string; mod?: boolean }): string {
  return `defmodule Shop.MixProject do
  use Mix.Project
  def project do
    [app: :shop, version: "0.1.0", elixir: "~> 1.14", deps: deps(), aliases: aliases()${parts.project ?? ""}]
  end
  def application do
    [extra_applications: [:logger]${parts.mod === false ? "" : ", mod: {Shop.Application, []}"}]
  end
  defp deps do
    [
      # {:commented, "~> 1.0"},
      ${parts.deps ?? ""}
    ]
  end
  defp aliases do
    ["assets.setup": ["tailwind.install"], "assets.deploy": ["phx.digest"]]
  end
end
`;
}

holdsLanguageContract(elixir, { "mix.exs": mixOf({}) });

async function service(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service> {
  return Service.parse((await detectIn(elixir, files, ".", wishes))?.services[0]);
}

const phoenix = {
  "mix.exs": mixOf({ deps: '{:phoenix, "~> 1.7"},\n      {:ecto_sql, "~> 3.10"}, {:postgrex, ">= 0.0.0"}' }),
  "mix.lock": '%{\n  "phoenix": {:hex, :phoenix, "1.7.14"},\n}\n',
  "config/runtime.exs": `import Config
if System.get_env("PHX_SERVER"), do: nil
database_url =
  System.get_env("DATABASE_URL") ||
    raise "DATABASE_URL is missing"
secret = System.get_env("SECRET_KEY_BASE") || raise "missing"
host = System.get_env("PHX_HOST") || "example.com"
port = String.to_integer(System.get_env("PORT") || "4000")
# System.fetch_env!("MAILGUN_KEY")
`,
  "priv/repo/migrations/20240101000000_create.exs": "",
};

it("makes a release of Phoenix, and migrates by it before the new pods serve", async () => {
  const found = await service(phoenix);
  expect(found).toMatchObject({
    kind: "Web",
    framework: "phoenix",
    runtime: { version: "1.18", from: 'mix.exs elixir "~> 1.14"' },
    start: "/app/_build/prod/rel/shop/bin/shop start",
    port: { number: 4000, readsPort: true },
    recipe: {
      buildImage: "docker.io/library/elixir:1.18-slim",
      manifests: ["mix.exs", "mix.lock", "config/"],
      install:
        "mix local.hex --force && mix local.rebar --force && mix deps.get --only prod && mix deps.compile && mix assets.setup",
      build: "mix compile && mix assets.deploy && mix release",
      runEnv: { PHX_SERVER: "true" },
      artifacts: [{ from: "/app/_build/prod/rel/shop", to: "/app/_build/prod/rel/shop" }],
    },
  });
  expect(found.env.map(({ name, source }) => [name, source])).toEqual([
    ["DATABASE_URL", "Needed"],
    ["SECRET_KEY_BASE", "Generated"],
    ["PHX_HOST", "Literal"],
    ["PORT", "Port"],
  ]);
  expect(found.releaseSteps[0]?.line).toMatch(
    /^\/app\/_build\/prod\/rel\/shop\/bin\/shop eval 'Application\.load\(:shop\);/,
  );
});

it("calls the release's own migrator where it has one", async () => {
  const release = "defmodule Shop.Release do\n  @app :shop\n  def migrate do\n  end\nend\n";
  const found = await service({ ...phoenix, "lib/shop/release.ex": release });
  expect(found.releaseSteps).toEqual([
    {
      name: "Migrate",
      line: '/app/_build/prod/rel/shop/bin/shop eval "Shop.Release.migrate"',
      from: "lib/shop/release.ex",
    },
  ]);
});

it("keeps a database that is a file on a volume, and migrates before it starts", async () => {
  const files = { ...phoenix, "config/runtime.exs": 'System.get_env("DATABASE_PATH") || raise "missing"\n' };
  const found = await service(files);
  expect(found.volumes).toMatchObject([{ path: "/data" }]);
  expect(found.releaseSteps).toEqual([]);
  expect(found.start).toMatch(/ eval '.*' && exec .*\/shop start$/);
});

it("fetches nothing where there is nothing to fetch", async () => {
  const found = await service({ "mix.exs": mixOf({}), "lib/shop.ex": ":gen_tcp.listen(4000, [])\n" });
  expect(found).toMatchObject({ kind: "Web", manager: null, recipe: { install: null, buildPackages: [] } });
  expect((await service({ "mix.exs": mixOf({}) })).kind).toBe("Worker");
});

it("takes the release that is named, and an umbrella's", async () => {
  const named = mixOf({ project: ", releases: [store: [include_executables_for: [:unix]]]" });
  expect(await service({ "mix.exs": named })).toMatchObject({
    start: "/app/_build/prod/rel/store/bin/store start",
    recipe: { build: "mix compile && mix assets.deploy && mix release store" },
  });
  const umbrella = { "mix.exs": 'use Mix.Project\n[apps_path: "apps", deps: []]\n' };
  const web = mixOf({ deps: '{:phoenix, "~> 1.7"}' });
  expect((await service({ ...umbrella, "apps/web/mix.exs": web })).start).toBe("mix phx.server");
});

it("borrows Node for the assets of an older Phoenix", async () => {
  const old = phoenix["mix.exs"].replace('"assets.deploy"', '"assets.other"');
  const found = await service({ ...phoenix, "mix.exs": old, "assets/package.json": '{"scripts":{"build":"webpack"}}' });
  expect(found.recipe.install).toMatch(/ && \(cd assets && npm install\)$/);
  expect(found.recipe.build).toBe("mix compile && (cd assets && npm run build) && mix phx.digest && mix release");
  expect(found.recipe.borrows[0]?.from).toBe("/usr/local/bin/node");
});

it("makes a program of one file, and says that a library is none", async () => {
  const program = mixOf({ mod: false, project: ", escript: [main_module: Shop.CLI]" });
  expect(await service({ "mix.exs": program })).toMatchObject({ kind: "Job", start: "./shop" });
  expect(await detectIn(elixir, { "mix.exs": mixOf({ mod: false }) })).toMatchObject({
    services: [],
    notAService: "an Elixir library (mix.exs)",
  });
});

it.each([
  [{ ".tool-versions": "elixir 1.17.3-otp-27\nerlang 27.1\n" }, "1.17.3", "1.17.3-otp-27"],
  [{ ".tool-versions": "erlang 26.2\n" }, "1.18", "1.18-otp-26"],
  [{ ".elixir-version": "1.15\n" }, "1.15", "1.15"],
])("takes the Elixir and the Erlang that %j names", async (files, version, tag) => {
  const found = await service({ "mix.exs": mixOf({}), ...files });
  expect(found.runtime?.version).toBe(version);
  expect(found.recipe.buildImage).toBe(`docker.io/library/elixir:${tag}-slim`);
});

it("lets another Elixir stand in", async () => {
  const platform = { ...anyPlatform, baseImages: "Listed", listed: { elixir: ["1.18"] } } as const;
  const wishes = { ...noWishes, platform };
  const detection = await detectIn(elixir, { "mix.exs": mixOf({}), ".elixir-version": "1.15\n" }, ".", wishes);
  expect(detection?.services[0]?.runtime?.version).toBe("1.18");
  expect(detection?.warnings?.[0]).toContain("1.18 stands in");
});
