import type { Database } from "../../../plan.ts";
import type { Asked, ServiceEvidence } from "./evidence.ts";
import { engineOfAddress } from "./connection-names.ts";

const account = "{username}:{password}@{host}:{port}";

/** The text of one variable with the database's parts left open (`{host}`), as its reader wants it. */
export function templateFor(
  asked: Asked,
  database: Pick<Database, "engine" | "publicPassword">,
  evidence: ServiceEvidence,
): string {
  switch (asked.part) {
    case "host":
      return "{host}";
    case "port":
      return "{port}";
    case "address":
      return "{host}:{port}";
    case "username":
      return "{username}";
    case "password":
      return "{password}";
    case "database":
      if (choosesEngine(asked, evidence)) return dialectFor(asked, database.engine, evidence);
      return database.engine === "Redis" || database.engine === "Valkey" ? "0" : "{database}";
    case "dialect":
      return dialectFor(asked, database.engine, evidence);
    case "jdbc":
      return isJdbc(asked, evidence) ? jdbcFor(database.engine, evidence) : urlFor(asked, database, evidence);
    case "url":
      return urlFor(asked, database, evidence);
  }
}

function isJdbc({ name, fallback }: Asked, evidence: ServiceEvidence): boolean {
  return (
    /JDBC|^SPRING_DATASOURCE_/.test(name) ||
    fallback?.startsWith("jdbc:") === true ||
    ["java", "kotlin", "scala", "groovy", "clojure"].includes(languageOf(evidence))
  );
}

/** What the code is written in: of a service with a Dockerfile of its own by the manifest that its packages stand in. */
function languageOf({ service, dependencies }: ServiceEvidence): string {
  if (service.language !== "dockerfile") return service.language;
  const ecosystems = new Set(dependencies.map(({ ecosystem }) => ecosystem));
  return manifestLanguages.find(([ecosystem]) => ecosystems.has(ecosystem))?.[1] ?? service.language;
}

/** npm is not among them: it stands beside any of these for the pages, and its addresses are those of no language in particular. */
const manifestLanguages = [
  ["maven", "java"],
  ["go", "go"],
  ["nuget", "dotnet"],
  ["hex", "elixir"],
  ["composer", "php"],
] as const;

/** MySQL's own driver speaks to MariaDB, too, but knows its own scheme only; so does MariaDB's. */
function jdbcFor(engine: Database["engine"], { dependencies }: ServiceEvidence): string {
  const has = (name: RegExp) => dependencies.some((each) => name.test(each.name));
  const own = has(/mariadb-java-client/) ? "mariadb" : has(/mysql-connector/) ? "mysql" : engine.toLowerCase();
  const scheme = engine === "Postgres" ? "postgresql" : own;
  return `jdbc:${scheme}://{host}:{port}/{database}`;
}

function urlFor(
  asked: Asked,
  { engine, publicPassword }: Pick<Database, "engine" | "publicPassword">,
  evidence: ServiceEvidence,
): string {
  const shown = asked.fallback ?? evidence.example.get(asked.name)?.value ?? "";
  if (shown.startsWith("jdbc:")) return jdbcFor(engine, evidence);
  const who = publicPassword === "" ? "{host}:{port}" : account;
  switch (engine) {
    case "Postgres":
      if (/^\s*host=/.test(shown))
        return "host={host} port={port} user={username} password={password} dbname={database} sslmode=disable";
      if (languageOf(evidence) === "dotnet" || /^Host=/i.test(shown))
        return "Host={host};Port={port};Database={database};Username={username};Password={password}";
      return `${postgresScheme(shown, evidence)}://${who}/{database}${languageOf(evidence) === "go" ? "?sslmode=disable" : ""}`;
    case "MySQL":
    case "MariaDB":
      if (languageOf(evidence) === "go" && !shown.startsWith("mysql://"))
        return "{username}:{password}@tcp({host}:{port})/{database}?parseTime=true";
      if (languageOf(evidence) === "dotnet")
        return "Server={host};Port={port};Database={database};User={username};Password={password}";
      return `${mysqlScheme(shown, engine, evidence)}://${who}/{database}`;
    case "Redis":
    case "Valkey":
      if (/ADDR/.test(asked.name)) return "{host}:{port}";
      return `${publicPassword === "" ? "redis://" : "redis://:{password}@"}{host}:{port}${/\/\d{1,2}$/.exec(shown)?.[0] ?? "/0"}`;
    case "MongoDB":
      return publicPassword === ""
        ? "mongodb://{host}:{port}/{database}"
        : `mongodb://${account}/{database}?authSource=admin`;
    case "RabbitMQ":
      // A broker's virtual host "/" is what is meant where none is named.
      return `${/^(?<scheme>pyamqp)/.exec(shown)?.groups?.["scheme"] ?? "amqp"}://${account}`;
    case "ObjectStorage":
      return /^https?:/.test(shown) || /UR[IL]$|^AWS_/.test(asked.name) || shown === ""
        ? "http://{host}:{port}"
        : "{host}:{port}";
  }
}

