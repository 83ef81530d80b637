import type { BaseImage } from "./base-image.ts";

/** Debian's compilers: its release's own, and the one that its backports have newest. */
const lines = [
  { line: "1.85", suite: "trixie", latest: false, standsFor: "Debian's Rust 1.85" },
  { line: "1.96", suite: "trixie-backports", latest: true, standsFor: "the newest Rust of Debian's backports" },
];

/** What the official image has besides: a C compiler, git, and the headers that crates most often look for. */
const besides =
  "ca-certificates curl default-libmysqlclient-dev g++ gcc git libc6-dev libpq-dev libsqlite3-dev libssl-dev make openssh-client pkg-config zlib1g-dev";

/**
 * Rust and Cargo in the official image's places. There is no rustup: what a toolchain file wants is read by detection, and what Debian has
 * is taken. Backports move on, so that its line is the oldest that may come.
 */
export const rustImages: readonly BaseImage[] = lines.map(({ line, suite, latest, standsFor }) => ({
  repository: "library/rust",
  tags: [line, `${line}-trixie`, ...(latest ? ["1", "latest", "trixie"] : [])],
  from: ["library/debian:trixie-slim"],
  standsFor: `${standsFor}; the official image takes Rust's own`,
  dockerfile: `FROM library/debian:trixie-slim
RUN sed -n 's/ trixie main/ ${suite} main/p' /etc/apt/sources.list > /etc/apt/sources.list.d/rust.list \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends ${besides} \\
 && apt-get install -y --no-install-recommends -t ${suite} cargo rustc \\
 && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/rust.list \\
 && mkdir -p /usr/local/cargo/bin && chmod -R a+w /usr/local/cargo \\
 && printf '%s\\n' ${line} "$(rustc --version | cut -d' ' -f2)" | sort -VC && cargo --version
ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["bash"]
`,
}));
