import type { Service } from "../../../plan.ts";
import type { CodeEvidence } from "./code-scan.ts";
import { type ConnectionName, connectionName, type EngineName } from "./connection-names.ts";
import type { Dependency } from "./manifests.ts";

/** A variable that a framework or a library reads by itself, so that no code of the repository names it. */
export interface ImpliedUse extends ConnectionName {
  /** Where the tree shows that it is read. */
  readonly where: string;
  readonly because: string;
  /** What the framework takes without it is a file. */
  readonly sqlite: boolean;
}

/** What is read without a word in the code: by Spring, Rails, Laravel, Quarkus, `dj_database_url`, `new Pool()`, Prisma's schema. */
export function impliedUses(
  service: Service,
  dependencies: readonly Dependency[],
  evidence: CodeEvidence,
  engines: ReadonlySet<EngineName>,
): readonly ImpliedUse[] {
  const found: ImpliedUse[] = [];
  const has = (name: string | RegExp) =>
    dependencies.find((each) => (typeof name === "string" ? each.name === name : name.test(each.name)));
  const add = (because: string, where: string, names: readonly string[], sqlite = false): void => {
    for (const name of names) {
      const known = connectionName(name);
      if (known) found.push({ ...known, because, where, sqlite });
    }
  };
  const spring = has(/^org\.springframework\.boot:/);
  const jdbc = has(
    /^(?:org\.springframework\.boot:spring-boot-starter-(?:data-jpa|jdbc|data-jdbc)|org\.flywaydb:|org\.liquibase:)/,
  );
  const sql = engines.has("Postgres") || engines.has("MySQL") || engines.has("MariaDB");
  if (spring && jdbc && sql) {
    // An embedded database beside a driver is what runs, unless the settings name the other.
    const said = [...evidence.texts.values()].some((text) => /jdbc:(?:postgresql|mysql|mariadb):/.test(text));
    const names = ["SPRING_DATASOURCE_URL", "SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD"];
    add("Spring Boot's datasource", jdbc.where, names, engines.has("SQLite") && !said);
  }
  const reader = (pattern: RegExp) => has(pattern)?.where;
  const springRedis = reader(/^org\.springframework\.boot:spring-boot-starter-data-redis/);
  if (springRedis !== undefined)
    add("Spring Data Redis", springRedis, [
      "SPRING_DATA_REDIS_HOST",
      "SPRING_DATA_REDIS_PORT",
      "SPRING_DATA_REDIS_PASSWORD",
    ]);
  const springMongo = reader(/^org\.springframework\.boot:spring-boot-starter-data-mongodb/);
  if (springMongo !== undefined) add("Spring Data MongoDB", springMongo, ["SPRING_DATA_MONGODB_URI"]);
  const springRabbit = reader(/^org\.springframework\.boot:spring-boot-starter-amqp/);
  if (springRabbit !== undefined)
    add("Spring AMQP", springRabbit, [
      "SPRING_RABBITMQ_HOST",
      "SPRING_RABBITMQ_PORT",
      "SPRING_RABBITMQ_USERNAME",
      "SPRING_RABBITMQ_PASSWORD",
    ]);
  const quarkus = has(/^io\.quarkus:quarkus-jdbc-/);
  if (quarkus && sql)
    add("Quarkus' datasource", quarkus.where, [
      "QUARKUS_DATASOURCE_JDBC_URL",
      "QUARKUS_DATASOURCE_USERNAME",
      "QUARKUS_DATASOURCE_PASSWORD",
    ]);
  const rails = has("rails");
  if (rails && sql) add("Rails reads it before config/database.yml", rails.where, ["DATABASE_URL"]);
  const laravel = has("laravel/framework");
  if (laravel) {
    if (sql)
      add("Laravel's config/database.php", laravel.where, [
        "DB_CONNECTION",
        "DB_HOST",
        "DB_PORT",
        "DB_DATABASE",
        "DB_USERNAME",
        "DB_PASSWORD",
      ]);
    if (engines.has("Redis"))
      add("Laravel's config/database.php", laravel.where, ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"]);
  }
  for (const [path, text] of evidence.texts) {
    const url =
      /\bdj_database_url\.(?:config|parse)\((?<args>[^]{0,200})|\benv\.(?:db|dj_db_url)\((?<name>[^)]{0,80})/.exec(
        text,
      );
    if (url && !/^\s*["'][A-Z_]+["']|env\s*=|os\.|config\(/.test(url.groups?.["args"] ?? url.groups?.["name"] ?? ""))
      add("dj_database_url", path, ["DATABASE_URL"], /sqlite/.test(url.groups?.["args"] ?? ""));
    // libpq's own variables, where nothing else is said.
    if (
      /\bnew\s+(?:pg\.)?(?:Pool|Client)\(\s*\)|\bpostgres\(\s*\)|psycopg2?\.connect\(\s*(?:["']{2}\s*)?\)|asyncpg\.(?:connect|create_pool)\(\s*\)/.test(
        text,
      ) &&
      engines.has("Postgres")
    )
      add("a connection without an address takes libpq's variables", path, [
        "PGHOST",
        "PGPORT",
        "PGUSER",
        "PGPASSWORD",
        "PGDATABASE",
      ]);
    for (const match of text.matchAll(/\benv\(\s*["'](?<name>[A-Z][A-Z0-9_]{2,60})["']\s*\)/g)) {
      if (!/\.prisma$|prisma\.config\.ts$/.test(path)) continue;
      const name = match.groups?.["name"] ?? "";
      const shadow = /shadowDatabaseUrl\s*=\s*$/.test(text.slice(Math.max(0, match.index - 40), match.index));
      const provider = /provider\s*=\s*"sqlite"/.test(text);
      const prisma: ConnectionName = { ...(connectionName(name) ?? { name, family: "Sql", part: "url" }), part: "url" };
      if (!shadow) found.push({ ...prisma, because: "Prisma's schema", where: path, sqlite: provider });
    }
  }
  const first = new Map<string, ImpliedUse>();
  for (const use of found) if (!first.has(use.name)) first.set(use.name, use);
  return service.language === "static" ? [] : [...first.values()];
}
