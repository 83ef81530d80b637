import type { Rule } from "../rule.ts";

interface Library {
  readonly seen: RegExp;
  readonly build: readonly string[];
  readonly run: readonly string[];
}

/** Native libraries by what a log says is missing; names of Debian packages, from this table only, never from a log. */
const libraries: Readonly<Record<string, Library>> = {
  libGL: { seen: /libGL\.so\.1/, build: [], run: ["libgl1", "libglib2.0-0"] },
  glib: { seen: /libgthread-2\.0\.so\.0|libglib-2\.0\.so\.0/, build: [], run: ["libglib2.0-0"] },
  libpq: {
    seen: /libpq\.so\.5|pg_config (executable )?not found|libpq-fe\.h/,
    build: ["libpq-dev", "gcc", "libc6-dev"],
    run: ["libpq5"],
  },
  mysql: {
    seen: /mysql_config(: | )not found|libmysqlclient|libmariadb\.so|mysql\.h: No such file/,
    build: ["default-libmysqlclient-dev", "gcc", "pkg-config"],
    run: ["libmariadb3"],
  },
  cairo: {
    seen: /libcairo\.so\.2|cairo\.h: No such file|no library called "cairo/,
    build: ["libcairo2-dev", "pkg-config"],
    run: ["libcairo2"],
  },
  pango: {
    seen: /libpango-1\.0|cannot load library '(lib)?gobject-2\.0|pangocairo/,
    build: ["libpango1.0-dev"],
    run: ["libpango-1.0-0", "libpangocairo-1.0-0", "libpangoft2-1.0-0"],
  },
  magic: { seen: /failed to find libmagic|libmagic\.so\.1/, build: [], run: ["libmagic1"] },
  ffmpeg: {
    seen: /ffmpeg(: | )not found|No such file or directory: 'f?f?(mpeg|probe)'|spawn ffmpeg ENOENT|Couldn't find ffmpeg/,
    build: [],
    run: ["ffmpeg"],
  },
  poppler: {
    seen: /Unable to get page count\. Is poppler installed|pdftoppm: not found/,
    build: [],
    run: ["poppler-utils"],
  },
  libxml: {
    seen: /libxml\/xmlversion\.h|libxml2\.so\.2|xslt-config: not found/,
    build: ["libxml2-dev", "libxslt1-dev"],
    run: ["libxml2", "libxslt1.1"],
  },
  ffi: { seen: /ffi\.h: No such file/, build: ["libffi-dev", "gcc", "libc6-dev"], run: [] },
  "openssl-headers": { seen: /openssl\/(ssl|opensslv|crypto)\.h/, build: ["libssl-dev"], run: [] },
  vips: { seen: /libvips(-cpp)?\.so/, build: ["libvips-dev"], run: ["libvips42"] },
  chromium: {
    seen: /libnss3\.so|libatk-1\.0\.so\.0|Failed to launch the browser process|Could not find Chrom(e|ium)/,
    build: [],
    run: ["chromium"],
  },
  git: {
    seen: /\bgit: not found|spawn git ENOENT|No such file or directory: 'git'|Cannot find command 'git'/,
    build: ["git"],
    run: ["git"],
  },
  compiler: {
    seen: /gcc: (command )?not found|unable to execute 'gcc'|command 'gcc' failed: No such file|g\+\+: not found|error: linker `cc` not found|make: not found|gyp ERR! find Python|gyp ERR!.*not found: make/,
    build: ["gcc", "g++", "make", "python3", "libc6-dev"],
    run: [],
  },
  cmake: { seen: /cmake: (command )?not found|CMake must be installed/, build: ["cmake", "g++", "make"], run: [] },
  "pkg-config": {
    seen: /pkg-config: not found|pkg-config not found|Did not find pkg-config/,
    build: ["pkg-config"],
    run: [],
  },
  "python-headers": { seen: /Python\.h: No such file/, build: ["python3-dev", "gcc", "libc6-dev"], run: [] },
  atomic: { seen: /libatomic\.so\.1/, build: ["libatomic1"], run: ["libatomic1"] },
  gomp: { seen: /libgomp\.so\.1/, build: [], run: ["libgomp1"] },
  sndfile: { seen: /libsndfile\.so|sndfile library not found/, build: [], run: ["libsndfile1"] },
  curl: { seen: /curl: not found/, build: ["curl"], run: ["curl"] },
};

/** A library that the program or its build links to is not in the image: one rule a library and stage. */
export const systemLibraries: readonly Rule[] = Object.entries(libraries).flatMap(([name, library]) =>
  (["Build", "Run"] as const).map((stage): Rule => ({
    id: `system-libraries/${name}-${stage.toLowerCase()}`,
    signature: "MissingLibrary",
    layer: "System",
    origin: "catalogue N10, N12, P-native, O-native",
    propose({ log, failure }, service) {
      const packages = stage === "Build" ? library.build : library.run;
      if (packages.length === 0 || service.recipe.dockerfile !== undefined) return undefined;
      // At run time a missing tool of the build is a shadow of something else.
      if (
        (failure.layer === "Build" || failure.layer === "Deps") !== (stage === "Build") &&
        !(stage === "Run" && library.build.length > 0 && failure.layer !== "Build")
      )
        return undefined;
      const line = [...(failure.lines ?? []), ...log].find((each) => library.seen.test(each));
      if (line === undefined) return undefined;
      const present = stage === "Build" ? service.recipe.buildPackages : service.recipe.runPackages;
      const missing = packages.filter((each) => !present.includes(each));
      if (missing.length === 0) return undefined;
      return {
        action: { kind: "AddPackages", stage, packages: missing },
        summary: `${service.name} needs ${name}: ${missing.join(", ")} added to the ${stage === "Build" ? "build" : "image"}`,
      };
    },
  })),
);
