import { fillIn, firstText, inherited, pluginOf, type Pom, type PomPlugin } from "./pom.ts";
import { isClassName } from "./main-class.ts";
import { isFileName, onlyArchive, type Product } from "./module.ts";
import { allNamed, childrenAt, type XmlElement } from "./xml.ts";

/** Parents from elsewhere of which it is known that they leave the archive's name alone. */
const quietParents =
  /^(?:org\.springframework\.boot:spring-boot-starter-parent|io\.micronaut(?:\.platform)?:micronaut-parent|io\.helidon\.applications:helidon-(?:se|mp)|io\.quarkus(?:\.platform)?:quarkus-(?:bom|universe-bom))$/;

/** Names under which people write the class that is started. */
const mainProperties = [
  "start-class",
  "exec.mainClass",
  "main.class",
  "mainClass",
  "main-class",
  "app.main.class",
  "project.mainclass",
  "micronaut.main.class",
];

/** Classes of a framework that start what a setting names: they lie in no module. */
const launchers = /\.(?:EngineMain|Launcher|VertxApplication|JarLauncher)$/;

/**
 * The class that the pom names: for the archive's manifest; or, if it is among those that were found, for a plug-in that starts one (which
 * may be a tool of the build) or as a property.
 */
export function toldMainClass(pom: Pom, found: readonly string[]): string | undefined {
  const named = (...plugins: readonly string[]): readonly string[] =>
    plugins
      .flatMap((name) => pluginOf(pom, name).words)
      .flatMap((word) => [...allNamed(word, "mainClass"), ...allNamed(word, "Main-Class")])
      .map(({ text }) => fillIn(pom, text));
  const firm = named("maven-shade-plugin", "maven-assembly-plugin", "spring-boot-maven-plugin", "maven-jar-plugin");
  const other = [
    ...named("exec-maven-plugin", "jib-maven-plugin", "micronaut-maven-plugin"),
    ...mainProperties.map((name) => fillIn(pom, pom.properties.get(name) ?? "")),
  ].filter((name) => found.includes(name) || launchers.test(name));
  return [...firm, ...other].find((name) => name !== "" && isClassName(name));
}

/** What `package` makes of a module; undefined where nothing in it can be started. */
export function mavenProduct(pom: Pom, mainClass: string | undefined): Product | undefined {
  const name = archiveName(pom);
  if (pom.packaging === "war") return warOf(pom, name);
  if (pom.packaging !== "jar" && pom.packaging !== "quarkus" && pom.packaging !== "bundle") return undefined;
  const product = quarkusOf(pom, name) ?? specialOf(pom, name) ?? bootOf(pom, name) ?? fatOf(pom, name, mainClass);
  if (product !== undefined) return product;
  if (mainClass === undefined) return undefined;
  const inManifest = manifestMain(pom);
  const because = inManifest === undefined ? `main in ${mainClass}` : "Main-Class in the pom's manifest";
  const jar = jarOf("Plain", name, ["package"], because);
  if (!needsLibraries(pom)) {
    return inManifest === undefined ? { ...jar, run: `-cp {at}target/${jarNameOf(name)} ${mainClass}` } : jar;
  }
  return {
    ...jar,
    shape: "Classpath",
    tasks: ["package", "dependency:copy-dependencies", "-DincludeScope=runtime", "-Dmdep.overWriteSnapshots=true"],
    artifacts: [...jar.artifacts, "target/dependency"],
    run: `-cp '{at}target/${jarNameOf(name)}:{at}target/dependency/*' ${mainClass}`,
  };
}

/** `finalName`, or name and version; undefined where something that is not in the tree has a say. */
function archiveName(pom: Pom): string | undefined {
  if (pom.foreignParent !== undefined && !quietParents.test(pom.foreignParent.name)) return undefined;
  const version = fillIn(pom, "${project.version}");
  const name = inherited(pom, "build", "finalName") ?? `${pom.artifactId}-${version}`;
  return isFileName(name) ? name : undefined;
}

