import { assigned, type GradleScript } from "./gradle-script.ts";
import { isClassName } from "./main-class.ts";
import { isFileName, onlyArchive, type Product } from "./module.ts";

/** What is known of a project before it is said what the build makes of it. */
export interface GradleProject {
  /** `:app`, or "" for the root. */
  readonly path: string;
  /** Name as Gradle knows it; undefined where it depends on the folder that somebody checked it out to. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly script: GradleScript;
  readonly plugins: ReadonlySet<string>;
  readonly libraries: readonly string[];
}

/** An init script's text for projects that lay out nothing to run: their libraries in one folder. */
const layOut =
  'allprojects { plugins.withId("java") { tasks.register("repoRunnerLibraries", Sync) { from configurations.runtimeClasspath; into "build/repo-runner-libraries" } } }';

/** The class that the script names. */
export function toldGradleMain(script: GradleScript): string | undefined {
  const inManifest = /["']?Main-Class["']?\]?[ \t]*(?::|=|,|to\b)[ \t]*["'](?<name>[\w.$]{1,200})["']/.exec(
    script.text,
  );
  return [assigned(script, "mainClass"), assigned(script, "mainClassName"), inManifest?.groups?.["name"]].find(
    (name) => name !== undefined && isClassName(name),
  );
}

/** What Gradle makes of a project; undefined where nothing in it can be started. */
export function gradleProduct(project: GradleProject, mainClass: string | undefined): Product | undefined {
  const { plugins, path } = project;
  const has = (...ids: readonly string[]): string | undefined => ids.find((id) => plugins.has(id));
  const task = (name: string): string => `${path}:${name}`;
  const quarkus = has("io.quarkus");
  if (quarkus !== undefined) {
    return {
      shape: "Quarkus",
      tasks: [task("quarkusBuild")],
      artifacts: ["build/quarkus-app"],
      run: "-jar {at}build/quarkus-app/quarkus-run.jar",
      because: quarkus,
    };
  }
  const boot = has("org.springframework.boot", "spring-boot");
  const war = has("war");
  if (boot !== undefined) {
    if (mainClass === undefined) return undefined;
    const named = archiveName(project, war === undefined ? "bootJar" : "bootWar");
    return archiveOf(
      "Boot",
      named,
      [task(war === undefined ? "bootJar" : "bootWar")],
      boot,
      war === undefined ? "jar" : "war",
    );
  }
  const application = has("application", "io.micronaut.application", "io.ktor.plugin", "org.gradle.application");
  if (application !== undefined) return installed(project, task("installDist"), application, mainClass);
  if (war !== undefined) return warOf(project, task("war"));
  const shadow = has("com.github.johnrengelman.shadow", "com.gradleup.shadow", "io.github.goooler.shadow");
  if (mainClass === undefined) return undefined;
  if (shadow !== undefined) {
    const name = archiveName(project, "shadowJar");
    const all = name === undefined || project.script.text.includes("archiveClassifier") ? undefined : `${name}-all`;
    return withMain(archiveOf("Fat", all, [task("shadowJar")], shadow), project, mainClass, all);
  }
  const name = archiveName(project, "jar");
  const jar = withMain(archiveOf("Plain", name, [task("jar")], `main in ${mainClass}`), project, mainClass, name);
  const isFat =
    /\bconfigurations\.(?:runtimeClasspath|compileClasspath|compile|runtime)\b|configurations\[?"?runtimeClasspath/.test(
      project.script.text,
    );
  if (project.libraries.length === 0 || isFat) return jar;
  return {
    ...jar,
    shape: "Classpath",
    tasks: [`-I /tmp/repo-runner.gradle`, task("jar"), task("repoRunnerLibraries")],
    artifacts: [...jar.artifacts, "build/repo-runner-libraries"],
    run: `-cp '{at}build/libs/${name ?? "app"}.jar:{at}build/repo-runner-libraries/*' ${mainClass}`,
  };
}

/** Lines that a build needs before Gradle is called. */
export function gradlePreparation(product: Product): readonly string[] {
  return product.tasks.some((task) => task.startsWith("-I "))
    ? [`printf '%s' '${layOut}' > /tmp/repo-runner.gradle`]
    : [];
}

/** Gradle's own layout: a start script that knows the class and every library. */
function installed(
  project: GradleProject,
  task: string,
  because: string,
  mainClass: string | undefined,
): Product | undefined {
  const name = assigned(project.script, "applicationName") ?? project.name;
  if (name === undefined || !isFileName(name)) return undefined;
  const told = assigned(project.script, "mainClass") ?? assigned(project.script, "mainClassName");
  const computed = /\bmainClass(?:Name)?\b/.test(project.script.text);
  const base = { tasks: [task], artifacts: [`build/install/${name}`], because };
  if (told !== undefined || computed) return { ...base, shape: "Script", run: `{at}build/install/${name}/bin/${name}` };
  return mainClass === undefined
    ? undefined
    : { ...base, shape: "Classpath", run: `-cp '{at}build/install/${name}/lib/*' ${mainClass}` };
}

function warOf(project: GradleProject, task: string): Product {
  const name = archiveName(project, "war");
  const plain = archiveOf("War", name, [task], "plugin war", "war");
  const file = plain.artifacts[0] ?? "build/libs/app.war";
  const unpack = `rm -rf build/ROOT; mkdir build/ROOT; cd build/ROOT; jar xf ../../${file}`;
  const after = [...(plain.after === undefined ? [] : [plain.after]), unpack].join("; ");
  return { ...plain, after, artifacts: [], webapp: "build/ROOT", run: "" };
}

/** Name and version as the archive's file has them; undefined where the script changes or computes them. */
function archiveName(project: GradleProject, task: string): string | undefined {
  const { script, name, version } = project;
  const block =
    new RegExp(`\\b${task}["']?[^{\\n]{0,60}\\{(?<inside>[^}]{0,2000})`).exec(script.text)?.groups?.["inside"] ?? "";
  const inside = { path: script.path, text: block };
  const file = assigned(inside, "archiveFileName") ?? assigned(inside, "archiveName");
  if (file !== undefined) return isFileName(file) ? file.replace(/\.[jw]ar$/, "") : undefined;
  if (/\barchive(?:FileName|BaseName|Version|Classifier|Appendix|Name)\b/.test(script.text)) return undefined;
  const told = assigned(script, "archivesBaseName") ?? assigned(script, "archivesName");
  if (told === undefined && /\barchives(?:Base)?Name\b/.test(script.text)) return undefined;
  const base = told ?? name;
  if (base === undefined || version === undefined) return undefined;
  const full = version === "" ? base : `${base}-${version}`;
  return isFileName(full) ? full : undefined;
}

function archiveOf(
  shape: Product["shape"],
  name: string | undefined,
  tasks: readonly string[],
  because: string,
  extension: "jar" | "war" = "jar",
): Product {
  const file = `${name ?? "app"}.${extension}`;
  return {
    shape,
    tasks,
    artifacts: [`build/libs/${file}`],
    run: `-jar {at}build/libs/${file}`,
    because,
    ...(name === undefined ? { after: onlyArchive("build/libs", extension, file) } : {}),
  };
}

function withMain(product: Product, project: GradleProject, mainClass: string, name: string | undefined): Product {
  const inManifest = project.script.text.includes("Main-Class") || assigned(project.script, "mainClass") !== undefined;
  return inManifest ? product : { ...product, run: `-cp {at}build/libs/${name ?? "app"}.jar ${mainClass}` };
}
