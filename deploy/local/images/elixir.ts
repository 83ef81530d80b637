import type { BaseImage } from "./base-image.ts";

const version = "1.18";

/** Elixir with the Erlang that Debian has for it. Hex, its package manager, is fetched by whoever needs it. */
export const elixirImages: readonly BaseImage[] = [
  {
    repository: "library/elixir",
    tags: [`${version}-slim`, version, `${version}-otp-27-slim`, "slim", "latest"],
    from: ["library/debian:trixie-slim"],
    standsFor: `Debian's Elixir ${version}; the official image builds its own`,
    dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates elixir erlang-dev erlang-nox \\
 && rm -rf /var/lib/apt/lists/* \\
 && elixir --version
ENV LANG=C.UTF-8 ELIXIR_VERSION=v${version}
CMD ["iex"]
`,
  },
];
