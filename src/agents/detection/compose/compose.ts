import type { Database, Service } from "../../../plan.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import { isPlainFolder, lookAt } from "../app-roots.ts";
import { dockerfile } from "../dockerfile/dockerfile.ts";
import { buildAtStart, rootlessOf } from "../dockerfile/server-needs.ts";
import { doubtOf } from "../dockerfile/doubt.ts";
import { factsOf } from "../dockerfile/image-facts.ts";
import { readDockerfile } from "../dockerfile/instructions.ts";
import type { Language, Wishes } from "../language.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { asidesOf } from "./asides.ts";
import { type ComposeProject, keyed, mapping, type Mapping, readComposeProject } from "./compose-file.ts";
import { withoutDatabaseBuild } from "./database-builds.ts";
import { commandWords, databaseOf, type ComposeDatabase } from "./database-images.ts";
import { notKeptLines, notKeptOfDatabase } from "./not-kept.ts";
import { serviceOf } from "./service.ts";
import { textOf } from "./texts.ts";

/** What a compose file says of a folder. */
export interface Composed {
  readonly file: string;
  readonly services: readonly Service[];
  readonly databases: readonly Database[];
  readonly warnings: readonly string[];
  /** It builds something: then it is the surest word on how the apps belong together. */
  readonly builds: boolean;
}

/** Reads a folder's compose file as services and databases of a plan; undefined where there is none. What cannot be kept is a warning. */
export async function readCompose(
  tree: SourceTree,
  folder: string,
  languages: readonly Language[],
  wishes: Wishes,
): Promise<Composed | undefined> {
  const project = await readComposeProject(tree, folder);
  if (project === undefined) return undefined;
  const { wanted, profiled } = byProfile(await withoutDatabaseBuilds(tree, project));
  const databases: ComposeDatabase[] = [];
  for (const [name, said] of Object.entries(wanted)) {
    const database = await databaseOf(tree, project, name, said);
    if (database !== undefined) databases.push(database);
  }
  const warnings = [...project.warnings, ...databases.flatMap((each) => each.warnings)];
  if (profiled.length > 0)
    warnings.push(`${project.file}: only with a profile, so left out: ${profiled.slice(0, 6).join(", ")}`);
  const dropped: (readonly [string, readonly string[]])[] = databases.map(({ service }) => [
    service,
    notKeptOfDatabase(wanted[service] ?? {}),
  ]);
  const isDatabase = (name: string): boolean => databases.some(({ service }) => service === name);
  const asides = asidesOf(wanted, wishes.platform);
  const services: Service[] = [];
  const whole = JSON.stringify(wanted);
  for (const [name, said] of Object.entries(wanted)) {
    if (isDatabase(name)) continue;
    const aside = asides.get(name);
    if (aside !== undefined) {
      warnings.push(plainText(`${project.file}: ${name} is left out: ${aside}`));
      continue;
    }
    const built = await builtOf(tree, project, said, languages, wishes);
    if (typeof built === "string" || (built === undefined && !isImage(said["image"]))) {
      warnings.push(
        plainText(
          `${project.file}: ${name} is left out: ${typeof built === "string" ? built : "it has no build, and no image by a plain name"}`,
        ),
      );
      continue;
    }
    const ends = Object.values(wanted).some(
      (other) =>
        textOf(mapping(keyed(other["depends_on"], "depends_on")[name])["condition"]) ===
        "service_completed_successfully",
    );
    const called =
      Object.values(wanted).some((other) => Object.hasOwn(keyed(other["depends_on"], "depends_on"), name)) ||
      whole.includes(`//${name}:`) ||
      whole.includes(`${name}:8`);
    const made = await serviceOf({ tree, project, name, said, built, databases, ends, called });
    services.push(made.service);
    dropped.push([name, made.notKept]);
    warnings.push(...made.warnings);
  }
  warnings.unshift(...notKeptLines(project.file, dropped));
  return {
    file: project.file,
    services: withKnownDependencies(services, databases).slice(0, 32),
    databases: databases.map(({ database }) => database).slice(0, 8),
    warnings: warnings.map((text) => plainText(text)),
    builds: services.some(({ recipe }) => recipe.image === undefined),
  };
}

