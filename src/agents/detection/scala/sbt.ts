import { joinPath } from "../../config/service-files.ts";
import { withoutComments } from "../java/gradle-script.ts";
import type { SourceTree } from "../source-tree.ts";

/** One project of an sbt build. */
export interface SbtProject {
  /** As sbt calls it: `web`; undefined for what stands at the root without a name. */
  readonly id: string | undefined;
  /** Folder, relative to the tree's root. */
  readonly folder: string;
  /** What is written of it, and of all. */
  readonly text: string;
  /** `enablePlugins(…)` of it. */
  readonly enabled: readonly string[];
}

/** An sbt build as its files tell, read by eye. */
export interface SbtBuild {
  readonly root: string;
  readonly projects: readonly SbtProject[];
  /** Coordinates of `addSbtPlugin`: `com.github.sbt:sbt-native-packager`. */
  readonly plugins: readonly string[];
  readonly sbtVersion: string | undefined;
  readonly scalaVersion: string | undefined;
}

const maxProjects = 32;

/** Reads build.sbt and what lies in project/; undefined where there is no build.sbt. */
export async function readSbt(tree: SourceTree, folder: string): Promise<SbtBuild | undefined> {
  const at = async (name: string): Promise<string | undefined> => await tree.read(joinPath(folder, name) ?? name);
  const raw = await at("build.sbt");
  if (raw === undefined) return undefined;
  const further = await furtherText(tree, folder);
  const text = withoutComments(raw.slice(0, 200_000));
  const properties = (await at("project/build.properties")) ?? "";
  const sbtVersion = /^[ \t]*sbt\.version[ \t]*=[ \t]*(?<version>\d[\w.-]{0,30})/m.exec(properties)?.groups?.[
    "version"
  ];
  const scalaVersion = /\bscalaVersion\s*:=\s*(?:"(?<version>\d[\w.-]{0,30})"|(?<name>\w{1,60}))/.exec(text)?.groups;
  const named = scalaVersion?.["name"];
  return {
    root: folder,
    projects: projectsOf(text, folder, further.sources),
    plugins: [
      ...further.plugins.matchAll(/\baddSbtPlugin\(\s*"(?<group>[\w.-]{1,100})"\s*%\s*"(?<name>[\w.-]{1,100})"/g),
    ].map(({ groups }) => `${groups?.["group"] ?? ""}:${groups?.["name"] ?? ""}`),
    sbtVersion,
    scalaVersion:
      scalaVersion?.["version"] ?? (named === undefined ? undefined : valueOf(`${text}\n${further.sources}`, named)),
  };
}

/** Plug-ins stand in project/*.sbt; libraries are often listed in project/Dependencies.scala. */
async function furtherText(tree: SourceTree, folder: string): Promise<{ plugins: string; sources: string }> {
  let [plugins, sources] = ["", ""];
  const project = joinPath(folder, "project") ?? "project";
  for (const name of (await tree.list(project)).slice(0, 40)) {
    if (!/\.(?:sbt|scala)$/.test(name)) continue;
    const text = withoutComments(((await tree.read(`${project}/${name}`)) ?? "").slice(0, 100_000));
    if (name.endsWith(".sbt")) plugins += `${text}\n`;
    else sources += `${text}\n`;
  }
  return { plugins, sources };
}

/** `lazy val web = (project in file("web")).enablePlugins(…)`: each from its own `val` to the next; what stands outside counts for all. */
function projectsOf(text: string, root: string, shared: string): readonly SbtProject[] {
  const starts = [
    ...text.matchAll(
      /^[ \t]*(?:lazy[ \t]+)?val[ \t]+`?(?<id>[\w-]{1,60})`?[ \t]*(?::[^=\n]{0,60})?=\s*\(?\s*(?:project\b|Project\(|crossProject\b)/gm,
    ),
  ].slice(0, maxProjects);
  const common = `${starts.length === 0 ? text : text.slice(0, starts[0]?.index)}\n${shared}`;
  const projects = starts.map((match, index) => {
    const own = text.slice(match.index, starts[index + 1]?.index ?? text.length);
    const id = match.groups?.["id"] ?? "";
    const place = /(?:\bin\s*\(?|\.in\(\s*)file\(\s*"(?<folder>[\w./-]{1,100})"/.exec(own)?.groups?.["folder"] ?? id;
    return { id, folder: joinPath(root, place) ?? root, text: `${own}\n${common}`, enabled: enabledIn(own) };
  });
  if (projects.some(({ folder }) => folder === root)) return projects;
  return [{ id: undefined, folder: root, text: common, enabled: enabledIn(common) }, ...projects];
}

function enabledIn(text: string): readonly string[] {
  return [...text.matchAll(/\benablePlugins\(\s*(?<names>[\w.,\s]{1,400})\)/g)].flatMap(({ groups }) =>
    (groups?.["names"] ?? "").split(/[\s,]+/).filter((name) => name !== ""),
  );
}

/** A literal setting of a project: `name := "weather"`; a name stands for the value it was given. */
export function settingOf(text: string, key: string): string | undefined {
  const groups = new RegExp(
    `(?<![\\w.])${key}\\s*:=\\s*(?:Some\\(\\s*)?(?:"{1,3}(?<value>[^"\\n$]{1,200})"|(?<name>\\w{1,60})\\b(?!\\())`,
  ).exec(text)?.groups;
  if (groups === undefined) return undefined;
  return groups["value"] ?? valueOf(text, groups["name"] ?? "");
}

function valueOf(text: string, name: string): string | undefined {
  if (!/^\w{1,60}$/.test(name)) return undefined;
  return new RegExp(`\\bval[ \\t]+${name}\\b[^=\\n]{0,40}=[ \\t]*"(?<value>[^"\\n$]{1,100})"`).exec(text)?.groups?.[
    "value"
  ];
}

/** `org.http4s:http4s-ember-server` of everything that is there while it runs. */
export function sbtLibraries(text: string): readonly string[] {
  const found = text.matchAll(
    /"(?<group>[\w.-]{1,100})"\s*%{1,3}\s*"(?<name>[\w.-]{1,100})"\s*%\s*[\w".-]{1,60}(?<scope>\s*%\s*"?[\w;>-]{1,40})?/g,
  );
  return [...found]
    .filter(({ groups }) => !/test|Test|provided|Provided/.test(groups?.["scope"] ?? ""))
    .map(({ groups }) => `${groups?.["group"] ?? ""}:${groups?.["name"] ?? ""}`)
    .slice(0, 300);
}
