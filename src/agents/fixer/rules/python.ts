import type { Answer, Found, Rule } from "../rule.ts";
import { end } from "../rule.ts";
import { compareVersions, mend, newerRuntimes, olderRuntimes } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

const programs = ["python"] as const;

/** Packages that ship compiled: one that has to be built from source has no file for this Python, and an older Python has. */
const compiled =
  /\b(?:psycopg2-binary|psycopg2|greenlet|numpy|pandas|scipy|scikit-learn|matplotlib|lxml|pillow|cffi|cryptography|pydantic-core|aiohttp|yarl|multidict|frozenlist|grpcio|uvloop|httptools|pyyaml|markupsafe|sqlalchemy|gevent|tokenizers|torch|orjson|regex|ujson|msgpack|cython|typed-ast|ruamel\.yaml\.clib|backports\.zoneinfo)\b/i;

/** What goes wrong with the version of Python and with native parts, while dependencies are installed. */
export const python: readonly Rule[] = [
  {
    id: "P04",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "a Python that the dependencies have files for",
    stage: "Build",
    of: programs,
    seen: [
      /Requires-Python|requires a different Python|requires-python|No matching distribution found for|Could not find a version that satisfies|no version of Python|does not satisfy Python|current Python version \([\d.]+\) is not allowed/,
    ],
    answers: runtimeFor,
  },
  {
    id: "P04b",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "an older Python, for which a compiled file exists",
    origin: "catalogue P04, observed: old pins of compiled packages have no wheel for a new Python",
    stage: "Build",
    of: programs,
    seen: [
      /Failed (?:building|to build) (?:installable )?wheels? (?:for|of)|Could not build wheels|Building wheel for .{1,80} finished with status 'error'|Getting requirements to build wheel: finished with status 'error'|module 'pkgutil' has no attribute 'ImpImporter'|Failed to build `|The build backend returned an error/,
    ],
    unless: [/pg_config|mysql_config|\.h: No such file|use_2to3|cython_sources|Rust compiler|rustc/],
    answers: (found) =>
      found.evidence.lines.some((line) => compiled.test(line) || /ImpImporter/.test(line))
        ? olderRuntimes(found, "what it depends on is older than this Python")
        : [],
  },
  {
    id: "P02",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "setuptools, which still has distutils, else an older Python",
    of: programs,
    seen: [/No module named 'distutils/],
    answers: (found) => {
      const added = mend(
        found,
        { kind: "AddDependencies", stage: "Install", dependencies: ["setuptools<81"] },
        "distutils left Python with 3.12; setuptools, which has it, is installed",
      );
      const older = olderRuntimes(found, "distutils left Python with 3.12");
      // What builds a package has an environment of its own.
      return found.evidence.stage === "Build" ? [...older, ...added] : [...added, ...older];
    },
  },
  {
    id: "P35",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "none: Python 2 has had its end",
    of: programs,
    seen: [
      /Missing parentheses in call to 'print'|SyntaxError: Missing parentheses|No module named '(?:urllib2|ConfigParser|Queue|StringIO|cPickle)'/,
    ],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} is written for Python 2`,
        "translate it (2to3), or run it by a Dockerfile of its own that brings Python 2.7",
      ),
    ],
  },
  {
    id: "P10",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "libpq and a compiler in the build, libpq in the image",
    of: programs,
    seen: [/pg_config (?:executable )?(?:is required|not found)|libpq-fe\.h/],
    answers: ({ service }) => addLibrary(service, "Build", "command", "pg_config"),
  },
  {
    id: "P11",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the client library of MariaDB",
    of: programs,
    seen: [/mysql_config(?:: | )not found|Can not find valid pkg-config name|mysql\.h: No such file|mariadb_config/],
    answers: ({ service }) => addLibrary(service, "Build", "command", "mysql_config"),
  },
  {
    id: "P09",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "Python's headers",
    stage: "Build",
    of: programs,
    seen: [/Python\.h: No such file/],
    answers: ({ service }) => [...addLibrary(service, "Build", "header", "Python.h")],
  },
  {
    id: "P12",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the header",
    stage: "Build",
    of: programs,
    seen: [
      /(?:fatal )?error: (?<header>[\w./-]{1,80}\.h(?:pp)?): No such file|(?<command>gdal-config|geos-config|xslt-config|krb5-config|curl-config|xmlsec1-config|swig|pkg-config)['"]?(?:: | )(?:command )?not found|Could not find function xmlCheckVersion|pkg-config: not found|Did not find pkg-config/,
    ],
    answers: ({ service, groups, line }) => [
      ...addLibrary(service, "Build", "header", groups["header"]),
      ...addLibrary(service, "Build", "command", groups["command"]),
      ...(line.includes("xmlCheckVersion") ? addLibrary(service, "Build", "name", "xml2") : []),
      ...(/pkg-config/.test(line) ? addLibrary(service, "Build", "command", "pkg-config") : []),
    ],
  },
  {
    id: "P13",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "libjpeg and zlib",
    stage: "Build",
    of: programs,
    seen: [
      /headers or library files could not be found for (?<name>jpeg|zlib|tiff|freetype|webp|png)|RequiredDependencyException: (?<other>jpeg|zlib)/,
    ],
    answers: ({ service }) =>
      addPackages(
        service,
        "Build",
        ["libjpeg-dev", "zlib1g-dev", "libfreetype-dev", "gcc", "g++", "make", "libc6-dev"],
        "libraries of images",
      ),
  },
  {
    id: "P14",
    signature: "MissingCompiler",
    layer: "System",
    remedy: "a Python with a compiled file, else Rust in the build",
    stage: "Build",
    of: programs,
    seen: [
      /can't find Rust compiler|rustc.{0,40}not found|Cargo, the Rust package manager, is not installed|cargo.{0,20}not found/,
    ],
    answers: (found) => [
      ...olderRuntimes(found, "a package has no compiled file for this Python"),
      ...addLibrary(found.service, "Build", "command", "rustc"),
    ],
  },
  {
    id: "P08",
    signature: "MissingCompiler",
    layer: "System",
    remedy: "a compiler in the build",
    stage: "Build",
    of: programs,
    seen: [
      /command '(?:\S{0,60}-)?(?:gcc|g\+\+|cc|clang)' failed: No such file|unable to execute '(?:\S{0,60}-)?(?:gcc|g\+\+|cc)'|error: command '(?:gcc|cc|g\+\+)' failed(?!.{0,40}exit)|(?:gcc|g\+\+|cc): (?:command )?not found|Unknown compiler\(s\)|\[Errno 2\] No such file or directory: '(?:[\w.-]{1,40}-)?(?:gcc|cc|g\+\+|clang)'|No CMAKE_C(?:XX)?_COMPILER could be found/,
    ],
    answers: (found) => [
      ...addLibrary(found.service, "Build", "command", "gcc"),
      ...mend(
        found,
        { kind: "SetBaseVariant", variant: "Full" },
        "built upon the larger base image, which has compilers",
      ),
    ],
  },
];

function runtimeFor(found: Found): readonly Answer[] {
  const { lines } = found.evidence;
  const text =
    lines.find((line) =>
      /Requires-Python|requires-python|requires a different Python|does not satisfy Python|is not allowed/i.test(line),
    ) ?? "";
  const now = found.service.runtime?.version ?? "3";
  const least = /(?:>=|\^|~=?) ?(?<version>3\.\d{1,2})/.exec(text)?.groups?.["version"];
  const newer = least !== undefined && compareVersions(least, now) > 0;
  if (newer) return newerRuntimes(found, `what it depends on needs Python ${least}`, least);
  const isCompiled = lines.some((line) => compiled.test(line));
  const told = text !== "";
  return told || isCompiled ? olderRuntimes(found, "what it depends on is older than this Python") : [];
}
