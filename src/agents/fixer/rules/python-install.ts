import type { Rule } from "../rule.ts";
import { mend } from "../remedies.ts";

const programs = ["python"] as const;

/** What goes wrong with versions and lock files of Python's distributions. */
export const pythonInstall: readonly Rule[] = [
  {
    id: "P29",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "the lock is made anew",
    stage: "Build",
    of: ["poetry", "uv", "pdm"],
    seen: [
      /pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date|lockfile at `?uv\.lock`? needs to be updated|Unable to find lockfile at|Lock file hash doesn't match|lock file is out of date/i,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "the lock file does not agree with pyproject.toml; it is made anew",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "dependencies are resolved anew, without the lock file",
      ),
    ],
  },
  {
    id: "P30",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "installed by the Pipfile",
    stage: "Build",
    of: ["pipenv"],
    seen: [/Pipfile\.lock .{0,60}out of date|Pipfile\.lock is out-of-date|ERROR:: Aborting deploy/i],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "Pipfile.lock does not agree with the Pipfile; installed by the Pipfile",
      ),
  },
  {
    id: "P05",
    signature: "VersionConflict",
    layer: "Deps",
    remedy: "pinned versions become lower bounds",
    stage: "Build",
    of: programs,
    seen: [
      /ResolutionImpossible|conflicting dependencies|because these package versions have conflicting|No solution found when resolving/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "RelaxedPins" },
        "its pins cannot be had together; each is taken for a lower bound",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "dependencies are resolved anew, without the lock file",
      ),
    ],
  },
  {
    id: "P17",
    signature: "ManagedEnvironment",
    layer: "Deps",
    remedy: "pip may change the image's own Python",
    stage: "Build",
    seen: [/externally-managed-environment/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "PIP_BREAK_SYSTEM_PACKAGES", value: "1", phase: "Build" },
        "the image's Python is the program's alone; pip may change it",
      ),
  },
  {
    id: "P36",
    signature: "VersionFromGit",
    layer: "Deps",
    remedy: "a version is said where git has none to tell",
    stage: "Build",
    of: programs,
    seen: [
      /setuptools-scm was unable to detect version|LookupError: .{0,80}setuptools.scm|unable to detect version for|Versioning for this project requires either an sdist|hatch-vcs|Could not find (?:a )?version from (?:git|VCS)/i,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "SETUPTOOLS_SCM_PRETEND_VERSION", value: "0.0.0", phase: "Build" },
        "its version is read from git's history, which a build does not have; 0.0.0 is said",
      ),
      ...mend(
        found,
        { kind: "SetEnv", name: "PBR_VERSION", value: "0.0.0", phase: "Build" },
        "its version is read from git's history, which a build does not have; 0.0.0 is said",
      ),
    ],
  },
  {
    id: "P31",
    signature: "DiskFull",
    layer: "Deps",
    remedy: "the larger builder, without a cache of packages",
    stage: "Build",
    of: programs,
    seen: [/\[Errno 28\] No space left|OSError.{0,40}No space left/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutCache" },
        "its packages fill the builder's disk; they are not kept besides",
      ),
      ...mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 6144 },
        "its packages need more room; built on the larger builder",
      ),
    ],
  },
  {
    id: "P33",
    signature: "BuildOutOfMemory",
    layer: "Build",
    remedy: "the larger builder",
    stage: "Build",
    of: programs,
    seen: [/^\s{0,8}Killed\s{0,4}$|Killed\s{1,10}pip |exit code: 137|returned a non-zero code: 137|MemoryError$/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 6144 },
        "its build was killed for memory; built on the larger builder",
      ),
  },
];
