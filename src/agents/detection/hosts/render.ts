import { z } from "zod";
import type { HostedBinding, HostedDatabase, HostedPart, HostedReader, HostedVariable } from "./hosted.ts";
import {
  folderIn,
  httpPath,
  lenient,
  lineOf,
  lines,
  listOf,
  scalar,
  scheduleOf,
  text,
  variableOf,
  volumeOf,
} from "./shapes.ts";

const Variable = z.object({
  key: text,
  value: scalar,
  generateValue: lenient(z.boolean()),
  sync: lenient(z.boolean()),
  fromDatabase: lenient(z.object({ name: text, property: text })),
  fromService: lenient(z.object({ name: text, property: text })),
  fromGroup: text,
});
type Said = z.infer<typeof Variable>;

const Blueprint = z.object({
  services: listOf(
    z.object({
      type: z.string().max(32),
      name: text,
      runtime: text,
      env: text,
      rootDir: text,
      startCommand: lines,
      dockerCommand: text,
      preDeployCommand: lines,
      schedule: text,
      healthCheckPath: text,
      envVars: listOf(Variable, 100),
      disk: lenient(z.object({ mountPath: text, sizeGB: lenient(z.number()) })),
    }),
  ),
  databases: listOf(z.object({ name: z.string().max(64), databaseName: text, postgresMajorVersion: scalar }), 8),
  envVarGroups: listOf(z.object({ name: z.string().max(128), envVars: listOf(Variable, 100) }), 16),
});

const kinds: Readonly<Record<string, HostedPart["kind"]>> = {
  web: "Web",
  static: "Web",
  pserv: "Web",
  worker: "Worker",
  cron: "Cron",
};

/** A blueprint of Render: every service of it with its variables, disk and schedule, and the databases. */
export const render: HostedReader = (value, from, folder) => {
  const { data } = Blueprint.safeParse(value);
  if (data === undefined) return {};
  const stores = (data.services ?? []).filter(({ type }) => type === "redis" || type === "keyvalue");
  const databases: HostedDatabase[] = [
    ...(data.databases ?? []).map(({ name, databaseName, postgresMajorVersion }) => ({
      name,
      engine: "Postgres" as const,
      from,
      ...(postgresMajorVersion === undefined ? {} : { version: postgresMajorVersion }),
      ...(databaseName === undefined ? {} : { database: databaseName }),
    })),
    ...stores.map(({ name }) => ({ name: name ?? "redis", engine: "Redis" as const, from })),
  ];
  const groups = new Map((data.envVarGroups ?? []).map(({ name, envVars }) => [name, envVars ?? []] as const));
  const parts = (data.services ?? []).flatMap((service): HostedPart[] => {
    const path = folderIn(folder, service.rootDir);
    const kind = kinds[service.type];
    if (path === undefined || kind === undefined) return [];
    const isImage = (service.runtime ?? service.env) === "docker";
    const line = lineOf(isImage ? service.dockerCommand : service.startCommand);
    const schedule = scheduleOf(service.schedule);
    if (kind === "Cron" && (schedule === undefined || line === undefined)) return [];
    const release = lineOf(service.preDeployCommand);
    const probe = httpPath(service.healthCheckPath);
    const volume = volumeOf(service.disk?.mountPath, service.disk?.sizeGB);
    const said = (service.envVars ?? []).flatMap((one) =>
      one.fromGroup === undefined ? [one] : (groups.get(one.fromGroup) ?? []),
    );
    return [
      {
        kind,
        path,
        from,
        isImage,
        variables: said.flatMap((one) => variable(one, from)),
        bindings: said.flatMap((one) => binding(one, stores)),
        ...(service.name === undefined ? {} : { name: service.name }),
        ...(line === undefined ? {} : { line }),
        ...(schedule === undefined ? {} : { schedule }),
        ...(release === undefined ? {} : { release }),
        ...(probe === undefined ? {} : { probe }),
        ...(service.type === "pserv" ? { inner: true } : {}),
        ...(volume === undefined ? {} : { volumes: [volume] }),
      },
    ];
  });
  return { parts, databases };
};

function variable({ key, value, generateValue, sync }: Said, from: string): HostedVariable[] {
  if (value !== undefined) return variableOf(key, { source: "Literal", value, from });
  if (generateValue === true) return variableOf(key, { source: "Generated", from });
  return sync === false ? variableOf(key, { source: "Usual", from }) : [];
}

const properties: Readonly<Record<string, HostedBinding["part"]>> = {
  connectionString: "url",
  connectionURI: "url",
  host: "host",
  port: "port",
  user: "username",
  password: "password",
  database: "database",
};

function binding(
  { key, fromDatabase, fromService }: Said,
  stores: readonly { readonly name?: string | undefined }[],
): HostedBinding[] {
  const store = stores.some(({ name }) => name === fromService?.name) ? fromService : undefined;
  const { name, property } = fromDatabase ?? store ?? {};
  const part = properties[property ?? ""];
  const engine = fromDatabase === undefined ? "Redis" : "Postgres";
  return key === undefined || name === undefined || part === undefined
    ? []
    : [{ name: key, database: name, engine, part }];
}
