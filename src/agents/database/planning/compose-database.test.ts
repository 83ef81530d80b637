import { expect, it } from "vitest";
import { treeOf } from "../../detection/literal-tree.ts";
import { newRecipe, newService } from "../../detection/new-service.ts";
import { databaseOfCompose, engineOfImage } from "./compose-database.ts";
import { planDatabases } from "./plan-databases.ts";
import { anyPlatform, engines, node, planOf } from "./sample-plans.ts";

it.each([
  ["postgres:16-alpine", "Postgres"],
  ["docker.io/library/mysql:8.0", "MySQL"],
  ["pgvector/pgvector:pg16", "Postgres"],
  ["bitnami/redis", "Redis"],
  ["mongo", "MongoDB"],
  ["rabbitmq:3-management", "RabbitMQ"],
  ["nginx:1", undefined],
  ["prom/mysqld-exporter", undefined],
] as const)("%s", (image, engine) => {
  expect(engineOfImage(image)).toBe(engine);
});

it("reads user, password and name off a compose service", () => {
  const environment = { POSTGRES_USER: "shop", POSTGRES_PASSWORD: "example", POSTGRES_DB: "goods" };
  expect(databaseOfCompose({ name: "db", image: "postgres:16-alpine", environment })).toMatchObject({
    engine: "Postgres",
    version: "16",
    username: "shop",
    publicPassword: "example",
    database: "goods",
    aliases: ["db"],
  });
});

async function wired(env: Record<string, string>, image = "mysql:8") {
  const database = databaseOfCompose({
    name: "db",
    image,
    environment: { MYSQL_ROOT_PASSWORD: "example", MYSQL_DATABASE: "blog" },
  });
  const service = newService({
    name: "blog",
    kind: "Web",
    path: ".",
    language: "image",
    framework: null,
    runtime: null,
    manager: null,
    recipe: newRecipe({ image: "wordpress:6" }),
    start: null,
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Told",
    env: Object.entries(env).map(([name, value]) => ({ name, value, source: "Literal" as const })),
  });
  const plan = await planDatabases(treeOf({}), {
    services: [service],
    databases: database ? [database] : [],
    needs: [],
    spec: { source: {} },
    platform: anyPlatform,
  });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value;
}

it("a password that a compose file says twice is another one here", async () => {
  const plan = await wired({
    WORDPRESS_DB_HOST: "db:3306",
    WORDPRESS_DB_USER: "root",
    WORDPRESS_DB_PASSWORD: "example",
    WORDPRESS_DB_NAME: "blog",
    TITLE: "blog",
  });
  expect(plan.databases).toMatchObject([
    { name: "db", engine: "MySQL", version: "8", username: "root", database: "blog" },
  ]);
  expect(plan.databases[0]?.publicPassword).toBeUndefined();
  const values = Object.fromEntries(
    plan.services[0]?.env.map(({ name, source, value }) => [name, `${source} ${value}`]) ?? [],
  );
  expect(values).toEqual({
    WORDPRESS_DB_HOST: "Database {host}:3306",
    WORDPRESS_DB_USER: "Database {username}",
    WORDPRESS_DB_PASSWORD: "Database {password}",
    WORDPRESS_DB_NAME: "Database {database}",
    TITLE: "Literal blog",
  });
  expect(plan.services[0]?.dependsOn).toEqual([{ name: "db", until: "Ready" }]);
});

it("an address is taken apart and put together anew", async () => {
  const plan = await wired({ DSN: "mysql://root:example@db:3306/blog?charset=utf8" });
  expect(plan.services[0]?.env).toMatchObject([
    { source: "Database", of: "db", value: "mysql://{username}:{password}@{host}:{port}/{database}?charset=utf8" },
  ]);
});

it("a password that nobody can be told otherwise stays", async () => {
  const plan = await wired({ DB_HOST: "db" });
  expect(plan.databases[0]?.publicPassword).toBe("example");
});

