import type { Reason, Service } from "../../../plan.ts";
import { chooseJava, javaWords, weakJavaWords, type JavaChoice } from "../java/jdk.ts";
import { mainClasses, programSources } from "../java/main-class.ts";
import { likeliestMain } from "../java/module.ts";
import { heapOption } from "../java/recipe.ts";
import { traitsOf, type Traits } from "../java/traits.ts";
import type { Detection, Language } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { procfileStart } from "../procfile-start.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { readSbt, sbtLibraries, settingOf, type SbtBuild, type SbtProject } from "./sbt.ts";
import { isPlay, sbtProduct, type SbtProduct } from "./sbt-product.ts";

const sourceFolder = "/app";
/** Starts any sbt that project/build.properties names; it is an artifact like any other, so Maven's image fetches it. */
const launcher = "org.scala-sbt:sbt-launch:1.11.7";
const sbtLine = "java -Xss4m -Xmx1500m -Dsbt.color=false -Dsbt.supershell=false -jar /opt/sbt/sbt-launch.jar";

/** Scala by sbt: the native packager, Play, sbt-assembly, or neither. */
export const scala: Language = {
  name: "scala",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const build = await readSbt(tree, path);
    if (build === undefined) return undefined;
    const found = await runnable(tree, build);
    if (found.length === 0) return library();
    const firm = await javaWords(tree, [path], wishes);
    const words = firm.length > 0 ? firm : await weakJavaWords(tree);
    const choice = chooseJava(words, wishes.platform, newestFor(build));
    const serving = found.filter(({ traits, product }) => traits.kind !== "Job" || product.script !== undefined);
    const chosen = (serving.length > 0 ? serving : found.slice(0, 1)).slice(0, 16);
    const services: Service[] = [];
    for (const one of chosen) {
      services.push(await serviceOf(tree, chosen.length === 1 ? path : one.project.folder, build, one, choice));
    }
    const sure = services.some((service) => service.sure === "Certain") ? "Certain" : "Likely";
    return { sure, services, warnings: choice.warning === undefined ? [] : [choice.warning] };
  },
};

interface Found {
  readonly project: SbtProject;
  readonly product: SbtProduct;
  readonly traits: Traits;
}

async function runnable(tree: SourceTree, build: SbtBuild): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const project of build.projects) {
    const sources = await programSources(tree, project.folder);
    const own = sources.filter(({ path }) => !build.projects.some((other) => isInside(path, other, project)));
    const mains = mainClasses(own);
    const told = settingOf(project.text, "mainClass");
    const mainClass = told ?? likeliestMain(mains, own)?.name;
    const product = sbtProduct(build, project, mainClass);
    if (product === undefined || (mainClass === undefined && !isPlay(project))) continue;
    const traits = isPlay(project)
      ? play
      : traitsOf({ libraries: sbtLibraries(project.text), sources: own, settings: new Map(), files: [], mainClass });
    found.push({ project, product, traits });
  }
  return found;
}

/** Its own port where nobody says another; in production it wants a secret, takes any host only if told, and has no place for its pid. */
const play: Traits = {
  kind: "Web",
  framework: "play",
  because: "Play's plug-in is on",
  port: { number: 9000, readsPort: true, from: "Framework" },
  definitions: [
    "-Dhttp.port=$PORT",
    "-Dplay.http.secret.key=$APPLICATION_SECRET",
    "-Dplay.filters.hosts.allowed.0=.",
    "-Dpidfile.path=/dev/null",
  ],
  arguments: [],
};

function isInside(path: string, other: SbtProject, project: SbtProject): boolean {
  return other !== project && other.folder.length > project.folder.length && path.startsWith(`${other.folder}/`);
}

