import type { BaseImage } from "./base-image.ts";

/** Debian brings one Ruby each: the official image's places for gems are laid over it. */
const versions = [
  { version: "3.1", suite: "bookworm", latest: false },
  { version: "3.3", suite: "trixie", latest: true },
];

const slim: readonly BaseImage[] = versions.map(({ version, suite, latest }) => ({
  repository: "library/ruby",
  tags: [`${version}-slim`, `${version}-slim-${suite}`, ...(latest ? ["3-slim", "slim"] : [])],
  from: [`library/debian:${suite}-slim`],
  standsFor: `Debian's Ruby ${version}; the official image builds its own`,
  dockerfile: `FROM library/debian:${suite}-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates procps ruby ruby-bundler ruby-dev rake tzdata \\
 && rm -rf /var/lib/apt/lists/* \\
 && mkdir -p /usr/local/bundle && chmod 1777 /usr/local/bundle \\
 && ruby --version && bundle --version
ENV LANG=C.UTF-8 RUBY_VERSION=${version} GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["irb"]
`,
}));

/** The larger variants: with what gems are built by. */
const full: readonly BaseImage[] = versions.map(({ version, suite, latest }) => ({
  repository: "library/ruby",
  tags: [version, `${version}-${suite}`, ...(latest ? ["3", "latest"] : [])],
  from: [`library/ruby:${version}-slim`],
  dockerfile: `FROM library/ruby:${version}-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends build-essential curl default-libmysqlclient-dev git libffi-dev libpq-dev libsqlite3-dev libssl-dev libyaml-dev pkg-config \\
 && rm -rf /var/lib/apt/lists/*
`,
}));

export const rubyImages: readonly BaseImage[] = [...slim, ...full];
