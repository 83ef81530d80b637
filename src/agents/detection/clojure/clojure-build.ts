import { joinPath } from "../../config/service-files.ts";
import { isFileName } from "../java/module.ts";
import type { SourceTree } from "../source-tree.ts";

/** How a Clojure repository is packed and started, as project.clj, build.clj or deps.edn tell, read by eye. */
export interface ClojureBuild {
  readonly tool: "leiningen" | "tools.build" | "tools.deps";
  /** `lein`, `tools-deps`: the ending of the official image's tag. */
  readonly image: string;
  readonly build: string;
  /** Kept in the final image, relative to the folder. */
  readonly artifacts: readonly string[];
  /** Behind `java` and its options. */
  readonly run: string;
  /** Namespace that is started, where it is told. */
  readonly main: string | undefined;
  /** `group:artifact` of what is there while it runs. */
  readonly libraries: readonly string[];
  readonly manifest: string;
  readonly because: string;
  /** The packed program is started by lein-ring's own main, which listens on PORT. */
  readonly ring: boolean;
  /** A line of the image's variables: where libraries from git are kept. */
  readonly buildEnv: Readonly<Record<string, string>>;
}

const jar = "target/repo-runner.jar";
const kept = ".repo-runner";

/** Reads the build of a folder; undefined where it is none, `undefined` main where nothing in it is started. */
export async function readClojure(tree: SourceTree, folder: string): Promise<ClojureBuild | undefined> {
  const read = async (name: string): Promise<string | undefined> => {
    const text = await tree.read(joinPath(folder, name) ?? name);
    return text === undefined ? undefined : withoutRemarks(text.slice(0, 200_000));
  };
  const at = (name: string): string => joinPath(folder, name) ?? name;
  const project = await read("project.clj");
  if (project !== undefined && /\(defproject\s/.test(project)) return leiningen(project, at("project.clj"));
  const deps = await read("deps.edn");
  if (deps === undefined) return undefined;
  const build = await read("build.clj");
  if (build !== undefined && /\buber\b/.test(build)) return toolsBuild(build, deps, at("build.clj"));
  return toolsDeps(deps, at("deps.edn"));
}

function leiningen(text: string, manifest: string): ClojureBuild {
  const head = /\(defproject\s+(?:[\w.-]{1,100}\/)?(?<name>[\w.-]{1,100})\s+"(?<version>[^"\s]{1,60})"/.exec(
    text,
  )?.groups;
  const ring = /\[lein-ring\s/.test(text) && /:ring\s*\{/.test(text);
  const told = /:uberjar-name\s+"(?<name>[^"\s]{1,120})"/.exec(text)?.groups?.["name"];
  const name = told ?? `${head?.["name"] ?? "app"}-${head?.["version"] ?? ""}-standalone.jar`;
  const main = /:main\s+(?:\^:?[\w-]{1,40}\s+|\^\{[^}]{0,80}\}\s+)?(?<main>[A-Za-z][\w.*+!?-]{0,150})/.exec(text)
    ?.groups?.["main"];
  // Which folder below target/ it is depends on the version of Leiningen and on :target-path.
  const find = isFileName(name) ? `-name '${name}'` : "-name '*-standalone.jar'";
  const compiled = ring || /:aot\b/.test(text);
  return {
    tool: "leiningen",
    image: "lein",
    build: `lein ${ring ? "ring uberjar" : "uberjar"} && cp "$(find target -type f ${find} | head -n 1)" ${jar}`,
    artifacts: [jar],
    run: compiled || main === undefined ? `-jar ${jar}` : `-cp ${jar} clojure.main -m ${main}`,
    main: ring ? (main ?? "ring") : main,
    libraries: [
      ...librariesIn(text, /\[(?<name>[A-Za-z][\w./-]{0,120})\s+"/g),
      ...(ring ? ["ring:ring-jetty-adapter"] : []),
    ],
    manifest,
    because: ring ? "project.clj with lein-ring" : `project.clj :main ${main ?? "–"}`,
    ring,
    buildEnv: { LEIN_ROOT: "1" },
  };
}

function toolsBuild(text: string, deps: string, manifest: string): ClojureBuild {
  const main = /:main\s+'?(?<main>[A-Za-z][\w.*+!?-]{0,150})/.exec(text)?.groups?.["main"];
  const alias =
    /(?<alias>:[\w-]{1,40})\s*\{[^{}]{0,200}(?:\{[^{}]{0,200}(?:\{[^{}]{0,200}\}[^{}]{0,200}){0,4}\}[^{}]{0,200}){0,4}:ns-default\s+build\b/.exec(
      deps,
    )?.groups?.["alias"];
  const task =
    ["uber", "uberjar", "ci"].find((name) => new RegExp(`\\(defn\\s+(?:\\^\\S{1,40}\\s+)?${name}\\s`).test(text)) ??
    "uber";
  const one = `set -- $(find target -maxdepth 2 -name '*.jar' ! -name repo-runner.jar)`;
  const check = `if [ $# -ne 1 ]; then echo "expected one jar in target, found $#: $*" >&2; exit 1; fi`;
  return {
    tool: "tools.build",
    image: "tools-deps",
    build: `clojure -T${alias ?? ":build"} ${task} && (${one}; ${check}; cp "$1" ${jar})`,
    artifacts: [jar],
    run: `-jar ${jar}`,
    main: main ?? "main",
    libraries: depsLibraries(deps),
    manifest,
    because: `build.clj ${task}`,
    ring: false,
    buildEnv: {},
  };
}

/** No packing at all: libraries and sources are kept as they are, and the class path is written down. */
function toolsDeps(text: string, manifest: string): ClojureBuild {
  const alias =
    /(?<alias>:(?:run|start|main|prod|server|app)[\w-]{0,30})\s*\{[^{}]{0,300}:main-opts\s*\[\s*"-m"\s+"(?<main>[A-Za-z][\w.*+!?-]{0,150})"/.exec(
      text,
    )?.groups;
  const any = /:main-opts\s*\[\s*"-m"\s+"(?<main>[A-Za-z][\w.*+!?-]{0,150})"/.exec(text)?.groups?.["main"];
  const paths = /:paths\s*\[(?<paths>[^\]]{0,400})\]/.exec(text)?.groups?.["paths"] ?? '"src"';
  const folders = [...paths.matchAll(/"(?<path>[\w][\w./-]{0,100})"/g)].map(({ groups }) => groups?.["path"] ?? "src");
  const flag = alias?.["alias"] === undefined ? "" : `-A${alias["alias"]} `;
  return {
    tool: "tools.deps",
    image: "tools-deps",
    build: `mkdir -p ${kept} ${folders.join(" ")} && clojure -Sdeps '{:mvn/local-repo "/app/${kept}/m2"}' ${flag}-Spath > ${kept}/classpath`,
    artifacts: [kept, ...folders],
    run: `-cp "$(cat ${kept}/classpath)" clojure.main -m ${alias?.["main"] ?? any ?? ""}`,
    main: alias?.["main"] ?? any,
    libraries: depsLibraries(text),
    manifest,
    because: "deps.edn :main-opts",
    ring: false,
    buildEnv: { GITLIBS: `/app/${kept}/gitlibs` },
  };
}

function depsLibraries(text: string): readonly string[] {
  return librariesIn(text, /(?<name>[A-Za-z][\w.-]{0,100}\/[\w.-]{1,100})\s*\{\s*:(?:mvn|git|local|sha|tag)/g);
}

/** `ring/ring-core` as `ring:ring-core`; a name of one part is its own group. */
function librariesIn(text: string, pattern: RegExp): readonly string[] {
  const names = [...text.matchAll(pattern)].map(({ groups }) => groups?.["name"] ?? "");
  return names.map((name) => (name.includes("/") ? name.replace("/", ":") : `${name}:${name}`)).slice(0, 200);
}

/** Takes `; …` away where no string is open; linear. */
function withoutRemarks(text: string): string {
  let [out, inString] = ["", false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "\\") {
      out += text.slice(at, at + 2);
      at += 1;
    } else if (char === ";" && !inString) {
      const end = text.indexOf("\n", at);
      at = (end === -1 ? text.length : end) - 1;
    } else {
      if (char === '"') inString = !inString;
      out += char;
    }
  }
  return out;
}
