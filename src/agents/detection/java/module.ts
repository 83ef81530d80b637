import type { CodeText } from "../../config/code-text.ts";
import type { MainClass } from "./main-class.ts";

/** What the build makes of a module, and how that is started. */
export interface Product {
  /** `Boot`, `Quarkus`, `Fat` and `Plain` are jars that hold all, or need nothing; `Classpath` is a jar with its libraries beside it; `Script` brings its own start. */
  readonly shape: "Boot" | "Quarkus" | "Fat" | "Plain" | "Classpath" | "Script" | "War";
  /** Tasks, goals and whatever else the build is told, behind the tool's name. */
  readonly tasks: readonly string[];
  /** Files and folders that are kept, relative to the module's folder: in the final image they lie where the build left them. */
  readonly artifacts: readonly string[];
  /** An unpacked web archive, for a servlet container. */
  readonly webapp?: string;
  /** Behind `java` and its options: `-jar {at}target/shop.jar`; the script itself where it is one. `{at}`: the module's folder with a slash. */
  readonly run: string;
  /** Shell words behind the build, run in the module's folder. */
  readonly after?: string;
  /** What said so: `spring-boot-maven-plugin`. */
  readonly because: string;
}

/** One module of a Maven or Gradle build that can be run. */
export interface JvmModule {
  /** Relative to the tree's root. */
  readonly folder: string;
  /** Its artifactId or project name. */
  readonly name: string;
  /** `pom.xml`, `build.gradle.kts`, with its folder. */
  readonly manifest: string;
  /** `group:artifact` of what is there while it runs. */
  readonly libraries: readonly string[];
  readonly sources: readonly CodeText[];
  readonly mains: readonly MainClass[];
  readonly mainClass: string | undefined;
  readonly product: Product;
  /** A plug-in or a manifest says that it runs; else only a `main` was found. */
  readonly certain: boolean;
}

/** The class that most likely starts it: one that is annotated or named so, then the one nearest to the root. */
export function likeliestMain(mains: readonly MainClass[], sources: readonly CodeText[]): MainClass | undefined {
  const annotated = new Set(
    sources
      .filter(({ code }) => /@(?:SpringBootApplication|EnableAutoConfiguration|QuarkusMain)\b/.test(code))
      .map(({ path }) => path),
  );
  const score = ({ name, path }: MainClass): number => {
    const short = name.slice(name.lastIndexOf(".") + 1);
    return (
      (annotated.has(path) ? 100 : 0) +
      (/^(?:Main|App|Application|Server)(?:Kt)?$/.test(short) ? 40 : 0) +
      (/(?:Application|Server|Main|App|Service)(?:Kt)?$/.test(short) ? 20 : 0) -
      (/Test|Example|Sample|Demo|Client|Benchmark|Generator|Util/.test(short) ? 40 : 0) -
      name.split(".").length
    );
  };
  return mains.toSorted((one, other) => score(other) - score(one) || (one.name < other.name ? -1 : 1))[0];
}

/** True for what may be part of a file's name in a line. */
export function isFileName(name: string): boolean {
  return /^[\w][\w.+-]{0,120}$/.test(name) && !name.includes("..");
}

/**
 * Shell words that leave the one program among a folder's archives under a name that is known, for a build whose files do not say what it
 * is called. They fail with what is there where there is none, or more than one.
 */
export function onlyArchive(folder: string, extension: "jar" | "war", name: string): string {
  const others = ["*-sources", "*-javadoc", "*-tests", "*-test-fixtures", "*-plain", "original-*"];
  const without = others.map((pattern) => `! -name '${pattern}.${extension}'`).join(" ");
  return [
    `set -- $(find ${folder} -maxdepth 1 -name '*.${extension}' ! -name ${name} ${without})`,
    `if [ $# -ne 1 ]; then echo "expected one ${extension} in ${folder}, found $#: $*" >&2; exit 1; fi`,
    `cp "$1" ${folder}/${name}`,
  ].join("; ");
}
