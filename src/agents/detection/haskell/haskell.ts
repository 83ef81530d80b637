import type { ServiceKind } from "../../../plan.ts";
import { chooseLine, type LineChoice, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { findNative, nativePort, readNative } from "../native-code.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { type HaskellPackage, isSelfSufficient, readHaskell } from "./packages.ts";

const ghcLines: Lines = {
  name: "haskell",
  lines: ["8.10", "9.0", "9.2", "9.4", "9.6", "9.8", "9.10"].map((line) => ({ line, since: "", until: "2999-12" })),
  usual: "9.6",
};

/** Compilers of Stackage's long-term snapshots. */
const snapshots: Readonly<Record<string, string>> = {
  "17": "8.10", "18": "8.10", "19": "9.0", "20": "9.2", "21": "9.4", "22": "9.6", "23": "9.8", "24": "9.10",
}; // prettier-ignore

const frameworks = ["yesod", "servant-server", "scotty", "spock", "snap-server", "happstack-server", "warp"];
const listens: readonly RegExp[] = [
  /\b(?:Warp\.)?run(?:Env|Settings|TLS)?\s+(?:\$|\(|\w)[^\n]{0,80}?\bapp|\bscotty(?:Opts|T)?\s|\bspock\b|\bwarp(?:Env|Debug)?\s+\d|\bquickHttpServe\b|\bsimpleHTTP\b|\brunSpock\b|\bserveSnaplet\b/,
  /\bimport\s+(?:qualified\s+)?(?:Network\.Wai\.Handler\.Warp|Web\.Scotty|Web\.Spock|Snap\.Http\.Server|Yesod)\b/,
  /\b(?:listen|bind)\s+sock\w*\b/,
];
const loops: readonly RegExp[] = [/\bforever\b[^]{0,600}?\b(?:threadDelay|recv|atomically)\b/];

/** Haskell: Stack and Cabal; Scotty, Servant, Yesod. */
export const haskell: Language = {
  name: "haskell",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const found = await readHaskell(tree, path);
    if (found === undefined) return undefined;
    const name = found.programs.find((one) => /server|web|api|app|exe/.test(one)) ?? found.programs[0];
    if (name === undefined) return library;
    const choice = await chooseGhc(tree, path, found, wishes);
    const sources = await readNative(tree, path, /\.hs$/, "Dashes");
    const serving = findNative(sources, listens);
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const files = await runtimeFiles(tree, path, /\.(?:hs|cabal)$/);
    const service = nativeService({
      path,
      language: "haskell",
      framework: kind === "Web" ? frameworks.find((one) => found.dependencies.includes(one)) : undefined,
      kind,
      runtime: { name: "ghc", choice },
      manager: { name: found.tool, version: null, lockFile: null, mode: "Unfrozen" },
      recipe: {
        buildImage: `docker.io/library/haskell:${choice.version}-slim`,
        buildPackages: ["ca-certificates", "gcc", "g++", "libgmp-dev", "libpq-dev", "make", "pkg-config", "zlib1g-dev"],
        runPackages: [
          "libffi8",
          "libgmp10",
          "libnuma1",
          ...(found.dependencies.some((one) => /postgres/.test(one)) ? ["libpq5"] : []),
        ],
        ...linesOf(found, name),
        artifacts: [`bin/${name}`, ...files].map((one) => ({
          from: `${sourceFolder}/${one}`,
          to: `${sourceFolder}/${one}`,
        })),
      },
      start: `./bin/${name}`,
      port:
        serving === undefined
          ? undefined
          : nativePort(sources, [/\b(?:run|scotty|warp|runEnv|setPort)\s+(?<number>\d{2,5})\b/]),
      because: serving === undefined ? "nothing in it listens" : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? found.where,
    });
    const others = found.programs.filter((one) => one !== name).slice(0, 5);
    return {
      sure: service.sure,
      services: [service],
      warnings: [
        ...(choice.warning === undefined ? [] : [choice.warning]),
        ...(others.length === 0 ? [] : [plainText(`${name} is run; there are also ${others.join(", ")}`)]),
      ],
    };
  },
};

/** Stack takes the compiler of the image where its snapshot wants that, and else fetches its own. */
function linesOf(
  found: HaskellPackage,
  name: string,
): {
  readonly install: string | null;
  readonly build: string;
  readonly caches: { readonly id: string; readonly target: string }[];
} {
  if (found.tool === "stack") {
    return {
      install: "stack setup --system-ghc --allow-different-user",
      build: `stack install --system-ghc --allow-different-user --local-bin-path bin`,
      caches: [{ id: "stack", target: "/root/.stack" }],
    };
  }
  const alone = isSelfSufficient(found);
  // Without a word of Hackage in its configuration Cabal asks nobody, and takes what the compiler brought.
  const cabal = alone ? "cabal --config-file=/dev/null" : "cabal";
  const program = `exe:${name}${alone ? " --offline" : ""}`;
  return {
    install: alone ? null : "cabal update",
    build: `${cabal} build ${program} && mkdir -p bin && cp "$(${cabal} list-bin ${program})" bin/`,
    caches: [
      { id: "cabal", target: "/root/.cabal" },
      { id: "cabal-xdg", target: "/root/.local/state/cabal" },
    ],
  };
}

/** Spec > env > version files > the snapshot or cabal.project > the usual. */
async function chooseGhc(tree: SourceTree, path: string, found: HaskellPackage, wishes: Wishes): Promise<LineChoice> {
  const { resolver, resolverFile } = found;
  const long = /\blts(?:-|\/)(?<line>\d{1,2})\b/.exec(resolver ?? "")?.groups?.["line"] ?? "";
  const direct = /^(?:ghc-)?(?<version>\d+\.\d+)(?:\.\d+)?$/.exec(resolver ?? "")?.groups?.["version"];
  const said = snapshots[long] ?? direct;
  const words: LineWord[] = [
    ...(await pinnedWords(tree, path, wishes, {
      names: ["ghc", "haskell"],
      environment: ["GHC_VERSION", "RAILPACK_GHC_VERSION", "NIXPACKS_GHC_VERSION"],
      files: [".ghc-version"],
    })),
    ...(said === undefined || resolverFile === undefined
      ? []
      : [
          {
            said,
            from: plainText(`${resolverFile} ${long === "" ? (resolver ?? "") : `lts-${long}`}`, 120),
            where: resolverFile,
            pins: true,
          },
        ]),
  ];
  return chooseLine(ghcLines, words, { ...wishes.platform, commitDate: undefined });
}

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Haskell library",
  lookedFor: [["executables in package.yaml or the .cabal file", "none"]],
};
