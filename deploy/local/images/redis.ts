import type { BaseImage } from "./base-image.ts";

/** Redis and Valkey are the same program under two names, as far as an image goes. */
function server(parts: {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly name: string;
  readonly standsFor: string;
}): BaseImage {
  const { repository, tags, name, standsFor } = parts;
  return {
    repository,
    tags,
    from: ["library/debian:trixie-slim"],
    standsFor,
    dockerfile: `FROM library/debian:trixie-slim
RUN groupadd -r -g 999 ${name} && useradd -r -g ${name} -u 999 ${name} \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends ${name}-server ${name}-tools \\
 && rm -rf /var/lib/apt/lists/* /etc/${name}/${name}.conf \\
 && install -d -o ${name} -g ${name} /data
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-entrypoint.sh
#!/bin/sh
# A first word that is a flag or a configuration file is for the server.
set -e
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then set -- ${name}-server "$@"; fi
if [ "$1" = "${name}-server" ] && [ "$(id -u)" = 0 ]; then
  find . \\! -user ${name} -exec chown ${name} '{}' +
  exec setpriv --reuid=${name} --regid=${name} --clear-groups "$0" "$@"
fi
exec "$@"
EOF
VOLUME ["/data"]
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["${name}-server", "--protected-mode", "no"]
`,
  };
}

export const redisImages: readonly BaseImage[] = [
  server({
    repository: "library/redis",
    tags: ["8", "8-trixie", "latest"],
    name: "redis",
    standsFor: "Debian's Redis 8; the official image builds its own, with modules",
  }),
  server({
    repository: "valkey/valkey",
    tags: ["8", "8-trixie", "latest"],
    name: "valkey",
    standsFor: "Debian's Valkey 8; the official image builds its own",
  }),
];
