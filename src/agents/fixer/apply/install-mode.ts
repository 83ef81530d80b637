import type { InstallMode } from "../../../fix.ts";
import type { Recipe, Service } from "../../../plan.ts";

type Change = (line: string) => string;

/** What each manager's line becomes; a mode that a manager does not have is not there. */
const lines: Readonly<Record<string, Partial<Record<InstallMode, Change>>>> = {
  npm: {
    Unfrozen: (line) => line.replace(/\bnpm ci\b/, "npm install"),
    WithoutLock: (line) =>
      withoutFiles("package-lock.json npm-shrinkwrap.json", line.replace(/\bnpm ci\b/, "npm install")),
    WithDevelopment: (line) => line.replace(/\bnpm (ci|install)\b(?! --include=dev)/, "npm $1 --include=dev"),
    WithoutScripts: (line) => line.replace(/\bnpm (ci|install)\b(?! --ignore-scripts)/, "npm $1 --ignore-scripts"),
  },
  pnpm: {
    Unfrozen: (line) => line.replace("--frozen-lockfile", "--no-frozen-lockfile"),
    WithoutLock: (line) => withoutFiles("pnpm-lock.yaml", line.replace("--frozen-lockfile", "--no-frozen-lockfile")),
    WithDevelopment: (line) => line.replace(/\bpnpm install\b(?! --prod=false)/, "pnpm install --prod=false"),
    WithoutScripts: (line) => line.replace(/\bpnpm install\b(?! --ignore-scripts)/, "pnpm install --ignore-scripts"),
  },
  yarn: {
    Unfrozen: (line) => line.replace(/ --frozen-lockfile\b/, "").replace(/ --immutable\b/, " --no-immutable"),
    WithoutLock: (line) =>
      withoutFiles("yarn.lock", line.replace(/ --frozen-lockfile\b/, "").replace(/ --immutable\b/, " --no-immutable")),
    AnyEngine: (line) =>
      line.includes("mmutable")
        ? line
        : line.replace(/\byarn install\b(?! --ignore-engines)/, "yarn install --ignore-engines"),
    WithDevelopment: (line) =>
      line.includes("mmutable")
        ? line
        : line.replace(/\byarn install\b(?! --production=false)/, "yarn install --production=false"),
    WithoutScripts: (line) =>
      line.includes("mmutable")
        ? line
        : line.replace(/\byarn install\b(?! --ignore-scripts)/, "yarn install --ignore-scripts"),
  },
  bun: {
    Unfrozen: (line) => line.replace(/ --frozen-lockfile\b/, ""),
    WithoutLock: (line) => withoutFiles("bun.lock bun.lockb", line.replace(/ --frozen-lockfile\b/, "")),
    WithoutScripts: (line) => line.replace(/\bbun install\b(?! --ignore-scripts)/, "bun install --ignore-scripts"),
  },
  pip: {
    RelaxedPins: (line) =>
      line.replace(
        /\bpip install (?<options>(?:--?[\w-]+ )*)-r (?<file>(?!\S*relaxed-)[\w./-]+\.txt)(?= |$)/,
        (_whole, options: string, file: string) => `${relaxed(file)} && pip install ${options}-r ${beside(file)}`,
      ),
  },
  poetry: {
    Unfrozen: (line) =>
      line.includes("poetry lock") ? line : line.replace(/\bpoetry (install|export)\b/, "poetry lock && poetry $1"),
  },
  uv: {
    Unfrozen: (line) => line.replaceAll(/ --(?:locked|frozen)\b/g, ""),
    WithoutLock: (line) => withoutFiles("uv.lock", line.replaceAll(/ --(?:locked|frozen)\b/g, "")),
  },
  pdm: { Unfrozen: (line) => line.replace(/ --check\b/, "").replace(/ --frozen-lockfile\b/, "") },
  pipenv: {
    Unfrozen: (line) =>
      line.replace("--deploy", "--skip-lock").replace("pipenv verify && pipenv sync", "pipenv install --skip-lock"),
  },
  cargo: {
    Unfrozen: (line) => line.replaceAll(/ --(?:locked|frozen)\b/g, ""),
    WithoutLock: (line) => withoutFiles("Cargo.lock", line.replaceAll(/ --(?:locked|frozen)\b/g, "")),
  },
  go: { Unfrozen: (line) => line.replace(/\bgo build\b(?! -mod)/, "go build -mod=mod") },
  composer: {
    AnyEngine: (line) =>
      line.replace(/\bcomposer install\b(?! --ignore-platform-reqs)/, "composer install --ignore-platform-reqs"),
    WithoutScripts: (line) => line.replace(/\bcomposer install\b(?! --no-scripts)/, "composer install --no-scripts"),
    Unfrozen: (line) => line.replace(/\bcomposer install\b/, "composer update"),
  },
  bundler: {
    Unfrozen: (line) =>
      line.includes("lock --add-platform")
        ? line
        : line.replace(
            /\bbundle install\b/,
            "bundle config unset frozen && bundle config unset deployment && bundle install",
          ),
  },
};

