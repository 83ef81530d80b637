import type { Recipe } from "../../../plan.ts";
import { dependenciesOf } from "./manifest.ts";
import type { CargoProject } from "./project.ts";

interface NativeCrate {
  /** Names of crates that bind to it; any of them. */
  readonly crates: readonly string[];
  /** A crate that brings the library along, so that nothing of Debian is needed. */
  readonly bundledBy?: string;
  readonly build?: readonly string[];
  readonly run?: readonly string[];
}

/** What crates need of Debian. The official image has a C compiler, pkg-config and the headers of OpenSSL, libpq, SQLite and MySQL. */
const native: readonly NativeCrate[] = [
  { crates: ["openssl-sys", "openssl", "native-tls"], bundledBy: "openssl-src", build: ["libssl-dev", "pkg-config"], run: ["libssl3"] },
  { crates: ["pq-sys"], bundledBy: "pq-src", build: ["libpq-dev"], run: ["libpq5"] },
  { crates: ["libsqlite3-sys", "sqlite3-sys"], build: ["libsqlite3-dev"], run: ["libsqlite3-0"] },
  { crates: ["mysqlclient-sys"], build: ["default-libmysqlclient-dev"], run: ["libmariadb3"] },
  { crates: ["rdkafka-sys"], build: ["cmake", "libssl-dev", "libsasl2-dev", "zlib1g-dev"], run: ["libsasl2-2", "libssl3"] },
  { crates: ["prost-build", "tonic-build", "tonic-prost-build", "protobuf-codegen", "grpcio-compiler"], bundledBy: "protoc-bin-vendored", build: ["protobuf-compiler"] },
  { crates: ["clang-sys", "bindgen"], build: ["clang", "libclang-dev"] },
  { crates: ["cmake", "aws-lc-sys"], build: ["cmake"] },
  { crates: ["librocksdb-sys"], build: ["clang", "libclang-dev"], run: ["libstdc++6"] },
  { crates: ["link-cplusplus", "cxx", "tikv-jemalloc-sys"], run: ["libstdc++6"] },
  { crates: ["curl-sys"], build: ["libcurl4-openssl-dev"], run: ["libcurl4"] },
  { crates: ["libdbus-sys"], build: ["libdbus-1-dev", "pkg-config"], run: ["libdbus-1-3"] },
  { crates: ["libudev-sys"], build: ["libudev-dev", "pkg-config"], run: ["libudev1"] },
  { crates: ["alsa-sys"], build: ["libasound2-dev", "pkg-config"], run: ["libasound2"] },
  { crates: ["yeslogic-fontconfig-sys", "fontconfig-sys", "servo-fontconfig-sys"], build: ["libfontconfig1-dev", "pkg-config"], run: ["libfontconfig1"] },
  { crates: ["pcap"], build: ["libpcap-dev"], run: ["libpcap0.8"] },
  { crates: ["pyo3-ffi"], build: ["python3-dev"], run: ["libpython3-stdlib", "python3"] },
  { crates: ["opencv"], build: ["libopencv-dev", "clang", "libclang-dev"], run: ["libopencv-dev"] },
  { crates: ["ffmpeg-sys-next", "ffmpeg-sys"], build: ["libavcodec-dev", "libavformat-dev", "libavfilter-dev", "libavdevice-dev", "libswscale-dev", "libclang-dev", "clang", "pkg-config"], run: ["ffmpeg"] },
  { crates: ["magick_rust"], build: ["libmagickwand-dev", "clang", "libclang-dev", "pkg-config"], run: ["libmagickwand-7.q16-10"] },
  { crates: ["tesseract-sys", "leptonica-sys"], build: ["libtesseract-dev", "libleptonica-dev", "clang", "libclang-dev", "pkg-config"], run: ["libtesseract5", "tesseract-ocr-eng"] },
]; // prettier-ignore

/** What the official image brings already. */
const inImage = new Set([
  "libssl-dev",
  "pkg-config",
  "libpq-dev",
  "libsqlite3-dev",
  "default-libmysqlclient-dev",
  "libcurl4-openssl-dev",
  "zlib1g-dev",
]);

/** Debian packages for the build and for the final image, by the crates in the lock, or in the manifests where there is none. */
export function nativePackages(project: CargoProject): Pick<Recipe, "buildPackages" | "runPackages"> {
  const crates = new Set(project.lock === undefined ? told(project) : lockedNames(project.lock));
  const text = JSON.stringify([project.manifest, ...project.packages.map(({ manifest }) => manifest)]);
  const bundled = (name: string): boolean =>
    name === "libsqlite3-sys" && (crates.has("sqlx-sqlite") || /bundled/.test(text));
  const needed = native.filter(
    ({ crates: names, bundledBy }) =>
      names.some((name) => crates.has(name) && !bundled(name)) && !(bundledBy !== undefined && crates.has(bundledBy)),
  );
  const all = (which: "build" | "run"): string[] => [...new Set(needed.flatMap((one) => one[which] ?? []))];
  return { buildPackages: all("build").filter((name) => !inImage.has(name)), runPackages: all("run") };
}

function lockedNames(lock: string): readonly string[] {
  return [...lock.matchAll(/^name = "(?<name>[\w-]{1,64})"$/gm)].map((match) => match.groups?.["name"] ?? "");
}

/** Without a lock: what is asked for, and what the usual crates bring with them. */
function told(project: CargoProject): readonly string[] {
  const manifests = [project.manifest, ...project.packages.map(({ manifest }) => manifest)];
  const names = manifests.flatMap((manifest) => dependenciesOf(manifest));
  const features = JSON.stringify(manifests);
  const brought: readonly (readonly [crate: string, feature: RegExp, brings: string])[] = [
    ["reqwest", /^(?!.*rustls)/s, "openssl-sys"],
    ["lettre", /^(?!.*rustls)/s, "openssl-sys"],
    ["sqlx", /native-tls/, "openssl-sys"],
    ["diesel", /"postgres"/, "pq-sys"],
    ["diesel", /"mysql"/, "mysqlclient-sys"],
    ["diesel", /"sqlite"/, "libsqlite3-sys"],
    ["rusqlite", /^(?!.*bundled)/s, "libsqlite3-sys"],
    ["rdkafka", /./, "rdkafka-sys"],
    ["rocksdb", /./, "librocksdb-sys"],
  ];
  return [
    ...names,
    ...brought
      .filter(([crate, feature]) => names.includes(crate) && feature.test(features))
      .map(([, , brings]) => brings),
  ];
}
