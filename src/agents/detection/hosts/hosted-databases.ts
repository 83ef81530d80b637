import type { Database, Service, Variable } from "../../../plan.ts";
import { connectionName } from "../../database/planning/connection-names.ts";
import { serviceLabel } from "../compose/texts.ts";
import { plainText } from "../plain-text.ts";
import type { HostedPart, HostedWords } from "./hosted.ts";

/** The databases that files of other hosts ask for, as a compose file would bring them: taken where what runs is meant to use them. */
export function databasesFor({ databases }: HostedWords, services: readonly Service[]): readonly Database[] {
  const taken = new Set(services.map(({ name }) => name));
  return databases.flatMap(({ name, engine, version, database, from }) => {
    const label = nameOf(name, taken);
    if (taken.has(label)) return [];
    taken.add(label);
    return [
      {
        name: label,
        engine,
        version: /^\d{1,3}(?:\.\d{1,3})?$/.test(version ?? "") ? (version ?? "") : "",
        storage: "1Gi",
        deletionPolicy: "Retain" as const,
        aliases: [],
        args: [],
        init: [],
        why: plainText(`${from} asks for it`),
        where: from,
        ...(database !== undefined && /^[A-Za-z_]\w{0,50}$/.test(database) ? { database } : {}),
      },
    ];
  });
}

function nameOf(name: string, taken: ReadonlySet<string>): string {
  const label = serviceLabel(name);
  return taken.has(label) ? serviceLabel(`${label.slice(0, 35)}-data`) : label;
}

/** Variables that no reader of code knows to be a database's: the file alone says so. Those with a usual name are wired by their readers. */
export function boundTo(part: HostedPart, service: Service): Variable[] {
  return (part.bindings ?? [])
    .filter(({ name }) => connectionName(name) === undefined && service.env.every((each) => each.name !== name))
    .slice(0, 16)
    .map(({ name, database, engine, part: of }) => ({
      name,
      source: "Database" as const,
      of: serviceLabel(database),
      value: of === "url" ? addresses[engine] : `{${of}}`,
      phase: "Run" as const,
      why: plainText(`${part.from} takes it from ${database}`),
    }));
}

const account = "{username}:{password}@{host}:{port}";

/** Addresses as hosts write them. */
const addresses: Readonly<Record<Database["engine"], string>> = {
  Postgres: `postgresql://${account}/{database}`,
  MySQL: `mysql://${account}/{database}`,
  MariaDB: `mysql://${account}/{database}`,
  Redis: "redis://:{password}@{host}:{port}/0",
  Valkey: "redis://:{password}@{host}:{port}/0",
  MongoDB: `mongodb://${account}/{database}?authSource=admin`,
  RabbitMQ: `amqp://${account}`,
  ObjectStorage: "http://{host}:{port}",
};
