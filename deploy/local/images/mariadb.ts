import type { BaseImage } from "./base-image.ts";

/**
 * What the official entry points do, as far as people rely on it: `MARIADB_…` and `MYSQL_…` with their `_FILE` forms,
 * `/docker-entrypoint-initdb.d`. Flags that only MySQL knows are left out.
 */
const entryPoint = `#!/bin/bash
set -Eeuo pipefail
given() {
  local name file
  for name in "MARIADB_$1" "MYSQL_$1"; do
    file="\${name}_FILE"
    if [ -n "\${!file:-}" ]; then cat "\${!file}"; return; fi
    if [ -n "\${!name:-}" ]; then printf %s "\${!name}"; return; fi
  done
}
quoted() { printf %s "$1" | sed -e 's/\\\\/\\\\\\\\/g' -e "s/'/\\\\\\\\'/g"; }
if [ "\${1:0:1}" = "-" ]; then set -- mariadbd "$@"; fi
if [ "$1" = mariadbd ] || [ "$1" = mysqld ]; then
  shift
  flags=()
  for flag in "$@"; do
    case "$flag" in
      --default-authentication-plugin=* | --default_authentication_plugin=* | --mysql-native-password=* | --authentication-policy=*) ;;
      *) flags+=("$flag") ;;
    esac
  done
  set -- mariadbd "\${flags[@]}"
  data=/var/lib/mysql
  if [ "$(id -u)" = 0 ]; then
    chown -R mysql:mysql "$data" /run/mysqld
    exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
  fi
  if [ ! -d "$data/mysql" ]; then
    root="$(given ROOT_PASSWORD)" user="$(given USER)" password="$(given PASSWORD)" database="$(given DATABASE)"
    random="$(given RANDOM_ROOT_PASSWORD)" empty="$(given ALLOW_EMPTY_ROOT_PASSWORD)$(given ALLOW_EMPTY_PASSWORD)"
    if [ -z "$root$random$empty" ]; then
      echo "Database is uninitialized and password option is not specified: set MARIADB_ROOT_PASSWORD" >&2
      exit 1
    fi
    if [ -n "$random" ] && [ -z "$root" ]; then root="$(head -c 24 /dev/urandom | base64)"; fi
    mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal --skip-name-resolve > /dev/null
    mariadbd --datadir="$data" --skip-networking --socket=/run/mysqld/mysqld.sock &
    server=$!
    for _ in $(seq 60); do
      if mariadb-admin --user=root --socket=/run/mysqld/mysqld.sock ping > /dev/null 2>&1; then break; fi
      sleep 0.5
    done
    sql() { mariadb --user=root --socket=/run/mysqld/mysqld.sock "$@"; }
    if [ -n "$database" ]; then sql -e "CREATE DATABASE IF NOT EXISTS \\\`$database\\\`"; fi
    if [ -n "$user" ] && [ "$user" != root ]; then
      sql -e "CREATE USER '$(quoted "$user")'@'%' IDENTIFIED BY '$(quoted "$password")'"
      if [ -n "$database" ]; then sql -e "GRANT ALL ON \\\`\${database//_/\\\\_}\\\`.* TO '$(quoted "$user")'@'%'"; fi
    fi
    for file in /docker-entrypoint-initdb.d/*; do
      case "$file" in
        *.sh) echo "$0: running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) echo "$0: running $file"; sql $database < "$file" ;;
        *.sql.gz) echo "$0: running $file"; gunzip -c "$file" | sql $database ;;
      esac
    done
    sql -e "CREATE USER 'root'@'%' IDENTIFIED BY '$(quoted "$root")'; GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION; ALTER USER 'root'@'localhost' IDENTIFIED BY '$(quoted "$root")'"
    kill "$server"
    wait "$server" || true
  fi
fi
exec "$@"`;

function server(repository: string, tags: readonly string[], standsFor: string): BaseImage {
  return {
    repository,
    tags,
    from: ["library/debian:trixie-slim"],
    standsFor,
    dockerfile: `FROM library/debian:trixie-slim
RUN groupadd -r -g 999 mysql && useradd -r -g mysql -u 999 --home-dir=/var/lib/mysql mysql \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends mariadb-server mariadb-client-compat mariadb-server-compat \\
 && rm -rf /var/lib/apt/lists/* /var/lib/mysql \\
 && install -d -o mysql -g mysql /var/lib/mysql /run/mysqld && mkdir -p /docker-entrypoint-initdb.d \\
 && printf '[mariadbd]\\nbind-address=0.0.0.0\\nskip-name-resolve\\n' > /etc/mysql/mariadb.conf.d/99-container.cnf \\
 && sed -ri 's/^(user|log_error|general_log).*$/#&/' /etc/mysql/mariadb.conf.d/50-server.cnf
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-entrypoint.sh
${entryPoint}
EOF
ENV LANG=C.UTF-8
VOLUME ["/var/lib/mysql"]
EXPOSE 3306
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["mariadbd"]
`,
  };
}

export const mariadbImages: readonly BaseImage[] = [
  server(
    "library/mariadb",
    ["11", "11.8", "11-ubi", "lts", "latest"],
    "Debian's MariaDB 11.8; the official image takes MariaDB's own packages",
  ),
  server(
    "library/mysql",
    ["8", "8.4", "8.0", "latest"],
    "MariaDB 11.8, which speaks the same protocol: no MySQL can be had here",
  ),
];
