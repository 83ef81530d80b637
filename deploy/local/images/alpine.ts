import type { BaseImage } from "./base-image.ts";

/** Alpine's packages under their names in Debian; `-` for what needs nothing here. Others are looked for under their own name, then as `lib…`. */
const packages: Readonly<Record<string, string>> = {
  "build-base": "build-essential",
  "musl-dev": "libc6-dev",
  "musl-utils": "-",
  musl: "-",
  "libc6-compat": "-",
  gcompat: "-",
  libgcc: "-",
  "libstdc++": "-",
  "linux-headers": "linux-libc-dev",
  "openssl-dev": "libssl-dev",
  "postgresql-dev": "libpq-dev",
  "postgresql-libs": "libpq5",
  libpq: "libpq5",
  "mysql-client": "default-mysql-client",
  "mysql-dev": "default-libmysqlclient-dev",
  "mariadb-dev": "default-libmysqlclient-dev",
  "mariadb-connector-c-dev": "default-libmysqlclient-dev",
  "mariadb-connector-c": "libmariadb3",
  "py3-pip": "python3-pip",
  "py-pip": "python3-pip",
  python: "python3",
  pkgconfig: "pkg-config",
  pkgconf: "pkg-config",
  sqlite: "sqlite3",
  "sqlite-dev": "libsqlite3-dev",
  "sqlite-libs": "libsqlite3-0",
  "su-exec": "gosu",
  shadow: "passwd",
  "openssh-client-default": "openssh-client",
  openssh: "openssh-client",
  "zlib-dev": "zlib1g-dev",
  "jpeg-dev": "libjpeg-dev",
  "libjpeg-turbo-dev": "libjpeg-dev",
  "libxslt-dev": "libxslt1-dev",
  "freetype-dev": "libfreetype-dev",
  "openjpeg-dev": "libopenjp2-7-dev",
  "libxcb-dev": "libxcb1-dev",
  "curl-dev": "libcurl4-openssl-dev",
  "oniguruma-dev": "libonig-dev",
  "icu-libs": "libicu-dev",
  "krb5-libs": "libkrb5-3",
  "icu-data-full": "-",
  "openjdk17-jre": "openjdk-17-jre-headless",
  "openjdk21-jre": "default-jre-headless",
  "ttf-freefont": "fonts-freefont-ttf",
  "font-noto": "fonts-noto-core",
  go: "golang-go",
  rust: "rustc",
  "nodejs-current": "nodejs",
  ncurses: "ncurses-bin",
  "docker-cli": "docker.io",
  "ca-certificates-bundle": "ca-certificates",
};

const apk = `#!/bin/sh
# Speaks apk to people's Dockerfiles, and apt to Debian.
set -e
rename() {
  case "$1" in
${Object.entries(packages)
  .map(([name, debian]) => `    '${name}') echo '${debian}' ;;`)
  .join("\n")}
    *) echo "$1" ;;
  esac
}
known() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }
verb=""
wanted=""
while [ $# -gt 0 ]; do
  case "$1" in
    -t|--virtual|-X|--repository|-p|--root|--repositories-file|--keys-dir|--cache-dir|--wait|--arch) shift ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb="$1"; else wanted="$wanted $1"; fi ;;
  esac
  [ $# -eq 0 ] || shift
done
case "$verb" in
  add) ;;
  info) exec dpkg-query --show --showformat '\${Package}\\n' ;;
  *) exit 0 ;;
esac
[ -n "$wanted" ] || exit 0
apt-get update -qq
names=""
for each in $wanted; do
  name=$(rename "$(echo "$each" | sed 's/[=<>~@].*//')")
  [ "$name" = "-" ] && continue
  if ! known "$name"; then
    if known "lib$name"; then name="lib$name"
    else echo "apk (Debian stands in for Alpine here): no package $each" >&2; exit 1; fi
  fi
  names="$names $name"
done
[ -z "$names" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names
# Where Alpine has them.
for each in /usr/bin/tini:/sbin/tini /usr/sbin/gosu:/sbin/su-exec /usr/bin/python3:/usr/bin/python; do
  [ ! -e "\${each%%:*}" ] || [ -e "\${each##*:}" ] || ln -s "\${each%%:*}" "\${each##*:}"
done
rm -rf /var/lib/apt/lists/*
`;

const addgroup = `#!/bin/sh
# BusyBox' addgroup. What Debian's own scripts ask goes to Debian's, where it is there.
set -e
for each in "$@"; do case "$each" in --*) [ ! -x /usr/sbin/addgroup ] || exec /usr/sbin/addgroup "$@" ;; esac; done
gid="" flags=""
while [ $# -gt 0 ]; do
  case "$1" in
    -g|--gid) gid="$2"; shift 2 ;;
    -S|--system) flags="--system"; shift ;;
    -*) shift ;;
    *) break ;;
  esac
done
if [ $# -eq 2 ]; then exec usermod --append --groups "$2" "$1"; fi
getent group "$1" >/dev/null || groupadd $flags \${gid:+--gid "$gid" --non-unique} "$1"
`;

