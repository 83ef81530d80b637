import { describe, expect, it } from "vitest";
import { draft, engines, first, node, planOf, python, variable } from "./sample-plans.ts";

describe("which databases a program needs", () => {
  it.each([
    [
      "node-postgres",
      node({ pg: "8" }, "new (require('pg').Pool)({ connectionString: process.env.DATABASE_URL })"),
      "Postgres",
    ],
    [
      "mongoose",
      node({ mongoose: "8" }, "require('mongoose').connect(process.env.MONGO_URI || 'mongodb://localhost:27017/shop')"),
      "MongoDB",
    ],
    [
      "mongoose by DATABASE_URL",
      node({ mongoose: "8" }, "require('mongoose').connect(process.env.DATABASE_URL)"),
      "MongoDB",
    ],
    ["mysql2", node({ mysql2: "3" }, "require('mysql2').createPool({ host: process.env.MYSQL_HOST })"), "MySQL"],
    [
      "amqplib",
      node({ amqplib: "0.10" }, "require('amqplib').connect(process.env.RABBITMQ_URL ?? 'amqp://localhost')"),
      "RabbitMQ",
    ],
    ["ioredis", node({ ioredis: "5" }, "new (require('ioredis'))(process.env.REDIS_URL)"), "Redis"],
    ["a plain new Pool()", node({ pg: "8" }, "const { Pool } = require('pg'); const pool = new Pool()"), "Postgres"],
    [
      "psycopg",
      python("psycopg[binary]", 'import psycopg\nc = psycopg.connect(os.environ["DATABASE_URL"])'),
      "Postgres",
    ],
    [
      "celery on redis",
      python("celery[redis]", 'broker = os.getenv("CELERY_BROKER_URL", "redis://localhost:6379/0")'),
      "Redis",
    ],
    ["a host that is fixed", python("redis", 'import redis\nr = redis.Redis(host="redis")'), "Redis"],
  ] as const)("%s", async (_name, files, engine) => {
    expect(engines(await planOf(files))).toEqual([engine]);
  });

  it.each([
    ["a driver that nothing connects", node({ pg: "8" }, "")],
    ["a driver for tests", node({}, "", {}, { devDependencies: { pg: "8" } })],
    ["a variable without a driver", node({}, "console.log(process.env.DATABASE_URL)")],
    [
      "a cache that is only used where there is one",
      node({ redis: "4" }, "if (process.env.REDIS_URL) { connect(process.env.REDIS_URL) }"),
    ],
    ["the same by a name", node({ redis: "4" }, "const url = process.env.REDIS_URL;\nif (url) { connect(url) }")],
    [
      "a file as default",
      python("flask-sqlalchemy\npsycopg2-binary", 'uri = os.environ.get("DATABASE_URL", "sqlite:///app.db")'),
    ],
    [
      "a file as default on the next line",
      python(
        "flask-sqlalchemy\npsycopg2-binary",
        'uri = os.environ.get("DATABASE_URL") or \\\n    "sqlite:///" + path',
      ),
    ],
    [
      "a database of its own on the internet",
      node({ pg: "8" }, 'connect(process.env.DATABASE_URL || "postgres://u:p@db.company.net/x")'),
    ],
    [
      "a bucket of somebody's cloud",
      node({ "@aws-sdk/client-s3": "3" }, "put(process.env.AWS_ACCESS_KEY_ID, process.env.S3_BUCKET)"),
    ],
    ["tests alone", node({ pg: "8" }, "", { "test/db.test.js": "connect(process.env.DATABASE_URL)" })],
  ])("none: %s", async (_name, files) => {
    expect(engines(await planOf(files))).toEqual([]);
  });

  it("one that a person gives an address of is theirs", async () => {
    const files = node({ pg: "8" }, "connect(process.env.DATABASE_URL)");
    const plan = await planOf(files, {
      spec: { env: [{ name: "DATABASE_URL", value: "postgres://u@db.example.net/x" }] },
    });
    expect([engines(plan), variable(plan, "DATABASE_URL")?.source]).toEqual([[], "Literal"]);
  });

  it("ends the need for what it answers", async () => {
    const plan = await planOf(
      node(
        { pg: "8" },
        "if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL');\nconnect(process.env.DATABASE_URL)",
      ),
    );
    expect(plan.needs).toEqual([]);
    expect(first(plan).dependsOn).toEqual([{ name: "postgres", until: "Ready" }]);
    expect(plan.summary).toBe("node 24 + postgres 18");
  });
});

