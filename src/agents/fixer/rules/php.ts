import { end, type Rule } from "../rule.ts";
import { mend, otherRuntimes } from "../remedies.ts";

const programs = ["php"] as const;

/** What goes wrong with programs of PHP. */
export const php: readonly Rule[] = [
  {
    id: "H02",
    signature: "RuntimeMismatch",
    layer: "Runtime",
    remedy: "a PHP that the packages allow",
    of: programs,
    seen: [
      /your php version \(?[\d.]{3,9}.{0,40}does not satisfy|requires php (?<range>[\^~<>=|\d.* ]{1,40}) ->|Composer detected issues in your platform/,
    ],
    answers: (found) => {
      const wanted = /\d\.\d{1,2}/.exec(found.groups["range"] ?? "")?.[0] ?? "";
      return [
        ...otherRuntimes(
          found,
          `its packages want PHP ${wanted}`,
          (line) => wanted === "" || line === wanted || line.startsWith(wanted),
          "Newer",
        ),
        ...mend(found, { kind: "SetInstallMode", mode: "AnyEngine" }, "what packages say of PHP's version is let be"),
      ];
    },
  },
  {
    id: "H01",
    signature: "MissingExtension",
    layer: "System",
    remedy: "what packages say of extensions is let be",
    stage: "Build",
    of: programs,
    seen: [/requires? ext-(?<name>\w{1,30})|the requested PHP extension (?<other>\w{1,30}) is missing/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "AnyEngine" },
        `a package asks for ${(found.groups["name"] ?? found.groups["other"] ?? "an extension").slice(0, 30)}; asked at run time only`,
      ),
  },
  {
    id: "H03",
    signature: "OldComposer",
    layer: "Deps",
    remedy: "none: Composer 1 has had its end",
    stage: "Build",
    of: programs,
    seen: [/composer-plugin-api \^?1/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} uses plug-ins of Composer 1`,
        "update them: composer update, then commit composer.lock",
      ),
    ],
  },
  {
    id: "H09",
    signature: "PrivatePackage",
    layer: "Deps",
    remedy: "none: a token is needed",
    stage: "Build",
    of: programs,
    seen: [/Could not authenticate against github\.com|could not be fully loaded.{0,80}401|HTTP Basic: Access denied/],
    answers: ({ service }) => [
      end(
        "NeedsCredential",
        `${service.name} takes packages from a repository that wants a token`,
        "give COMPOSER_AUTH as a build secret: spec.build.secrets",
        "Spec",
      ),
    ],
  },
  {
    id: "H08",
    signature: "BuildOutOfMemory",
    layer: "Deps",
    remedy: "Composer without a limit of its own",
    stage: "Build",
    of: programs,
    seen: [/Allowed memory size of \d{1,12} bytes exhausted/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "COMPOSER_MEMORY_LIMIT", value: "-1", phase: "Build" },
        "Composer's own limit of memory is lifted",
      ),
  },
  {
    id: "H06",
    signature: "BuildOutputMissing",
    layer: "Build",
    remedy: "none: its front end has to be built",
    stage: "Run",
    of: programs,
    seen: [/(?:Vite|Mix) manifest (?:not found|does not exist)/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}: its front end was not built`,
        "add a build script to its package.json, or say it: spec.services[].build",
      ),
    ],
  },
  {
    id: "H04",
    signature: "SecretMissing",
    layer: "Config",
    remedy: "a generated key",
    stage: "Run",
    of: programs,
    seen: [
      /No application encryption key has been specified|MissingAppKeyException|Unsupported cipher or incorrect key length/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "GenerateSecret", name: "APP_KEY", form: "Base64Key" },
        "Laravel wants a key of its own; it is generated",
      ),
  },
  {
    id: "H07",
    signature: "MissingExtension",
    layer: "System",
    remedy: "none: the image lacks the driver",
    stage: "Run",
    of: programs,
    seen: [/could not find driver/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} asks for a database driver that its composer.json does not name`,
        "name it: composer require ext-pdo_pgsql (or ext-pdo_mysql), and push",
      ),
    ],
  },
  {
    id: "H05",
    signature: "FolderNotWritable",
    layer: "Process",
    remedy: "logs to the standard output, caches to /tmp",
    stage: "Run",
    of: programs,
    seen: [
      /laravel\.log.{0,120}Permission denied|bootstrap\/cache directory must be present and writable|file_put_contents\(.{0,160}Permission denied/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "LOG_CHANNEL", value: "stderr", phase: "Run" },
        "it may not write its log file; it logs to its output",
      ),
      ...mend(
        found,
        { kind: "SetEnv", name: "VIEW_COMPILED_PATH", value: "/tmp/views", phase: "Run" },
        "compiled views go to /tmp",
      ),
    ],
  },
];