async function withoutDatabaseBuilds(tree: SourceTree, project: ComposeProject): Promise<ComposeProject["services"]> {
  const entries = Object.entries(project.services).map(
    async ([name, said]) => [name, await withoutDatabaseBuild(tree, project, said)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** A name that a registry may have; one that hangs on a variable which nobody sets is none. */
function isImage(value: unknown): boolean {
  return /^[A-Za-z0-9][\w.+:/@-]{0,200}$/.test(textOf(value) ?? "");
}

/** Services of a profile are only started when somebody names it, or when another needs them. */
function byProfile(services: Readonly<Record<string, Mapping>>): {
  readonly wanted: Readonly<Record<string, Mapping>>;
  readonly profiled: readonly string[];
} {
  const isProfiled = ([, said]: readonly [string, Mapping]): boolean =>
    Array.isArray(said["profiles"]) && said["profiles"].length > 0;
  const entries = Object.entries(services);
  const plain = entries.filter((entry) => !isProfiled(entry));
  const needed = new Set(plain.flatMap(([, said]) => Object.keys(keyed(said["depends_on"], "depends_on"))));
  const wanted = entries.filter((entry) => !isProfiled(entry) || needed.has(entry[0]));
  return {
    wanted: Object.fromEntries(wanted),
    profiled: entries.filter((entry) => !wanted.includes(entry)).map(([name]) => name),
  };
}

const noNames: ReadonlySet<string> = new Set();

/** A script or a page in a folder says little of what its Dockerfile makes, which may be a proxy: no way to build it without. */
const loose: ReadonlySet<string> = new Set(["shell", "static"]);

/** What its build makes: by the Dockerfile that it names, else as any folder is built. A text says why it cannot be. */
async function builtOf(
  tree: SourceTree,
  project: ComposeProject,
  said: Mapping,
  languages: readonly Language[],
  wishes: Wishes,
): Promise<Service | string | undefined> {
  const word = said["build"];
  if (word === undefined || word === null) return undefined;
  const build = typeof word === "string" ? { context: word } : mapping(word);
  const asked = textOf(build["context"]) ?? ".";
  if (/^[a-z][\w+.-]*:\/\/|^git@/.test(asked)) return `its build context is elsewhere (${asked})`;
  const context = joinPath(project.folder, asked);
  if (context === undefined || !isPlainFolder(context))
    return `its build context ${asked} is outside of the repository`;
  if (build["dockerfile_inline"] !== undefined) return "dockerfile_inline is not built";
  const file = joinPath(context, textOf(build["dockerfile"]) ?? "Dockerfile");
  const text = file === undefined ? undefined : await tree.read(file);
  const target = textOf(build["target"]);
  const otherwise = async (without = noNames): Promise<Service | undefined> => {
    const others = languages.filter(({ name }) => name !== "dockerfile" && !without.has(name));
    const here = (await lookAt(others, tree, context, { ...wishes, service: undefined }))?.detection.services[0];
    const folder = folderOf(file ?? context);
    if (here !== undefined || folder === context || !isPlainFolder(folder)) return here;
    // `context: .` and `dockerfile: backend/Dockerfile`: what it builds lies beside it. A script or a page there says nothing.
    const sure = others.filter(({ name }) => !loose.has(name));
    return (await lookAt(sure, tree, folder, { ...wishes, service: undefined }))?.detection.services[0];
  };
  if (file === undefined || text === undefined)
    return (await otherwise()) ?? `there is neither ${file ?? "a Dockerfile"} nor anything else to build in ${context}`;
  const named = factsOf(readDockerfile(text), target);
  const { platform } = wishes;
  const doubt = named && (await doubtOf(tree, { file, context, facts: named, platform }));
  // Left out of the languages, a Dockerfile is the last resort: what only it can build is built by it.
  const because = doubt ?? (languages.includes(dockerfile) ? undefined : "it is left out, and its folder is built");
  const instead = because === undefined ? undefined : await otherwise(doubt === undefined ? loose : noNames);
  if (instead !== undefined && because !== undefined)
    return { ...instead, why: [...instead.why, { about: "build", value: file.slice(0, 256), because }] };
  const seen = await lookAt([dockerfile], tree, context, { ...wishes, service: { name: "compose", dockerfile: file } });
  const service = seen?.detection.services[0];
  if (service === undefined) return `${file} has no stage`;
  const facts = factsOf(readDockerfile(text), target);
  if (facts === undefined) return `${file} has no stage ${target ?? ""}`;
  const told = commandWords(said["command"]).join(" ");
  const needs = await buildAtStart(tree, context, told === "" ? facts : { ...facts, command: told });
  // What the compose file says to start goes over what the image is without it.
  const start = told === "" && said["entrypoint"] === undefined ? service.start : null;
  if (target === undefined) return { ...service, start, ...needs };
  const [exposed] = facts.ports;
  const { number: _number, where: _where, ...port } = service.port;
  const { rootless: _rootless, ...plain } = service;
  return {
    ...plain,
    start,
    ...(service.root ? rootlessOf(facts.base) : {}),
    ...needs,
    recipe: { ...service.recipe, target: target.slice(0, 128) },
    port:
      exposed === undefined
        ? { ...port, from: "Default" }
        : { ...port, from: "Config", number: exposed.port, where: `${file}:${exposed.line}` },
  };
}

/** Whom a plan does not have nobody waits for; a database is waited for until it answers. */
function withKnownDependencies(
  services: readonly Service[],
  databases: readonly ComposeDatabase[],
): readonly Service[] {
  return services.map((service) => ({
    ...service,
    dependsOn: service.dependsOn
      .filter(({ name }) =>
        [...services, ...databases.map(({ database }) => database)].some((each) => each.name === name),
      )
      .map((each) =>
        databases.some(({ database }) => database.name === each.name) ? { ...each, until: "Ready" as const } : each,
      ),
  }));
}
