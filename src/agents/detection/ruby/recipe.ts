import type { Recipe } from "../../../plan.ts";
import { type Assets, nodeProgram } from "../assets.ts";
import { newRecipe } from "../new-service.ts";
import { caddyStage } from "../static/caddy.ts";
import type { Gems } from "./gems.ts";
import type { RubyChoice } from "./ruby-version.ts";
import type { RubyStart } from "./start.ts";
import { rubyLibraries } from "./system-libraries.ts";

/** All that was found out, before it is written down as a recipe. */
export interface RubyFacts {
  readonly path: string;
  readonly gems: Gems | undefined;
  readonly choice: RubyChoice;
  readonly start: RubyStart;
  /** Node that the build borrows: for a package.json beside it, or for gems that run JavaScript. */
  readonly node: Pick<Assets, "borrows" | "tools"> | undefined;
  readonly assets: Assets | undefined;
  /** A gem runs JavaScript while the program does. */
  readonly runsNode: boolean;
}

/** Where the official image has its gems. */
const gemFolder = "/usr/local/bundle";

/** How a Ruby image is made: gems in a build stage with a compiler, copied with the sources into a slim one. */
export function rubyRecipe(facts: RubyFacts): Recipe {
  const { path, gems, choice, start, node, assets } = facts;
  const image = `docker.io/library/ruby:${choice.version}-slim`;
  const libraries = rubyLibraries(gems?.names ?? new Set());
  const fetches = gems?.fetches === true;
  const bundled = gems !== undefined && gems.names.size > 0;
  const site = start.site === undefined ? undefined : caddyStage(`/app/${start.site}`, false);
  const build = [
    ...(assets === undefined || assets.build === null || start.buildsAssets === true ? [] : [assets.build]),
    ...(start.build ?? []),
  ].join(" && ");
  const bundler = bundledBy(gems, choice.version);
  return newRecipe({
    context: path,
    buildImage: image,
    runImage: image,
    borrows: [...(node?.borrows ?? [])],
    buildPackages: fetches
      ? [...new Set(["build-essential", "git", "libyaml-dev", "pkg-config", ...libraries.build])]
      : [],
    runPackages: fetches && site === undefined ? [...new Set(["libjemalloc2", "libyaml-0-2", ...libraries.run])] : [],
    tools: [...(node?.tools ?? []), ...(assets === undefined ? [] : assets.tools.slice(1)), ...bundler],
    manifests: bundled && !rewrites(facts) && !gems.readsFiles && assets === undefined ? manifestsOf(gems) : [],
    install: installOf(facts),
    build: build === "" ? null : build,
    prune: assets === undefined || site !== undefined ? null : "rm -rf node_modules",
    caches: [...(assets?.caches ?? [])],
    buildEnv: {
      ...(bundled ? bundleEnv(facts) : {}),
      ...(fetches ? { BUNDLE_JOBS: "4", BUNDLE_RETRY: "3" } : {}),
      ...assets?.buildEnv,
      ...start.buildEnv,
    },
    artifacts: [
      ...(bundled ? [{ from: gemFolder, to: gemFolder }] : []),
      ...(facts.runsNode ? [{ from: nodeProgram, to: nodeProgram }] : []),
      { from: "/app", to: "/app" },
    ],
    ...(site ?? {
      runEnv: {
        ...(bundled ? bundleEnv(facts) : {}),
        ...(fetches ? { MALLOC_ARENA_MAX: "2", LD_PRELOAD: "libjemalloc.so.2" } : {}),
        ...start.runEnv,
      },
      files: [...(start.files ?? [])],
    }),
  });
}

/** The Gemfile has to be changed here, or Bundler adds to its lock: neither may be copied over again afterwards. */
function rewrites({ gems, choice }: RubyFacts): boolean {
  return choice.refused || gems?.lacksLinux === true;
}

function installOf(facts: RubyFacts): string | null {
  const { gems, choice, start, assets } = facts;
  const lines: string[] = [];
  if (gems !== undefined && gems.names.size > 0) {
    // Bundler refuses every Ruby but the one that the Gemfile names, also where another stands in for it.
    if (choice.refused) lines.push(String.raw`sed -i -E '/^[[:space:]]*ruby[[:space:](]/d' Gemfile`);
    lines.push("bundle install", ...(start.afterInstall ?? []));
  }
  if (assets !== undefined) lines.push(assets.install);
  return lines.length === 0 ? null : lines.join(" && ");
}

function bundleEnv(facts: RubyFacts): Record<string, string> {
  const { gems } = facts;
  return {
    BUNDLE_WITHOUT: "development:test",
    ...(gems?.hasLock === true && !rewrites(facts) ? { BUNDLE_FROZEN: "1" } : {}),
  };
}

/** The Bundler that wrote the lock, where Ruby's own cannot fetch it by itself: it does from Ruby 3.1 on. */
function bundledBy(gems: Gems | undefined, version: string): string[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const alone = major > 3 || (major === 3 && minor >= 1);
  return gems?.bundler === undefined || !gems.fetches || alone ? [] : [`gem install -N bundler:${gems.bundler}`];
}

function manifestsOf(gems: Gems): string[] {
  return ["Gemfile", ...(gems.hasLock ? ["Gemfile.lock"] : [])];
}
