import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import type { BuildProgram, JvmBuild } from "./build.ts";
import { manifestWord, type JavaWord } from "./jdk.ts";
import { mainClasses, programSources } from "./main-class.ts";
import { mavenProduct, toldMainClass } from "./maven-product.ts";
import { likeliestMain, type JvmModule } from "./module.ts";
import { fillIn, firstText, inherited, pluginOf, reactorRootOf, readReactor, type Pom } from "./pom.ts";
import { childrenAt, textAt } from "./xml.ts";

/** A Maven build as seen from one of its folders; undefined where there is no pom.xml. */
export async function readMaven(tree: SourceTree, folder: string): Promise<JvmBuild | undefined> {
  const top = await reactorRootOf(tree, folder);
  const all = await readReactor(tree, top);
  const own = top === folder ? all : await readReactor(tree, folder);
  const [root, reactor] = top === folder || standAlone(own, all) ? [folder, own] : [top, all];
  if (reactor.length === 0 || !reactor.some((pom) => pom.folder === folder)) return undefined;
  // From a folder below only what lies there is looked at; the rest is built where it is needed.
  const looked = folder === root ? reactor : reactor.filter((pom) => isBelow(pom.folder, folder));
  const modules: JvmModule[] = [];
  for (const pom of looked) {
    const module = await moduleOf(tree, pom);
    if (module !== undefined) modules.push(module);
  }
  const context = commonFolder([root, ...reactor.flatMap(({ folders }) => folders)]);
  return {
    tool: "maven",
    root: context,
    modules,
    parts: looked.filter(({ packaging }) => packaging !== "pom").map((pom) => pom.folder),
    single: reactor.length === 1 && context === folder,
    words: new Map(reactor.map((pom) => [pom.folder, javaWordsOf(pom)])),
    program: await programOf(tree, context, reactor),
    nothing: `a Java library (Maven, ${reactor.length === 1 ? "no main class" : `none of ${reactor.length} modules has a main class`})`,
  };
}

/** Poms that take nothing from the build above: neither a parent nor a module of it. The rest of that build is then nobody's concern. */
function standAlone(own: readonly Pom[], all: readonly Pom[]): boolean {
  const [first] = own;
  if (first === undefined) return false;
  const others = new Set(
    all.filter((pom) => !own.some(({ folder }) => folder === pom.folder)).map(({ artifactId }) => artifactId),
  );
  return own.every(
    ({ folders, libraries }) =>
      folders.every((folder) => isBelow(folder, first.folder)) &&
      !libraries.some(({ name }) => others.has(name.slice(name.indexOf(":") + 1))),
  );
}

async function moduleOf(tree: SourceTree, pom: Pom): Promise<JvmModule | undefined> {
  if (pom.packaging === "pom") return undefined;
  const below = inherited(pom, "build", "sourceDirectory")?.replace("${project.basedir}/", "");
  const sources = await programSources(tree, pom.folder, below);
  const mains = mainClasses(sources);
  const told = toldMainClass(
    pom,
    mains.map(({ name }) => name),
  );
  const mainClass = told ?? likeliestMain(mains, sources)?.name;
  const product = mavenProduct(pom, mainClass);
  if (product === undefined) return undefined;
  // Modules inherit plug-ins from their parent, libraries too: what a plug-in can pack is a program only where there is one in it.
  const needsMain = product.shape !== "War" && product.shape !== "Quarkus" && pom.folders.length > 1;
  if (needsMain && mains.length === 0 && told === undefined) return undefined;
  if (product.shape === "Quarkus" && sources.length === 0) return undefined;
  const manifest = joinPath(pom.folder, "pom.xml") ?? "pom.xml";
  return {
    folder: pom.folder,
    name: plainText(pom.artifactId, 100),
    manifest,
    libraries: pom.libraries.filter(({ scope }) => scope !== "test").map(({ name }) => name),
    sources,
    mains,
    mainClass,
    product,
    certain: product.shape !== "Plain" && product.shape !== "Classpath" ? true : told !== undefined,
  };
}