async function serviceOf(
  tree: SourceTree,
  path: string,
  build: SbtBuild,
  { project, product, traits }: Found,
  choice: JavaChoice,
): Promise<Service> {
  const procfile = await procfileStart(tree, path);
  const kind = procfile?.kind ?? traits.kind;
  const version = String(choice.line);
  const options = [heapOption, ...traits.definitions, "$JAVA_OPTS"].join(" ");
  const own =
    product.script === undefined ? `java ${options} ${product.run ?? ""}` : `JAVA_OPTS="${options}" ${product.script}`;
  const where = build.root === "." ? "build.sbt" : `${build.root}/build.sbt`;
  const why: Reason[] = [
    {
      about: "runtime",
      value: `java ${version}`,
      because: choice.from,
      ...(choice.where === undefined ? {} : { where: choice.where }),
    },
    {
      about: "manager",
      value: `sbt ${build.sbtVersion ?? ""}`.trim(),
      because: build.sbtVersion === undefined ? "no version is named" : "project/build.properties",
    },
    procfile === undefined
      ? { about: "start", value: plainText(project.id ?? "root"), because: plainText(product.because), where }
      : { about: "start", value: plainText(procfile.line), because: procfile.from, where: procfile.where },
    { about: "kind", value: kind, because: plainText(procfile?.from ?? traits.because) },
  ];
  return newService({
    name: serviceNameOf(path, kind),
    kind,
    path,
    language: "scala",
    framework: traits.framework,
    runtime: { name: "java", version, from: choice.from.slice(0, 256) },
    manager: { name: "sbt", version: build.sbtVersion ?? null, lockFile: null, mode: "Unfrozen" },
    recipe: newRecipe({
      context: build.root,
      buildImage: `docker.io/library/maven:3.9-eclipse-temurin-${version}`,
      runImage: `docker.io/library/eclipse-temurin:${version}-jre`,
      tools: [
        `mvn -B -q dependency:copy -Dartifact=${launcher} -DoutputDirectory=/opt/sbt -Dmdep.stripVersion=true`,
        // A person's own line says `sbt`, too.
        `printf '%s\\n' '#!/bin/sh' 'exec ${sbtLine} "$@"' > /usr/local/bin/sbt && chmod +x /usr/local/bin/sbt`,
      ],
      build: buildLine(product),
      caches: [
        { id: "maven", target: "/root/.m2" },
        { id: "sbt", target: "/root/.sbt" },
        { id: "ivy", target: "/root/.ivy2" },
        { id: "coursier", target: "/root/.cache/coursier" },
      ],
      artifacts: product.artifacts.map((one) => ({ from: `${sourceFolder}/${one}`, to: `${sourceFolder}/${one}` })),
    }),
    start: procfile?.line ?? own,
    releaseSteps: [...(procfile?.releaseSteps ?? [])],
    port: traits.port ?? { from: "Default" },
    probe: { startupSeconds: 240 },
    env:
      traits.framework === "play"
        ? [{ name: "APPLICATION_SECRET", source: "Generated", why: "Play signs its sessions with it" }]
        : [],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "768Mi" } },
    sure: product.script !== undefined || kind === "Web" ? "Certain" : "Likely",
    why,
  });
}

function buildLine({ tasks, after }: SbtProduct): string {
  const listed = tasks.some((task) => task.includes("fullClasspathAsJars"));
  const line = ["sbt", ...(listed ? ["--error"] : []), ...tasks, ...(listed ? ["> /tmp/classpath"] : [])].join(" ");
  return after === undefined ? line : `${line} && (${after})`;
}

/** sbt's own Scala, and the project's, read the class files of a JDK only up to some version. */
function newestFor({ sbtVersion, scalaVersion }: SbtBuild): { line: number; from: string } | undefined {
  const [major = 1, minor = 99] = (sbtVersion ?? "1.11").split(".").map(Number);
  if (major < 1 || (major === 1 && minor < 3)) return { line: 8, from: `sbt ${sbtVersion} runs on Java 8` };
  const compiler = oldCompiler(scalaVersion);
  if (compiler !== undefined) return compiler;
  if (major === 1 && minor < 9) return { line: 17, from: `sbt ${sbtVersion} runs on Java 17 at most` };
  return major === 1 ? { line: 21, from: `sbt ${sbtVersion ?? "1"} is sure to run on Java 21` } : undefined;
}

function oldCompiler(version: string | undefined): { line: number; from: string } | undefined {
  const [major = 3, minor = 9, patch = 0] = (version ?? "3.9").split(".").map((part) => Number.parseInt(part, 10));
  const tooOld =
    (major === 3 && minor < 3) ||
    (major === 2 && (minor < 12 || (minor === 12 && patch < 18) || (minor === 13 && patch < 11)));
  return tooOld ? { line: 17, from: `Scala ${version} is sure to compile on Java 17` } : undefined;
}

function library(): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: "a Scala library (sbt, no main class)",
    lookedFor: [
      ["a plug-in that packs a program", "no native packager, no Play, no assembly with a main class"],
      ["an object with main", "none outside of tests"],
    ],
  };
}
