import type { BaseImage } from "./base-image.ts";

const version = "8.4";
const extensionFolder = "/usr/local/lib/php/extensions/no-debug-non-zts-20240924";
const settings = "/usr/local/etc/php/conf.d";

/** What the official image has without asking; pdo and xml first, since others are made on them. */
const builtIn =
  "pdo xml ctype curl dom fileinfo ftp iconv mbstring mysqlnd pdo_sqlite phar posix readline simplexml sqlite3 tokenizer xmlreader xmlwriter";

/** Extensions of Debian that wait to be turned on, as far as the official ways to add one are tried here. */
const packages = ["apcu", "bcmath", "bz2", "gd", "gmp", "intl", "mysql", "pgsql", "redis", "soap", "zip"];

/** `docker-php-ext-install`, `docker-php-ext-enable` and `pecl install` turn on what is there; nothing is compiled. */
const turnOn = `#!/bin/sh
set -e
[ "$1" != install ] || shift
for name; do
  case "$name" in -*) continue ;; esac
  if php -m | grep -qix "$name"; then continue; fi
  if [ ! -f "${extensionFolder}/$name.so" ]; then echo "extension $name is not in this image" >&2; exit 1; fi
  kind=extension
  [ "$name" != opcache ] || kind=zend_extension
  echo "$kind=$name" > "${settings}/docker-php-ext-$name.ini"
done
`;

const cli: BaseImage = {
  repository: "library/php",
  tags: [`${version}-cli`, version, `${version}-cli-trixie`, "8-cli", "8", "cli", "latest"],
  from: ["library/debian:trixie-slim"],
  standsFor: `Debian's PHP ${version}; the official image builds its own`,
  dockerfile: `FROM library/debian:trixie-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates curl php${version}-cli php${version}-curl php${version}-mbstring php${version}-opcache php${version}-readline php${version}-sqlite3 php${version}-xml ${packages.map((name) => `php${version}-${name}`).join(" ")} \\
 && rm -rf /var/lib/apt/lists/* \\
 && mkdir -p /usr/local/lib/php/extensions ${settings} \\
 && mv "$(php -r 'echo ini_get("extension_dir");')" ${extensionFolder} \\
 && ln -s ${extensionFolder} /usr/lib/php/20240924 \\
 && rm -rf /etc/php/${version}/cli/conf.d && ln -s ${settings} /etc/php/${version}/cli/conf.d \\
 && for name in ${builtIn}; do echo "extension=$name"; done > ${settings}/00-built-in.ini \\
 && ln -s /usr/bin/php /usr/local/bin/php
COPY --chmod=755 <<'EOF' /usr/local/bin/docker-php-ext-install
${turnOn}EOF
RUN cd /usr/local/bin \\
 && cp docker-php-ext-install docker-php-ext-enable && cp docker-php-ext-install pecl \\
 && printf '#!/bin/sh\\nexit 0\\n' > docker-php-ext-configure && chmod 755 docker-php-ext-configure \\
 && php -r 'exit(extension_loaded("pdo_sqlite") && !extension_loaded("gd") ? 0 : 1);'
ENV PHP_INI_DIR=/usr/local/etc/php PHP_VERSION=${version}
CMD ["php", "-a"]
`,
};

/** With Apache, whose folders any user may write to, as the official image has it. */
const apache: BaseImage = {
  repository: "library/php",
  tags: [`${version}-apache`, `${version}-apache-trixie`, "8-apache", "apache"],
  from: [`library/php:${version}-cli`],
  dockerfile: `FROM library/php:${version}-cli
RUN apt-get update \\
 && apt-get install -y --no-install-recommends apache2 libapache2-mod-php${version} \\
 && rm -rf /var/lib/apt/lists/* /var/www/html/* /etc/php/${version}/apache2/conf.d ${settings}/[1-9]* \\
 && ln -s ${settings} /etc/php/${version}/apache2/conf.d \\
 && for folder in /var/run/apache2 /var/lock/apache2 /var/log/apache2; do mkdir -p "$folder" && chmod 1777 "$folder"; done \\
 && ln -sf /dev/stderr /var/log/apache2/error.log && ln -sf /dev/stdout /var/log/apache2/access.log && ln -sf /dev/stdout /var/log/apache2/other_vhosts_access.log
COPY --chmod=755 <<'EOF' /usr/local/bin/apache2-foreground
#!/bin/sh
set -e
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
exec apache2 -DFOREGROUND "$@"
EOF
STOPSIGNAL SIGWINCH
WORKDIR /var/www/html
EXPOSE 80
CMD ["apache2-foreground"]
`,
};

/** Composer in one file at the official image's place, out of Debian's. */
const composer: BaseImage = {
  repository: "library/composer",
  tags: ["2", "latest"],
  from: [`library/php:${version}-cli`],
  standsFor: "Debian's Composer 2; the official image holds Composer's own release",
  dockerfile: `FROM library/php:${version}-cli
RUN apt-get update && apt-get install -y --no-install-recommends composer git unzip && rm -rf /var/lib/apt/lists/*
COPY <<'EOF' /tmp/pack.php
<?php
$phar = new Phar('/tmp/composer.phar');
$phar->buildFromDirectory('/tmp/pack');
$phar->addFromString('bin/composer', preg_replace('/^#!.*\\n/', '', file_get_contents('/usr/bin/composer')));
$phar->setStub("#!/usr/bin/env php\\n<?php Phar::mapPhar('composer.phar'); require 'phar://composer.phar/bin/composer'; __HALT_COMPILER();");
EOF
RUN mkdir -p /tmp/pack/share && cp -rL /usr/share/php /tmp/pack/share/ \\
 && grep -rl /usr/share/php /tmp/pack --include=*.php | xargs sed -i "s#/usr/share/php/#phar://composer.phar/share/php/#g" \\
 && php -d phar.readonly=0 /tmp/pack.php \\
 && mv /tmp/composer.phar /usr/bin/composer && chmod 755 /usr/bin/composer && rm -rf /tmp/pack* /usr/share/php \\
 && COMPOSER_ALLOW_SUPERUSER=1 composer --version
CMD ["composer"]
`,
};

export const phpImages: readonly BaseImage[] = [cli, apache, composer];
