import { act, end, type Rule } from "../rule.ts";
import { mend, otherStarts } from "../remedies.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

const ownDockerfile = "the repository's own Dockerfile";

/** What goes wrong with images, systems and sources, whatever the language. */
export const image: readonly Rule[] = [
  {
    id: "O01",
    signature: "OldDebian",
    layer: "Base",
    remedy: "none in a Dockerfile of the repository: its release is no longer served",
    stage: "Build",
    seen: [
      /does not have a Release file|404.{0,120}(?:stretch|buster|jessie)|The repository '.{0,120}(?:stretch|buster)/,
    ],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} is built upon a Debian whose packages are no longer served`,
        `take a newer base image in ${ownDockerfile}, bookworm or trixie`,
      ),
    ],
  },
  {
    id: "O12",
    signature: "OldDebian",
    layer: "Base",
    remedy: "none in a Dockerfile of the repository: its keys have ended",
    stage: "Build",
    seen: [/At least one invalid signature was encountered|NO_PUBKEY|EXPKEYSIG/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}'s base image is too old to know today's signing keys`,
        `take a newer base image in ${ownDockerfile}`,
      ),
    ],
  },
  {
    id: "O03",
    signature: "BaseImageMissing",
    layer: "Base",
    remedy: "none by a rule: the second-best plan is taken, which does without the Dockerfile",
    stage: "Build",
    reasons: ["BaseImageMissing"],
    seen: [/manifest unknown|not found: manifest|openjdk|bitnami\//],
    answers: () => [],
  },
  {
    id: "O04",
    signature: "WrongArchitecture",
    layer: "Base",
    remedy: "none: the image is for other processors",
    seen: [/exec format error|no match for platform in manifest/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}'s image is for other processors than the nodes have`,
        "leave out --platform and binaries of other systems in its Dockerfile",
        "Repo",
      ),
    ],
  },
  {
    id: "O07",
    signature: "BuildContext",
    layer: "Base",
    remedy: "built from the repository's root",
    stage: "Build",
    seen: [/COPY failed|failed to compute cache key|failed to calculate checksum|copies a file that is not there/],
    answers: ({ service }) => {
      const { dockerfile, context } = service.recipe;
      if (dockerfile === undefined) return [];
      const folder = dockerfile.includes("/") ? dockerfile.slice(0, dockerfile.lastIndexOf("/")) : ".";
      return [".", folder]
        .filter((each) => each !== context)
        .map((each) =>
          act(
            { kind: "SetBuildContext", context: each },
            `${service.name}: its Dockerfile copies what is not in ${context}; built from ${each === "." ? "the root" : each}`,
          ),
        );
    },
  },
  {
    id: "O02",
    signature: "PackageMissing",
    layer: "System",
    remedy: "none: a package has another name in this release",
    stage: "Build",
    seen: [
      /Unable to locate package (?<name>[\w.+-]{1,60})|Package '?(?<other>[\w.+-]{1,60})'? has no installation candidate|unable to select packages/,
    ],
    answers: ({ service, groups }) => [
      end(
        "RepoDefect",
        `${service.name} asks for the system package ${(groups["name"] ?? groups["other"] ?? "").slice(0, 60)}, which this release does not have`,
        `correct its name in ${ownDockerfile} or in spec.services[].packages, and run apt-get update in the same step`,
      ),
    ],
  },
  {
    id: "P37",
    signature: "MissingCertificates",
    layer: "System",
    remedy: "ca-certificates in both stages",
    seen: [
      /CERTIFICATE_VERIFY_FAILED|unable to get local issuer certificate|SELF_SIGNED_CERT_IN_CHAIN|certificate verify failed|SSL certificate problem|server certificate verification failed/,
    ],
    answers: ({ service, evidence }) => [
      ...addPackages(service, evidence.stage, ["ca-certificates"], "certificates"),
      end(
        "CertificateUnknown",
        `${service.name} calls a server whose certificate is not known`,
        "behind a company's proxy give its CA: caBundle in the chart's values",
        "Platform",
      ),
    ],
  },
  {
    id: "O14",
    signature: "LfsPointer",
    layer: "Build",
    remedy: "none: a file of LFS was not fetched",
    seen: [/version https:\/\/git-lfs\.github\.com\/spec\/v1/],
    answers: ({ service }) => [
      end(
        "LfsUnavailable",
        `${service.name} reads a file that git holds as a pointer only (LFS)`,
        "let spec.source.git.lfs be true, and its host serve LFS",
        "Spec",
      ),
    ],
  },
  {
    id: "O13",
    signature: "SubmoduleMissing",
    layer: "Build",
    remedy: "none: a submodule is not there",
    stage: "Build",
    seen: [
      /No url found for submodule path|submodule.{0,60}(?:not initialized|is empty)|add_subdirectory given source "(?<folder>[\w./-]{1,100})" which is not an existing directory|does not contain a CMakeLists\.txt/,
    ],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} needs a submodule that is empty`,
        "let spec.source.git.submodules be true, or give a credential for where it lies",
        "Spec",
      ),
    ],
  },
  {
    id: "O15",
    signature: "GitOwnership",
    layer: "Build",
    remedy: "git takes any folder of the build for its own",
    stage: "Build",
    seen: [/detected dubious ownership/],
    answers: (found) => [
      act(
        { kind: "SetEnv", name: "GIT_CONFIG_COUNT", value: "1", phase: "Build" },
        `${found.service.name}: git is told that the sources are its own`,
      ),
    ],
  },
  {
    id: "O05",
    signature: "ScriptRights",
    layer: "Build",
    remedy: "scripts get the right to run",
    seen: [
      /(?:\.sh|entrypoint[\w.-]{0,20}|\.\/[\w./-]{1,60}): (?:line \d+: )?Permission denied|exec: "?[\w./-]{1,80}"?: permission denied|\.\/[\w./-]{1,60}: Permission denied|permission denied: unknown/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "AddBuildStep", step: "ScriptRights" },
        "a script lacks the right to run; it gets it in the build",
      ),
  },
  {
    id: "O06",
    signature: "ScriptLineEnds",
    layer: "Build",
    remedy: "line ends of Windows are mended, and bash is there",
    seen: [
      /bad interpreter|env: '?(?:bash|sh|python3?|node)\\r|\$'\\r': command not found|\\r: command not found|\/bin\/bash\^M|not found\r|set: (?:Illegal option|-\S{0,3}: invalid option)/,
      // A script that is there and whose interpreter's name ends in a carriage return is "not found", too.
      /(?:sh|bash)(?:: \d{1,3}|: line \d{1,3})?: (?:exec: )?(?:\.|\/app)\/[\w./-]{1,80}\.sh: (?:not found|cannot execute: required file)|exec (?:\.|\/app)?\/[\w./-]{1,80}\.sh: no such file or directory/,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "AddBuildStep", step: "ScriptRights" },
        "a script has line ends of Windows; mended in the build",
      ),
      ...addPackages(found.service, found.evidence.stage, ["bash"], "bash"),
    ],
  },
  {
    id: "O16",
    signature: "MissingProgram",
    layer: "System",
    remedy: "the package that has the program",
    seen: [
      /(?:\/bin\/sh|sh|bash|make|env)(?::? \d+|: line \d+|\[\d+\])?: (?:line \d+: |\d+: )?'?(?<command>[\w.+-]{2,30})'?: (?:command )?(?:not found|No such file)|spawn (?<spawned>[\w.+-]{2,30}) ENOENT|exec: "(?<exec>[\w.+-]{2,30})": executable file not found|env: '(?<env>[\w.+-]{2,30})': No such file/,
    ],
    answers: ({ service, groups, evidence }) =>
      addLibrary(
        service,
        evidence.stage,
        "command",
        groups["command"] ?? groups["spawned"] ?? groups["exec"] ?? groups["env"],
      ),
  },
  {
    id: "K13",
    signature: "StartMissing",
    layer: "Process",
    remedy: "another way to start it that code found",
    stage: "Run",
    seen: [
      /executable file not found|exec:? .{0,80}no such file or directory|(?:sh|bash)(?:: \d{1,3}|: line \d{1,3})?: .{1,80}: (?:command )?not found/i,
    ],
    answers: (found) => otherStarts(found, "what it starts is not there"),
  },
  {
    id: "O17",
    signature: "UserExists",
    layer: "Build",
    remedy: "none: a user of this number is there already",
    stage: "Build",
    seen: [/[GU]ID '?\d{3,5}'? already exists|(?:group|user) '?\w{1,30}'? already exists/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}'s Dockerfile makes a user or group that its base image has already`,
        "take the image's own user, or another number",
      ),
    ],
  },
  {
    id: "O08",
    signature: "RegistryLimit",
    layer: "Transient",
    remedy: "none: the registry lets no more in for a while",
    seen: [/toomanyrequests|You have reached your (?:unauthenticated )?pull rate limit/],
    answers: ({ service }) => [
      end(
        "RegistryLimit",
        `the registry of ${service.name}'s base image lets no more pulls in for a while`,
        "it is tried again; give the builder a mirror or an account in the chart's values",
        "Platform",
      ),
    ],
  },
  {
    id: "O09",
    signature: "DiskFull",
    layer: "Cluster",
    remedy: "nothing kept besides, then the larger builder",
    stage: "Build",
    seen: [/no space left on device|ENOSPC(?!: System limit)/i],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutCache" },
        "its packages fill the builder's disk; they are not kept besides",
      ),
      ...mend(found, { kind: "SetMemory", stage: "Build", megabytes: 6144 }, "built on the larger builder"),
    ],
  },
  {
    id: "O11",
    signature: "NoNames",
    layer: "Cluster",
    remedy: "none: names are not resolved",
    seen: [/Temporary failure in name resolution|Temporary failure resolving/],
    answers: ({ service }) => [
      end(
        "NetworkUnreachable",
        `${service.name}: no name can be resolved`,
        "check DNS and egress of the namespace; it is not tried again by a fix",
        "Platform",
      ),
    ],
  },
];