function jarNameOf(name: string | undefined): string {
  return name === undefined ? "app.jar" : `${name}.jar`;
}

/** One archive of `target/`, by its name where that is known. */
function jarOf(
  shape: Product["shape"],
  name: string | undefined,
  tasks: readonly string[],
  because: string,
  extension: "jar" | "war" = "jar",
): Product {
  const file = name === undefined ? `app.${extension}` : `${name}.${extension}`;
  return {
    shape,
    tasks,
    artifacts: [`target/${file}`],
    run: `-jar {at}target/${file}`,
    because,
    ...(name === undefined ? { after: onlyArchive("target", extension, file) } : {}),
  };
}

function quarkusOf(pom: Pom, name: string | undefined): Product | undefined {
  const plugin = pluginOf(pom, "quarkus-maven-plugin");
  if (pom.packaging !== "quarkus" && !(plugin.used && hasGoal(plugin, "build"))) return undefined;
  const type = ["quarkus.package.jar.type", "quarkus.package.type"].map((one) => pom.properties.get(one)).find(Boolean);
  const because = "quarkus-maven-plugin";
  if (type === "uber-jar" || type === "legacy-jar") {
    const file = name === undefined ? undefined : `${name}-runner`;
    const jar = jarOf("Quarkus", file, ["package"], because);
    return type === "uber-jar" ? jar : { ...jar, artifacts: [...jar.artifacts, "target/lib"] };
  }
  return {
    shape: "Quarkus",
    tasks: ["package"],
    artifacts: ["target/quarkus-app"],
    run: "-jar {at}target/quarkus-app/quarkus-run.jar",
    because,
  };
}

/** Servers that are put into one jar by plugins of their own, with the ending each gives it. */
function specialOf(pom: Pom, name: string | undefined): Product | undefined {
  for (const [artifactId, ending] of [
    ["wildfly-jar-maven-plugin", "bootable"],
    ["thorntail-maven-plugin", "thorntail"],
    ["wildfly-swarm-plugin", "swarm"],
  ] as const) {
    if (!pluginOf(pom, artifactId).used) continue;
    const file = name === undefined ? undefined : `${name}-${ending}`;
    return jarOf("Fat", file, ["package"], artifactId);
  }
  return undefined;
}

/** With Boot's own parent the plugin repackages as soon as it is used; without it only where somebody bound it. */
function bootOf(pom: Pom, name: string | undefined): Product | undefined {
  const plugin = pluginOf(pom, "spring-boot-maven-plugin");
  if (!plugin.used || firstText(pom, plugin.words, "configuration", "skip") === "true") return undefined;
  const ownParent = pom.foreignParent?.name === "org.springframework.boot:spring-boot-starter-parent";
  if (!ownParent && !hasGoal(plugin, "repackage")) return undefined;
  const places = [["configuration"], ["executions", "execution", "configuration"]];
  const said = (what: string): string | undefined =>
    places.map((place) => firstText(pom, plugin.words, ...place, what)).find((text) => text !== undefined);
  const base = said("finalName") ?? name;
  const classifier = said("classifier");
  const file = base === undefined || classifier === undefined ? base : `${base}-${classifier}`;
  const sure = file !== undefined && isFileName(file) ? file : undefined;
  return jarOf("Boot", sure, ["package"], "spring-boot-maven-plugin");
}

