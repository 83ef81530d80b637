import type { BaseImage } from "./base-image.ts";

/** GHC, Cabal and Stack. */
export const haskellImages: readonly BaseImage[] = [
  {
    repository: "library/haskell",
    tags: ["9.6", "9.6-slim", "9", "latest"],
    from: ["library/debian:trixie-slim"],
    standsFor: "Debian's GHC 9.6, Cabal and Stack; the official image takes GHCup's",
    dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates cabal-install curl g++ gcc ghc git haskell-stack libgmp-dev libtinfo-dev make pkg-config xz-utils zlib1g-dev \\
 && rm -rf /var/lib/apt/lists/* \\
 && ghc --version && cabal --version && stack --version
CMD ["ghci"]
`,
  },
];
