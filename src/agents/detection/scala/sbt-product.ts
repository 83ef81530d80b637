import { isFileName } from "../java/module.ts";
import { settingOf, type SbtBuild, type SbtProject } from "./sbt.ts";

/** What sbt makes of a project and how that is started. */
export interface SbtProduct {
  /** Words for sbt, each one argument, quoted. */
  readonly tasks: readonly string[];
  /** Shell line behind it, run in the build's root. */
  readonly after?: string;
  /** Folders and files that are kept, relative to the build's root. */
  readonly artifacts: readonly string[];
  /** A start script, which takes JAVA_OPTS; else what stands behind `java` and its options. */
  readonly script?: string;
  readonly run?: string;
  readonly because: string;
}

const packagers = [
  "JavaAppPackaging",
  "JavaServerAppPackaging",
  "PlayScala",
  "PlayJava",
  "PlayService",
  "PlayMinimalJava",
  "LauncherJarPlugin",
  "UniversalPlugin",
];

/** True for a project of the Play framework. */
export function isPlay({ enabled }: SbtProject): boolean {
  return enabled.some((name) => name.startsWith("Play"));
}

/** What is made: a staged folder where the native packager is on, a jar where sbt-assembly is there, else jars as sbt lists them. */
export function sbtProduct(
  build: SbtBuild,
  project: SbtProject,
  mainClass: string | undefined,
): SbtProduct | undefined {
  const prefix = project.id === undefined || build.projects.length === 1 ? "" : `${project.id}/`;
  const below =
    project.folder === build.root ? "" : `${project.folder.slice(build.root === "." ? 0 : build.root.length + 1)}/`;
  const packager = project.enabled.find((name) => packagers.includes(name));
  if (packager !== undefined) {
    const stage = `${below}target/universal/stage`;
    const staged = { tasks: [`${prefix}stage`], artifacts: [stage], because: `enablePlugins(${packager})` };
    const script = scriptName(project);
    if (script !== undefined) return { ...staged, script: `${stage}/bin/${script}` };
    // The name is computed: the script is the one that is no batch file and no other main's.
    return mainClass === undefined || isPlay(project)
      ? { ...staged, after: onlyScript(stage), script: `${stage}/bin/repo-runner-main` }
      : { ...staged, run: `-cp '${stage}/lib/*' ${mainClass}` };
  }
  if (mainClass === undefined) return undefined;
  if (build.plugins.includes("com.eed3si9n:sbt-assembly")) {
    const jar = `${below}target/repo-runner.jar`;
    // Where it would lie else depends on the versions of sbt and Scala.
    const place = `'set ${prefix}assembly / assemblyOutputPath := file("${jar}")'`;
    return {
      tasks: [place, `${prefix}assembly`],
      artifacts: [jar],
      run: /\bmainClass\b/.test(project.text) ? `-jar ${jar}` : `-cp ${jar} ${mainClass}`,
      because: "sbt-assembly",
    };
  }
  const libraries = `${below}target/repo-runner`;
  return {
    tasks: [`'export ${prefix}Runtime/fullClasspathAsJars'`],
    after: `mkdir -p ${libraries} && tail -n 1 /tmp/classpath | tr ':' '\\n' | xargs -I{} cp {} ${libraries}/`,
    artifacts: [libraries],
    run: `-cp '${libraries}/*' ${mainClass}`,
    because: `main in ${mainClass}`,
  };
}

/** `executableScriptName`, else the name in the packager's spelling: lower case, dashes for all else. */
function scriptName({ text, id }: SbtProject): string | undefined {
  const told = settingOf(text, "executableScriptName");
  if (told !== undefined) return isFileName(told) ? told : undefined;
  if (/\bexecutableScriptName\b/.test(text)) return undefined;
  const name = settingOf(text, "name") ?? (/(?<![\w.])name\s*:=/.test(text) ? undefined : id);
  const normal = name?.toLowerCase().replaceAll(/\W+/g, "-");
  return normal !== undefined && isFileName(normal) ? normal : undefined;
}

function onlyScript(stage: string): string {
  return [
    `set -- $(find ${stage}/bin -type f ! -name '*.bat' ! -name repo-runner-main)`,
    `if [ $# -ne 1 ]; then echo "expected one start script in ${stage}/bin, found $#: $*" >&2; exit 1; fi`,
    `cp "$1" ${stage}/bin/repo-runner-main`,
  ].join("; ");
}
