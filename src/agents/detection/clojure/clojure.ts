import type { Reason, Service } from "../../../plan.ts";
import { chooseJava, javaWords, weakJavaWords, type JavaChoice } from "../java/jdk.ts";
import { heapOption } from "../java/recipe.ts";
import type { Detection, Language } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { procfileStart } from "../procfile-start.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { readClojure, type ClojureBuild } from "./clojure-build.ts";

const sourceFolder = "/app";
const maxFiles = 300;

/** Clojure by Leiningen, tools.build, or deps.edn alone. */
export const clojure: Language = {
  name: "clojure",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const build = await readClojure(tree, path);
    if (build === undefined) return undefined;
    if (build.main === undefined) return library(build);
    const firm = await javaWords(tree, [path], wishes);
    const choice = chooseJava(firm.length > 0 ? firm : await weakJavaWords(tree), wishes.platform);
    const service = await serviceOf(tree, path, build, choice);
    return { sure: service.sure, services: [service], warnings: choice.warning === undefined ? [] : [choice.warning] };
  },
};

interface Nature {
  readonly kind: "Web" | "Worker" | "Job";
  readonly framework: string | null;
  readonly because: string;
  readonly port?: Service["port"];
}

const servers: readonly (readonly [library: RegExp, name: string, port: number])[] = [
  [/:luminus-|:luminus/, "luminus", 3000],
  [/:pedestal|^io\.pedestal/, "pedestal", 8080],
  [/:ring-jetty9?-adapter|:ring$|:ring-undertow-adapter|:lib-noir/, "ring", 3000],
  [/:http-kit/, "http-kit", 8090],
  [/:immutant|:web$/, "immutant", 8080],
  [/:aleph/, "aleph", 8080],
  [/:reitit|:compojure/, "ring", 3000],
];

async function natureOf(tree: SourceTree, path: string, build: ClojureBuild): Promise<Nature> {
  const found = servers.find(([library]) => build.libraries.some((name) => library.test(name)));
  if (build.ring) {
    const port = { number: 3000, from: "Framework", readsPort: true } as const;
    return { kind: "Web", framework: "ring", because: "lein-ring packs a server", port };
  }
  const texts = await sourcesOf(tree, path);
  if (found !== undefined)
    return { kind: "Web", framework: found[1], because: `${found[1]} is a server`, port: portIn(texts, found[2]) };
  const server = texts.find(({ text }) =>
    /\bHttpServer\/create|\(run-server\b|\(run-jetty\b|\bServerSocket\./.test(text),
  );
  if (server !== undefined)
    return { kind: "Web", framework: null, because: `a server is made in ${server.path}`, port: portIn(texts) };
  const loop = texts.find(({ text }) => /\(while\s+true\b|\(chime|\(go-loop\b/.test(text));
  if (loop !== undefined) return { kind: "Worker", framework: null, because: `it goes on (${loop.path})` };
  return { kind: "Job", framework: null, because: "nothing in it listens" };
}

function portIn(texts: readonly { path: string; text: string }[], usual?: number): Service["port"] {
  for (const { path, text } of texts) {
    const read = /"PORT"|\(env\s+:port\b|\(:port\s+env\b/.exec(text);
    const near = read === null ? text : text.slice(read.index, read.index + 160);
    const number = Number(/(?:^|[\s"(])(?<digits>[1-9]\d{3,4})\b/.exec(near)?.groups?.["digits"]);
    const literal = Number(/:port\s+(?<digits>\d{2,5})\b/.exec(text)?.groups?.["digits"]);
    const chosen = read === null ? literal : number || literal || usual;
    if (read === null && !(literal > 0)) continue;
    return {
      from: "Code",
      where: path.slice(-256),
      readsPort: read !== null,
      ...(chosen !== undefined && chosen > 0 && chosen <= 65_535 ? { number: chosen } : {}),
    };
  }
  return usual === undefined
    ? { from: "Default", readsPort: false }
    : { number: usual, from: "Framework", readsPort: true };
}

async function sourcesOf(tree: SourceTree, path: string): Promise<readonly { path: string; text: string }[]> {
  const files = (await tree.files(path)).filter(
    (file) => /\.cljc?$/.test(file) && !/(?:^|\/)(?:test|dev)\//.test(file),
  );
  const found = await Promise.all(
    files.slice(0, maxFiles).map(async (file) => ({ path: file, text: (await tree.read(file)) ?? "" })),
  );
  return found;
}

async function serviceOf(tree: SourceTree, path: string, build: ClojureBuild, choice: JavaChoice): Promise<Service> {
  const nature = await natureOf(tree, path, build);
  const procfile = await procfileStart(tree, path);
  const kind = procfile?.kind ?? nature.kind;
  const version = String(choice.line);
  const why: Reason[] = [
    {
      about: "runtime",
      value: `java ${version}`,
      because: choice.from,
      ...(choice.where === undefined ? {} : { where: choice.where }),
    },
    { about: "manager", value: build.tool, because: build.manifest.replace(/^.*\//, ""), where: build.manifest },
    procfile === undefined
      ? { about: "start", value: plainText(build.main ?? ""), because: plainText(build.because), where: build.manifest }
      : { about: "start", value: plainText(procfile.line), because: procfile.from, where: procfile.where },
    { about: "kind", value: kind, because: plainText(procfile?.from ?? nature.because) },
  ];
  return newService({
    name: serviceNameOf(path, kind),
    kind,
    path,
    language: "clojure",
    framework: nature.framework,
    runtime: { name: "java", version, from: choice.from.slice(0, 256) },
    manager: { name: build.tool, version: null, lockFile: null, mode: "Unfrozen" },
    recipe: newRecipe({
      context: path,
      buildImage: `docker.io/library/clojure:temurin-${version}-${build.image}`,
      runImage: `docker.io/library/eclipse-temurin:${version}-jre`,
      build: build.build,
      caches: [
        { id: "maven", target: "/root/.m2" },
        ...(build.tool === "tools.build" ? [{ id: "gitlibs", target: "/root/.gitlibs" }] : []),
      ],
      buildEnv: { ...build.buildEnv },
      artifacts: build.artifacts.map((one) => ({ from: `${sourceFolder}/${one}`, to: `${sourceFolder}/${one}` })),
    }),
    // A line with a substitution is not made `exec` by itself.
    start: procfile?.line ?? `${build.run.includes("$(") ? "exec " : ""}java ${heapOption} $JAVA_OPTS ${build.run}`,
    releaseSteps: [...(procfile?.releaseSteps ?? [])],
    port: nature.port ?? { from: "Default" },
    probe: { startupSeconds: 240 },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "768Mi" } },
    sure: "Certain",
    why,
  });
}

function library(build: ClojureBuild): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: `a Clojure library (${build.manifest.replace(/^.*\//, "")}, no main namespace)`,
    lookedFor: [
      ["project.clj :main", "none"],
      ["deps.edn :main-opts", "none"],
      ["build.clj uber", "none"],
    ],
  };
}
