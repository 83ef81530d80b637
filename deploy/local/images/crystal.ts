import type { BaseImage } from "./base-image.ts";

/** Crystal and Shards, with the headers that the standard library links to. */
export const crystalImages: readonly BaseImage[] = [
  {
    repository: "crystallang/crystal",
    tags: ["1.14", "latest"],
    from: ["library/debian:trixie-slim"],
    standsFor: "Debian's Crystal 1.14; the official image is Ubuntu's with Crystal's own",
    dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates crystal g++ git libevent-dev libgmp-dev libpcre2-dev libsqlite3-dev libssl-dev libxml2-dev libyaml-dev make pkg-config shards zlib1g-dev \\
 && rm -rf /var/lib/apt/lists/* \\
 && crystal --version && shards --version
CMD ["bash"]
`,
  },
];
