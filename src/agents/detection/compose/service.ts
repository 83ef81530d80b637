import type { Dependency, Recipe, Service, Variable } from "../../../plan.ts";
import { parseEnvFile } from "../../config/example-file.ts";
import { isOwnSecret } from "../../config/names.ts";
import { joinPath } from "../../config/service-files.ts";
import { rootlessOf } from "../dockerfile/server-needs.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { type ComposeProject, keyed, listOf, mapping, type Mapping, markedName } from "./compose-file.ts";
import { aliasesOf, commandWords, type ComposeDatabase, fullImage } from "./database-images.ts";
import { imageSources, mountsOf } from "./mounts.ts";
import { notKeptOf } from "./not-kept.ts";
import { portsOf } from "./ports.ts";
import { memoryOf, secondsOf, serviceLabel, textOf } from "./texts.ts";

/** One service of a compose file and what its translation goes by. */
export interface ComposeEntry {
  readonly tree: SourceTree;
  readonly project: ComposeProject;
  readonly name: string;
  readonly said: Mapping;
  /** What a build of its folder would be; undefined for an image that is taken as it is. */
  readonly built: Service | undefined;
  readonly databases: readonly ComposeDatabase[];
  /** Others wait for its end. */
  readonly ends: boolean;
  /** Another service speaks of it. */
  readonly called: boolean;
}

/** Images that serve where nothing says a port. */
const usualPorts: readonly (readonly [RegExp, number])[] = [
  [/(?:^|\/)(?:nginx|httpd|caddy|traefik|wordpress|nextcloud|phpmyadmin|joomla|drupal|ghost)(?::|@|$)/, 80],
  [/(?:^|\/)(?:adminer)(?::|@|$)/, 8080],
];

/** A service of a compose file as one of a plan, and what of it could not be kept. */
export async function serviceOf(
  entry: ComposeEntry,
): Promise<{ readonly service: Service; readonly notKept: readonly string[]; readonly warnings: readonly string[] }> {
  const { tree, project, name, said, built } = entry;
  const image = textOf(said["image"]);
  const mounts = await mountsOf(tree, project, said, built && (await imageSources(tree, built.recipe)));
  const ports = portsOf(said);
  const usual = usualPorts.find(([pattern]) => built === undefined && pattern.test(image ?? ""))?.[1];
  const number = ports.main ?? built?.port.number ?? usual;
  const kind = kindOf(entry, number !== undefined);
  const recipe: Recipe = { ...(built?.recipe ?? newRecipe({ image: fullImage(image ?? "") })), copies: mounts.copies };
  const entrypoint = said["entrypoint"] === undefined ? undefined : commandWords(said["entrypoint"]);
  const command = said["command"] === undefined || said["command"] === null ? undefined : commandWords(said["command"]);
  const own = recipe.dockerfile === undefined && recipe.image === undefined;
  const health = healthOf(mapping(said["healthcheck"]));
  const memory = memoryOf(
    textOf(mapping(mapping(mapping(said["deploy"])["resources"])["limits"])["memory"]) ?? textOf(said["mem_limit"]),
  );
  const base =
    built ??
    newService({
      name,
      kind,
      path: project.folder,
      language: "image",
      framework: null,
      runtime: null,
      manager: null,
      recipe,
      start: null,
      port: { from: "Default" },
      probe: {},
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      sure: "Told",
    });
  const service: Service = {
    ...base,
    name: serviceLabel(name),
    kind,
    recipe,
    sure: "Told",
    ...(entrypoint === undefined || own ? {} : { command: entrypoint.slice(0, 64).map((word) => word.slice(0, 1024)) }),
    ...(command === undefined || own ? {} : { args: command.slice(0, 64).map((word) => word.slice(0, 1024)) }),
    dependsOn: dependenciesOf(said),
    volumes: [...mounts.volumes],
    aliases: aliasesOf(name, said),
    extraPorts: [...ports.extra],
    ...(kind === "Web" && !ports.published ? { inner: true } : {}),
    ...(built === undefined ? rootlessOf(image ?? "") : {}),
    port:
      number === undefined
        ? base.port
        : {
            ...base.port,
            number,
            from: "Config",
            where: ports.main === undefined ? (base.port.where ?? project.file) : project.file,
          },
    probe: { ...base.probe, ...health },
    env: withOwn(base.env, await variablesOf(entry)),
    resources:
      memory === undefined
        ? base.resources
        : { requests: base.resources.requests, limits: { ...base.resources.limits, memory } },
    why: [
      ...base.why,
      { about: "service", value: name.slice(0, 256), because: `${project.file} names it`, where: project.file },
      ...(built === undefined
        ? [{ about: "image", value: plainText(image ?? ""), because: `${project.file} image`, where: project.file }]
        : []),
    ],
  };
  const replicas = Number(mapping(said["deploy"])["replicas"] ?? said["scale"] ?? 1);
  const warnings = [
    ...(replicas > 1 ? [`${name}: one pod instead of ${replicas}; spec.services[].replicas says otherwise`] : []),
    ...[...mounts.left].map(
      ([reason, what]) =>
        `${name}: left out: ${reason} (${what.slice(0, 3).join(", ")}${what.length > 3 ? ", …" : ""})`,
    ),
  ];
  return {
    service,
    notKept: notKeptOf(said, service),
    warnings: warnings.map((text) => plainText(`${project.file}: ${text}`)),
  };
}

