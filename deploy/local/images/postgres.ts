import type { BaseImage } from "./base-image.ts";

/** Debian brings one PostgreSQL each. */
const versions = [
  { major: "15", suite: "bookworm", latest: false },
  { major: "17", suite: "trixie", latest: true },
];

/** What the official entry point does, as far as people rely on it: variables and their `_FILE` forms, `/docker-entrypoint-initdb.d`. */
const entryPoint = `#!/bin/bash
set -Eeuo pipefail
given() {
  local file="$1_FILE"
  if [ -n "\${!file:-}" ]; then export "$1"="$(cat "\${!file}")"; fi
}
if [ "\${1:0:1}" = "-" ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA" || true
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    given POSTGRES_PASSWORD; given POSTGRES_USER; given POSTGRES_DB; given POSTGRES_INITDB_ARGS
    user="\${POSTGRES_USER:-postgres}"
    database="\${POSTGRES_DB:-$user}"
    if [ -z "\${POSTGRES_PASSWORD:-}" ] && [ "\${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
      echo "Error: Database is uninitialized and superuser password is not specified: set POSTGRES_PASSWORD" >&2
      exit 1
    fi
    initdb --username="$user" --pwfile=<(printf '%s\\n' "\${POSTGRES_PASSWORD:-}") \${POSTGRES_INITDB_ARGS:-} -D "$PGDATA"
    printf '\\nhost all all all %s\\n' "\${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
    if [ "$database" != postgres ]; then createdb --username="$user" --maintenance-db=postgres "$database"; fi
    for file in /docker-entrypoint-initdb.d/*; do
      case "$file" in
        *.sh) echo "$0: running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) echo "$0: running $file"; psql -v ON_ERROR_STOP=1 --no-psqlrc --username="$user" --dbname="$database" -f "$file" ;;
        *.sql.gz) echo "$0: running $file"; gunzip -c "$file" | psql -v ON_ERROR_STOP=1 --no-psqlrc --username="$user" --dbname="$database" ;;
      esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
  fi
fi
exec "$@"`;

const servers: readonly BaseImage[] = versions.map(({ major, suite, latest }) => ({
  repository: "library/postgres",
  tags: [major, `${major}-${suite}`, ...(latest ? ["latest", suite] : [])],
  from: [`library/debian:${suite}-slim`],
  standsFor: `Debian's PostgreSQL ${major}; the official image takes PostgreSQL's own packages`,
  dockerfile: `FROM library/debian:${suite}-slim
RUN groupadd -r postgres --gid=999 && useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql --shell=/bin/bash postgres \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends postgresql-common \\
 && sed -ri 's/#(create_main_cluster) .*$/\\1 = false/' /etc/postgresql-common/createcluster.conf \\
 && apt-get install -y --no-install-recommends postgresql-${major} \\
 && rm -rf /var/lib/apt/lists/* \\
 && sed -ri "s/^#?listen_addresses.*/listen_addresses = '*'/" /usr/share/postgresql/${major}/postgresql.conf.sample \\
 && mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql/data \\
 && install -d -o postgres -g postgres -m 3777 /var/run/postgresql \\
 && chown -R postgres:postgres /var/lib/postgresql
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-entrypoint.sh
${entryPoint}
EOF
ENV LANG=C.UTF-8 PG_MAJOR=${major} PGDATA=/var/lib/postgresql/data PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/${major}/bin
VOLUME ["/var/lib/postgresql/data"]
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`,
}));

/** PostgreSQL with the extension for embeddings. */
const vector: BaseImage = {
  repository: "pgvector/pgvector",
  tags: ["pg17", "latest"],
  from: ["library/postgres:17"],
  dockerfile: `FROM library/postgres:17
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-17-pgvector && rm -rf /var/lib/apt/lists/*
`,
};

export const postgresImages: readonly BaseImage[] = [...servers, vector];
