import type { Database } from "../../../plan.ts";

/** A database engine, or a file that a program opens itself. */
export type EngineName = Database["engine"] | "SQLite";

/** What one variable says about a connection. `address`: host and port in one. `dialect`: the engine by some library's name for it. */
export type Part = "url" | "jdbc" | "host" | "port" | "address" | "username" | "password" | "database" | "dialect";

/** What an environment variable's name says. */
export interface ConnectionName {
  readonly name: string;
  /** `Sql`: some SQL database; `Broker`: some queue; which is told by drivers. */
  readonly family: Exclude<EngineName, "SQLite"> | "Sql" | "Broker";
  readonly part: Part;
}

const families: readonly (readonly [words: RegExp, family: ConnectionName["family"]])[] = [
  [/(?:^|_)(?:POSTGRES(?:QL)?|PG|PGSQL|PSQL|PGBOUNCER|NEON|TIMESCALE(?:DB)?)(?=_|$)/, "Postgres"],
  [/(?:^|_)(?:MARIADB|MARIA)(?=_|$)/, "MariaDB"],
  [/(?:^|_)(?:MYSQL\d?|CLEARDB|JAWSDB)(?=_|$)/, "MySQL"],
  [/(?:^|_)(?:MONGO(?:DB)?|MONGOOSE|MONGOLAB|MONGOHQ)(?=_|$)/, "MongoDB"],
  [/(?:^|_)VALKEY(?=_|$)/, "Valkey"],
  [/(?:^|_)(?:REDIS(?:CLOUD|TOGO|GREEN)?|KV|BULL(?:MQ)?|SIDEKIQ)(?=_|$)/, "Redis"],
  [/(?:^|_)(?:RABBIT(?:MQ)?|AMQP|CLOUDAMQP|LAVINMQ)(?=_|$)/, "RabbitMQ"],
  [/(?:^|_)(?:CELERY|BROKER|CACHE|RESULT_BACKEND|CHANNEL_LAYERS?|QUEUE)(?=_|$)/, "Broker"],
  [/(?:^|_)(?:MINIO|S3|AWS)(?=_|$)/, "ObjectStorage"],
  [/(?:^|_)(?:DATABASE|DB|SQL|SQLALCHEMY|DATASOURCE|JDBC|TYPEORM|DATABASES|KNEX|SEQUELIZE|PRISMA)(?=_|$)/, "Sql"],
];

/** libpq's own names have no underscores. */
const plain: Readonly<Record<string, Part>> = {
  PGHOST: "host",
  PGPORT: "port",
  PGUSER: "username",
  PGPASSWORD: "password",
  PGDATABASE: "database",
};

const partsByEnd: readonly (readonly [words: RegExp, part: Part])[] = [
  [/_JDBC_URL$|^JDBC_(?:DATABASE_)?UR[IL]$|DATASOURCE_UR[IL]$/, "jdbc"],
  [
    /(?:^|_)(?:UR[IL]|DSN|(?<!DATA)SOURCE|CONN(?:ECTION)?(?:_?STR(?:ING)?|_UR[IL])?|CONNSTR|UR[IL]_(?:NON|UN)_?POOL(?:ED|ING)|UNPOOLED|UR[IL]_NO_SSL)$/,
    "url",
  ],
  [/(?:^|_)(?:HOST(?:NAME)?|SERVER(?:NAME)?|SERVICE_HOST)$/, "host"],
  [/(?:^|_)(?:ADDR(?:ESS)?|ENDPOINT|HOSTS|HOST_PORT)$/, "address"],
  [/(?:^|_)PORT(?:_NUMBER)?$/, "port"],
  [/(?:^|_)(?:USER(?:_?NAME)?|USR|LOGIN|ROLE)$/, "username"],
  [/(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|PW|AUTH)$/, "password"],
  [/(?:^|_)(?:DIALECT|DRIVER|ENGINE|TYPE|CLIENT|ADAPTER|BACKEND)$/, "dialect"],
  [/(?:^|_)(?:NAME|DATABASE|DATABASE_NAME|DBNAME|DB_?NAME|SCHEMA|DB|VHOST|VIRTUAL_HOST)$/, "database"],
];

