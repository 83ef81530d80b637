import { act, type Answer, end, type Found, type Rule } from "../rule.ts";
import { mend } from "../remedies.ts";

type Engine = "Postgres" | "MySQL" | "Redis" | "RabbitMQ";

const engineByPort: Readonly<Record<string, Engine>> = {
  "5432": "Postgres",
  "3306": "MySQL",
  "6379": "Redis",
  "5672": "RabbitMQ",
};

/** What goes wrong on the way from a program to its databases. */
export const database: readonly Rule[] = [
  {
    id: "B01",
    signature: "DatabaseMissing",
    layer: "Service",
    remedy: "the database that is looked for is provided and wired",
    stage: "Run",
    seen: [
      /(?:ECONNREFUSED|Connection refused|connect: connection refused|could not connect|Can't connect|Error \d{1,4}.{0,40}connecting)[^]{0,120}?(?:127\.0\.0\.1|::1|\[::1\]|localhost)[^]{0,12}?[: ,(]{1,3}(?:port )?(?<port>5432|3306|6379|5672)/i,
      /(?:127\.0\.0\.1|::1|\[::1\]|localhost)"?[)]?[:, ]{1,8}(?:port )?(?<port>5432|3306|6379|5672)[^]{0,120}?(?:refused|failed|ECONNREFUSED)/i,
      /Can't connect to (?:local )?(?<mysql>MySQL|MariaDB) server/,
    ],
    answers: provide,
  },
  {
    id: "N23",
    signature: "DatabaseMissing",
    layer: "Service",
    remedy: "the database that Prisma looks for is provided and wired",
    stage: "Run",
    of: ["node"],
    seen: [/P1001: Can't reach database server at `?(?:localhost|127\.0\.0\.1|db|postgres|mysql)`?:`?(?<port>\d{4})/],
    answers: provide,
  },
  {
    id: "J16",
    signature: "DatabaseMissing",
    layer: "Service",
    remedy: "PostgreSQL or MySQL by the driver that is there",
    stage: "Run",
    of: ["java"],
    seen: [
      /Failed to configure a DataSource|Failed to determine a suitable driver class|Cannot load driver class: (?:org\.(?<pg>postgresql)|com\.(?<my>mysql))/,
    ],
    answers: (found) => {
      const text = found.evidence.lines.join("\n");
      const engine: Engine = /mysql|mariadb/i.test(text) && !/postgres/i.test(text) ? "MySQL" : "Postgres";
      return addDatabase(found, engine);
    },
  },
  {
    id: "B14",
    signature: "ConnectionScheme",
    layer: "Service",
    remedy: "the address begins as the driver wants it",
    of: ["python", "ruby"],
    seen: [/Can't load plugin: sqlalchemy\.dialects:postgres(?!ql)/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetConnectionOption", option: "PostgresqlScheme" },
        "SQLAlchemy wants postgresql:// in the database's address",
      ),
  },
  {
    id: "B14b",
    signature: "ConnectionScheme",
    layer: "Service",
    remedy: "the address names the driver that is installed",
    origin: "observed: SQLAlchemy's asynchronous engine with a synchronous address, and the other way round",
    of: ["python"],
    seen: [
      /The asyncio extension requires an async driver/,
      /No module named 'psycopg2'.{0,40}asyncpg/,
      /(?<sync>MissingGreenlet|greenlet_spawn has not been called)/,
    ],
    answers: (found) =>
      found.groups["sync"] === undefined
        ? mend(
            found,
            { kind: "SetConnectionOption", option: "AsyncDriver" },
            "its engine is asynchronous; the database's address names asyncpg",
          )
        : mend(
            found,
            { kind: "SetConnectionOption", option: "SyncDriver" },
            "its engine is synchronous; the database's address names no driver",
          ),
  },
  {
    id: "B05",
    signature: "DatabaseTls",
    layer: "Service",
    remedy: "TLS to the database is switched off, inside the cluster",
    stage: "Run",
    seen: [
      /SSL (?:connection is required|is not enabled on the server)|server does not support SSL|The server does not support SSL connections|no pg_hba\.conf entry/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetConnectionOption", option: "NoTls" },
        "the database speaks no TLS inside the cluster; its address says so",
      ),
  },
  {
    id: "B06",
    signature: "DatabaseLogin",
    layer: "Service",
    remedy: "the driver may ask the server for its key",
    stage: "Run",
    seen: [/caching_sha2_password|Public Key Retrieval is not allowed|does not support authentication protocol/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetConnectionOption", option: "MysqlNoTls" },
        "its driver may ask the server for its key",
      ),
      end(
        "RepoDefect",
        `${found.service.name}'s driver does not know how MySQL 8 lets programs in`,
        "take a newer driver (mysql2 for Node), and push",
      ),
    ],
  },
  {
    id: "B02",
    signature: "DatabaseLogin",
    layer: "Service",
    remedy: "none: the data is older than its password",
    stage: "Run",
    seen: [
      /password authentication failed for user|Access denied for user|SASL authentication failed|Authentication failed\.$/,
    ],
    answers: ({ service }) => [
      end(
        "DatabaseLoginFailed",
        `${service.name} is refused by its database: name or password are not those that its data was made with`,
        "a volume of an earlier run keeps its password: bring back its Secret, or delete the volume if its data may go",
        "Spec",
      ),
    ],
  },
  {
    id: "B11",
    signature: "DatabaseLogin",
    layer: "Service",
    remedy: "none: the password is not passed on",
    stage: "Run",
    seen: [/NOAUTH Authentication required|WRONGPASS/],
    answers: ({ service }) => [
      end(
        "DatabaseLoginFailed",
        `${service.name} does not give Redis its password`,
        "take REDIS_URL whole, or pass its password to the client",
        "Repo",
      ),
    ],
  },
];

function provide(found: Found): readonly Answer[] {
  const engine = found.groups["mysql"] === undefined ? engineByPort[found.groups["port"] ?? ""] : "MySQL";
  return engine === undefined ? [] : addDatabase(found, engine);
}

function addDatabase({ service, plan }: Found, engine: Engine): readonly Answer[] {
  if (plan.databases.some((each) => each.engine === engine || (engine === "MySQL" && each.engine === "MariaDB")))
    return [];
  return [
    act({ kind: "AddDatabase", engine }, `${service.name} looks for ${engine} and nothing answers; it is provided`),
  ];
}
