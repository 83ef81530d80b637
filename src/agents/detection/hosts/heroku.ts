import { z } from "zod";
import type { HostedDatabase, HostedPart, HostedReader, HostedVariable } from "./hosted.ts";
import { folderIn, lenient, lineOf, lines, listOf, scalar, scheduleOf, text, variableOf } from "./shapes.ts";

const Entry = z.union([
  z
    .string()
    .max(2048)
    .transform((value) => ({ value, description: undefined, generator: undefined, required: undefined })),
  z.object({ description: text, value: scalar, generator: text, required: lenient(z.boolean()) }),
]);
const Addon = z.union([z.string().max(128), z.object({ plan: z.string().max(128) }).transform(({ plan }) => plan)]);

const AppJson = z.object({
  env: lenient(z.record(z.string().max(128), z.unknown())),
  formation: lenient(z.record(z.string().max(64), z.unknown())),
  addons: listOf(Addon, 16),
  scripts: lenient(z.object({ postdeploy: text, dokku: lenient(z.object({ predeploy: text })) })),
  cron: listOf(z.object({ command: z.string().max(2048), schedule: z.string().max(128) }), 8),
});

/** Heroku's (and Dokku's) app.json: what each variable is, which processes run, schedules, and the databases among the add-ons. */
export const appJson: HostedReader = (value, from, folder) => {
  const { data } = AppJson.safeParse(value);
  if (data === undefined) return {};
  const release = migration(data.scripts?.postdeploy) ?? lineOf(data.scripts?.dokku?.predeploy);
  const off = Object.entries(data.formation ?? {}).filter(([, said]) => quantity(said) === 0);
  const crons = (data.cron ?? []).flatMap(({ command, schedule }, at): HostedPart[] => {
    const line = lineOf(command);
    const when = scheduleOf(schedule);
    if (line === undefined || when === undefined) return [];
    return [
      {
        name: at === 0 ? "cron" : `cron-${at + 1}`,
        kind: "Cron",
        path: folder,
        line,
        schedule: when,
        variables: [],
        from,
      },
    ];
  });
  const variables = Object.entries(data.env ?? {})
    .slice(0, 64)
    .flatMap(([name, said]) => variable(name, said, from));
  const says = variables.length > 0 || release !== undefined;
  const lone: HostedPart = { path: folder, variables, from, ...(release === undefined ? {} : { release }) };
  return {
    parts: [...(says ? [lone] : []), ...crons],
    databases: addons(data.addons, from),
    off: off.map(([name]) => name).filter((name) => name !== "web"),
  };
};

function variable(name: string, said: unknown, from: string): HostedVariable[] {
  const { data } = Entry.safeParse(said);
  if (data === undefined) return [];
  const { value, description, generator, required } = data;
  if (generator === "secret") return variableOf(name, { source: "Generated", from, said: description });
  if (value !== undefined && value !== "")
    return variableOf(name, { source: "Literal", value, from, said: description });
  const source = required === undefined ? "Usual" : required ? "Asked" : "Spare";
  return variableOf(name, { source, from, said: description });
}

/** What is run after the first deployment; only a migration may be run again for each. */
function migration(said: string | undefined): string | undefined {
  const line = lineOf(said);
  return line !== undefined &&
    /migrat|db:prepare|upgrade head|db upgrade/.test(line) &&
    !/seed|create|load|flush/.test(line)
    ? line
    : undefined;
}

function quantity(said: unknown): number | undefined {
  const known: unknown = said !== null && typeof said === "object" && "quantity" in said ? said.quantity : said;
  return typeof known === "number" ? known : undefined;
}

const engines: readonly (readonly [RegExp, HostedDatabase["engine"]])[] = [
  [/^heroku-postgresql(?::|$)/, "Postgres"],
  [/^(?:heroku-redis|rediscloud|redistogo|openredis|upstash-redis)(?::|$)/, "Redis"],
  [/^(?:cleardb|jawsdb)(?::|$)/, "MySQL"],
  [/^jawsdb-maria(?::|$)/, "MariaDB"],
  [/^(?:mongolab|mongohq|ormongo)(?::|$)/, "MongoDB"],
  [/^cloudamqp(?::|$)/, "RabbitMQ"],
];

function addons(plans: readonly string[] | undefined, from: string): HostedDatabase[] {
  return (plans ?? []).flatMap((plan) => {
    const engine = engines.find(([pattern]) => pattern.test(plan))?.[1];
    return engine === undefined ? [] : [{ name: engine.toLowerCase(), engine, from }];
  });
}

const HerokuYml = z.object({
  setup: lenient(z.object({ addons: listOf(Addon, 16), config: lenient(z.record(z.string().max(128), z.unknown())) })),
  build: lenient(z.object({ docker: lenient(z.record(z.string().max(64), z.unknown())) })),
  release: lenient(z.object({ command: lines })),
  run: lenient(z.record(z.string().max(64), z.union([z.string().max(2048), z.object({ command: lines })]))),
});

/** A heroku.yml: its processes, of images of Dockerfiles or of code, its release command, variables and add-ons. */
export const herokuYml: HostedReader = (value, from, folder) => {
  const { data } = HerokuYml.safeParse(value);
  if (data === undefined) return {};
  const isImage = data.build?.docker !== undefined;
  const release = lineOf(data.release?.command);
  const variables = Object.entries(data.setup?.config ?? {})
    .slice(0, 64)
    .flatMap(([name, said]) => {
      const known = scalar.parse(said);
      return known === undefined ? [] : variableOf(name, { source: "Literal", value: known, from });
    });
  const run = Object.entries(data.run ?? {}).slice(0, 16);
  const processes =
    run.length > 0
      ? run
      : Object.keys(data.build?.docker ?? {})
          .slice(0, 4)
          .map((name) => [name, ""] as const);
  const parts = processes.flatMap(([name, said], at): HostedPart[] => {
    const docker = data.build?.docker?.[name];
    // Every process with a Dockerfile of its own is built from that; the others share the first one's.
    const path = folderIn(folder, typeof docker === "string" ? docker.replace(/\/?[^/]*$/, "") : undefined);
    const line = lineOf(typeof said === "string" ? said : said.command);
    if (path === undefined) return [];
    return [
      {
        name,
        kind: name === "web" ? "Web" : "Worker",
        path,
        isImage,
        variables,
        from,
        ...(line === undefined ? {} : { line }),
        ...(release === undefined || at !== 0 ? {} : { release }),
      },
    ];
  });
  return { parts, databases: addons(data.setup?.addons, from) };
};