/** Names that say nothing of the database that the program itself needs. */
const aside =
  /(?:^|_)(?:TEST(?:ING)?|TESTS|CI|SHADOW|ADMIN|ROOT|MIGRATE_TEST|ANALYTICS_URL|POOL|MAX|MIN|TIMEOUT|SSL|SSLMODE|CERT|CA|KEY|TTL|PREFIX|LOG|LOGGING|ECHO|SYNC|FILE|PATH|DIR|VOLUME|CLUSTER|SENTINEL|WEB|PUBLIC|NEXT_PUBLIC)(?:_|$)/;

/** What a variable's name says about a database; undefined for all other names. */
export function connectionName(name: string): ConnectionName | undefined {
  const upper = name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .replaceAll(/_{2,}/g, "_")
    .slice(0, 128);
  const libpq = Object.hasOwn(plain, upper) ? plain[upper] : undefined;
  if (libpq !== undefined) return { name, family: "Postgres", part: libpq };
  if (aside.test(upper)) return undefined;
  const family = families.find(([words]) => words.test(upper))?.[1] ?? (upper === "DIRECT_URL" ? "Sql" : undefined);
  if (family === undefined) return undefined;
  if (family === "ObjectStorage") return storageName(name, upper);
  if (upper === "CELERY_RESULT_BACKEND" || upper === "RESULT_BACKEND") return { name, family: "Broker", part: "url" };
  // Laravel's DB_CONNECTION is a kind of database, not an address.
  if (upper === "DB_CONNECTION") return { name, family, part: "dialect" };
  const part = partsByEnd.find(([words]) => words.test(upper))?.[1];
  if (part === undefined) return /^(?:DATABASE|MONGO(?:DB)?|REDIS|BROKER)$/.test(upper) ? undefined : undefined;
  if (family === "Broker" && part !== "url") return undefined;
  // `USER_NAME` of a database is its user; `DB_NAME` its own.
  return { name, family, part };
}

function storageName(name: string, upper: string): ConnectionName | undefined {
  const own = /(?:MINIO|S3)/.test(upper);
  const part: Part | undefined = /ENDPOINT(?:_UR[IL])?$|(?:MINIO|S3)_UR[IL]$/.test(upper)
    ? "url"
    : !own && !upper.startsWith("AWS_")
      ? undefined
      : /(?:ACCESS_KEY(?:_ID)?|ROOT_USER)$/.test(upper)
        ? "username"
        : /(?:SECRET(?:_ACCESS)?_KEY|SECRET_ACCESS_KEY|ROOT_PASSWORD)$/.test(upper)
          ? "password"
          : /BUCKET(?:_NAME)?$/.test(upper)
            ? "database"
            : upper.endsWith("_HOST")
              ? "host"
              : upper.endsWith("_PORT")
                ? "port"
                : undefined;
  return part === undefined ? undefined : { name, family: "ObjectStorage", part };
}

const schemes: Readonly<Record<string, EngineName>> = {
  postgres: "Postgres",
  postgresql: "Postgres",
  psql: "Postgres",
  pgsql: "Postgres",
  postgis: "Postgres",
  mysql: "MySQL",
  mysql2: "MySQL",
  trilogy: "MySQL",
  mariadb: "MariaDB",
  redis: "Redis",
  rediss: "Redis",
  valkey: "Valkey",
  mongodb: "MongoDB",
  "mongodb+srv": "MongoDB",
  amqp: "RabbitMQ",
  amqps: "RabbitMQ",
  pyamqp: "RabbitMQ",
  sqlite: "SQLite",
  sqlite3: "SQLite",
  file: "SQLite",
};

/** The engine of an address by its scheme: `jdbc:postgresql://…`, `postgresql+asyncpg://…`, `sqlite:///app.db`. */
export function engineOfAddress(text: string): EngineName | undefined {
  const match = /^(?:jdbc:|r2dbc:(?:pool:)?)?(?<scheme>[a-z][a-z0-9]{1,20})(?:\+(?<extra>[a-z0-9]{1,20}))?:/i.exec(
    text.trim(),
  );
  const scheme = match?.groups?.["scheme"]?.toLowerCase();
  if (scheme === undefined)
    return /@tcp\(/.test(text) ? "MySQL" : /(?:^|\s)host=\S+.*\bdbname=/.test(text) ? "Postgres" : undefined;
  return Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
}

/** Whether a host is this machine's own: nothing answers there in a container. */
export function isLocal(text: string): boolean {
  return /(?:^|[/@(:=\s])(?:localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal)(?=$|[:/)\s,?])/.test(
    text,
  );
}