describe("how a program is told", () => {
  it.each([
    [
      "pg",
      node({ pg: "8" }, "c(process.env.DATABASE_URL)"),
      "DATABASE_URL",
      "postgresql://{username}:{password}@{host}:{port}/{database}",
    ],
    [
      "SQLAlchemy, async",
      python("sqlalchemy\nasyncpg", 'create_async_engine(os.environ["DATABASE_URL"])'),
      "DATABASE_URL",
      "postgresql+asyncpg://{username}:{password}@{host}:{port}/{database}",
    ],
    [
      "SQLAlchemy, psycopg 3",
      python("sqlalchemy\npsycopg[binary]", 'create_engine(os.environ["DATABASE_URL"])'),
      "DATABASE_URL",
      "postgresql+psycopg://{username}:{password}@{host}:{port}/{database}",
    ],
    [
      "a scheme that the code replaces",
      python(
        "sqlalchemy\nasyncpg",
        'create_async_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://"))',
      ),
      "DATABASE_URL",
      "postgres://{username}:{password}@{host}:{port}/{database}",
    ],
    [
      "PyMySQL",
      python("flask-sqlalchemy\npymysql", 'uri = os.environ["SQLALCHEMY_DATABASE_URI"]'),
      "SQLALCHEMY_DATABASE_URI",
      "mysql+pymysql://{username}:{password}@{host}:{port}/{database}",
    ],
    [
      "mongoose",
      node({ mongoose: "8" }, "c(process.env.MONGODB_URI)"),
      "MONGODB_URI",
      "mongodb://{username}:{password}@{host}:{port}/{database}?authSource=admin",
    ],
    [
      "redis with a number",
      node({ ioredis: "5" }, "c(process.env.REDIS_URL || 'redis://localhost:6379/3')"),
      "REDIS_URL",
      "redis://:{password}@{host}:{port}/3",
    ],
    ["pika", python("pika", 'c(os.environ["AMQP_URL"])'), "AMQP_URL", "amqp://{username}:{password}@{host}:{port}"],
    ["a host", node({ pg: "8" }, "c({ host: process.env.PGHOST })"), "PGHOST", "{host}"],
    [
      "a dialect",
      node({ knex: "3", pg: "8" }, "c({ client: process.env.DB_CLIENT, host: process.env.DB_HOST })"),
      "DB_CLIENT",
      "pg",
    ],
    [
      "a name that chooses the engine, by what the code holds it against",
      python(
        "psycopg2-binary",
        'if os.getenv("DB_NAME") == "postgresql":\n  c(host=os.getenv("DB_HOST", ""))\nif os.getenv("DB_NAME") in ["mysql", "mariadb"]:\n  d()',
      ),
      "DB_NAME",
      "postgresql",
    ],
  ] as const)("%s", async (_name, files, name, value) => {
    expect(variable(await planOf(files), name)).toMatchObject({ source: "Database", value });
  });

  it.each([
    ["", {}],
    [
      ", beside a Dockerfile of its own",
      { Dockerfile: "FROM maven:3\nCOPY . .\nEXPOSE 8080\nCMD mvn spring-boot:run\n" },
    ],
  ] as const)("Spring by the names that it reads itself%s", async (_beside, more) => {
    const dependency = (group: string, artifact: string) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId></dependency>`;
    const plan = await planOf({
      "pom.xml": `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.0</version></parent><dependencies>${dependency("org.springframework.boot", "spring-boot-starter-web")}${dependency("org.springframework.boot", "spring-boot-starter-data-jpa")}${dependency("org.postgresql", "postgresql")}</dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`,
      "src/main/java/App.java": "@SpringBootApplication public class App { public static void main(String[] a) {} }",
      ...more,
    });
    expect(engines(plan)).toEqual(["Postgres"]);
    expect(variable(plan, "SPRING_DATASOURCE_URL")?.value).toBe("jdbc:postgresql://{host}:{port}/{database}");
  });

  it("a Redis whose program has no place for a password asks for none", async () => {
    const [database] = (
      await planOf(python("redis", 'import redis\nr = redis.Redis(host=os.getenv("REDIS_HOST", "localhost"))'))
    ).databases;
    expect(database?.publicPassword).toBe("");
  });

  it("what is fixed in the code is what is made", async () => {
    const app = 'import psycopg2\nc = psycopg2.connect(host="db", user="shop", password="s3cret", dbname="goods")';
    const [database] = (await planOf(python("psycopg2-binary", app))).databases;
    expect(database).toMatchObject({ aliases: ["db"], username: "shop", publicPassword: "s3cret", database: "goods" });
  });
});

describe("what a person says", () => {
  const files = node({ pg: "8" }, "c(process.env.DATABASE_URL)");

  it("wins field by field", async () => {
    const plan = await planOf(files, {
      spec: { databases: [{ name: "postgres", version: "16", storage: "5Gi", deletionPolicy: "Delete" }] },
    });
    expect(plan.databases).toMatchObject([
      { version: "16", image: "docker.io/library/postgres:16", storage: "5Gi", deletionPolicy: "Delete" },
    ]);
  });

  it("binds one that exists", async () => {
    const plan = await planOf(files, { spec: { databases: [{ name: "postgres", bindTo: { name: "company" } }] } });
    expect(plan.databases).toMatchObject([{ bindTo: "company" }]);
    expect(plan.databases[0]?.image).toBeUndefined();
  });

  it("calls the only one as they like", async () => {
    const plan = await planOf(files, { spec: { databases: [{ name: "main", engine: "Postgres" }] } });
    expect(plan.databases.map(({ name }) => name)).toEqual(["main"]);
    expect(variable(plan, "DATABASE_URL")?.of).toBe("main");
  });

  it("takes another program of the same kind", async () => {
    const cache = node({ ioredis: "5" }, "c(process.env.REDIS_URL)");
    const plan = await planOf(cache, { spec: { databases: [{ name: "cache", engine: "Valkey" }] } });
    expect(plan.databases).toMatchObject([{ name: "cache", engine: "Valkey", image: "docker.io/valkey/valkey:8" }]);
    expect(variable(plan, "REDIS_URL")).toMatchObject({ of: "cache", value: "redis://:{password}@{host}:{port}/0" });
  });

  it("switches it off: then the address is theirs to give", async () => {
    const strict = node({ pg: "8" }, "if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL');");
    const plan = await planOf(strict, { spec: { databases: [{ name: "postgres", enabled: false }] } });
    expect([plan.databases, plan.needs.map(({ name }) => name)]).toEqual([[], ["DATABASE_URL"]]);
  });

  it("asks for one where the default is a file", async () => {
    const optional = python(
      "flask-sqlalchemy\npsycopg2-binary",
      'uri = os.environ.get("DATABASE_URL", "sqlite:///app.db")',
    );
    const plan = await planOf(optional, { spec: { databases: [{ name: "postgres", engine: "Postgres" }] } });
    expect(variable(plan, "DATABASE_URL")).toMatchObject({ source: "Database", of: "postgres" });
  });

  it("names none that nobody knows", async () => {
    expect(await draft(files, { spec: { databases: [{ name: "orders" }] } })).toMatchObject({
      state: "failed",
      failure: { reason: "UnknownDatabase" },
    });
  });
});