/** The compiler's release before its source and target, a parent's own default last. */
function javaWordsOf(pom: Pom): readonly JavaWord[] {
  const compiler = pluginOf(pom, "maven-compiler-plugin").words;
  const kotlin = pluginOf(pom, "kotlin-maven-plugin").words;
  const property = (name: string): readonly [string, string | undefined] => [name, pom.properties.get(name)];
  const said: readonly (readonly [string, string | undefined])[] = [
    ["maven-compiler-plugin release", firstText(pom, compiler, "configuration", "release")],
    property("maven.compiler.release"),
    property("java.version"),
    ["maven-compiler-plugin source", firstText(pom, compiler, "configuration", "source")],
    ["maven-compiler-plugin target", firstText(pom, compiler, "configuration", "target")],
    property("maven.compiler.source"),
    property("maven.compiler.target"),
    ["kotlin-maven-plugin jvmTarget", firstText(pom, kotlin, "configuration", "jvmTarget")],
    property("kotlin.compiler.jvmTarget"),
    property("jdk.version"),
    property("release.version"),
    parentWord(pom),
  ];
  return said
    .map(([name, text]) => {
      const where = saidIn(pom, name);
      return manifestWord(text === undefined ? undefined : fillIn(pom, text), `${where} ${name}`, false, where);
    })
    .filter((word) => word !== undefined);
}

/** The pom of the chain that sets a property; this one for all else. */
function saidIn(pom: Pom, property: string): string {
  const at = pom.chain.findIndex((one) => textAt(one, "properties", property) !== undefined);
  return joinPath(pom.folders[Math.max(at, 0)] ?? ".", "pom.xml") ?? "pom.xml";
}

/** Java that a framework's parent or bill of materials asks for. */
function parentWord(pom: Pom): readonly [string, string | undefined] {
  const managed = pom.chain.flatMap((one) => childrenAt(one, "dependencyManagement", "dependencies", "dependency"));
  const bom = (name: string): string | undefined => {
    const found = managed.find((one) => textAt(one, "artifactId") === name);
    const version = textAt(found, "version");
    return version === undefined ? undefined : fillIn(pom, version);
  };
  const isBoot = pom.foreignParent?.name === "org.springframework.boot:spring-boot-starter-parent";
  const boot = isBoot ? pom.foreignParent.version : bom("spring-boot-dependencies");
  if (boot !== undefined) return [`spring boot ${boot}`, Number.parseInt(boot, 10) >= 3 ? "17" : "8"];
  const quarkus = bom("quarkus-bom");
  if (quarkus !== undefined) return [`quarkus ${quarkus}`, Number.parseInt(quarkus, 10) >= 3 ? "17" : "11"];
  return ["parent", undefined];
}

/** The wrapper where it is whole, since it says which Maven; else the image's. */
async function programOf(tree: SourceTree, root: string, reactor: readonly Pom[]): Promise<BuildProgram> {
  const at = (name: string): string => joinPath(root, name) ?? name;
  const settings = await tree.read(at(".mvn/wrapper/maven-wrapper.properties"));
  const script = await tree.read(at("mvnw"));
  const profile = reactor.some((pom) =>
    pom.chain.some((one) => childrenAt(one, "profiles", "profile").some((each) => textAt(each, "id") === "production")),
  );
  const options = `-B -ntp -DskipTests${profile ? " -Pproduction" : ""}`;
  if (settings === undefined || script === undefined) {
    const image = "docker.io/library/maven:3.9-eclipse-temurin-{java}";
    return { line: `mvn ${options}`, image, version: null, because: "the image's Maven" };
  }
  const version = /apache-maven-(?<version>\d[\w.-]{0,30}?)-bin/.exec(settings)?.groups?.["version"] ?? null;
  // A script from Windows has line ends that no shell here takes.
  const mend = script.includes("\r") ? String.raw`sed -i 's/\r$//' mvnw && ` : "";
  return {
    line: `${mend}sh ./mvnw ${options}`,
    image: "docker.io/library/eclipse-temurin:{java}",
    version,
    because: "the repository's wrapper",
    where: at(".mvn/wrapper/maven-wrapper.properties"),
  };
}

function isBelow(folder: string, above: string): boolean {
  return above === "." || folder === above || folder.startsWith(`${above}/`);
}

/** The folder that holds them all. */
function commonFolder(folders: readonly string[]): string {
  const split = folders.map((folder) => (folder === "." ? [] : folder.split("/")));
  const [first = []] = split;
  let length = first.length;
  for (const parts of split) {
    let same = 0;
    while (same < length && parts[same] === first[same]) same += 1;
    length = same;
  }
  return length === 0 ? "." : first.slice(0, length).join("/");
}
