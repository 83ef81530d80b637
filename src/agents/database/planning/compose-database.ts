import type { Database, Service } from "../../../plan.ts";

/** A service of a compose file, as far as a database is read off it. */
export interface ComposeDatabase {
  /** Of the compose service; other services' code looks for it by this. */
  readonly name: string;
  readonly image: string;
  /** Values in the clear. A secret file's content may stand under its name without `_FILE`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further names (`networks.*.aliases`, `hostname`). */
  readonly aliases?: readonly string[];
  /** Files that are mounted into `/docker-entrypoint-initdb.d`. */
  readonly init?: Database["init"];
  readonly where?: string;
}

/** Images by the last part of their name; the tag's first number is the version. */
const images: readonly (readonly [name: RegExp, engine: Database["engine"]])[] = [
  [/(?:^|\/)(?:postgres(?:ql)?|postgis|pgvector|timescaledb(?:-ha)?|postgresql-repmgr)$/, "Postgres"],
  [/(?:^|\/)mariadb$/, "MariaDB"],
  [/(?:^|\/)(?:mysql|mysql-server|percona)$/, "MySQL"],
  [/(?:^|\/)valkey$/, "Valkey"],
  [/(?:^|\/)(?:redis|redis-stack(?:-server)?|keydb|dragonfly)$/, "Redis"],
  [/(?:^|\/)(?:mongo|mongodb|mongodb-community-server)$/, "MongoDB"],
  [/(?:^|\/)rabbitmq$/, "RabbitMQ"],
  [/(?:^|\/)minio$/, "ObjectStorage"],
];

/** The engine of an image by its name: `postgres:16-alpine`, `docker.io/bitnami/redis`; undefined for all others. */
export function engineOfImage(image: string): Database["engine"] | undefined {
  const name = image
    .replace(/@sha256:.*$/, "")
    .replace(/:[\w.-]+$/, "")
    .toLowerCase();
  return images.find(([pattern]) => pattern.test(name))?.[1];
}

/** The database that a compose service is, for `planDatabases`; undefined where its image is none. `version` is empty where the tag names none. */
export function databaseOfCompose(service: ComposeDatabase): Database | undefined {
  const engine = engineOfImage(service.image);
  if (engine === undefined) return undefined;
  const { environment } = service;
  const value = (...names: readonly string[]): string | undefined =>
    names.map((name) => environment[name]).find((each) => each !== undefined && each !== "");
  const tag = /:(?<tag>[\w.-]{1,60})(?:@|$)/.exec(service.image.split("/").at(-1) ?? "")?.groups?.["tag"] ?? "";
  const version = /(?:^|pg|-)(?<version>\d{1,2}(?:\.\d{1,2})?)/.exec(tag)?.groups?.["version"] ?? "";
  const root = value("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD");
  const user = value(
    "POSTGRES_USER",
    "MYSQL_USER",
    "MARIADB_USER",
    "MONGO_INITDB_ROOT_USERNAME",
    "RABBITMQ_DEFAULT_USER",
    "MINIO_ROOT_USER",
  );
  const isMysql = engine === "MySQL" || engine === "MariaDB";
  const username =
    user ??
    (isMysql && root !== undefined
      ? "root"
      : engine === "Postgres"
        ? "postgres"
        : engine === "RabbitMQ"
          ? "guest"
          : undefined);
  const own = value(
    "POSTGRES_PASSWORD",
    "MYSQL_PASSWORD",
    "MARIADB_PASSWORD",
    "MONGO_INITDB_ROOT_PASSWORD",
    "RABBITMQ_DEFAULT_PASS",
    "MINIO_ROOT_PASSWORD",
    "REDIS_PASSWORD",
  );
  const asked = service.args?.join(" ") ?? "";
  const required = /--requirepass[ =](?<password>\S{1,100})/.exec(asked)?.groups?.["password"];
  const password =
    own ??
    (username === "root" ? root : undefined) ??
    required ??
    (engine === "RabbitMQ" ? "guest" : isMysql || engine === "Postgres" || engine === "ObjectStorage" ? undefined : "");
  const database =
    value("POSTGRES_DB", "MYSQL_DATABASE", "MARIADB_DATABASE", "MONGO_INITDB_DATABASE", "RABBITMQ_DEFAULT_VHOST") ??
    (engine === "Postgres" ? username : undefined);
  const special = /postgis|pgvector|timescale/.test(service.image) ? service.image : undefined;
  return {
    name: service.name,
    engine,
    version,
    ...(special === undefined ? {} : { image: special }),
    ...(username === undefined || !/^[\w-]{1,32}$/.test(username) ? {} : { username }),
    ...(password === undefined ? {} : { publicPassword: password.slice(0, 128) }),
    ...(database === undefined || !/^[\w/-]{1,63}$/.test(database) ? {} : { database }),
    storage: "1Gi",
    deletionPolicy: "Retain",
    aliases: [...new Set([service.name, ...(service.aliases ?? [])])]
      .filter((alias) => /^[a-z0-9][a-z0-9.-]{0,62}$/.test(alias))
      .slice(0, 4),
    // The password and the data's place are ours.
    args: argsOf(service.args ?? []),
    init: [...(service.init ?? [])].slice(0, 8),
    why: `image ${service.image} of a compose file`.slice(0, 256),
    ...(service.where === undefined ? {} : { where: service.where }),
  };
}

function argsOf(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (/^--requirepass$/.test(word)) at += 1;
    else if (!/^--requirepass=|^--dir$|^\/data$|^--appendonly$|^(?:yes|no)$|\.conf$/.test(word)) kept.push(word);
  }
  return kept.slice(0, 32);
}

/**
 * Whether every service that speaks of a database can be told another password: then one is generated, and what the compose file has in the
 * clear opens nothing.
 */
export function canGenerate(
  database: Pick<Database, "aliases" | "publicPassword">,
  services: readonly Service[],
): boolean {
  const { publicPassword } = database;
  if (publicPassword === undefined) return true;
  if (publicPassword === "") return false;
  const speak = services.filter(({ env }) =>
    env.some(
      ({ source, value }) =>
        source === "Literal" &&
        database.aliases.some(
          (alias) =>
            value !== undefined && new RegExp(`(?<![\\w.-])${alias.replaceAll(/[^\w-]/g, "")}(?![\\w-])`).test(value),
        ),
    ),
  );
  return (
    speak.length > 0 &&
    speak.every(({ env }) =>
      env.some(({ source, value }) => source === "Literal" && value?.includes(publicPassword) === true),
    )
  );
}