/** A scheme with the driver in it is SQLAlchemy's: the code's own default shows it, else the drivers that are there. */
function postgresScheme(shown: string, evidence: ServiceEvidence): string {
  const { code, dependencies } = evidence;
  const replaced = code.replaced.find((scheme) => engineOfAddress(`${scheme}:`) === "Postgres");
  if (replaced !== undefined) return replaced;
  const own = /^(?<scheme>postgres(?:ql)?(?:\+[a-z0-9]{1,12})?|postgis|ecto):\/\//.exec(shown)?.groups?.["scheme"];
  if (own?.includes("+") === true) return own;
  const has = (name: string) => dependencies.some((each) => each.name === name || each.name.startsWith(`${name}[`));
  if (languageOf(evidence) === "elixir") return "ecto";
  if (languageOf(evidence) === "go") return "postgres";
  if (!has("sqlalchemy") && !has("sqlmodel") && !has("flask-sqlalchemy")) return "postgresql";
  const isAsync = [...code.texts.values()].some((text) =>
    /\b(?:create_async_engine|async_engine_from_config)\b/.test(text),
  );
  if (isAsync && has("asyncpg")) return "postgresql+asyncpg";
  if (has("psycopg2") || has("psycopg2-binary")) return "postgresql";
  if (has("psycopg") || has("psycopg-binary")) return "postgresql+psycopg";
  return has("pg8000") ? "postgresql+pg8000" : has("asyncpg") ? "postgresql+asyncpg" : "postgresql";
}

function mysqlScheme(shown: string, engine: Database["engine"], { dependencies, code }: ServiceEvidence): string {
  const replaced = code.replaced.find((scheme) => engineOfAddress(`${scheme}:`) === "MySQL");
  if (replaced !== undefined) return replaced;
  const own = /^(?<scheme>(?:mysql2?|mariadb|trilogy|ecto)(?:\+[a-z0-9]{1,20})?):\/\//.exec(shown)?.groups?.["scheme"];
  if (own !== undefined && own !== "mysql" && own !== "mariadb") return own;
  const has = (name: string) => dependencies.some((each) => each.name === name);
  // MariaDB's own client for Node, and what chooses its client by the scheme, know it by its name.
  if (engine === "MariaDB" && dependencies.some((each) => each.ecosystem === "npm" && each.name === "mariadb"))
    return "mariadb";
  if (dependencies.some((each) => each.ecosystem === "gem")) return has("trilogy") ? "trilogy" : "mysql2";
  if (!has("sqlalchemy") && !has("flask-sqlalchemy") && !has("sqlmodel")) return "mysql";
  const isAsync = [...code.texts.values()].some((text) => /\bcreate_async_engine\b/.test(text));
  if (isAsync && has("aiomysql")) return "mysql+aiomysql";
  if (isAsync && has("asyncmy")) return "mysql+asyncmy";
  if (has("mysqlclient")) return "mysql";
  return has("pymysql") ? "mysql+pymysql" : has("mysql-connector-python") ? "mysql+mysqlconnector" : "mysql";
}

/** `DB=postgres` and `os.getenv("DB") == "postgres"` say which kind of database it is, not what it is called. */
function choosesEngine(asked: Asked, evidence: ServiceEvidence): boolean {
  const shown = [asked.fallback, evidence.example.get(asked.name)?.value];
  return (
    shown.some((word) => word !== undefined && /^\w+$/.test(word) && engineOfAddress(`${word}:`) !== undefined) ||
    comparedWith(asked.name, evidence).some((word) => engineOfAddress(`${word}:`) !== undefined)
  );
}

/** Words that the code holds a variable against: `getenv("DB") == "postgres"`, `process.env.DB === "pg"`, `in ["mysql", "mariadb"]`. */
function comparedWith(name: string, { code }: ServiceEvidence): readonly string[] {
  if (!/^\w{1,64}$/.test(name)) return [];
  const compared = new RegExp(
    `\\b${name}["']?[^\\n]{0,20}?(?:===?|\\beq\\b|\\bin\\b)[ \\t]{0,4}[\\[({]?(?<words>["'][a-z\\d_]{2,20}["'](?:,[ \\t]{0,4}["'][a-z\\d_]{2,20}["']){0,6})`,
    "g",
  );
  return [...code.texts.values()].flatMap((text) =>
    text.includes(name)
      ? [...text.matchAll(compared)].flatMap(({ groups }) => (groups?.["words"] ?? "").match(/[a-z\d_]{2,20}/g) ?? [])
      : [],
  );
}

/** The engine by the library's own word; a word that the code or an example has already is the right one when it means this engine. */
function dialectFor({ name, fallback }: Asked, engine: Database["engine"], evidence: ServiceEvidence): string {
  const { dependencies, example } = evidence;
  const isMysql = engine === "MySQL" || engine === "MariaDB";
  for (const shown of [fallback, example.get(name)?.value, ...comparedWith(name, evidence)]) {
    const word = shown === undefined ? undefined : engineOfAddress(`${shown.split(/[.:]/).at(-1) ?? ""}:`);
    if (shown !== undefined && (word === engine || (isMysql && word === "MySQL"))) return shown;
  }
  const has = (dependency: string) => dependencies.some((each) => each.name === dependency);
  if (has("django")) return `django.db.backends.${isMysql ? "mysql" : "postgresql"}`;
  if (name === "DB_CONNECTION" && languageOf(evidence) === "php") return isMysql ? "mysql" : "pgsql";
  if (/CLIENT/.test(name) || has("knex")) return isMysql ? (has("mysql2") ? "mysql2" : "mysql") : "pg";
  return isMysql ? "mysql" : engine === "Postgres" ? "postgres" : engine.toLowerCase();
}
