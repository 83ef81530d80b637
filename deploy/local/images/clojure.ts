import type { BaseImage } from "./base-image.ts";
import { javaLines } from "./eclipse-temurin.ts";

/** Leiningen on the JDKs of the suite that has it, at the official image's place. */
export const clojureImages: readonly BaseImage[] = javaLines
  .filter(({ suite }) => suite === "trixie")
  .map(({ line }) => ({
    repository: "library/clojure",
    tags: [`temurin-${line}-lein`],
    from: [`library/eclipse-temurin:${line}`],
    standsFor: "Debian's Leiningen; the official image fetches its own",
    dockerfile: `FROM library/eclipse-temurin:${line}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends git leiningen rlwrap \\
 && rm -rf /var/lib/apt/lists/* \\
 && LEIN_ROOT=1 lein version
ENV LEIN_ROOT=1
CMD ["lein", "repl"]
`,
  }));
