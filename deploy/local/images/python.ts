import type { BaseImage } from "./base-image.ts";

/**
 * Debian brings one Python each: the official layout is laid over it. As a virtual environment of Debian's, /usr/local is the prefix, and what
 * is installed lies where it does in the official image: Dockerfiles copy `site-packages`, and install by `--prefix` and `--user`.
 */
const versions = [
  { version: "3.9", suite: "bullseye", latest: false },
  { version: "3.11", suite: "bookworm", latest: false },
  { version: "3.13", suite: "trixie", latest: true },
];

const slim: readonly BaseImage[] = versions.map(({ version, suite, latest }) => ({
  repository: "library/python",
  tags: [`${version}-slim`, `${version}-slim-${suite}`, ...(latest ? ["3-slim", "slim"] : [])],
  from: [`library/debian:${suite}-slim`],
  standsFor: `Debian's Python ${version}; the official image builds its own`,
  dockerfile: `FROM library/debian:${suite}-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends python3 python3-dev python3-pip python3-venv netbase tzdata \\
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \\
 && python3 -m venv --system-site-packages --without-pip /usr/local \\
 && rm -rf /usr/local/bin/*ctivate* /usr/local/lib/python${version}/dist-packages \\
 && ln -s site-packages /usr/local/lib/python${version}/dist-packages \\
 && ln -sf /usr/bin/python${version} /usr/local/bin/python${version} \\
 && python -m pip install --no-cache-dir --upgrade --ignore-installed pip setuptools wheel \\
 && python -c 'import ssl, sqlite3, venv' && pip --version
ENV LANG=C.UTF-8 PYTHON_VERSION=${version}
CMD ["python3"]
`,
}));

/** The larger variants: with what wheels are built by. */
const full: readonly BaseImage[] = versions.map(({ version, suite, latest }) => ({
  repository: "library/python",
  tags: [version, `${version}-${suite}`, ...(latest ? ["3", "latest"] : [])],
  from: [`library/python:${version}-slim`],
  dockerfile: `FROM library/python:${version}-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends build-essential curl default-libmysqlclient-dev git libffi-dev libpq-dev libssl-dev openssh-client pkg-config procps wget \\
 && rm -rf /var/lib/apt/lists/*
`,
}));

export const pythonImages: readonly BaseImage[] = [...slim, ...full];
