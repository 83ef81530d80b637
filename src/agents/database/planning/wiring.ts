import type { DatabaseForward } from "../../../database-forward.ts";
import type { Database, Need, Service, Variable } from "../../../plan.ts";
import { engines, isSameKind } from "../engines.ts";
import { connectionName, isLocal } from "./connection-names.ts";
import type { Asked, Decision, ServiceEvidence } from "./evidence.ts";
import { templateFor } from "./templates.ts";

/** Where PHP looks for a server of MySQL on `localhost`, by the settings of our images and mysqlnd's own default. */
const phpSocket = "/tmp/mysql.sock";

/** Which of the databases a service uses, and the variables by which it is told of them. */
export function wire(
  service: Service,
  decision: Decision,
  evidence: ServiceEvidence,
  { databases, brought }: { readonly databases: readonly Database[]; readonly brought: readonly Database[] },
): Service {
  const used = new Set<string>();
  const variables = new Map(service.env.map((variable) => [variable.name, variable] as const));
  const asked = [...decision.wanted.flatMap((each) => each.asked), ...decision.optional];
  for (const each of asked) {
    const database = databaseFor(each, variables.get(each.name), databases);
    if (database === undefined) continue;
    const known = variables.get(each.name);
    if (known && !isOpen(known)) continue;
    used.add(database.name);
    variables.set(each.name, {
      name: each.name,
      source: "Database",
      of: database.name,
      value: templateFor(each, database, evidence).slice(0, 8192),
      phase: "Run",
      ...(each.where === "" ? {} : { where: each.where.slice(0, 256) }),
      why: `made with ${database.name}`,
    });
  }
  for (const [name, variable] of variables) {
    const literal = rewire(variable, databases) ?? account(variable, [...variables.values()], { databases, brought });
    if (literal === undefined) continue;
    variables.set(name, literal);
    if (literal.of !== undefined) used.add(literal.of);
  }
  const forwards: DatabaseForward[] = [];
  for (const { fixed, engine } of decision.wanted) {
    const alone = fixed && databases.find((each) => isSameKind(each.engine, engine));
    if (alone) used.add(alone.name);
    if (alone && isLocal(`@${fixed.host}:`))
      forwards.push({
        port: fixed.port ?? engines[alone.engine].port,
        database: alone.name,
        ...(service.language === "php" && fixed.host === "localhost" && isSameKind(alone.engine, "MySQL")
          ? { socket: phpSocket }
          : {}),
      });
  }
  const waits = new Set(service.dependsOn.map(({ name }) => name));
  return {
    ...service,
    env: [...variables.values()].slice(0, 96),
    ...(forwards.length === 0 ? {} : { forwards: forwards.slice(0, 4) }),
    dependsOn: [
      ...service.dependsOn,
      ...[...used].filter((name) => !waits.has(name)).map((name) => ({ name, until: "Ready" as const })),
    ].slice(0, 16),
  };
}

/** What nobody has settled: a value of the repository's own for a developer's machine is replaced, a person's word never. */
function isOpen({ source, why, value }: Variable): boolean {
  // The code reads a file there: the secret that a compose file mounts holds the value already.
  if (source === "Literal" && value?.startsWith("/run/secrets/") === true) return false;
  if (source === "Needed" || source === "Optional" || source === "Generated") return true;
  return source === "Literal" && why !== "spec";
}

function databaseFor(asked: Asked, known: Variable | undefined, databases: readonly Database[]): Database | undefined {
  const same = databases.filter((each) => isSameKind(each.engine, asked.engine));
  const literal = known?.source === "Literal" ? known.value : undefined;
  return (
    same.find(({ aliases }) => literal !== undefined && aliases.some((alias) => mentions(literal, alias))) ?? same[0]
  );
}

function mentions(text: string, alias: string): boolean {
  const at = text.indexOf(alias);
  return at !== -1 && !/[\w.-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + alias.length] ?? " ");
}

/** A compose file's own value that names one of the databases: `postgres://app:secret@db:5432/app`, `db:5432`, `db`. */
function rewire(variable: Variable, databases: readonly Database[]): Variable | undefined {
  if (variable.source !== "Literal" || variable.why === "spec" || variable.value === undefined) return undefined;
  const { value } = variable;
  const database = databases.find(({ aliases }) => aliases.some((alias) => mentions(value, alias)));
  const alias = database?.aliases.find((each) => mentions(value, each));
  if (database === undefined || alias === undefined) return undefined;
  const template = value === alias ? "{host}" : withParts(value, alias, database);
  if (template === undefined) return undefined;
  return { ...variable, source: "Database", of: database.name, value: template, why: `made with ${database.name}` };
}

/** User, password and name beside such a value, which a compose file writes down a second time. */
function account(
  variable: Variable,
  all: readonly Variable[],
  { databases, brought }: { readonly databases: readonly Database[]; readonly brought: readonly Database[] },
): Variable | undefined {
  const { value } = variable;
  if (variable.source !== "Literal" || variable.why === "spec" || value === undefined || value === "") return undefined;
  const named = connectionName(variable.name)?.part;
  const part = named ?? (/PASS/.test(variable.name) ? "password" : undefined);
  for (const database of databases) {
    const written = brought.find(({ name }) => name === database.name);
    const isUsed = all.some(
      (each) => each.of === database.name || database.aliases.some((alias) => mentions(each.value ?? "", alias)),
    );
    // `changethis` for the database and for the first user, too: an address that has the password already needs no second variable.
    const isCarried = all.some(({ of, value: text }) => of === database.name && text?.includes("{password}") === true);
    if (written === undefined || !isUsed || (named === undefined && isCarried)) continue;
    const own = { username: written.username, password: written.publicPassword, database: written.database };
    if (part !== "username" && part !== "password" && part !== "database") continue;
    if (own[part] === value)
      return {
        ...variable,
        source: "Database",
        of: database.name,
        value: `{${part}}`,
        why: `made with ${database.name}`,
      };
  }
  return undefined;
}

function withParts(value: string, alias: string, database: Database): string | undefined {
  if (/[{}]/.test(value)) return undefined;
  const match =
    /^(?<scheme>[a-z][\w+:]{1,40}:\/\/)(?:(?<user>[^:@/\s]{0,80})(?::(?<password>[^@/\s]{0,120}))?@)?(?<host>[\w.-]{1,80})(?<port>:\d{1,5})?(?<path>\/[\w-]{0,60})?(?<rest>[?#].{0,400})?$/.exec(
      value,
    )?.groups;
  if (match?.["host"] === alias) {
    const { scheme = "", path = "", rest = "" } = match;
    const isKeyed = database.engine === "Redis" || database.engine === "Valkey";
    const jdbc = scheme.startsWith("jdbc:");
    const who = database.publicPassword === "" || jdbc ? "" : isKeyed ? ":{password}@" : "{username}:{password}@";
    const named = isKeyed || database.engine === "RabbitMQ" ? path : path === "" ? "" : "/{database}";
    return `${scheme}${who}{host}:{port}${named}${rest}`;
  }
  return value.replace(new RegExp(`(?<![\\w.-])${alias.replaceAll(/[^\w-]/g, "")}(?![\\w-])`), "{host}");
}

/** Needs that a database has answered are none. */
export function openNeeds(needs: readonly Need[], services: readonly Service[]): Need[] {
  return needs.filter(({ name, service }) => {
    const variables = services
      .filter((each) => service === undefined || each.name === service)
      .flatMap(({ env }) => env);
    return (
      connectionName(name) === undefined || variables.some((each) => each.name === name && each.source === "Needed")
    );
  });
}