const compose = "services:\n  db: { image: 'postgres:16' }\n  other: { image: 'mysql:8' }\n";
const pom = (
  more: string,
) => `<project><modelVersion>4.0.0</modelVersion><artifactId>clinic</artifactId><version>1</version>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency>${more}</dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`;
const driver = (group: string, name: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><scope>runtime</scope></dependency>`;

it("of several that a compose file offers for writing code, the one that the code wants", async () => {
  const server = "new (require('pg').Pool)({ connectionString: process.env.DATABASE_URL })";
  const plan = await planOf(node({ pg: "8" }, server, { "compose.yaml": compose }));
  expect(plan.databases).toMatchObject([{ name: "db", engine: "Postgres", version: "16" }]);
});

it("none, where an embedded one stands among the dependencies", async () => {
  const files = {
    "src/main/java/Clinic.java": "public class Clinic { public static void main(String[] args) {} }",
    "compose.yaml": compose,
  };
  const embedded = driver("com.h2database", "h2") + driver("com.mysql", "mysql-connector-j");
  expect(engines(await planOf({ ...files, "pom.xml": pom(embedded) }))).toEqual([]);
  expect(engines(await planOf({ ...files, "pom.xml": pom(driver("com.mysql", "mysql-connector-j")) }))).toEqual([
    "MySQL",
  ]);
});

it("leaves the path of a mounted secret alone: the code reads the file", async () => {
  const plan = await planOf({
    "compose.yaml": `services:
  web:
    build: .
    environment: {DATABASE_HOST: db, DATABASE_PASSWORD: /run/secrets/db-password}
    secrets: [db-password]
    depends_on: [db]
  db:
    image: mariadb:11
    environment: {MYSQL_DATABASE: example, MYSQL_ROOT_PASSWORD_FILE: /run/secrets/db-password}
    secrets: [db-password]
secrets: {db-password: {file: db/password.txt}}
`,
    "db/password.txt": "db-78n9n\n",
    Dockerfile: "FROM node:24\nCOPY . .\nCMD node server.js\n",
    ...node({ mysql2: "3" }, 'require("fs").readFileSync(process.env.DATABASE_PASSWORD);'),
  });
  const [web] = plan.services;
  expect(web?.env).toContainEqual(
    expect.objectContaining({ name: "DATABASE_PASSWORD", source: "Literal", value: "/run/secrets/db-password" }),
  );
  expect(web?.env).toContainEqual(expect.objectContaining({ name: "DATABASE_HOST", source: "Database" }));
});

it("speaks to MariaDB by the scheme of the driver that is there", async () => {
  const pom = (driver: string) =>
    `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.0</version></parent><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency>${driver}</dependencies></project>`;
  const driver = (group: string, artifact: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId></dependency>`;
  const addressOf = async (dependency: string) => {
    const plan = await planOf({
      "compose.yaml":
        "services:\n  web: {build: ., depends_on: [db]}\n  db: {image: 'mariadb:11', environment: {MARIADB_ROOT_PASSWORD: x, MARIADB_DATABASE: shop}}\n",
      Dockerfile: "FROM maven:3\nCOPY . .\nEXPOSE 8080\nCMD mvn spring-boot:run\n",
      "pom.xml": pom(dependency),
      "src/main/java/App.java": "@SpringBootApplication public class App { public static void main(String[] a) {} }",
    });
    return plan.services[0]?.env.find(({ name }) => name === "SPRING_DATASOURCE_URL")?.value;
  };
  expect(await addressOf(driver("mysql", "mysql-connector-java"))).toBe("jdbc:mysql://{host}:{port}/{database}");
  expect(await addressOf(driver("org.mariadb.jdbc", "mariadb-java-client"))).toBe(
    "jdbc:mariadb://{host}:{port}/{database}",
  );
});

it("leaves a password of the program alone that is by chance the database's", async () => {
  const plan = await planOf({
    "compose.yaml":
      "services:\n  web: {build: ., environment: {DATABASE_URL: 'postgres://app:changethis@db/app', FIRST_USER_PASSWORD: changethis}}\n  db: {image: 'postgres:17', environment: {POSTGRES_USER: app, POSTGRES_PASSWORD: changethis}}\n",
    Dockerfile: "FROM node:24\nCOPY . .\nCMD node server.js\n",
    ...node({ pg: "8" }, "connect(process.env.DATABASE_URL)"),
  });
  const of = (name: string) => plan.services[0]?.env.find((each) => each.name === name);
  expect(of("DATABASE_URL")?.source).toBe("Database");
  expect(of("FIRST_USER_PASSWORD")).toMatchObject({ source: "Literal", value: "changethis" });
});
