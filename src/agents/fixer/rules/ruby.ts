import { end, type Rule } from "../rule.ts";
import { mend, olderRuntimes, otherRuntimes } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

const programs = ["ruby"] as const;

/** What goes wrong with programs of Ruby. */
export const ruby: readonly Rule[] = [
  {
    id: "R01",
    signature: "RuntimeMismatch",
    layer: "Runtime",
    remedy: "the Ruby that the Gemfile names",
    of: programs,
    seen: [
      /Your Ruby version is [\d.]{3,9}, but your Gemfile specified[^\d]{0,12}(?<version>\d\.\d{1,2})|requires Ruby version[^\d]{0,12}(?<other>\d\.\d{1,2})|required_ruby_version/,
    ],
    answers: (found) => {
      const wanted = found.groups["version"] ?? found.groups["other"] ?? "";
      return otherRuntimes(
        found,
        `its Gemfile wants Ruby ${wanted}`,
        (line) => wanted === "" || line.startsWith(wanted) || wanted.startsWith(line),
        "Newer",
      );
    },
  },
  {
    id: "R11",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "an older Ruby, which still brings what the gems look for",
    of: programs,
    seen: [
      /cannot load such file -- (?:webrick|base64|bigdecimal|mutex_m|csv|drb|observer|nkf|syslog|ostruct|logger)\b|LoggerThreadSafeLevel::Logger|uninitialized constant .{0,60}::Logger/,
    ],
    answers: (found) => olderRuntimes(found, "its gems look for what this Ruby no longer brings"),
  },
  {
    id: "R04",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the header",
    stage: "Build",
    of: programs,
    seen: [
      /can't find (?:header|the) ?(?<header>[\w./-]{1,60}\.h)|checking for (?<checked>[\w./-]{1,60}\.h)\.{3} no|(?<library>libpq|mysql_config|libxml2|libxslt|yaml|sqlite3|ImageMagick|libffi|libcurl)(?:-fe)?(?:\.h)? (?:is missing|not found|could not be found)|mkmf\.rb can't find header files for ruby/,
    ],
    answers: ({ service, groups }) => [
      ...addLibrary(service, "Build", "header", groups["header"] ?? groups["checked"]),
      ...addLibrary(service, "Build", "name", groups["library"]?.toLowerCase()),
      ...addPackages(
        service,
        "Build",
        ["build-essential", "libyaml-dev", "libpq-dev", "libffi-dev", "zlib1g-dev", "pkg-config"],
        "headers for native gems",
      ),
    ],
  },
  {
    id: "R05",
    signature: "MissingProgram",
    layer: "System",
    remedy: "Node in the build, for assets",
    of: programs,
    seen: [/Could not find a JavaScript runtime/],
    answers: ({ service, evidence }) => addLibrary(service, evidence.stage, "command", "node"),
  },
  {
    id: "R02",
    signature: "BundlerVersion",
    layer: "Deps",
    remedy: "Bundler takes itself as it is",
    of: programs,
    seen: [
      /You must use Bundler \d|Could not find 'bundler'|Bundler \d[\d.]{1,8} is running, but your lockfile was generated with/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "BUNDLE_VERSION", value: "system", phase: "Both" },
        "its lock names another Bundler; the one that is there is taken",
      ),
  },
  {
    id: "R03",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "Bundler may change the lock",
    stage: "Build",
    of: programs,
    seen: [
      /Your bundle only supports platforms|The gemspecs? for .{0,120}changed|lockfile.{0,80}frozen|Gemfile\.lock.{0,80}(?:can't be updated|does not satisfy)|frozen mode/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "Gemfile.lock is of another system or does not agree with the Gemfile; Bundler may change it",
      ),
  },
  {
    id: "R06",
    signature: "SecretMissing",
    layer: "Config",
    remedy: "a stand-in for the build, a generated secret for the program",
    of: programs,
    seen: [/Missing `?secret_key_base`?|`secret_key_base` for .{0,40}must be a type of String/],
    answers: (found) =>
      found.evidence.stage === "Build"
        ? mend(
            found,
            { kind: "SetEnv", name: "SECRET_KEY_BASE_DUMMY", value: "1", phase: "Build" },
            "Rails' assets are made with a stand-in for its secret",
          )
        : mend(
            found,
            { kind: "GenerateSecret", name: "SECRET_KEY_BASE", form: "Hex" },
            "Rails wants a secret of its own; it is generated",
          ),
  },
  {
    id: "R07",
    signature: "SecretMissing",
    layer: "Config",
    remedy: "the person's master key",
    stage: "Run",
    of: programs,
    seen: [
      /Missing encryption key to decrypt|ActiveSupport::(?:MessageEncryptor|EncryptedFile)::(?:InvalidMessage|MissingKeyError)/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "RequireSecret", name: "RAILS_MASTER_KEY", why: "its credentials are encrypted by it" },
        "its credentials are encrypted: RAILS_MASTER_KEY is needed",
      ),
  },
  {
    id: "R10",
    signature: "HostNotAllowed",
    layer: "Health",
    remedy: "Rails as in production",
    stage: "Run",
    of: programs,
    seen: [/Blocked hosts?:/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "RAILS_ENV", value: "production", phase: "Run" },
        "as in development it lets only hosts in that it knows; run as in production",
      ),
  },
  {
    id: "R08",
    signature: "StalePid",
    layer: "Process",
    remedy: "the file of a process of another day lies where nothing is kept",
    stage: "Run",
    of: programs,
    seen: [/A server is already running/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "PIDFILE", value: "/tmp/server.pid", phase: "Run" },
        "the file of an old process is in the repository; another place is named",
      ),
      end(
        "RepoDefect",
        `${found.service.name} has tmp/pids/server.pid in its repository`,
        "remove it from git and push",
      ),
    ],
  },
];
