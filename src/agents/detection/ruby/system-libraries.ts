/** Debian packages that gems are built with and run with. */
interface Libraries {
  readonly gems: readonly string[];
  readonly build: readonly string[];
  readonly run: readonly string[];
}

/** Gems with parts in C whose libraries Ruby's slim image lacks. Names that every suite of Debian has. */
const table: readonly Libraries[] = [
  { gems: ["pg"], build: ["libpq-dev"], run: ["libpq5"] },
  { gems: ["mysql2"], build: ["default-libmysqlclient-dev"], run: ["libmariadb3"] },
  { gems: ["sqlite3"], build: ["libsqlite3-dev"], run: ["libsqlite3-0"] },
  { gems: ["tiny_tds"], build: ["freetds-dev"], run: ["freetds-bin"] },
  { gems: ["nokogiri"], build: ["libxml2-dev", "libxslt1-dev"], run: ["libxml2", "libxslt1.1"] },
  { gems: ["ruby-vips", "image_processing", "carrierwave-vips"], build: [], run: ["libvips-dev"] },
  { gems: ["mini_magick", "image_processing"], build: [], run: ["imagemagick"] },
  { gems: ["rmagick"], build: ["libmagickwand-dev"], run: ["libmagickwand-dev"] },
  { gems: ["charlock_holmes"], build: ["libicu-dev"], run: ["libicu-dev"] },
  { gems: ["rugged"], build: ["cmake", "libssl-dev", "libssh2-1-dev"], run: ["libssh2-1"] },
  { gems: ["curb"], build: ["libcurl4-openssl-dev"], run: ["curl"] },
  { gems: ["ruby-filemagic"], build: ["libmagic-dev"], run: ["libmagic1"] },
  { gems: ["ffi"], build: ["libffi-dev"], run: [] },
  { gems: ["psych"], build: ["libyaml-dev"], run: ["libyaml-0-2"] },
  { gems: ["rdkafka", "snappy"], build: ["cmake", "zlib1g-dev"], run: [] },
  { gems: ["grpc"], build: ["zlib1g-dev"], run: [] },
  { gems: ["poppler", "iconv", "pdfkit", "wicked_pdf"], build: [], run: ["libxrender1", "libxext6", "libfontconfig1"] },
];

/** What the gems of a repository need of Debian, and which of them asked. */
export function rubyLibraries(names: ReadonlySet<string>): {
  readonly build: readonly string[];
  readonly run: readonly string[];
  readonly because: readonly string[];
} {
  const wanted = table.filter(({ gems }) => gems.some((gem) => names.has(gem)));
  const of = (which: "build" | "run"): string[] => [...new Set(wanted.flatMap((libraries) => libraries[which]))];
  return {
    build: of("build"),
    run: of("run"),
    because: [...new Set(wanted.flatMap(({ gems }) => gems.filter((gem) => names.has(gem))))],
  };
}
