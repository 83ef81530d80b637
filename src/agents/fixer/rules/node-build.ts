import { act, end, type Rule } from "../rule.ts";
import { mend } from "../remedies.ts";
import { addPackages } from "../tables/lookup.ts";

const programs = ["node"] as const;

/** What goes wrong while dependencies of Node, TypeScript and Bun are fetched and their build runs. */
export const nodeBuild: readonly Rule[] = [
  {
    id: "N08",
    signature: "OtherManager",
    layer: "Deps",
    remedy: "the manager's check of itself is switched off",
    stage: "Build",
    of: programs,
    seen: [
      /This project is configured to use (?:yarn|pnpm|npm|bun)|packageManager.{0,60}(?:yarn|pnpm|npm|bun)@|Use "?(?:npm|yarn|pnpm|bun)(?: install)?"? (?:for|to) install|only-allow/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutScripts" },
        "a script of the repository refuses this manager; it is not run",
      ),
    ],
  },
  {
    id: "N09",
    signature: "CorepackKeys",
    layer: "Deps",
    remedy: "corepack's check of signatures, whose keys have moved on, is left out",
    stage: "Build",
    of: programs,
    seen: [/Cannot find matching keyid/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "COREPACK_INTEGRITY_KEYS", value: "0", phase: "Build" },
        "corepack knows the signing keys of its day only; they are not asked for",
      ),
  },
  {
    id: "N14",
    signature: "BuildToolMissing",
    layer: "Deps",
    remedy: "development dependencies installed for the build",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /(?:sh|bash|\/bin\/sh)(?:: \d+|: line \d+)?: (?:\d+: )?(?<tool>next|vite|tsc|nest|webpack|webpack-cli|ng|react-scripts|rollup|esbuild|parcel|gulp|grunt|nuxt|astro|svelte-kit|remix|vue-cli-service|babel|tsup|turbo|rimraf|cross-env|tailwindcss|postcss|sass|run-s|npm-run-all|concurrently|copyfiles|shx): (?:command )?not found/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "WithDevelopment" },
        `its build calls ${(found.groups["tool"] ?? "a tool").slice(0, 30)}, a development dependency; they are installed`,
      ),
  },
  {
    id: "N20",
    signature: "GitHooks",
    layer: "Deps",
    remedy: "hooks of git are not set up in an image",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /(?:husky|lefthook|simple-git-hooks|pre-commit|lint-staged|is-ci): (?:command )?not found|\.git can't be found|husky - .{0,40}(?:git|failed)|fatal: not in a git directory|core\.hooksPath/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SkipStep", step: "GitHooks" },
        "it wants to set up hooks of git, which an image has no use for; left out",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutScripts" },
        "scripts of packages are not run while they are installed",
      ),
    ],
  },
  {
    id: "N30",
    signature: "BrowserDownload",
    layer: "Deps",
    remedy: "browsers and binaries of test tools are not downloaded",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /(?:cypress|playwright|electron|puppeteer|chromedriver|geckodriver|sentry-cli).{0,160}(?:download|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|getaddrinfo|status code|failed)/i,
      /Failed to set up (?:chrome|chrome-headless-shell|firefox)/i,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SkipStep", step: "BrowserDownload" },
        "a package downloads a browser while it is installed; left out",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutScripts" },
        "scripts of packages are not run while they are installed",
      ),
    ],
  },
  {
    id: "N33",
    signature: "PrivatePackage",
    layer: "Deps",
    remedy: "none: a token of a private registry is needed",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /npm (?:error|ERR!) code E40[13]|npm\.pkg\.github\.com.{0,120}(?:401|403|404|Unauthorized|unauthenticated)|ERR_PNPM_FETCH_40[13]|YN0041/,
    ],
    answers: ({ service }) => [
      end(
        "NeedsCredential",
        `${service.name} takes packages from a private registry that wants a token`,
        "give it as a build secret (spec.build.secrets, for example NPM_TOKEN) and name it in .npmrc",
        "Spec",
      ),
    ],
  },
  {
    id: "N34",
    signature: "GitDependency",
    layer: "Deps",
    remedy: "git in the build stage, and https in place of ssh",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /Permission denied \(publickey\)|ssh: (?:command )?not found|spawn git ENOENT|npm (?:error|ERR!) syscall spawn git|git: not found/,
    ],
    answers: (found) => [
      ...addPackages(found.service, "Build", ["git", "ca-certificates", "openssh-client"], "git for a dependency"),
      ...mend(
        found,
        {
          kind: "SetEnv",
          name: "GIT_CONFIG_PARAMETERS",
          value: "'url.https://github.com/.insteadOf=ssh://git@github.com/'",
          phase: "Build",
        },
        "a dependency is named by ssh; https is asked instead",
      ),
    ],
  },
  {
    id: "N35",
    signature: "DamagedDownload",
    layer: "Deps",
    remedy: "once more without the cache, then without the lock file's digests",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [/EINTEGRITY|Integrity check failed|ERR_PNPM_TARBALL_INTEGRITY|YN0018/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "a package is not what the lock file says; dependencies are resolved anew",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutCache" },
        "a package came damaged from the cache; it is fetched anew",
      ),
    ],
  },
  {
    id: "N37",
    signature: "WorkspaceProtocol",
    layer: "Deps",
    remedy: "built from the workspace's root",
    stage: "Build",
    of: ["npm"],
    seen: [/EUNSUPPORTEDPROTOCOL|Unsupported URL Type "workspace:"/],
    answers: ({ service }) =>
      service.recipe.context === "."
        ? []
        : [
            act(
              { kind: "SetBuildContext", context: "." },
              `${service.name} takes packages of its workspace; built from the root`,
            ),
          ],
  },
  {
    id: "N22",
    signature: "PrismaNotGenerated",
    layer: "Build",
    remedy: "prisma generate before the build",
    of: programs,
    seen: [
      /@prisma\/client did not initialize yet|prisma generate.{0,30}(?:first|again)|Module '"@prisma\/client"' has no exported member|Cannot find module '\.prisma\/client/,
    ],
    answers: (found) =>
      mend(found, { kind: "AddBuildStep", step: "PrismaGenerate" }, "Prisma's client is generated before the build"),
  },
  {
    id: "N17",
    signature: "BuildOutOfMemory",
    layer: "Build",
    remedy: "a larger builder, and a heap of three quarters of it",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [/JavaScript heap out of memory|FATAL ERROR: .{0,60}Allocation failed/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 6144 },
        "its build needs a larger heap; built on the larger builder",
      ),
  },
  {
    id: "N27",
    signature: "WarningsAsErrors",
    layer: "Build",
    remedy: "CI=false",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [/Treating warnings as errors because process\.env\.CI/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "CI", value: "false", phase: "Build" },
        "its build takes warnings for errors where CI is set; CI=false",
      ),
  },
  {
    id: "N26",
    signature: "FontDownload",
    layer: "Build",
    remedy: "the page's fallback fonts for Next; else none: the cluster's egress decides",
    stage: "Build",
    of: programs,
    seen: [
      /Failed to fetch (?:font|`[\w ]{1,60}` from Google Fonts)|fonts\.(?:googleapis|gstatic)\.com.{0,80}(?:ENOTFOUND|ECONNREFUSED|ETIMEDOUT)/,
    ],
    answers: (found) => [
      ...(found.service.framework === "next"
        ? mend(
            found,
            { kind: "AddBuildStep", step: "SystemFonts" },
            "Google's fonts cannot be fetched by a build here; the page is shown in fonts of the viewer's own",
          )
        : []),
      end(
        "NetworkUnreachable",
        `${found.service.name} downloads fonts from Google while it is built, and the cluster does not let it`,
        "allow fonts.googleapis.com and fonts.gstatic.com for builds, or keep the fonts in the repository",
        "Platform",
      ),
    ],
  },
  {
    id: "N39",
    signature: "TypeErrors",
    layer: "Build",
    remedy: "types are not judged where a bundler makes the files",
    origin: "observed: templates whose build is `tsc && vite build`, and whose types no longer fit",
    stage: "Build",
    of: ["vite", "create-react-app", "vue-cli", "parcel", "rsbuild", "astro", "files"],
    seen: [/\berror TS\d{4,5}: /],
    answers: (found) =>
      mend(
        found,
        { kind: "SkipStep", step: "TypeCheck" },
        "its types do not fit, which a bundler does not ask about: built without judging them",
      ),
  },
  {
    id: "N36",
    signature: "LetterCase",
    layer: "Build",
    remedy: "none: a file is named in other letters than it is imported by",
    stage: "Build",
    of: programs,
    seen: [
      /Module not found: (?:Error: )?Can't resolve '(?<file>\.{1,2}\/[\w./@-]{1,120})'|Could not resolve "(?<other>\.{1,2}\/[\w./@-]{1,120})" from/,
    ],
    answers: ({ service, groups }) => [
      end(
        "RepoDefect",
        `${service.name} imports ${(groups["file"] ?? groups["other"] ?? "a file").slice(0, 120)}, which is not there under this name`,
        "on Linux names differ by upper and lower case: check how the file is written, or whether it was committed",
      ),
    ],
  },
];
