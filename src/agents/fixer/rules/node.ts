import { type Rule } from "../rule.ts";
import { compareVersions, mend, newerRuntimes, olderRuntimes } from "../remedies.ts";
import { addPackages } from "../tables/lookup.ts";
import { VersionRange } from "../../requirements/version-range.ts";

const programs = ["node"] as const;
const legacyOpenssl = "--openssl-legacy-provider";

/** What goes wrong with the runtime, the native parts and the lock files of Node, TypeScript and Bun. */
export const node: readonly Rule[] = [
  {
    id: "N01",
    signature: "OldCrypto",
    layer: "Runtime",
    remedy: "an OpenSSL that still knows the old digests of webpack 4, else an older Node",
    stage: "Build",
    of: programs,
    seen: [/ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "NODE_OPTIONS", value: legacyOpenssl, phase: "Build" },
        "its bundler uses digests that OpenSSL 3 keeps apart; they are let in for the build",
      ),
      ...olderRuntimes(found, "its bundler is older than this Node"),
    ],
  },
  {
    id: "N04",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a Node that the packages allow, else their word on it is let be",
    stage: "Build",
    of: [...programs, "npm", "yarn", "pnpm"],
    seen: [
      /EBADENGINE|The engine "node" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE|Unsupported engine|primordials is not defined|For Next\.js, Node\.js version "/,
    ],
    answers: (found) => {
      const ranges = enginesIn(found.evidence.lines.join("\n"));
      const fits = (line: string): boolean => ranges.every((range) => range.allows(line));
      const runtimes =
        ranges.length === 0
          ? olderRuntimes(found, "a package does not run on this Node")
          : [
              ...newerRuntimes(found, "a package needs a newer Node", "0", fits),
              ...olderRuntimes(found, "a package does not run on this Node", fits),
            ].slice(0, 2);
      return [
        ...runtimes,
        ...mend(found, { kind: "SetInstallMode", mode: "AnyEngine" }, "what packages say of Node's version is let be"),
      ];
    },
  },
  {
    id: "N40",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "an older Node, whose engine an old add-on was written for",
    origin: "observed: add-ons by an old nan, which the present V8 has outgrown",
    stage: "Build",
    of: programs,
    seen: [/nan_\w{1,40}\.h:\d{1,6}:\d{1,6}: error|is not a member of 'v8'|'class v8::\w{1,60}' has no member/],
    answers: (found) => olderRuntimes(found, "an add-on is written for an older Node"),
  },
  {
    id: "N41",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "Node 16, the last that takes a path which a package does not export",
    origin: "observed: create-react-app 4 and its postcss, after Node 17",
    stage: "Build",
    of: programs,
    seen: [/Package subpath '\.\/lib\/tokenize' is not defined by "exports"/],
    answers: (found) =>
      olderRuntimes(found, "its build is written for Node 16", (line) => compareVersions(line, "16") <= 0),
  },
  {
    id: "N19",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a newer Node",
    of: programs,
    seen: [
      /SyntaxError: Unexpected token '(?:\?\?=|\?\.|\?\?|\|\|=|&&=|\.)'|SyntaxError: Unexpected token \?|node:(?:test|sqlite|util)' is not|ERR_UNKNOWN_BUILTIN_MODULE|No such built-in module: node:/,
    ],
    answers: (found) => newerRuntimes(found, "the code uses what this Node does not have"),
  },
  {
    id: "N10",
    signature: "MissingCompiler",
    layer: "System",
    remedy: "Python and a compiler in the build stage",
    stage: "Build",
    of: [...programs, "bun"],
    seen: [
      /gyp ERR! find Python|gyp ERR! stack Error: not found: make|gyp ERR!.{0,80}(?:make|g\+\+|cc).{0,20}ENOENT|node-gyp.{0,60}not found|(?:make|g\+\+|gcc): (?:command )?not found|prebuild-install.{0,40}(?:ENOENT|not found)/,
    ],
    answers: (found) => [
      ...addPackages(
        found.service,
        "Build",
        ["python3", "make", "gcc", "g++", "libc6-dev"],
        "a compiler for native add-ons",
      ),
      ...mend(
        found,
        { kind: "SetBaseVariant", variant: "Full" },
        "built upon the larger base image, which has compilers",
      ),
    ],
  },
  {
    id: "N11",
    signature: "OldNodeGyp",
    layer: "System",
    remedy: "setuptools in the build stage, which still has distutils",
    stage: "Build",
    of: programs,
    seen: [/gyp.{0,200}No module named 'distutils'|ModuleNotFoundError: No module named 'distutils'/],
    answers: (found) =>
      addPackages(
        found.service,
        "Build",
        ["python3", "python3-setuptools", "make", "gcc", "g++", "libc6-dev"],
        "distutils for an old node-gyp",
      ),
  },
  {
    id: "N12",
    signature: "WrongBinary",
    layer: "System",
    remedy: "dependencies installed afresh in the image",
    of: programs,
    seen: [
      /Could not load the "sharp" module|linuxmusl|Cannot find module '@(?:img|esbuild|rollup|swc|parcel|tailwindcss|next|biomejs)\/[\w-]{0,40}(?:linux|darwin|win32)[\w-]*'|Cannot find module @rollup\/rollup-linux/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "the lock file leaves out the native parts for Linux; dependencies are resolved anew",
      ),
  },
  {
    id: "N13",
    signature: "WrongBinary",
    layer: "System",
    remedy: "native modules installed in the image, never copied from a machine",
    of: programs,
    seen: [/invalid ELF header|NODE_MODULE_VERSION \d{2,3}|was compiled against a different Node\.js version/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutCache" },
        "a native module was built for another Node; it is installed without the cache",
      ),
  },
  {
    id: "N02",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "install by the manifest",
    stage: "Build",
    of: ["npm"],
    seen: [
      /npm ci` can only install packages when|npm (?:error|ERR!) code EUSAGE|package-lock\.json.{0,80}(?:are not in sync|out of sync)|Missing: \S{1,100} from lock file/i,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "package-lock.json does not agree with package.json; installed by the manifest",
      ),
  },
  {
    id: "N03",
    signature: "PeerConflict",
    layer: "Deps",
    remedy: "peers that cannot be had together are let be, as older npm did",
    stage: "Build",
    of: ["npm", "pnpm"],
    seen: [/ERESOLVE (?:could not|unable to) resolve|npm (?:error|ERR!) code ERESOLVE|ERR_PNPM_PEER_DEP_ISSUES/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "LegacyPeers" },
        "packages want peers that cannot be had together; they are let be",
      ),
      ...mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "dependencies are resolved anew, without the lock file",
      ),
    ],
  },
  {
    id: "N05",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "install by the manifest",
    stage: "Build",
    of: ["pnpm"],
    seen: [/ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_LOCKFILE_CONFIG_MISMATCH/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "pnpm-lock.yaml does not agree with package.json; installed by the manifest",
      ),
  },
  {
    id: "N06",
    signature: "LockOfOtherVersion",
    layer: "Deps",
    remedy: "dependencies resolved anew where no pnpm of ours reads the lock",
    stage: "Build",
    of: ["pnpm"],
    seen: [/ERR_PNPM_LOCKFILE_BREAKING_CHANGE|not compatible with current pnpm|ERR_PNPM_BROKEN_LOCKFILE/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutLock" },
        "pnpm-lock.yaml is of another pnpm; dependencies are resolved anew",
      ),
  },
  {
    id: "N07",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "install by the manifest",
    stage: "Build",
    of: ["yarn"],
    seen: [/YN0028|[Ll]ockfile would have been modified|needs to be updated, but yarn was run with/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "yarn.lock does not agree with package.json; installed by the manifest",
      ),
  },
  {
    id: "N07b",
    signature: "LockOutOfStep",
    layer: "Deps",
    remedy: "install by the manifest",
    origin: "observed: Bun's frozen lock",
    stage: "Build",
    of: ["bun"],
    seen: [/lockfile had changes, but lockfile is frozen/i],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "Unfrozen" },
        "Bun's lock file does not agree with package.json; installed by the manifest",
      ),
  },
];

/** What the packages say of Node's version, in the words of npm (`required: { node: '>=18' }`), Yarn and pnpm (`Expected version ">=24"`). */
function enginesIn(text: string): readonly VersionRange[] {
  const said =
    /(?:Expected version:?|required:?|wanted:?|Node\.js version)\s*(?:\{\s*"?node"?:\s*)?(?:"(?<double>[^"\n]{1,120})"|'(?<single>[^'\n]{1,120})'|(?<bare>[\d<>=~^|*][\d<>=~^|. *x-]{0,119}))/gi;
  return [...text.matchAll(said)].flatMap(({ groups }) => {
    const range = VersionRange.read(groups?.["double"] ?? groups?.["single"] ?? groups?.["bare"] ?? "");
    return range === undefined ? [] : [range];
  });
}
