import type { BaseImage } from "./base-image.ts";

/** Bases of other publishers that own Dockerfiles name often, made of what is here. */
export const otherImages: readonly BaseImage[] = [
  {
    repository: "library/ubuntu",
    tags: ["latest", "24.04", "noble"],
    from: ["library/debian:trixie-slim"],
    standsFor: "Debian 13; the official image is Ubuntu",
    dockerfile: "FROM library/debian:trixie-slim\n",
  },
  {
    repository: "library/busybox",
    tags: ["1", "latest", "stable"],
    from: ["library/debian:trixie-slim"],
    standsFor: "Debian 13; the official image holds BusyBox alone",
    dockerfile: "FROM library/debian:trixie-slim\n",
  },
  {
    repository: "oven/bun",
    tags: ["1", "latest", "1-slim", "slim", "1-debian", "debian"],
    from: ["library/node:24-slim"],
    contexts: { bun: { kind: "Npm", name: "@oven/bun-linux-x64", version: "1" } },
    standsFor: "Bun as npm has it, beside Node",
    dockerfile: `FROM library/node:24-slim
COPY --from=bun --chmod=755 /bin/bun /usr/local/bin/bun
RUN ln -s bun /usr/local/bin/bunx && groupmod --new-name bun node && usermod --login bun --home /home/bun --move-home node && bun --version
WORKDIR /home/bun/app
ENTRYPOINT []
CMD ["bun"]
`,
  },
  ...["static", "base", "cc"].map((name) => distroless(name)),
];

/** Google's bases without a shell: whoever builds on them copies a program in, and asks for no more than certificates and a user. */
function distroless(name: string): BaseImage {
  return {
    repository: `distroless/${name}-debian12`,
    tags: ["latest", "nonroot"],
    from: ["library/debian:bookworm-slim"],
    standsFor: "Debian 12 with its shell; the official image has none",
    dockerfile: `FROM library/debian:bookworm-slim
RUN groupadd --gid 65532 nonroot && useradd --uid 65532 --gid nonroot --create-home nonroot
WORKDIR /home/nonroot
USER nonroot
`,
  };
}
