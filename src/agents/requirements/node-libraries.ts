/** Debian packages that a Node package needs to be built and to run. */
interface Needs {
  readonly build?: readonly string[];
  readonly run?: readonly string[];
}

const compiler = ["python3", "make", "g++"];
const chromium = ["chromium", "fonts-liberation"];

/** Packages with prebuilt files for the platforms that we build on (sharp, esbuild, swc, bcrypt from 6 on) need nothing and are not here. */
const table: Readonly<Record<string, Needs>> = {
  "node-gyp": { build: compiler },
  "node-addon-api": { build: compiler },
  nan: { build: compiler },
  bcrypt: { build: compiler },
  argon2: { build: compiler },
  sqlite3: { build: compiler },
  "better-sqlite3": { build: compiler },
  "node-sass": { build: compiler },
  canvas: {
    build: [...compiler, "pkg-config", "libcairo2-dev", "libpango1.0-dev", "libjpeg-dev", "libgif-dev", "librsvg2-dev"],
    run: ["libcairo2", "libpango-1.0-0", "libpangocairo-1.0-0", "libjpeg62-turbo", "libgif7", "librsvg2-2"],
  },
  "pg-native": { build: [...compiler, "libpq-dev"], run: ["libpq5"] },
  libpq: { build: [...compiler, "libpq-dev"], run: ["libpq5"] },
  "node-rdkafka": { build: [...compiler, "libsasl2-dev", "libssl-dev", "zlib1g-dev"] },
  zeromq: { build: compiler },
  usb: { build: [...compiler, "libudev-dev"], run: ["libudev1"] },
  serialport: { build: compiler },
  "node-pty": { build: compiler },
  "isolated-vm": { build: compiler },
  re2: { build: compiler },
  farmhash: { build: compiler },
  puppeteer: { run: chromium },
  "puppeteer-core": { run: chromium },
  "fluent-ffmpeg": { run: ["ffmpeg"] },
  gm: { run: ["graphicsmagick"] },
  imagemagick: { run: ["imagemagick"] },
  prisma: { build: ["openssl", "ca-certificates"], run: ["openssl", "ca-certificates"] },
  "@prisma/client": { build: ["openssl", "ca-certificates"], run: ["openssl", "ca-certificates"] },
  "simple-git": { run: ["git"] },
};

export interface SystemLibraries {
  readonly build: readonly string[];
  readonly run: readonly string[];
  /** Packages of the repository that asked for them. */
  readonly because: readonly string[];
}

/** What apt has to bring for these dependencies. A dependency from git needs git itself. */
export function nodeLibraries(dependencies: ReadonlyMap<string, string>): SystemLibraries {
  const build = new Set<string>();
  const run = new Set<string>();
  const because: string[] = [];
  for (const [name, version] of dependencies) {
    const needs = Object.hasOwn(table, name) ? table[name] : undefined;
    const git = /^(?:git(?:\+|:|@)|github:|gitlab:|bitbucket:|[\w-]+\/[\w.-]+(?:#|$))/.test(version);
    if (needs === undefined && !git) continue;
    because.push(name);
    for (const each of [...(needs?.build ?? []), ...(git ? ["git", "ca-certificates"] : [])]) build.add(each);
    for (const each of needs?.run ?? []) run.add(each);
  }
  return { build: [...build], run: [...run], because };
}