const adduser = `#!/bin/sh
# BusyBox' adduser. What Debian's own scripts ask goes to Debian's, where it is there.
set -e
for each in "$@"; do case "$each" in --*) [ ! -x /usr/sbin/adduser ] || exec /usr/sbin/adduser "$@" ;; esac; done
uid="" group="" home="" shell="/bin/sh" flags="" make="--create-home"
while [ $# -gt 0 ]; do
  case "$1" in
    -u|--uid) uid="$2"; shift 2 ;;
    -G|--ingroup) group="$2"; shift 2 ;;
    -h|--home) home="$2"; shift 2 ;;
    -s|--shell) shell="$2"; shift 2 ;;
    -g|--gecos|-k) shift 2 ;;
    -H|--no-create-home) make="--no-create-home"; shift ;;
    -S|--system) flags="--system"; shift ;;
    -[A-Z][A-Z]*) first=$(echo "$1" | cut -c1-2); rest=$(echo "$1" | cut -c3-); shift; set -- "$first" "-$rest" "$@" ;;
    -*) shift ;;
    *) break ;;
  esac
done
if [ $# -eq 2 ]; then exec usermod --append --groups "$2" "$1"; fi
if getent passwd "$1" >/dev/null; then exit 0; fi
if [ -z "$group" ] && getent group "$1" >/dev/null; then group="$1"; fi
[ -n "$group" ] || [ -z "$flags" ] || group=nogroup
useradd $flags $make --shell "$shell" \${uid:+--uid "$uid" --non-unique} \${home:+--home-dir "$home"} \${group:+--gid "$group"} "$1"
`;

/** What an Alpine base offers a Dockerfile, over Debian: apk, BusyBox' words for users, its small tools, and a shell that knows `source` and `[[`, as BusyBox' does and Debian's does not. */
const overlay = `COPY --chmod=755 <<'EOF' /usr/local/sbin/apk
${apk}EOF
COPY --chmod=755 <<'EOF' /usr/local/sbin/addgroup
${addgroup}EOF
COPY --chmod=755 <<'EOF' /usr/local/sbin/adduser
${adduser}EOF
RUN ln -s /usr/local/sbin/apk /sbin/apk \\
 && ln -sf bash /bin/sh && ln -s bash /bin/ash \\
 && mkdir -p /etc/apk /var/cache/apk && echo 3.23.0 > /etc/alpine-release && touch /etc/apk/repositories \\
 && apt-get update && apt-get install -y --no-install-recommends busybox && rm -rf /var/lib/apt/lists/* \\
 && for tool in wget nc unzip vi less ping telnet ps; do command -v $tool >/dev/null || ln -s /bin/busybox /usr/local/bin/$tool; done
`;

/** Bases that many Dockerfiles name in their Alpine variant, and what it is made of here. */
const variants: readonly { readonly repository: string; readonly tags: readonly string[]; readonly from: string }[] = [
  { repository: "library/alpine", tags: ["3", "latest"], from: "library/debian:trixie-slim" },
  ...["16", "18", "20", "22"].map((major) => ({
    repository: "library/node",
    tags: [`${major}-alpine`],
    from: `library/node:${major}-slim`,
  })),
  { repository: "library/node", tags: ["24-alpine", "lts-alpine", "alpine"], from: "library/node:24-slim" },
  { repository: "library/python", tags: ["3.9-alpine"], from: "library/python:3.9-slim" },
  { repository: "library/python", tags: ["3.11-alpine"], from: "library/python:3.11-slim" },
  { repository: "library/python", tags: ["3.13-alpine", "3-alpine", "alpine"], from: "library/python:3.13-slim" },
  {
    repository: "library/nginx",
    tags: ["1.26-alpine", "alpine", "stable-alpine", "mainline-alpine"],
    from: "library/nginx:1.26",
  },
  { repository: "library/golang", tags: ["1.26-alpine", "1-alpine", "alpine"], from: "library/golang:1.26" },
  { repository: "library/rust", tags: ["1.96-alpine", "1-alpine", "alpine"], from: "library/rust:1.96" },
  ...["17", "21", "25"].flatMap((line) => [
    {
      repository: "library/eclipse-temurin",
      tags: [`${line}-jre-alpine`],
      from: `library/eclipse-temurin:${line}-jre`,
    },
    {
      repository: "library/eclipse-temurin",
      tags: [`${line}-alpine`, `${line}-jdk-alpine`],
      from: `library/eclipse-temurin:${line}`,
    },
  ]),
];

/** Alpine's packages are not to be had here: Debian stands in, with a program that speaks apk. */
export const alpineImages: readonly BaseImage[] = variants.map(({ repository, tags, from }) => ({
  repository,
  tags,
  from: [from],
  standsFor: "Debian with an apk that installs Debian's packages; the official image is Alpine",
  dockerfile: `FROM ${from}\n${overlay}`,
}));
