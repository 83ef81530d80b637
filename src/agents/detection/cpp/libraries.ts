/** A library of Debian by the words that ask for it: in build files, and in what a source includes. */
interface Library {
  readonly asked: RegExp;
  readonly build: readonly string[];
  readonly run: readonly string[];
}

/** Libraries that servers and tools in C and C++ are most often built with. */
const libraries: readonly Library[] = [
  library(/find_package\(\s*OpenSSL|\bopenssl\b|-lssl\b|<openssl\//i, ["libssl-dev"], ["libssl3"]),
  library(/find_package\(\s*CURL|\blibcurl\b|-lcurl\b|<curl\//i, ["libcurl4-openssl-dev"], ["libcurl4"]),
  library(/find_package\(\s*PostgreSQL|\blibpq\b|-lpq\b|<libpq-fe\.h>/i, ["libpq-dev"], ["libpq5"]),
  library(/\blibpqxx\b|-lpqxx\b|<pqxx\//i, ["libpqxx-dev"], ["libpqxx-7.10"]),
  library(/find_package\(\s*SQLite3|\bsqlite3\b|-lsqlite3\b|<sqlite3\.h>/i, ["libsqlite3-dev"], ["libsqlite3-0"]),
  library(/\b(?:mysqlclient|libmariadb|mariadb)\b|<mysql(?:\/mysql)?\.h>/i, ["default-libmysqlclient-dev"], ["libmariadb3"]),
  library(/\bhiredis\b/i, ["libhiredis-dev"], ["libhiredis1.1.0"]),
  library(/\blibmicrohttpd\b|-lmicrohttpd\b|<microhttpd\.h>/i, ["libmicrohttpd-dev"], ["libmicrohttpd12"]),
  library(/\blibevent\b|-levent\b|<event2\//i, ["libevent-dev"], ["libevent-2.1-7", "libevent-pthreads-2.1-7"]),
  library(/\blibuv\b|-luv\b|<uv\.h>/i, ["libuv1-dev"], ["libuv1"]),
  library(/find_package\(\s*Boost|\bdependency\(\s*'boost'|-lboost_|<boost\//i, ["libboost-all-dev"], ["libboost-system1.83.0", "libboost-filesystem1.83.0", "libboost-thread1.83.0", "libboost-program-options1.83.0", "libboost-json1.83.0", "libboost-log1.83.0", "libboost-regex1.83.0"]),
  library(/find_package\(\s*ZLIB|-lz\b|\bdependency\(\s*'zlib'|<zlib\.h>/i, ["zlib1g-dev"], []),
  library(/find_package\(\s*nlohmann_json|<nlohmann\/json\.hpp>/i, ["nlohmann-json3-dev"], []),
  library(/\bjansson\b/i, ["libjansson-dev"], ["libjansson4"]),
  library(/\bjson-c\b|<json-c\//i, ["libjson-c-dev"], ["libjson-c5"]),
  library(/\bcjson\b|<cjson\//i, ["libcjson-dev"], ["libcjson1"]),
  library(/find_package\(\s*jsoncpp|\bjsoncpp\b|<json\/json\.h>/i, ["libjsoncpp-dev"], ["libjsoncpp26"]),
  library(/find_package\(\s*fmt|<fmt\//i, ["libfmt-dev"], ["libfmt10"]),
  library(/find_package\(\s*spdlog|<spdlog\//i, ["libspdlog-dev"], ["libspdlog1.15"]),
  library(/find_package\(\s*yaml-cpp|<yaml-cpp\//i, ["libyaml-cpp-dev"], ["libyaml-cpp0.8"]),
  library(/find_package\(\s*Drogon|<drogon\//i, ["libdrogon-dev", "libjsoncpp-dev", "uuid-dev", "zlib1g-dev", "libssl-dev", "libbrotli-dev", "libc-ares-dev", "libpq-dev", "default-libmysqlclient-dev", "libsqlite3-dev", "libhiredis-dev", "libyaml-cpp-dev"], ["libdrogon1t64"]),
  library(/find_package\(\s*httplib|<httplib\.h>/i, ["libcpp-httplib-dev"], ["libcpp-httplib0.18"]),
  library(/find_package\(\s*asio|<asio\.hpp>/i, ["libasio-dev"], []),
  library(/find_package\(\s*(?:gRPC|Protobuf)|\bgrpc\+\+|\bprotobuf\b/i, ["libgrpc++-dev", "libprotobuf-dev", "protobuf-compiler", "protobuf-compiler-grpc"], ["libgrpc++1.51t64", "libprotobuf32t64"]),
  library(/\blibzmq\b|\bcppzmq\b|<zmq\.hp*>/i, ["libzmq3-dev", "cppzmq-dev"], ["libzmq5"]),
  library(/\bmosquitto\b/i, ["libmosquitto-dev"], ["libmosquitto1"]),
  library(/\bncurses\b|-lncurses\b|<ncurses\.h>/i, ["libncurses-dev"], ["libncursesw6"]),
  library(/\breadline\b|-lreadline\b/i, ["libreadline-dev"], ["libreadline8t64"]),
  library(/\blibxml-?2\b|<libxml\//i, ["libxml2-dev"], ["libxml2"]),
  library(/-luuid\b|<uuid\/uuid\.h>/i, ["uuid-dev"], []),
  library(/\blibsodium\b|-lsodium\b|<sodium\.h>/i, ["libsodium-dev"], ["libsodium23"]),
  library(/find_package\(\s*GTest|\bgtest\b/i, ["libgtest-dev"], []),
]; // prettier-ignore

function library(asked: RegExp, build: readonly string[], run: readonly string[]): Library {
  return { asked, build, run };
}

/** Debian packages that build files and sources ask for. A header that the repository brings itself is none of them. */
export function cppLibraries(
  texts: readonly string[],
  brings: (header: string) => boolean,
): { readonly build: readonly string[]; readonly run: readonly string[] } {
  const asked = libraries.filter(({ asked: pattern }) =>
    texts.some((text) => {
      const found = pattern.exec(text)?.[0];
      return found !== undefined && !(found.startsWith("<") && brings(found.slice(1).replace(/>$/, "")));
    }),
  );
  return {
    build: [...new Set(asked.flatMap(({ build }) => build))],
    run: [...new Set(asked.flatMap(({ run }) => run))],
  };
}
