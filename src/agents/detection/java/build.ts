import type { JavaWord } from "./jdk.ts";
import type { JvmModule } from "./module.ts";

/** A Maven or Gradle build with what of it can be run. */
export interface JvmBuild {
  readonly tool: "maven" | "gradle";
  /** Folder that the tool is run in: the context of the image's build. */
  readonly root: string;
  readonly modules: readonly JvmModule[];
  /** Folders of all that is built, programs or not. */
  readonly parts: readonly string[];
  /** True where there is only one module: nothing has to be chosen for the tool. */
  readonly single: boolean;
  /** What the manifests say of Java's version for a module, surest first. */
  readonly words: ReadonlyMap<string, readonly JavaWord[]>;
  /** The newest Java that the tool itself runs on. */
  readonly newest?: { readonly line: number; readonly from: string };
  /** How the tool is called, and which image has it; `{java}` stands for the line. */
  readonly program: BuildProgram;
  /** Said when nothing can be run: `a Java library (Maven, no main class)`. */
  readonly nothing: string;
}

export interface BuildProgram {
  /** `mvn -B -ntp`, `sh ./mvnw -B -ntp`. */
  readonly line: string;
  /** `docker.io/library/maven:3.9-eclipse-temurin-{java}` */
  readonly image: string;
  readonly version: string | null;
  readonly because: string;
  readonly where?: string;
}

/** Modules that are there to try or to show others. */
const asideModules =
  /(?:^|[/-])(?:tests?|it|integration-?tests?|e2e|examples?|samples?|demos?|benchmarks?|jmh|docs?|archetypes?|bom|parent|test-?(?:utils?|support|common))(?:$|[/-])/;

/**
 * What is run: what a plug-in makes runnable, else servers and workers with a `main`, else the first `main`. Examples are run only where
 * there is nothing else: beside a library they show how it is used.
 */
export function chooseModules(
  { modules: found, parts }: JvmBuild,
  root: string,
  serves: (module: JvmModule) => boolean,
): readonly JvmModule[] {
  const isAside = (folder: string): boolean => asideModules.test(folder.slice(root === "." ? 0 : root.length + 1));
  const real = found.filter(({ folder }) => !isAside(folder));
  if (real.length === 0 && parts.some((folder) => folder !== root && !isAside(folder))) return [];
  const all = real.length > 0 ? real : found;
  const certain = all.filter((module) => module.certain && (module.product.shape !== "Classpath" || serves(module)));
  if (certain.length > 0) return certain;
  const serving = all.filter(serves);
  if (serving.length > 0) return serving;
  const told = all.filter(({ certain: sure }) => sure);
  return (told.length > 0 ? told : all).slice(0, 1);
}
