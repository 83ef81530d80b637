import type { BaseImage } from "./base-image.ts";

/** Debian's suites with the numbers by which people ask for them. */
const suites = [
  { suite: "bullseye", number: "11", latest: false },
  { suite: "bookworm", number: "12", latest: false },
  { suite: "trixie", number: "13", latest: true },
];

/**
 * Debian, minimal. What the official image lacks and these need: the certificates that this machine trusts, and the variables by which
 * Node, Python and Git are told of them.
 */
export const debianImages: readonly BaseImage[] = suites.map(({ suite, number, latest }) => ({
  repository: "library/debian",
  tags: [`${suite}-slim`, suite, number, `${number}-slim`, ...(latest ? ["stable-slim", "stable", "latest"] : [])],
  from: [],
  contexts: { ".": { kind: "Debian", suite }, machine: { kind: "Trust" } } as const,
  dockerfile: debianDockerfile(),
}));

function debianDockerfile(): string {
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  return `FROM scratch AS unpack
ADD rootfs.tar /
COPY --from=machine /trust/ /usr/local/share/ca-certificates/
RUN update-ca-certificates \\
 && printf 'path-exclude /usr/share/man/*\\npath-exclude /usr/share/locale/*\\npath-exclude /usr/share/doc/*\\npath-include /usr/share/doc/*/copyright\\n' > /etc/dpkg/dpkg.cfg.d/docker \\
 && printf 'Acquire::Languages "none";\\nAcquire::GzipIndexes "true";\\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\\n' > /etc/apt/apt.conf.d/docker
FROM scratch
COPY --from=unpack / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    SSL_CERT_FILE=${bundle} NODE_EXTRA_CA_CERTS=${bundle} PIP_CERT=${bundle} REQUESTS_CA_BUNDLE=${bundle} GIT_SSL_CAINFO=${bundle} CURL_CA_BUNDLE=${bundle}
CMD ["bash"]
`;
}
