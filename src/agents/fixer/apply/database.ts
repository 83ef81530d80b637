import type { ConnectionOption, MigrationTool } from "../../../fix.ts";
import type { Database, Plan, ReleaseStep, Service, Variable } from "../../../plan.ts";
import { engines } from "../../database/engines.ts";
import { connectionName, type Part } from "../../database/planning/connection-names.ts";

type Engine = "Postgres" | "MySQL" | "MariaDB" | "Redis" | "RabbitMQ";

const schemes: Readonly<Record<Engine, string>> = {
  Postgres: "postgresql",
  MySQL: "mysql",
  MariaDB: "mysql",
  Redis: "redis",
  RabbitMQ: "amqp",
};

/** The plan with a database that one of its services looked for in vain, wired to the variables that speak of one. */
export function withDatabase(plan: Plan, serviceName: string, engine: Engine): Plan {
  const service = plan.services.find(({ name }) => name === serviceName);
  if (!service || plan.databases.some((database) => database.engine === engine)) return plan;
  const taken = new Set(plan.services.map(({ name }) => name));
  const plain = engine.toLowerCase();
  const name = taken.has(plain) ? `${plain}-data` : plain;
  const known = engines[engine];
  const database: Database = {
    name,
    engine,
    version: known.newest,
    image: `${known.repository}:${known.newest}`,
    ...(engine === "Redis" ? {} : { database: "app" }),
    storage: "1Gi",
    deletionPolicy: "Retain",
    aliases: [],
    args: [],
    init: [],
    why: `${serviceName} looked for it and nothing answered`,
  };
  const services = plan.services.map((each) => (each.name === serviceName ? wired(each, database) : each));
  return { ...plan, databases: [...plan.databases, database], services };
}

function wired(service: Service, database: Database): Service {
  const engine = database.engine as Engine;
  const named = service.env.flatMap((variable) => {
    const found = variable.phase === "Build" ? undefined : connectionName(variable.name);
    return found && isOf(found.family, engine) ? [[variable.name, found.part] as const] : [];
  });
  const wanted = named.length > 0 ? named : [[usualName(engine), "url"] as const];
  const variables = wanted.map(([name, part]): Variable => ({
    name,
    source: "Database",
    of: database.name,
    value: textOf(part, engine),
    phase: "Run",
  }));
  const names = new Set(variables.map(({ name }) => name));
  return {
    ...service,
    env: [...service.env.filter(({ name }) => !names.has(name)), ...variables],
    dependsOn: [...service.dependsOn, { name: database.name, until: "Ready" }],
  };
}

function isOf(family: string, engine: Engine): boolean {
  if (family === "Sql") return engine === "Postgres" || engine === "MySQL" || engine === "MariaDB";
  if (family === "Broker") return engine === "Redis" || engine === "RabbitMQ";
  return family === engine || (family === "MySQL" && engine === "MariaDB");
}

function usualName(engine: Engine): string {
  return engine === "Redis" ? "REDIS_URL" : engine === "RabbitMQ" ? "RABBITMQ_URL" : "DATABASE_URL";
}

function textOf(part: Part, engine: Engine): string {
  const tail = engine === "Redis" || engine === "RabbitMQ" ? "" : "/{database}";
  switch (part) {
    case "host":
    case "port":
    case "username":
    case "password":
    case "database":
      return `{${part}}`;
    case "address":
      return "{host}:{port}";
    case "dialect":
      return schemes[engine];
    case "jdbc":
      return `jdbc:${schemes[engine]}://{host}:{port}${tail}`;
    case "url":
      return `${schemes[engine]}://{username}:{password}@{host}:{port}${tail}`;
  }
}

/** Addresses of databases written as a driver wants them. */
export function withConnectionOption(service: Service, option: ConnectionOption): Service {
  const change: Readonly<Record<ConnectionOption, (text: string) => string>> = {
    NoTls: (text) => withQuery(text.replace(/[?&]sslmode=\w+/, ""), /^postgres/, "sslmode=disable"),
    MysqlNoTls: (text) => withQuery(text, /^(?:jdbc:)?mysql/, "useSSL=false&allowPublicKeyRetrieval=true"),
    PostgresqlScheme: (text) => text.replace(/^postgres:\/\//, "postgresql://"),
    AsyncDriver: (text) => text.replace(/^postgres(?:ql)?:\/\//, "postgresql+asyncpg://"),
    SyncDriver: (text) => text.replace(/^postgresql\+asyncpg:\/\//, "postgresql://"),
  };
  const env = service.env.map((variable) =>
    variable.source === "Database" && variable.value?.includes("://") === true
      ? { ...variable, value: change[option](variable.value) }
      : variable,
  );
  return { ...service, env };
}

function withQuery(text: string, scheme: RegExp, query: string): string {
  if (!scheme.test(text) || text.includes(query)) return text;
  return `${text}${text.includes("?") ? "&" : "?"}${query}`;
}

/** Lines of the tools that bring a database into shape. */
const migrations: Readonly<Record<MigrationTool, string>> = {
  Django: "python manage.py migrate --noinput",
  Alembic: "alembic upgrade head",
  FlaskMigrate: "flask db upgrade",
  Prisma: "npx prisma migrate deploy",
  Knex: "npx knex migrate:latest",
  Sequelize: "npx sequelize-cli db:migrate",
  Rails: "bundle exec rails db:prepare",
  Laravel: "php artisan migrate --force",
};

/** A release step that migrates; in front of the start where the database is a file of the pod's own. */
export function withMigration(plan: Plan, service: Service, tool: MigrationTool): Service {
  const line = migrations[tool];
  if (plan.databases.length > 0) {
    if (service.releaseSteps.some((step) => step.line === line)) return service;
    const step: ReleaseStep = { name: "Migrate", line, from: "a fix" };
    return { ...service, releaseSteps: [step, ...service.releaseSteps] };
  }
  if (service.start === null || service.start.startsWith(line)) return service;
  return { ...service, start: `${line} && ${service.start}` };
}
