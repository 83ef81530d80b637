/** How an extension gets into the official image, and the Debian packages that it is made and run with. */
interface Extension {
  /** `Bundled`: PHP brings its source (`docker-php-ext-install`). `Pecl`: it is fetched. */
  readonly way: "Bundled" | "Pecl";
  readonly packages?: readonly string[];
  readonly configure?: string;
}

/** In the official image already. */
const builtIn = new Set(
  "core ctype curl date dom fileinfo filter ftp hash iconv json libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix random readline reflection session simplexml sodium spl sqlite3 standard tokenizer xml xmlreader xmlwriter zlib opcache".split(
    " ",
  ),
);

const table: Readonly<Record<string, Extension>> = {
  bcmath: { way: "Bundled" },
  bz2: { way: "Bundled", packages: ["libbz2-dev"] },
  calendar: { way: "Bundled" },
  exif: { way: "Bundled" },
  ffi: { way: "Bundled", packages: ["libffi-dev"] },
  gd: {
    way: "Bundled",
    packages: ["libfreetype-dev", "libjpeg-dev", "libpng-dev", "libwebp-dev"],
    configure: "--with-freetype --with-jpeg --with-webp",
  },
  gettext: { way: "Bundled" },
  gmp: { way: "Bundled", packages: ["libgmp-dev"] },
  intl: { way: "Bundled", packages: ["libicu-dev"] },
  ldap: { way: "Bundled", packages: ["libldap-dev"] },
  mysqli: { way: "Bundled" },
  pcntl: { way: "Bundled" },
  pdo_mysql: { way: "Bundled" },
  pdo_pgsql: { way: "Bundled", packages: ["libpq-dev"] },
  pgsql: { way: "Bundled", packages: ["libpq-dev"] },
  shmop: { way: "Bundled" },
  soap: { way: "Bundled", packages: ["libxml2-dev"] },
  sockets: { way: "Bundled" },
  sysvmsg: { way: "Bundled" },
  sysvsem: { way: "Bundled" },
  sysvshm: { way: "Bundled" },
  tidy: { way: "Bundled", packages: ["libtidy-dev"] },
  xsl: { way: "Bundled", packages: ["libxslt1-dev"] },
  zip: { way: "Bundled", packages: ["libzip-dev"] },
  amqp: { way: "Pecl", packages: ["librabbitmq-dev"] },
  apcu: { way: "Pecl" },
  ds: { way: "Pecl" },
  event: { way: "Pecl", packages: ["libevent-dev", "libssl-dev"] },
  grpc: { way: "Pecl", packages: ["zlib1g-dev"] },
  igbinary: { way: "Pecl" },
  imagick: { way: "Pecl", packages: ["libmagickwand-dev"] },
  memcached: { way: "Pecl", packages: ["libmemcached-dev", "libssl-dev", "zlib1g-dev"] },
  mongodb: { way: "Pecl", packages: ["libssl-dev"] },
  msgpack: { way: "Pecl" },
  protobuf: { way: "Pecl" },
  rdkafka: { way: "Pecl", packages: ["librdkafka-dev"] },
  redis: { way: "Pecl" },
  swoole: { way: "Pecl", packages: ["libcurl4-openssl-dev", "libssl-dev"] },
  uuid: { way: "Pecl", packages: ["uuid-dev"] },
  xmlrpc: { way: "Pecl", packages: ["libxml2-dev"] },
  yaml: { way: "Pecl", packages: ["libyaml-dev"] },
};

/** Packages of Composer that call an extension without requiring it. */
const callers: readonly (readonly [packages: RegExp, extension: string])[] = [
  [/^(?:laravel\/horizon|spiral\/roadrunner.*|laravel\/reverb)$/, "pcntl"],
  [/^(?:phpoffice\/phpspreadsheet|maatwebsite\/excel)$/, "zip"],
  [
    /^(?:phpoffice\/phpspreadsheet|maatwebsite\/excel|intervention\/image|barryvdh\/laravel-dompdf|dompdf\/dompdf)$/,
    "gd",
  ],
  [/^(?:mongodb\/.*|jenssegers\/mongodb|doctrine\/mongodb-odm)$/, "mongodb"],
  [/^(?:filament\/filament|drupal\/core.*|magento\/.*|cakephp\/cakephp)$/, "intl"],
  [/^(?:snc\/redis-bundle|symfony\/redis-messenger|yiisoft\/yii2-redis)$/, "redis"],
];

export interface Extensions {
  /** Shell lines that put them in place. */
  readonly tools: readonly string[];
  /** Debian packages for both stages: their headers bring the libraries, under names that every suite has. */
  readonly packages: readonly string[];
  readonly names: readonly string[];
  /** Required, and not known here. */
  readonly unknown: readonly string[];
}

/** How the wanted extensions are put into the official image. */
export function extensionsFor(wanted: readonly string[], packages: Iterable<string>): Extensions {
  const called = [...packages].flatMap((name) =>
    callers.flatMap(([pattern, extension]) => (pattern.test(name) ? [extension] : [])),
  );
  const names = [...new Set([...wanted, ...called])].filter((name) => !builtIn.has(name)).toSorted();
  const known = names.filter((name) => Object.hasOwn(table, name));
  const of = (way: Extension["way"]): string[] => known.filter((name) => table[name]?.way === way);
  const configured = known.flatMap((name) => {
    const flags = table[name]?.configure;
    return flags === undefined ? [] : [`docker-php-ext-configure ${name} ${flags}`];
  });
  const [bundled, pecl] = [of("Bundled"), of("Pecl")];
  return {
    tools: [
      ...(bundled.length === 0 ? [] : [[...configured, `docker-php-ext-install ${bundled.join(" ")}`].join(" && ")]),
      ...(pecl.length === 0 ? [] : [`pecl install ${pecl.join(" ")} && docker-php-ext-enable ${pecl.join(" ")}`]),
    ],
    packages: [...new Set(known.flatMap((name) => table[name]?.packages ?? []))],
    names: known,
    unknown: names.filter((name) => !Object.hasOwn(table, name)),
  };
}
