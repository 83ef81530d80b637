import type { EngineName } from "./connection-names.ts";

/** Where a package is listed. */
export type Ecosystem = "npm" | "pypi" | "go" | "cargo" | "maven" | "gem" | "composer" | "hex" | "nuget";

/** One package that speaks to a database. */
export interface Driver {
  readonly engine: EngineName;
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** `package.json` */
  readonly where: string;
}

type Table = readonly (readonly [engine: EngineName, names: RegExp])[];

/** Packages by name; a package of which only a feature says so is listed as `sqlx[postgres]`. */
const tables: Readonly<Record<Ecosystem, Table>> = {
  npm: [
    [
      "Postgres",
      /^(?:pg|pg-promise|postgres|slonik|pg-native|@prisma\/adapter-pg|@databases\/pg|pgtyped|@mikro-orm\/postgresql|@adonisjs\/lucid-pg|@db\/postgres|@bartlomieju\/postgres|x\/postgres(?:js)?|@payloadcms\/db-postgres)$/,
    ],
    ["MySQL", /^(?:mysql|mysql2|promise-mysql|@mikro-orm\/mysql|@db\/mysql|x\/mysql)$/],
    ["MariaDB", /^(?:mariadb|@prisma\/adapter-mariadb|@mikro-orm\/mariadb)$/],
    [
      "Redis",
      /^(?:redis|ioredis|@redis\/client|bull|bullmq|bee-queue|connect-redis|rate-limit-redis|cache-manager-redis-\w+|@keyv\/redis|@socket\.io\/redis-adapter|handy-redis|kue|@db\/redis|x\/redis)$/,
    ],
    ["Valkey", /^(?:iovalkey|@valkey\/valkey-glide)$/],
    [
      "MongoDB",
      /^(?:mongodb|mongoose|connect-mongo|@nestjs\/mongoose|@typegoose\/typegoose|monk|@mikro-orm\/mongodb|agenda|@db\/mongo|x\/mongo|@payloadcms\/db-mongodb)$/,
    ],
    [
      "RabbitMQ",
      /^(?:amqplib|amqp-connection-manager|rabbitmq-client|rascal|@golevelup\/nestjs-rabbitmq|@cloudamqp\/amqp-client)$/,
    ],
    ["ObjectStorage", /^(?:minio|@aws-sdk\/client-s3|aws-sdk|multer-s3)$/],
    ["SQLite", /^(?:sqlite3|better-sqlite3|sqlite|sql\.js|@libsql\/client|@prisma\/adapter-better-sqlite3)$/],
  ],
  pypi: [
    [
      "Postgres",
      /^(?:psycopg|psycopg2|psycopg2-binary|psycopg-binary|psycopg-c|psycopg-pool|asyncpg|aiopg|pg8000|sqlmodel\[postgres\w*\]|databases\[(?:asyncpg|aiopg|postgresql)\]|tortoise-orm\[(?:asyncpg|psycopg)\]|sqlalchemy\[postgresql\w*\]|dj-database-url\[psycopg\]|ormar\[postgres\w*\])$/,
    ],
    [
      "MySQL",
      /^(?:pymysql|mysqlclient|mysql-connector-python|mysql-connector|aiomysql|asyncmy|flask-mysqldb|flask-mysql|databases\[(?:aiomysql|mysql)\]|tortoise-orm\[(?:aiomysql|asyncmy)\])$/,
    ],
    ["MariaDB", /^mariadb$/],
    [
      "Redis",
      /^(?:redis|aioredis|django-redis|flask-redis|rq|django-rq|celery\[redis\]|kombu\[redis\]|arq|huey|channels-redis|fastapi-cache2\[redis\]|walrus|dramatiq\[redis\]|hiredis|django-redis-cache|flask-caching\[redis\])$/,
    ],
    ["Valkey", /^(?:valkey|valkey-glide|django-valkey)$/],
    [
      "MongoDB",
      /^(?:pymongo|motor|mongoengine|beanie|odmantic|flask-pymongo|djongo|flask-mongoengine|django-mongodb-backend)$/,
    ],
    ["RabbitMQ", /^(?:pika|aio-pika|aiormq|amqp|amqpstorm|dramatiq\[rabbitmq\]|faststream\[rabbit\]|nameko|pyrabbit)$/],
    ["ObjectStorage", /^(?:minio|boto3|aioboto3|s3fs|django-storages\[s3\]|django-storages\[boto3\])$/],
    ["SQLite", /^(?:aiosqlite|databases\[(?:aiosqlite|sqlite)\])$/],
  ],
  go: [
    [
      "Postgres",
      /^(?:github\.com\/(?:lib\/pq|jackc\/pgx|go-pg\/pg|uptrace\/bun\/driver\/pgdriver)|gorm\.io\/driver\/postgres)(?:\/|$)/,
    ],
    ["MySQL", /^(?:github\.com\/go-sql-driver\/mysql|gorm\.io\/driver\/mysql)(?:\/|$)/],
    [
      "Redis",
      /^github\.com\/(?:redis\/go-redis|go-redis\/redis|gomodule\/redigo|redis\/rueidis|hibiken\/asynq|mediocregopher\/radix)(?:\/|$)/,
    ],
    ["Valkey", /^github\.com\/valkey-io\/valkey-go(?:\/|$)/],
    ["MongoDB", /^(?:go\.mongodb\.org\/mongo-driver|github\.com\/qiniu\/qmgo)(?:\/|$)/],
    ["RabbitMQ", /^github\.com\/(?:rabbitmq\/amqp091-go|streadway\/amqp|wagslane\/go-rabbitmq)(?:\/|$)/],
    ["ObjectStorage", /^github\.com\/(?:minio\/minio-go|aws\/aws-sdk-go-v2\/service\/s3)(?:\/|$)/],
    [
      "SQLite",
      /^(?:github\.com\/mattn\/go-sqlite3|modernc\.org\/sqlite|gorm\.io\/driver\/sqlite|github\.com\/glebarez\/sqlite)(?:\/|$)/,
    ],
  ],
  cargo: [
    [
      "Postgres",
      /^(?:tokio-postgres|postgres|deadpool-postgres|bb8-postgres|r2d2_postgres|diesel-async\[postgres\]|sqlx\[postgres\]|diesel\[postgres\]|sea-orm\[sqlx-postgres\])$/,
    ],
    ["MySQL", /^(?:mysql|mysql_async|sqlx\[mysql\]|diesel\[mysql\]|sea-orm\[sqlx-mysql\])$/],
    ["Redis", /^(?:redis|deadpool-redis|bb8-redis|fred|r2d2_redis|apalis-redis)$/],
    ["MongoDB", /^mongodb$/],
    ["RabbitMQ", /^(?:lapin|amqprs|deadpool-lapin)$/],
    ["ObjectStorage", /^(?:aws-sdk-s3|rust-s3|minio)$/],
    ["SQLite", /^(?:rusqlite|sqlx\[sqlite\]|diesel\[sqlite\]|sea-orm\[sqlx-sqlite\])$/],
  ],
  maven: [
    [
      "Postgres",
      /^(?:org\.postgresql:(?:postgresql|r2dbc-postgresql)|io\.quarkus:quarkus-(?:jdbc-postgresql|reactive-pg-client)|io\.vertx:vertx-pg-client)$/,
    ],
    [
      "MySQL",
      /^(?:mysql:mysql-connector-java|com\.mysql:mysql-connector-j|io\.quarkus:quarkus-(?:jdbc-mysql|reactive-mysql-client)|io\.asyncer:r2dbc-mysql)$/,
    ],
    ["MariaDB", /^(?:org\.mariadb(?:\.jdbc)?:[\w-]+|io\.quarkus:quarkus-jdbc-mariadb)$/],
    [
      "Redis",
      /^(?:redis\.clients:jedis|io\.lettuce:lettuce-core|org\.redisson:redisson[\w-]*|org\.springframework\.boot:spring-boot-starter-data-redis(?:-reactive)?|org\.springframework\.session:spring-session-data-redis|io\.quarkus:quarkus-redis-client)$/,
    ],
    [
      "MongoDB",
      /^(?:org\.mongodb:[\w-]+|org\.springframework\.boot:spring-boot-starter-data-mongodb(?:-reactive)?|io\.quarkus:quarkus-mongodb-[\w-]+)$/,
    ],
    [
      "RabbitMQ",
      /^(?:com\.rabbitmq:amqp-client|org\.springframework\.boot:spring-boot-starter-amqp|org\.springframework\.amqp:spring-rabbit|io\.quarkus:quarkus-(?:smallrye-reactive-)?messaging-rabbitmq)$/,
    ],
    ["ObjectStorage", /^io\.minio:minio$/],
    [
      "SQLite",
      /^(?:org\.xerial:sqlite-jdbc|com\.h2database:h2|org\.hsqldb:hsqldb|org\.apache\.derby:derby|io\.quarkus:quarkus-jdbc-h2)$/,
    ],
  ],
  gem: [
    ["Postgres", /^pg$/],
    ["MySQL", /^(?:mysql2|trilogy)$/],
    ["Redis", /^(?:redis|redis-rails|sidekiq|resque|redis-client|hiredis)$/],
    ["MongoDB", /^(?:mongoid|mongo)$/],
    ["RabbitMQ", /^(?:bunny|sneakers|march_hare)$/],
    ["SQLite", /^sqlite3$/],
  ],
  composer: [
    ["Postgres", /^ext-(?:pgsql|pdo_pgsql)$/],
    ["MySQL", /^ext-(?:mysqli|pdo_mysql)$/],
    ["Redis", /^(?:predis\/predis|ext-redis|snc\/redis-bundle)$/],
    ["MongoDB", /^(?:mongodb\/[\w-]+|ext-mongodb|doctrine\/mongodb-odm[\w-]*)$/],
    ["RabbitMQ", /^(?:php-amqplib\/[\w-]+|ext-amqp|symfony\/amqp-messenger)$/],
    ["SQLite", /^ext-(?:sqlite3|pdo_sqlite)$/],
  ],
  hex: [
    ["Postgres", /^postgrex$/],
    ["MySQL", /^myxql$/],
    ["Redis", /^(?:redix|exq|verk)$/],
    ["MongoDB", /^(?:mongodb_driver|mongodb)$/],
    ["RabbitMQ", /^(?:amqp|broadway_rabbitmq)$/],
    ["SQLite", /^(?:ecto_sqlite3|exqlite)$/],
  ],
  nuget: [
    ["Postgres", /^Npgsql(?:\.|$)/],
    ["MySQL", /^(?:MySql\.|MySqlConnector|Pomelo\.EntityFrameworkCore\.MySql)/],
    ["Redis", /^(?:StackExchange\.Redis|Microsoft\.Extensions\.Caching\.StackExchangeRedis)/],
    ["MongoDB", /^MongoDB\./],
    ["RabbitMQ", /^(?:RabbitMQ\.Client|MassTransit\.RabbitMQ)/],
    ["SQLite", /^Microsoft\.(?:Data\.Sqlite|EntityFrameworkCore\.Sqlite)/],
  ],
};

/** The engine that a package is made for; undefined for all others. */
export function engineOfPackage(ecosystem: Ecosystem, name: string): EngineName | undefined {
  return tables[ecosystem].find(([, names]) => names.test(name))?.[0];
}