/** One jar with everything in it, by the shade or the assembly plugin where they are bound. */
function fatOf(pom: Pom, name: string | undefined, mainClass: string | undefined): Product | undefined {
  const shade = pluginOf(pom, "maven-shade-plugin");
  const assembly = pluginOf(pom, "maven-assembly-plugin");
  const shaded = (shade.used && hasGoal(shade, "shade")) || isMicronaut(pom);
  const together = assembly.used && hasGoal(assembly, "single") && isWithDependencies(assembly);
  if (!shaded && !together) return undefined;
  const file = shaded ? shadedName(pom, shade, name) : assembledName(pom, assembly, name);
  const sure = file !== undefined && isFileName(file) ? file : undefined;
  const jar = jarOf("Fat", sure, ["package"], shaded ? "maven-shade-plugin" : "maven-assembly-plugin");
  const words = shaded ? shade.words : assembly.words;
  const inManifest = words.some((word) => allNamed(word, "mainClass").length + allNamed(word, "Main-Class").length > 0);
  if (inManifest || manifestMain(pom) !== undefined || (shaded && isMicronaut(pom))) return jar;
  return mainClass === undefined ? undefined : { ...jar, run: `-cp {at}target/${sure ?? "app"}.jar ${mainClass}` };
}

function isMicronaut(pom: Pom): boolean {
  return (
    pom.foreignParent !== undefined && /^io\.micronaut(?:\.platform)?:micronaut-parent$/.test(pom.foreignParent.name)
  );
}

function shadedName(pom: Pom, shade: PomPlugin, name: string | undefined): string | undefined {
  const said = (what: string): string | undefined => configured(pom, shade, what);
  const output = said("outputFile")
    ?.replace(/^.*\//, "")
    .replace(/\.jar$/, "");
  const base = output ?? said("finalName") ?? name;
  if (output !== undefined || said("shadedArtifactAttached") !== "true" || base === undefined) return base;
  return `${base}-${said("shadedClassifierName") ?? "shaded"}`;
}

function assembledName(pom: Pom, assembly: PomPlugin, name: string | undefined): string | undefined {
  const base = configured(pom, assembly, "finalName") ?? name;
  if (base === undefined || configured(pom, assembly, "appendAssemblyId") === "false") return base;
  return `${base}-jar-with-dependencies`;
}

function configured(pom: Pom, plugin: PomPlugin, what: string): string | undefined {
  return (
    firstText(pom, plugin.words, "configuration", what) ??
    firstText(pom, plugin.words, "executions", "execution", "configuration", what)
  );
}

/** Boot's plugin makes a war that starts by itself; any other is laid out for a server. */
function warOf(pom: Pom, name: string | undefined): Product {
  const boot = bootOf(pom, name);
  if (boot !== undefined) return { ...jarOf("Boot", name, ["package"], boot.because, "war") };
  const plain = jarOf("War", name, ["package"], "packaging war", "war");
  const file = plain.artifacts[0] ?? "target/app.war";
  const unpack = `rm -rf target/ROOT; mkdir target/ROOT; cd target/ROOT; jar xf ../../${file}`;
  const after = [...(plain.after === undefined ? [] : [plain.after]), unpack].join("; ");
  return { ...plain, after, artifacts: [], webapp: "target/ROOT", run: "" };
}

function manifestMain(pom: Pom): string | undefined {
  return pluginOf(pom, "maven-jar-plugin")
    .words.flatMap((word) => [...allNamed(word, "mainClass"), ...allNamed(word, "Main-Class")])
    .map(({ text }) => text)
    .find((text) => text !== "");
}

function hasGoal(plugin: PomPlugin, goal: string): boolean {
  return plugin.words.some((word) =>
    childrenAt(word, "executions", "execution", "goals", "goal").some(({ text }) => text === goal),
  );
}

function isWithDependencies(assembly: PomPlugin): boolean {
  const named = (word: XmlElement): boolean =>
    allNamed(word, "descriptorRef").some(({ text }) => text === "jar-with-dependencies");
  return assembly.words.some(named);
}

/** Something that is there while it runs: then the jar alone is not enough. */
function needsLibraries(pom: Pom): boolean {
  const there = pom.libraries.some(({ scope }) => scope === "compile" || scope === "runtime" || scope === "system");
  // A parent from elsewhere may bring libraries that nobody here sees.
  return there || pom.foreignParent !== undefined;
}