/** Variables by which a manager is told the same. */
const variables: Readonly<Record<string, Partial<Record<InstallMode, Readonly<Record<string, string>>>>>> = {
  npm: {
    LegacyPeers: { npm_config_legacy_peer_deps: "true" },
    AnyEngine: { npm_config_engine_strict: "false" },
    WithDevelopment: { npm_config_omit: "", NODE_ENV: "development" },
  },
  pnpm: {
    LegacyPeers: { npm_config_strict_peer_dependencies: "false", npm_config_auto_install_peers: "true" },
    AnyEngine: { npm_config_engine_strict: "false" },
  },
  yarn: { AnyEngine: { YARN_IGNORE_ENGINES: "1" } },
  bundler: { Unfrozen: { BUNDLE_FROZEN: "false", BUNDLE_DEPLOYMENT: "false" } },
};

/** Modes that leave a lock file behind. */
const loose: readonly InstallMode[] = ["Unfrozen", "WithoutLock", "RelaxedPins"];

/** The service with its dependencies installed in another way; the service itself where its manager has no such way. */
export function withInstallMode(service: Service, mode: InstallMode): Service {
  const { manager, recipe } = service;
  if (!manager || recipe.dockerfile !== undefined) return service;
  if (mode === "WithoutCache")
    return recipe.caches.length === 0 ? service : { ...service, recipe: { ...recipe, caches: [] } };
  const change = lines[manager.name]?.[mode];
  const env = variables[manager.name]?.[mode];
  const changed = change === undefined ? recipe : withLines(recipe, change);
  const buildEnv = env === undefined ? recipe.buildEnv : { ...recipe.buildEnv, ...env };
  return {
    ...service,
    manager: { ...manager, mode: loose.includes(mode) ? "Unfrozen" : manager.mode },
    recipe: { ...changed, buildEnv, ...(mode === "WithDevelopment" ? { prune: null } : {}) },
  };
}

/** Some managers install in the step that builds. */
function withLines(recipe: Recipe, change: Change): Recipe {
  return {
    ...recipe,
    install: recipe.install === null ? null : change(recipe.install),
    build: recipe.build === null ? null : change(recipe.build),
  };
}

function withoutFiles(files: string, line: string): string {
  return line.startsWith("rm -f ") ? line : `rm -f ${files} && ${line}`;
}

/** Beside the file itself: what it names by relative paths stays where it is. */
function beside(file: string): string {
  return file.replace(/(?<name>[^/]+)$/, "relaxed-$<name>");
}

function relaxed(file: string): string {
  return `sed -E 's/[[:space:]]*==[[:space:]]*/>=/; s/ --hash=[^ ]*//g; s/[[:space:]]*\\\\$//' ${file} > ${beside(file)}`;
}
