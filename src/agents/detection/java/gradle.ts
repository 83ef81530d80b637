import { folderOf, joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import type { JvmBuild } from "./build.ts";
import { gradleProduct, toldGradleMain, type GradleProject } from "./gradle-product.ts";
import { readCatalog, type Catalog } from "./gradle-catalog.ts";
import { gradleProgram, newestJavaFor } from "./gradle-program.ts";
import { librariesOf, pluginsOf, readScript, type GradleScript } from "./gradle-script.ts";
import { manifestWord, type JavaWord } from "./jdk.ts";
import { mainClasses, programSources } from "./main-class.ts";
import { likeliestMain, type JvmModule } from "./module.ts";

const maxProjects = 64;

/** A Gradle build as seen from one of its folders; undefined where there is none. */
export async function readGradle(tree: SourceTree, folder: string): Promise<JvmBuild | undefined> {
  const root = await rootOf(tree, folder);
  if (root === undefined) return undefined;
  const settings = await readScript(tree, root, "settings.gradle");
  const catalog = await readCatalog(tree, root, settings);
  const projects = await projectsOf(tree, root, settings, catalog);
  const looked = projects.filter(
    (one) => folder === root || one.folder === folder || one.folder.startsWith(`${folder}/`),
  );
  if (looked.length === 0) return undefined;
  const modules: JvmModule[] = [];
  for (const one of looked) {
    const module = await moduleOf(tree, one);
    if (module !== undefined) modules.push(module);
  }
  const program = await gradleProgram(tree, root);
  const android = projects.some(({ project }) => project.plugins.has("com.android.application"));
  const newest = newestJavaFor(program.version);
  const rootScript = projects.find((one) => one.folder === root)?.project.script;
  return {
    tool: "gradle",
    root,
    modules,
    parts: looked.filter((one) => one.project.plugins.size > 0).map((one) => one.folder),
    single: projects.length === 1,
    words: new Map(
      projects.map((one) => [one.folder, javaWordsOf(one.project.script, rootScript, one.project.plugins)]),
    ),
    ...(newest === undefined ? {} : { newest }),
    program,
    nothing: android ? "an Android app" : "a Java library (Gradle, no application and no main class)",
  };
}

interface Placed {
  readonly folder: string;
  readonly project: GradleProject;
}

/** The nearest folder with a wrapper or settings, from here upwards; this one where a script stands alone. */
async function rootOf(tree: SourceTree, folder: string): Promise<string | undefined> {
  const scripts = async (at: string): Promise<boolean> => {
    const names = await tree.list(at);
    return names.some((name) => /^(?:build|settings)\.gradle(?:\.kts)?$/.test(name) || name === "gradlew");
  };
  if (!(await scripts(folder))) return undefined;
  for (let at = folder; ; at = folderOf(at)) {
    const names = await tree.list(at);
    if (names.some((name) => /^settings\.gradle(?:\.kts)?$/.test(name))) return at;
    if (at === ".") return folder;
  }
}

async function projectsOf(
  tree: SourceTree,
  root: string,
  settings: GradleScript | undefined,
  catalog: Catalog,
): Promise<readonly Placed[]> {
  const properties = await propertiesOf(tree, root);
  const rootScript = await readScript(tree, root, "build.gradle");
  const included = settings === undefined ? [] : includedPaths(settings);
  const found: Placed[] = [];
  for (const path of ["", ...included]) {
    const below = settings === undefined ? undefined : movedFolder(settings, path);
    const folder = joinPath(root, below ?? path.replaceAll(":", "/"));
    const script = folder === undefined ? undefined : await projectScript(tree, root, folder, path, catalog);
    if (folder === undefined || script === undefined) continue;
    const name =
      path === "" ? (settings === undefined ? undefined : rootName(settings)) : path.slice(path.lastIndexOf(":") + 1);
    found.push({
      folder,
      project: {
        path,
        name: name ?? (path === "" ? checkoutName(root) : undefined),
        version: versionOf(script, path === "" ? undefined : rootScript, properties),
        script,
        plugins: pluginsOf(script, catalog),
        libraries: librariesOf(script, catalog),
      },
    });
  }
  return found;
}

/** The version as the archive's name has it, "" where there is none; undefined where it is computed, or the root may say it for all. */
function versionOf(
  script: GradleScript,
  root: GradleScript | undefined,
  properties: ReadonlyMap<string, string>,
): string | undefined {
  const literal = /^[ \t]*(?:project\.)?version[ \t]*[= ][ \t]*["'](?<version>[^"'\n$]{1,80})["']/m;
  const computed = /^[ \t]*(?:project\.)?version\b[ \t]*[=(]/m;
  const own = literal.exec(script.text)?.groups?.["version"];
  if (own !== undefined) return own;
  if (computed.test(script.text)) return undefined;
  const forAll = /\b(?:allprojects|subprojects)\b/.test(root?.text ?? "") && /^[ \t]*version\b/m.test(root?.text ?? "");
  return forAll ? undefined : (properties.get("version") ?? "");
}

/** A project's script with those of the build's own plug-ins that it applies, and with what the root says of all. */
async function projectScript(
  tree: SourceTree,
  root: string,
  folder: string,
  path: string,
  catalog: Catalog,
): Promise<GradleScript | undefined> {
  const named = path === "" ? undefined : path.slice(path.lastIndexOf(":") + 1);
  const script =
    (await readScript(tree, folder, "build.gradle")) ??
    (named === undefined ? undefined : await readScript(tree, folder, `${named}.gradle`));
  if (script === undefined) return undefined;
  let text = script.text;
  for (const id of pluginsOf(script, catalog)) {
    if (!/^[\w.-]{1,100}$/.test(id)) continue;
    for (const place of ["buildSrc", "build-logic", "buildLogic", "gradle/plugins", "build-logic/convention"]) {
      for (const language of ["kotlin", "groovy"]) {
        const own = joinPath(root, place, "src/main", language) ?? place;
        const convention = await readScript(tree, own, `${id}.gradle`);
        if (convention !== undefined) text += `\n${convention.text}`;
      }
    }
  }
  return { path: script.path, text };
}

/** `include 'a', ':lib:core'`, `include(":app")`. */
function includedPaths(settings: GradleScript): readonly string[] {
  const found: string[] = [];
  for (const match of settings.text.matchAll(
    /\binclude\b[ \t]*\(?(?<names>(?:[\s,]{0,40}["'][\w:./-]{1,100}["']){1,64})/g,
  )) {
    for (const name of (match.groups?.["names"] ?? "").matchAll(/["'](?<name>[\w:./-]+)["']/g)) {
      const path = (name.groups?.["name"] ?? "").replace(/^:?/, ":").replaceAll("/", ":");
      if (!path.includes("..")) found.push(path);
    }
  }
  return [...new Set(found)].slice(0, maxProjects);
}

function movedFolder(settings: GradleScript, path: string): string | undefined {
  if (path === "") return undefined;
  const pattern = new RegExp(
    `project\\(\\s*["']${path}["']\\s*\\)\\.projectDir\\s*=\\s*(?:new File\\(\\s*\\w+\\s*,\\s*|file\\(\\s*)["'](?<folder>[\\w./-]{1,100})["']`,
  );
  return pattern.exec(settings.text)?.groups?.["folder"];
}

function rootName(settings: GradleScript): string | undefined {
  return /\brootProject\.name[ \t]*=[ \t]*["'](?<name>[^"'\n$]{1,100})["']/.exec(settings.text)?.groups?.["name"];
}

/** Where nobody names the root project, it is called after the folder, and that is ours. */
function checkoutName(root: string): string {
  return root === "." ? "app" : root.slice(root.lastIndexOf("/") + 1);
}

async function propertiesOf(tree: SourceTree, root: string): Promise<ReadonlyMap<string, string>> {
  const text = (await tree.read(joinPath(root, "gradle.properties") ?? "gradle.properties")) ?? "";
  const lines = text.matchAll(/^[ \t]*(?<key>[\w.-]{1,80})[ \t]*=[ \t]*(?<value>[^\r\n]{0,200}?)[ \t]*\r?$/gm);
  return new Map([...lines].map(({ groups }) => [groups?.["key"] ?? "", groups?.["value"] ?? ""]));
}

async function moduleOf(tree: SourceTree, { folder, project }: Placed): Promise<JvmModule | undefined> {
  const sources = await programSources(tree, folder);
  const mains = mainClasses(sources);
  const told = toldGradleMain(project.script);
  const mainClass = told ?? likeliestMain(mains, sources)?.name;
  const product = gradleProduct(project, mainClass);
  if (product === undefined || (product.shape === "Quarkus" && sources.length === 0)) return undefined;
  return {
    folder,
    name: plainText(project.name ?? "app", 100),
    manifest: project.script.path,
    libraries: project.libraries,
    sources,
    mains,
    mainClass,
    product,
    certain: (product.shape !== "Plain" && product.shape !== "Classpath") || told !== undefined,
  };
}

/** A toolchain is this Java and no other; a compatibility is the lowest. */
function javaWordsOf(
  script: GradleScript,
  root: GradleScript | undefined,
  plugins: ReadonlySet<string>,
): readonly JavaWord[] {
  const words: (JavaWord | undefined)[] = [];
  for (const one of new Set([script, ...(root === undefined ? [] : [root])])) {
    for (const [name, pattern, exact] of [
      ["toolchain", /\bJavaLanguageVersion\.of\(\s*["']?(?<version>\d{1,2})/, true],
      ["jvmToolchain", /\bjvmToolchain\(\s*(?<version>\d{1,2})\s*\)/, true],
      ["options.release", /\boptions\.release(?:\.set\(|[ \t]*=)[ \t]*(?<version>\d{1,2})/, false],
      [
        "sourceCompatibility",
        /\bsourceCompatibility\b[ \t]*=?[ \t]*(?:JavaVersion\.(?:VERSION_|toVersion\()|["'])?(?<version>\d[\d._]{0,5})/,
        false,
      ],
      [
        "targetCompatibility",
        /\btargetCompatibility\b[ \t]*=?[ \t]*(?:JavaVersion\.(?:VERSION_|toVersion\()|["'])?(?<version>\d[\d._]{0,5})/,
        false,
      ],
      [
        "jvmTarget",
        /\bjvmTarget\b(?:\.set\(|[ \t]*=)?[ \t]*(?:JvmTarget\.(?:JVM_|fromTarget\("))?["']?(?<version>\d[\d._]{0,5})/,
        false,
      ],
    ] as const) {
      const version = pattern
        .exec(one.text)
        ?.groups?.["version"]?.replace(/^1_/, "1.")
        .replace(/[._]+$/, "");
      words.push(manifestWord(version, `${one.path} ${name}`, exact, one.path));
    }
  }
  const boot = /org\.springframework\.boot["']?\)?[ \t]*version[ \t]*\(?["'](?<major>\d{1,2})\./.exec(
    `${script.text}\n${root?.text ?? ""}`,
  );
  const major = Number(boot?.groups?.["major"]);
  if (plugins.has("org.springframework.boot") && major >= 3) {
    words.push(manifestWord("17", `${script.path} spring boot ${major}`, false, script.path));
  }
  return words.filter((word) => word !== undefined);
}