/** Variables of the compose file beside those that the build's own command asks for. */
function withOwn(own: readonly Variable[], said: readonly Variable[]): Variable[] {
  const literal = own.filter(({ name, source }) => source === "Literal" && !said.some((one) => one.name === name));
  return [...literal, ...said].slice(0, 96);
}

function kindOf({ said, name, ends, called }: ComposeEntry, hasPort: boolean): Service["kind"] {
  if (ends) return "Job";
  const ports = portsOf(said);
  if (ports.main !== undefined) return "Web";
  const command = commandWords(said["command"]).join(" ");
  if (
    /(?:^|[-_ ])(?:worker|workers|celery|beat|scheduler|cron|consumer|queue|sidekiq|bot)(?:[-_ ]|$)/i.test(
      `${name} ${command}`,
    )
  )
    return "Worker";
  if (/^(?:no|false|on-failure)/.test(textOf(said["restart"]) ?? "") && !hasPort) return "Job";
  return hasPort || called ? "Web" : "Worker";
}

const conditions: Readonly<Record<string, Dependency["until"]>> = {
  service_started: "Started",
  service_healthy: "Ready",
  service_completed_successfully: "Completed",
};

function dependenciesOf(said: Mapping): Dependency[] {
  return Object.entries(keyed(said["depends_on"], "depends_on"))
    .slice(0, 16)
    .map(([name, how]) => ({
      name: serviceLabel(name),
      until: conditions[textOf(mapping(how)["condition"]) ?? ""] ?? "Started",
    }));
}

/** `curl -f http://localhost:8000/health` in a healthcheck says where to ask. */
function healthOf(check: Mapping): Partial<Service["probe"]> {
  const words = listOf(check["test"])
    .map((each) => textOf(each) ?? "")
    .join(" ");
  const path = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d{1,5})?(\/[\w./-]{0,200})/.exec(words)?.[1];
  const seconds = secondsOf(textOf(check["start_period"]));
  return {
    ...(path === undefined || !/curl|wget|http/.test(words) ? {} : { path }),
    ...(seconds === undefined || seconds <= 120 ? {} : { startupSeconds: Math.min(seconds + 120, 3600) }),
  };
}

async function variablesOf({ tree, project, said, databases }: ComposeEntry): Promise<Variable[]> {
  const found = new Map<string, Variable>();
  const where = project.file;
  for (const word of listOf(said["env_file"])) {
    const file = textOf(word) ?? textOf(mapping(word)["path"]) ?? "";
    const path = joinPath(project.folder, file);
    const text = path === undefined ? undefined : await tree.read(path);
    for (const [name, line] of parseEnvFile(text ?? "", path ?? ""))
      found.set(name, {
        name,
        source: "Literal",
        value: line.value,
        phase: "Run",
        where: line.where,
        why: `env_file of ${where}`,
      });
  }
  for (const [name, value] of Object.entries(keyed(said["environment"], "environment"))) {
    if (!/^[A-Za-z_]\w{0,127}$/.test(name)) continue;
    const base = { name, phase: "Run" as const, where, why: `environment of ${where}` };
    const text = textOf(value);
    const mark = markedName(text);
    if (mark !== undefined) {
      const owner = databases.find(({ parts }) => parts.has(mark));
      if (owner !== undefined)
        found.set(name, { ...base, source: "Database", of: owner.database.name, value: owner.parts.get(mark) ?? "" });
      else
        found.set(name, {
          ...base,
          source: isOwnSecret(name) ? "Generated" : "Needed",
          why: `${where} takes it from ${mark}, which nobody sets`,
        });
    } else if (text !== undefined) found.set(name, { ...base, source: "Literal", value: text });
    else found.set(name, { ...base, source: "Optional" });
  }
  for (const [name, value] of Object.entries(keyed(mapping(said["build"])["args"], "environment"))) {
    const text = textOf(value);
    if (text === undefined || markedName(text) !== undefined || !/^[A-Za-z_]\w{0,127}$/.test(name)) continue;
    const known = found.get(name);
    if (known === undefined)
      found.set(name, { name, source: "Literal", value: text, phase: "Build", where, why: `build args of ${where}` });
    else if (known.value === text) found.set(name, { ...known, phase: "Both" });
  }
  return [...found.values()].slice(0, 96);
}
