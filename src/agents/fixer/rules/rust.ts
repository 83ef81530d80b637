import { end, type Rule } from "../rule.ts";
import { mend, newerRuntimes, olderRuntimes } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

const programs = ["rust"] as const;

/** What goes wrong with programs of Rust. */
export const rust: readonly Rule[] = [
  {
    id: "S01",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a newer Rust",
    stage: "Build",
    of: programs,
    seen: [
      /requires rustc (?<version>\d\.\d{1,3})|edition ?2024.{0,60}(?:is required|unstable|not supported)|feature `edition2024` is required|is not supported by the following package|rustc [\d.]{3,9} is not supported|use of unstable library feature|requires rustc.{0,60}currently active/,
    ],
    answers: (found) => newerRuntimes(found, "a crate needs a newer Rust", found.groups["version"]),
  },
  {
    id: "S07",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a newer Rust, else the lock is made anew",
    stage: "Build",
    of: programs,
    seen: [/lock file version `?\d`? (?:requires|was found)|lock file version 4/],
    answers: (found) => [
      ...newerRuntimes(found, "its lock file is of a newer Cargo", "1.78"),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "its lock file is of a newer Cargo; it is made anew",
      ),
    ],
  },
  {
    id: "S05",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "a Rust of the lock's days, else newer crates",
    stage: "Build",
    of: programs,
    seen: [/error\[E0282\]: type annotations needed/],
    answers: (found) =>
      found.evidence.lines.some((line) => /could not compile `time`|\/time-0\.3\./.test(line))
        ? [
            ...mend(
              found,
              { kind: "SetInstallMode", mode: "WithoutLock" },
              "a crate of its lock does not compile with this Rust; crates are resolved anew",
            ),
            ...olderRuntimes(found, "a crate does not compile with this Rust"),
          ]
        : [],
  },
  {
    id: "S02",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "OpenSSL's headers",
    stage: "Build",
    of: programs,
    seen: [/Could not find directory of OpenSSL|openssl-sys.{0,120}(?:failed|not found)|The system library `openssl`/],
    answers: ({ service }) => addLibrary(service, "Build", "name", "openssl"),
  },
  {
    id: "S03",
    signature: "MissingCompiler",
    layer: "System",
    remedy: "a C compiler and linker",
    stage: "Build",
    of: programs,
    seen: [
      /linker `?(?:cc|clang|gcc|lld|mold)`? not found|failed to find tool "(?:cc|c\+\+|gcc|g\+\+)"|error occurred.{0,40}Failed to find tool/,
    ],
    answers: (found) => [
      ...addPackages(found.service, "Build", ["gcc", "g++", "make", "libc6-dev"], "a linker"),
      ...(/clang|lld/.test(found.line)
        ? addPackages(found.service, "Build", ["clang", "lld"], "clang as its linker")
        : []),
      ...(/mold/.test(found.line) ? addPackages(found.service, "Build", ["mold", "clang"], "mold as its linker") : []),
    ],
  },
  {
    id: "S04",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the program or library a build script looks for",
    stage: "Build",
    of: programs,
    seen: [
      /(?<protoc>Could not find `?protoc`?|protoc.{0,40}(?:not found|No such file))|(?<clang>Unable to find libclang|couldn't find any valid shared libraries matching: \['libclang)|(?<cmake>is `cmake` not installed|failed to execute command: No such file or directory.{0,40}cmake)|The system library `(?<name>[\w.+-]{1,40})` required by crate|Package (?<pkg>[\w.+-]{1,40}) was not found in the pkg-config|fatal error: (?<header>[\w./-]{1,80}\.h): No such file|fatal error: '(?<bindgen>[\w./-]{1,80}\.h)' file not found|unable to find library -l(?<lib>[\w.-]{1,40})|cannot find -l(?<other>[\w.-]{1,40})|(?<config>pkg-config).{0,60}(?:not be found|not found|command could not be run)|(?<perl>Can't locate \w+\.pm|perl: not found)/,
    ],
    answers: ({ service, groups }) => [
      ...(groups["protoc"] === undefined ? [] : addLibrary(service, "Build", "command", "protoc")),
      ...(groups["clang"] === undefined ? [] : addLibrary(service, "Build", "command", "clang")),
      ...(groups["cmake"] === undefined ? [] : addLibrary(service, "Build", "command", "cmake")),
      ...(groups["config"] === undefined ? [] : addLibrary(service, "Build", "command", "pkg-config")),
      ...(groups["perl"] === undefined ? [] : addLibrary(service, "Build", "command", "perl")),
      ...addLibrary(service, "Build", "name", groups["name"] ?? groups["pkg"] ?? groups["lib"] ?? groups["other"]),
      ...addLibrary(service, "Build", "header", groups["header"] ?? groups["bindgen"]),
    ],
  },
  {
    id: "S04b",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the shared object",
    origin: "catalogue P16 for programs of Rust, C and C++",
    stage: "Run",
    of: ["rust", "cpp", "c", "zig", "crystal", "swift", "haskell", "cobol"],
    seen: [/(?<object>lib[\w+.-]{1,60}\.so)(?:\.[\d.]{1,12})?: cannot open shared object/],
    answers: ({ service, groups }) => addLibrary(service, "Run", "object", groups["object"]),
  },
  {
    id: "S08",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "Cargo may change the lock",
    stage: "Build",
    of: ["cargo"],
    seen: [/because --(?:locked|frozen) was passed|needs to be updated but --(?:locked|frozen) was passed/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "Cargo.lock does not agree with Cargo.toml; Cargo may change it",
      ),
  },
  {
    id: "S06",
    signature: "QueriesNeedDatabase",
    layer: "Build",
    remedy: "SQLx without a database, by what the repository has prepared",
    stage: "Build",
    of: programs,
    seen: [/set `?DATABASE_URL`? to use query macros|`SQLX_OFFLINE=true` but there is no cached data/],
    answers: (found) => [
      ...(found.line.includes("no cached data")
        ? []
        : mend(
            found,
            { kind: "SetEnv", name: "SQLX_OFFLINE", value: "true", phase: "Build" },
            "its queries are checked against what it has prepared, not against a database",
          )),
      end(
        "RepoDefect",
        `${found.service.name} checks its queries against a database while it is compiled`,
        "run cargo sqlx prepare and commit .sqlx",
      ),
    ],
  },
  {
    id: "S03b",
    signature: "BuildOutOfMemory",
    layer: "Build",
    remedy: "one compiler at a time, on the larger builder",
    origin: "observed: rustc and cc1plus killed for memory",
    stage: "Build",
    of: ["rust", "cpp", "c"],
    seen: [
      /signal: 9, SIGKILL|fatal error: Killed signal terminated program|internal compiler error: Killed|LLVM ERROR: out of memory/,
    ],
    answers: (found) => [
      ...mend(found, { kind: "SetBuildFlag", flag: "OneJob" }, "a compiler was killed for memory; one at a time"),
      ...mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 6144 },
        "a compiler was killed for memory; built on the larger builder",
      ),
    ],
  },
];
