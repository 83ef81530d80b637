import type { Recipe } from "../../../plan.ts";
import type { LineChoice } from "../../requirements/line-choice.ts";
import type { Assets } from "../assets.ts";
import { newRecipe } from "../new-service.ts";
import { apacheFiles, iniFile } from "./apache.ts";
import type { PhpApp } from "./app.ts";
import type { Composer } from "./composer.ts";
import type { Extensions } from "./extensions.ts";

/** All that was found out, before it is written down as a recipe. */
export interface PhpFacts {
  readonly path: string;
  readonly app: PhpApp;
  readonly composer: Composer | undefined;
  /** `vendor` is committed. */
  readonly hasVendor: boolean;
  readonly choice: LineChoice;
  readonly extensions: Extensions;
  readonly assets: Assets | undefined;
}

/** Where the official image has its extensions, and what turns them on. */
const extensionFolders = ["/usr/local/lib/php/extensions", "/usr/local/etc/php/conf.d"];

/** How a PHP image is made: packages, extensions and assets in a build stage, Apache or the command line in the final one. */
export function phpRecipe(facts: PhpFacts): Recipe {
  const { path, app, composer, choice, extensions, assets } = facts;
  const image = `docker.io/library/php:${choice.version}-${app.root === undefined ? "cli" : "apache"}`;
  const composes = composer?.installs === true && !facts.hasVendor;
  const fetches = composes && composer.packages.size > 0;
  const install = [...(fetches ? [installLine(facts)] : []), ...(assets === undefined ? [] : [assets.install])];
  const build = [
    ...(composes ? ["composer dump-autoload --no-dev --optimize --no-scripts"] : []),
    ...(assets?.build === undefined || assets.build === null ? [] : [assets.build]),
    ...app.build,
  ];
  return newRecipe({
    context: path,
    buildImage: image,
    runImage: image,
    borrows: [
      ...(composes
        ? [{ image: "docker.io/library/composer:2", from: "/usr/bin/composer", to: "/usr/bin/composer" }]
        : []),
      ...(assets?.borrows ?? []),
    ],
    buildPackages: [...new Set([...(fetches ? ["git", "unzip"] : []), ...extensions.packages])],
    runPackages: [...extensions.packages],
    tools: [...extensions.tools, ...(assets?.tools ?? [])].slice(0, 8),
    manifests: fetches && assets === undefined && !composer.readsFolders ? manifestsOf(composer) : [],
    install: install.length === 0 ? null : install.join(" && "),
    build: build.length === 0 ? null : build.join(" && "),
    prune: assets === undefined ? null : "rm -rf node_modules",
    caches: [...(composes ? [{ id: "composer", target: "/root/.cache/composer" }] : []), ...(assets?.caches ?? [])],
    buildEnv: {
      ...(composes
        ? { COMPOSER_ALLOW_SUPERUSER: "1", COMPOSER_NO_INTERACTION: "1", COMPOSER_CACHE_DIR: "/root/.cache/composer" }
        : {}),
      ...assets?.buildEnv,
      ...app.runEnv,
    },
    runEnv: { ...app.runEnv },
    artifacts: [
      ...(extensions.tools.length === 0 ? [] : extensionFolders.map((folder) => ({ from: folder, to: folder }))),
      { from: "/app", to: "/app" },
    ],
    files: [...(app.root === undefined ? [iniFile] : apacheFiles(app)), ...app.files],
  });
}

/** Packages as locked. The classes are listed later, when the sources are there. */
function installLine({ choice, extensions }: PhpFacts): string {
  const ignored = [
    ...(choice.warning === undefined ? [] : ["php"]),
    ...extensions.unknown.filter((name) => /^[\w-]+$/.test(name)).map((name) => `ext-${name}`),
  ];
  const flags = ignored.map((name) => ` --ignore-platform-req=${name}`).join("");
  return `composer install --no-dev --no-scripts --no-autoloader --prefer-dist${flags}`;
}

function manifestsOf(composer: Composer): string[] {
  return ["composer.json", ...(composer.hasLock ? ["composer.lock"] : [])];
}
