import type { Recipe } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { newRecipe } from "../new-service.ts";
import type { SourceTree } from "../source-tree.ts";
import type { JvmBuild } from "./build.ts";
import { gradlePreparation } from "./gradle-product.ts";
import type { JvmModule } from "./module.ts";
import type { Traits } from "./traits.ts";

/** The heap's part of the container's memory; the rest is for classes, threads and buffers. */
export const heapOption = "-XX:MaxRAMPercentage=60";

const sourceFolder = "/app";

/** What is asked for: one module of a build, on one JDK. */
export interface JvmRecipeRequest {
  readonly tree: SourceTree;
  readonly build: JvmBuild;
  readonly module: JvmModule;
  readonly java: number;
  /** The line that starts it where a person or a Procfile says one. */
  readonly told?: string | undefined;
}

/**
 * Builds one module with what it needs and leaves its archive in an image that only runs. Libraries are kept in the tool's own cache, which
 * outlives every layer: a step of its own for them would fetch more than the build needs, and fails where modules need one another.
 */
export async function jvmRecipe(request: JvmRecipeRequest): Promise<Recipe> {
  const { tree, build, module, java, told } = request;
  const { product } = module;
  const inside = relative(build.root, module.folder);
  const base = inside === "." ? sourceFolder : `${sourceFolder}/${inside}`;
  const named = namedOutputs(told ?? "").filter((path) => !product.artifacts.includes(path));
  const taken = [
    ...product.artifacts.map((path) => `${base}/${path}`),
    ...named.map((path) => `${sourceFolder}/${path}`),
  ];
  const kept = (await runtimeFiles(tree, module.folder)).map((name) => ({
    from: `${base}/${name}`,
    to: `${sourceFolder}/${name}`,
  }));
  const webapp =
    product.webapp === undefined ? [] : [{ from: `${base}/${product.webapp}`, to: "/usr/local/tomcat/webapps/ROOT" }];
  const made = named.length === 0 ? [] : [`mkdir -p ${named.join(" ")}`];
  return newRecipe({
    context: build.root,
    buildImage: build.program.image.replace("{java}", String(java)),
    runImage: product.shape === "War" ? tomcatFor(module, java) : `docker.io/library/eclipse-temurin:${java}-jre`,
    build: [buildLine(build, module, inside), ...made].join(" && "),
    caches:
      build.tool === "maven"
        ? [{ id: "maven", target: "/root/.m2" }]
        : [
            { id: "gradle", target: "/root/.gradle/caches" },
            { id: "gradle-wrapper", target: "/root/.gradle/wrapper" },
          ],
    // A line that is not ours says nothing of memory, and the JVM by itself takes a quarter of what there is.
    runEnv: told === undefined ? {} : { JAVA_TOOL_OPTIONS: heapOption },
    artifacts: [...webapp, ...taken.map((path) => ({ from: path, to: path })), ...kept].slice(0, 32),
  });
}

/** Folders of the build that a line from elsewhere (a Procfile, the spec) starts things from: they are kept, too. */
function namedOutputs(line: string): readonly string[] {
  const folders = line.matchAll(
    /(?<![\w/])(?<path>(?:[\w-]{1,40}\/){0,3}(?:target|build)\/(?:classes|dependency(?:-jars)?|lib|libs|bin|install|appassembler|quarkus-app|universal))(?=[\s/:"'*]|$)/g,
  );
  return [...new Set([...folders].map(({ groups }) => groups?.["path"] ?? ""))].slice(0, 8);
}

/** The line that starts it. `$JAVA_OPTS` is a person's own word. */
export function jvmStart({ product, folder }: JvmModule, traits: Traits, root: string): string {
  if (product.shape === "War") return "catalina.sh run";
  const inside = relative(root, folder);
  const run = product.run.replaceAll("{at}", inside === "." ? "" : `${inside}/`);
  const definitions = traits.definitions.join(" ");
  const words = traits.arguments.join(" ");
  if (product.shape === "Script") {
    const options = [heapOption, definitions, "$JAVA_OPTS"].filter((part) => part !== "").join(" ");
    return [`JAVA_OPTS="${options}"`, run, words].filter((part) => part !== "").join(" ");
  }
  return ["java", heapOption, definitions, "$JAVA_OPTS", run, words].filter((part) => part !== "").join(" ");
}

function buildLine(build: JvmBuild, module: JvmModule, inside: string): string {
  const { product } = module;
  const chosen = build.tool === "maven" && !build.single && inside !== "." ? [`-pl ${inside} -am`] : [];
  const prepared = build.tool === "gradle" ? gradlePreparation(product) : [];
  const libraries = product.artifacts.find((path) => path === "target/dependency");
  const after =
    product.after === undefined ? [] : [inside === "." ? `(${product.after})` : `(cd ${inside}; ${product.after})`];
  return [
    ...prepared,
    [build.program.line, ...chosen, ...product.tasks].join(" "),
    ...(libraries === undefined ? [] : [`mkdir -p ${inside === "." ? "" : `${inside}/`}target/dependency`]),
    ...after,
  ].join(" && ");
}

/** Servlets moved from `javax` to `jakarta` with Tomcat 10. */
function tomcatFor({ libraries, sources }: JvmModule, java: number): string {
  const jakarta =
    libraries.some((name) => name.startsWith("jakarta.")) ||
    sources.some(({ code }) => /\bimport\s+jakarta\.servlet\b/.test(code));
  const old =
    libraries.some((name) => /^javax\.(?:servlet|platform)/.test(name)) ||
    sources.some(({ code }) => /\bimport\s+javax\.servlet\b/.test(code));
  // Tomcat 10.1 wants Java 11.
  const line = (old && !jakarta) || java < 11 ? "9.0" : "10.1";
  return `docker.io/library/tomcat:${line}-jre${java}-temurin`;
}

const runtimeFolders =
  /^(?:config|conf|data|db|migrations?|public|static|templates?|views?|webroot|www|assets|uploads)\/$/;
const runtimeNames =
  /^(?!docker-compose|compose|\.|renovate|codecov|mkdocs|appveyor|cloudbuild|app\.ya?ml|package)[\w][\w.-]*\.(?:ya?ml|properties|conf|edn)$/;
const buildNames = /^(?:gradle|system|lombok|sonar-project|build|project|maven)\.(?:properties|config)$/;

/** What a program may open beside its archive: settings, data, pages; not its sources. */
async function runtimeFiles(tree: SourceTree, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await tree.list(folder)) {
    if (runtimeFolders.test(name)) {
      const files = await tree.files(joinPath(folder, name) ?? name);
      if (files.some((file) => !/\.(?:java|kt|scala|clj)$/.test(file))) found.push(name.slice(0, -1));
    } else if (runtimeNames.test(name) && !buildNames.test(name)) found.push(name);
  }
  return found.slice(0, 16);
}

function relative(root: string, folder: string): string {
  if (folder === root) return ".";
  return root === "." ? folder : folder.slice(root.length + 1);
}
