import type { Database, Reason, Service } from "../../../plan.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { withExec } from "../../setup/dockerfile-syntax.ts";
import type { Looked, ServiceEvidence } from "./evidence.ts";
import type { Found } from "./migration-tools.ts";
import { releaseStepsOf } from "./release-steps.ts";
import { flaskCommandLine } from "./flask-commands.ts";
import { keepFile } from "./sqlite.ts";

/** Reasons, what is done before a release, and a volume for a database that is a file. */
export async function finish(
  tree: SourceTree,
  service: Service,
  { evidence, decision }: Looked,
  databases: readonly Database[],
): Promise<Service> {
  const isSql = ({ name }: { readonly name: string }) =>
    databases.some((each) => each.name === name && ["Postgres", "MySQL", "MariaDB"].includes(each.engine));
  const hasSql = service.dependsOn.some(isSql);
  const why: Reason[] = [...service.why, ...decision.declined].slice(0, 64);
  if (!hasSql) {
    const kept = await keepFile(tree, { ...evidence, service });
    const ready = kept === service ? service : await filled(tree, kept, evidence);
    return { ...ready, why: [...why, ...ready.why.slice(service.why.length)].slice(0, 64) };
  }
  const found = await releaseStepsOf(tree, { ...evidence, service });
  if (service.releaseSteps.length > 0) return { ...service, why };
  if (found.steps.length === 0) return { ...migratingItself(service, evidence), why };
  return withTools({ ...service, why, releaseSteps: found.steps.slice(0, 6) }, found, databases.find(isSql));
}

/** What the steps need: what only development had, a program of their own, an address under a name that they know. */
function withTools(service: Service, found: Found, database: Database | undefined): Service {
  const { program, address } = found;
  const { recipe } = service;
  const mysql = address?.scheme === "GoMysql";
  const value = mysql
    ? "{username}:{password}@tcp({host}:{port})/{database}?multiStatements=true&parseTime=true"
    : "postgres://{username}:{password}@{host}:{port}/{database}?sslmode=disable";
  return {
    ...service,
    recipe: {
      ...recipe,
      ...(found.keepsTools === true ? { prune: null } : {}),
      ...(program
        ? {
            tools: [...recipe.tools, program.tool],
            artifacts: [...recipe.artifacts, { from: program.from, to: program.to }],
          }
        : {}),
    },
    env:
      address === undefined || database === undefined
        ? service.env
        : [
            ...service.env,
            {
              name: address.name,
              source: "Database",
              of: database.name,
              value,
              phase: "Run",
              why: "for its migrations",
            },
          ],
  };
}

const switches =
  /\b(?:(?:RUN|APPLY)_(?:DB_|DATABASE_)?MIGRATIONS?|(?:DB_|DATABASE_)?AUTO_?MIGRAT(?:E|ION|IONS)|(?:DB_)?MIGRATE_ON_(?:START|STARTUP|BOOT))\b/;

/** A program that brings its own migrations, and waits to be told: a variable of its code by one of the usual names (`RUN_MIGRATIONS`). */
function migratingItself(service: Service, { code }: ServiceEvidence): Service {
  const [where, name] =
    [...code.texts]
      .map(([path, text]) => [path, switches.exec(text)?.[0]] as const)
      .find(([, name]) => name !== undefined) ?? [];
  if (where === undefined || name === undefined) return service;
  const known = service.env.find((variable) => variable.name === name);
  if (known !== undefined && known.source !== "Optional") return service;
  const variable = {
    name,
    source: "Literal" as const,
    value: "true",
    phase: "Run" as const,
    where: where.slice(0, 256),
    why: "it makes its tables when this is set",
  };
  return { ...service, env: [...service.env.filter((each) => each !== known), variable] };
}

/** A file that was moved into a volume is empty: what makes its tables comes before the start, in the same pod, as often as it starts. */
async function filled(tree: SourceTree, service: Service, evidence: ServiceEvidence): Promise<Service> {
  if (service.start === null || service.recipe.dockerfile !== undefined) return service;
  const { steps, program, address, keepsTools } = await releaseStepsOf(tree, { ...evidence, service });
  const own = flaskCommandLine(service, evidence.code);
  const migrates = steps.filter(({ name }) => name === "Migrate").map(({ line }) => line);
  const lines = migrates.length > 0 || own === undefined ? migrates : [own];
  if (lines.length === 0 || program !== undefined || address !== undefined) return service;
  const before = lines.map((line) => (line.startsWith("cd ") ? `(${line})` : line));
  return {
    ...service,
    start: `${before.join(" && ")} && ${withExec(service.start)}`,
    recipe: keepsTools === true ? { ...service.recipe, prune: null } : service.recipe,
    why: [
      ...service.why,
      {
        about: "start",
        value: lines.join(" && ").slice(0, 256),
        because: "its database is a file, and empty at first",
      },
    ],
  };
}
