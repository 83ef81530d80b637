import { end, type Rule } from "../rule.ts";
import { mend, newerRuntimes, otherStarts } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

const programs = ["go"] as const;

/** What goes wrong with programs of Go. */
export const go: readonly Rule[] = [
  {
    id: "G01",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a newer Go, else the toolchain that go.mod names",
    stage: "Build",
    of: programs,
    seen: [
      /go\.mod requires go >= ?(?<version>1\.\d{1,2})|requires go ?(?:>=|version)? ?(?<other>1\.\d{1,2})|invalid go version '|toolchain not available|module requires Go (?<third>1\.\d{1,2})|package (?:slices|maps|log\/slog|cmp|iter|unique|weak) is not in (?:std|GOROOT)/,
    ],
    answers: (found) => {
      const least = found.groups["version"] ?? found.groups["other"] ?? found.groups["third"];
      return [
        ...newerRuntimes(found, "its modules want a newer Go", least),
        ...mend(
          found,
          { kind: "SetEnv", name: "GOTOOLCHAIN", value: "auto", phase: "Build" },
          "Go fetches the toolchain that go.mod names",
        ),
        ...mend(found, { kind: "SetBuildFlag", flag: "GoModMod" }, "go.mod is brought up to date by the build"),
      ];
    },
  },
  {
    id: "G05",
    signature: "NeedsCgo",
    layer: "System",
    remedy: "CGO_ENABLED=1 and a compiler",
    of: programs,
    seen: [
      /go-sqlite3 requires cgo|CGO_ENABLED=0.{0,60}(?:go-sqlite3|stub)|build constraints exclude all Go files in .{0,160}(?:sqlite|confluent|vips|webp|gl\b)|undefined: (?:C\.|sqlite3\.)/,
    ],
    answers: (found) =>
      mend(found, { kind: "SetBuildFlag", flag: "CgoOn" }, "a dependency is written in C; built with a C compiler"),
  },
  {
    id: "G04",
    signature: "MissingCompiler",
    layer: "System",
    remedy: "a C compiler",
    stage: "Build",
    of: programs,
    seen: [/exec: "(?:gcc|cc|g\+\+|clang)": executable file not found|cgo: C compiler "?gcc"? not found/],
    answers: (found) => [
      ...addPackages(found.service, "Build", ["gcc", "g++", "libc6-dev"], "a C compiler"),
      ...mend(found, { kind: "SetBuildFlag", flag: "CgoOff" }, "built without C"),
    ],
  },
  {
    id: "G04b",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the header or the library",
    origin: "catalogue G04, C01, C02: Go's own words for what C lacks",
    of: programs,
    seen: [
      /fatal error: (?<header>[\w./-]{1,80}\.h): No such file|cannot find -l(?<name>[\w.-]{1,40})|Package (?<pkg>[\w.+-]{1,40}) was not found in the pkg-config|(?<object>lib[\w+.-]{1,60}\.so)(?:\.[\d.]{1,12})?: cannot open shared object|exec: "(?<command>pkg-config|protoc|git|gcc)": executable file not found/,
    ],
    answers: ({ service, groups, evidence }) => [
      ...addLibrary(service, "Build", "header", groups["header"]),
      ...addLibrary(service, "Build", "name", groups["name"] ?? groups["pkg"]),
      ...addLibrary(service, evidence.stage, "object", groups["object"]),
      ...addLibrary(service, evidence.stage, "command", groups["command"]),
    ],
  },
  {
    id: "G09",
    signature: "MissingCertificates",
    layer: "System",
    remedy: "ca-certificates and tzdata in the image",
    stage: "Run",
    of: programs,
    seen: [/x509: certificate signed by unknown authority|x509: failed to load system roots|unknown time zone/],
    answers: ({ service }) => addPackages(service, "Run", ["ca-certificates", "tzdata"], "certificates and time zones"),
  },
  {
    id: "G02",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "go.mod and go.sum are brought up to date by the build",
    stage: "Build",
    of: programs,
    seen: [
      /missing go\.sum entry|updates to go\.(?:mod|sum) needed|no required module provides package|go: updates to go\.mod needed|is explicitly required in go\.mod, but not marked/,
    ],
    unless: [/inconsistent vendoring/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "go.mod and go.sum do not agree with the code; the build brings them up to date",
      ),
      ...mend(
        found,
        { kind: "AddBuildStep", step: "GoTidy" },
        "go.mod and go.sum do not agree with the code; go mod tidy before the build",
      ),
    ],
  },
  {
    id: "G03",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "modules are fetched; the vendor folder is let be",
    stage: "Build",
    of: programs,
    seen: [
      /inconsistent vendoring|is marked as explicit in vendor\/modules\.txt|cannot find module providing package .{0,120}-mod=vendor|import lookup disabled by -mod=vendor/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBuildFlag", flag: "GoModMod" },
        "its vendor folder does not agree with go.mod; modules are fetched instead",
      ),
  },
  {
    id: "G07",
    signature: "PrivatePackage",
    layer: "Deps",
    remedy: "none: a token for a private repository is needed",
    stage: "Build",
    of: programs,
    seen: [
      /terminal prompts disabled|could not read Username|410 Gone|404 Not Found.{0,120}\n?.{0,80}server response|fatal: could not read Password/,
    ],
    answers: ({ service }) => [
      end(
        "NeedsCredential",
        `${service.name} takes a module from a repository that wants a name and a token`,
        "give it as a build secret (spec.build.secrets) and set GOPRIVATE; or vendor the module",
        "Spec",
      ),
    ],
  },
  {
    id: "G06",
    signature: "StartMissing",
    layer: "Build",
    remedy: "none: no program is where it is looked for",
    stage: "Build",
    of: programs,
    seen: [/no Go files in|cannot find main module|package .{0,100} is not a main package/],
    answers: (found) => [
      ...otherStarts(found, "there is no program in this folder"),
      end(
        "NotAService",
        `${found.service.name}: no Go program is in the folder that is built`,
        "name the folder of its package main: spec.services[].path",
      ),
    ],
  },
  {
    id: "G10",
    signature: "EmbeddedFilesMissing",
    layer: "Build",
    remedy: "none: what is embedded has to be built first",
    stage: "Build",
    of: programs,
    seen: [/pattern (?<pattern>[\w./*-]{1,80}): no matching files found/],
    answers: ({ service, groups }) => [
      end(
        "RepoDefect",
        `${service.name} embeds ${(groups["pattern"] ?? "files").slice(0, 80)}, which is not in the repository`,
        "commit what is embedded, or build it before by a line of your own: spec.services[].build",
      ),
    ],
  },
  {
    id: "G08",
    signature: "WrongLibc",
    layer: "Base",
    remedy: "a program without C, which needs no libc",
    stage: "Run",
    of: programs,
    seen: [/exec .{0,80}: no such file or directory|version `GLIBC_[\d.]{3,6}' not found/],
    answers: (found) =>
      mend(found, { kind: "SetBuildFlag", flag: "CgoOff" }, "the program was linked to another libc; built without C"),
  },
];
