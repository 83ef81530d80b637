import type { MigrationTool } from "../../../fix.ts";
import { act, type Answer, end, type Found, type Rule } from "../rule.ts";
import { mend } from "../remedies.ts";

/** What goes wrong with what is, or is not yet, in a database. */
export const data: readonly Rule[] = [
  {
    id: "B03",
    signature: "DatabaseNameMissing",
    layer: "Service",
    remedy: "none: the database that is named does not exist",
    stage: "Run",
    seen: [/database "(?<name>[\w-]{1,63})" does not exist|Unknown database '(?<other>[\w-]{1,63})'/],
    answers: ({ service, groups, plan }) => [
      end(
        "DatabaseFails",
        `${service.name} asks for a database ${(groups["name"] ?? groups["other"] ?? "").slice(0, 63)} that is not there`,
        plan.databases.length === 0
          ? "create it, or let Repo Runner provide one: spec.databases"
          : "name it in spec.databases[].database",
        "Spec",
      ),
    ],
  },
  {
    id: "N24",
    signature: "MigrationStuck",
    layer: "Service",
    remedy: "none: data is never reset",
    seen: [/P3005|P3009|migrate found failed migrations|The database schema is not empty/],
    answers: needsHand,
  },
  {
    id: "J19",
    signature: "MigrationStuck",
    layer: "Service",
    remedy: "none: data is never reset",
    of: ["java"],
    seen: [
      /FlywayValidateException|Validate failed: Migrations have failed validation|LiquibaseException.{0,80}checksum/,
    ],
    answers: needsHand,
  },
  {
    id: "B04",
    signature: "NotMigrated",
    layer: "Service",
    remedy: "migrations are run before the program serves",
    stage: "Run",
    seen: [
      /relation "[\w.]{1,80}" does not exist|no such table:? ?(?<table>[\w.]{1,80})|Base table or view not found|Table '[\w.]{1,120}' doesn't exist|You have \d{1,4} unapplied migration|PendingMigrationError|table `?[\w.]{1,80}`? does not exist in the current database/,
    ],
    answers: migrate,
  },
  {
    id: "B07",
    signature: "DataOfOtherVersion",
    layer: "Service",
    remedy: "none: the version that wrote the data has to be named",
    seen: [/initialized by PostgreSQL version (?<version>\d{1,2})/],
    answers: ({ groups }) => [
      end(
        "DataOfAnotherEngine",
        `the volume's data was written by PostgreSQL ${groups["version"] ?? "of another version"}`,
        `name it: spec.databases[].version: "${groups["version"] ?? ""}", or take another volume`,
        "Spec",
      ),
    ],
  },
  {
    id: "B09",
    signature: "ExtensionMissing",
    layer: "Service",
    remedy: "none: the database's image lacks an extension",
    stage: "Run",
    seen: [
      /extension "(?<name>vector|postgis|timescaledb|pg_trgm|uuid-ossp)" is not available|could not open extension control file .{0,120}\/(?<other>\w{1,30})\.control/,
    ],
    answers: ({ service, groups }) => [
      end(
        "DatabaseFails",
        `${service.name} wants PostgreSQL's extension ${groups["name"] ?? groups["other"] ?? ""}, which the image does not have`,
        "name an image that has it (pgvector/pgvector, postgis/postgis): spec.databases[].image",
        "Spec",
      ),
    ],
  },
  {
    id: "B13",
    signature: "DatabaseLocked",
    layer: "Service",
    remedy: "none: a file can have one writer",
    stage: "Run",
    seen: [/SQLITE_BUSY|database is locked|attempt to write a readonly database/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}'s SQLite file cannot be written to`,
        "keep it in one replica and in a folder of a volume: spec.services[].volumes and replicas: 1",
        "Spec",
      ),
    ],
  },
  {
    id: "B10",
    signature: "DatabaseImage",
    layer: "Service",
    remedy: "none: the node's processor or the replica set",
    seen: [
      /requires a CPU with AVX|not (?:running with|a) replica ?set(?: member)?|Transaction numbers are only allowed on a replica set/,
    ],
    answers: ({ service }) => [
      end(
        "DatabaseFails",
        `${service.name}'s MongoDB is not of the kind that it wants`,
        "bind one that is: spec.databases[].bindTo (a replica set, or a version that the nodes' processors can run)",
        "Platform",
      ),
    ],
  },
  {
    id: "B12",
    signature: "NodeSetting",
    layer: "Service",
    remedy: "one node, without memory maps",
    seen: [/vm\.max_map_count/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "discovery_type", value: "single-node", phase: "Run" },
        "run as a single node, which checks less of its host",
      ),
  },
];

function needsHand({ service }: Found): readonly Answer[] {
  return [
    end(
      "ReleaseStepFailed",
      `${service.name}: its database is in a state that its migrations do not expect`,
      "look at it and settle it by hand (prisma migrate resolve, flyway repair); data is never reset by Repo Runner",
      "Spec",
    ),
  ];
}

const tools: readonly (readonly [sign: RegExp, tool: MigrationTool])[] = [
  [/django|manage\.py|unapplied migration/i, "Django"],
  [/flask_migrate|FLASK_APP/i, "FlaskMigrate"],
  [/alembic/i, "Alembic"],
  [/prisma/i, "Prisma"],
  [/knex/i, "Knex"],
  [/sequelize/i, "Sequelize"],
  [/PendingMigrationError|ActiveRecord|rails/i, "Rails"],
  [/Illuminate|laravel|artisan/i, "Laravel"],
];

/** The tool whose words are in the log, or that the framework brings. */
function migrate(found: Found): readonly Answer[] {
  const { service, evidence } = found;
  const text = `${service.framework ?? ""} ${service.start ?? ""} ${evidence.lines.join("\n")}`;
  const tool = tools.find(([sign]) => sign.test(text))?.[1];
  if (tool === undefined) return [];
  return [
    act(
      { kind: "AddMigration", tool },
      `${service.name}'s database has no tables yet; ${tool} migrates it before it serves`,
    ),
  ];
}
