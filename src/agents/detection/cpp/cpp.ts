import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { Detection, Language } from "../language.ts";
import { findNative, nativePort, type NativeSource, readNative } from "../native-code.ts";
import { nativeService, slimDebian, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { type CppBuild, readCppBuild } from "./build-files.ts";
import { cppLibraries } from "./libraries.ts";

const sourceNames = /\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx)$/i;

const listens: readonly RegExp[] = [
  /\blisten\s*\(\s*\w/,
  /\bMHD_start_daemon\(|\bevhttp_bind_socket|\bmg_http_listen\(|\bmg_bind\(|\bh2o_|\bfcgi_/i,
  /\bhttplib::(?:SSL)?Server\b|\.listen\(|->listen\(/,
  /\bcrow::\w*App\b|\bCROW_ROUTE\(|\bdrogon::app\(\)|\baddListener\(|\bapp\(\)\.run\(/,
  /\btcp::acceptor\b|\bip::tcp::endpoint\b|\bHttp::Endpoint\b|\bPistache::|\boatpp::|\bServerBuilder\b|\bQTcpServer\b|\buWS::/,
];

const loops: readonly RegExp[] = [
  /\b(?:while\s*\(\s*(?:1|true|!\s*\w+|running|keep_running)\s*\)|for\s*\(\s*;\s*;\s*\))[^]{0,600}?\b(?:u?sleep|sleep_for|nanosleep|poll|select|epoll_wait|recv|pause)\b/,
  /\bev_run\(|\bevent_base_dispatch\(|\buv_run\(|\.run\(\)\s*;/,
];

const frameworks: readonly (readonly [RegExp, string])[] = [
  [/\bcrow::\w*App\b|"crow(?:_all)?\.h"|<crow/, "crow"],
  [/\bdrogon::/, "drogon"],
  [/\bhttplib::/, "cpp-httplib"],
  [/\boatpp::/, "oatpp"],
  [/\bPistache::/, "pistache"],
  [/\bMHD_start_daemon\(/, "libmicrohttpd"],
  [/\bmg_http_listen\(/, "mongoose"],
  [/\bboost::beast\b/, "beast"],
  [/\buWS::/, "uwebsockets"],
];

/** C and C++: CMake, Meson, a Makefile, configure, or a lone source; libraries of Debian by what is asked for. */
export const cpp: Language = {
  name: "cpp",
  async detect(tree, path): Promise<Detection | undefined> {
    const build = await readCppBuild(tree, path);
    if (build === undefined) return undefined;
    const sources = await readNative(tree, path, sourceNames);
    if (build.programs.length === 0 && build.tool !== "cc" && build.tool !== "make") return library(build);
    return await describe(tree, path, build, sources);
  },
};

async function describe(
  tree: SourceTree,
  path: string,
  build: CppBuild,
  sources: readonly NativeSource[],
): Promise<Detection> {
  const [program = ""] = build.programs;
  const serving = findNative(sources, listens);
  const loop = findNative(sources, loops);
  const kind: ServiceKind = serving !== undefined ? "Web" : loop === undefined ? "Job" : "Worker";
  const files = (await tree.files(path)).map((file) => file);
  const brings = (header: string): boolean => files.some((file) => file.endsWith(`/${header}`) || file === header);
  const needed = cppLibraries([build.text, ...sources.map(({ text }) => text)], brings);
  const lines = linesOf(build, sources);
  const folders = (await runtimeFiles(tree, path, /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|o|txt|cmake|in)$/i)).map(
    (name) => `${sourceFolder}/${name}`,
  );
  const service = nativeService({
    path,
    language: "cpp",
    framework: frameworks.find(([pattern]) => sources.some(({ text }) => pattern.test(text)))?.[1],
    kind,
    runtime: null,
    manager: { name: build.tool, version: null, lockFile: null, mode: "Unfrozen" },
    recipe: {
      buildImage: slimDebian,
      buildPackages: [
        ...new Set(["build-essential", "ca-certificates", "git", "pkg-config", ...lines.packages, ...needed.build]),
      ],
      runPackages: [...(lines.openmp ? ["libgomp1"] : []), ...needed.run],
      tools: sources.some((source) => source.path.endsWith(".c")) ? [lenientC] : [],
      install: null,
      build: lines.build,
      artifacts: [lines.artifact, ...folders].map((one) => ({ from: one, to: one })),
    },
    start: lines.start,
    port: serving === undefined ? undefined : nativePort(sources),
    because: `${program === "" ? build.tool : program} of ${build.where}${serving === undefined ? "" : `; ${serving.seen} in ${serving.where}`}`,
    where: serving?.where ?? build.where,
  });
  const others = build.programs.slice(1, 6).map((one) => one.slice(one.lastIndexOf("/") + 1));
  const warnings =
    others.length === 0 || build.tool === "make"
      ? []
      : [plainText(`${program} is run; there are also ${others.join(", ")}`)];
  return { sure: service.sure, services: [service], warnings };
}

interface Lines {
  readonly packages: readonly string[];
  readonly build: string;
  readonly artifact: string;
  readonly start: string;
  readonly openmp: boolean;
}

/** How each tool is called, and where its program lies then. */
function linesOf({ tool, programs, sources = [], text, goal = "" }: CppBuild, code: readonly NativeSource[]): Lines {
  const [program = ""] = programs;
  const openmp = /openmp|-fopenmp/i.test(text);
  const built = { artifact: "/build", start: `/build/${program}`, openmp };
  if (tool === "cmake") {
    const build = "cmake -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release /app && cmake --build /build";
    return {
      ...built,
      packages: ["cmake", "ninja-build"],
      build: `${build} && ${inPlace(`/build/${program}`, "/build /app")} && ${smaller}`,
    };
  }
  if (tool === "meson") {
    const build = "meson setup --buildtype=release /build && meson compile -C /build";
    return { ...built, packages: ["meson", "ninja-build", "cmake"], build: `${build} && ${smaller}` };
  }
  if (tool === "autotools") {
    const build = "autoreconf --install && ./configure && make -j2";
    return {
      packages: ["autoconf", "automake", "libtool"],
      build,
      artifact: `${sourceFolder}/${program}`,
      start: `./${program}`,
      openmp,
    };
  }
  if (tool === "make") {
    const start = `./${program === "" ? "program" : program}`;
    const build = `touch /tmp/before && make${goal} && ${inPlace(start, ".")}`;
    return { packages: [], build, artifact: `${sourceFolder}/${start.slice(2)}`, start, openmp };
  }
  const plus = sources.some((name) => !name.endsWith(".c"));
  const math = code.some((one) => /<(?:math\.h|cmath)>/.test(one.text)) ? " -lm" : "";
  const build = `mkdir -p /build && ${plus ? "g++" : "gcc"} -O2 -pthread -o /build/app ${sources.join(" ")}${math}`;
  return { packages: [], build, artifact: "/build", start: "/build/app", openmp };
}

/** A build file may put its program elsewhere: then the one of that name is taken, or for make what it made last. */
function inPlace(program: string, folders: string): string {
  const name = program.slice(program.lastIndexOf("/") + 1);
  const which = folders === "." ? "-newer /tmp/before ! -name '*.so*' ! -name '*.sh'" : `-name ${name}`;
  return `{ test -x ${program} || cp "$(find ${folders} -type f -perm -100 ${which} | head -n 1)" ${program}; }`;
}

/** C that compilers before GCC 14 took with a warning (functions that nobody declared, pointers of another kind) is taken so again, whoever calls it. */
const lenientC = String.raw`printf '#!/bin/sh\nexec /usr/bin/gcc -fpermissive "$@"\n' > /usr/local/bin/gcc && chmod 755 /usr/local/bin/gcc && ln -s gcc /usr/local/bin/cc`;

/** Object files are not run. */
const smaller = "find /build -name '*.o' -delete";

function library({ tool, where }: CppBuild): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: `a C or C++ library (${tool}, no program)`,
    lookedFor: [["add_executable, executable() or bin_PROGRAMS", `none in ${joinPath(where) ?? where}`]],
  };
}
