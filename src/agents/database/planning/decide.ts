import type { Database, Reason, Service } from "../../../plan.ts";
import type { ExampleLine } from "../../config/example-file.ts";
import type { CodeEvidence, FixedAddress } from "./code-scan.ts";
import { type ConnectionName, connectionName, type EngineName, engineOfAddress, isLocal } from "./connection-names.ts";
import type { Driver } from "./drivers.ts";
import { type ImpliedUse, impliedUses } from "./implied.ts";
import { type Dependency, driversOf } from "./manifests.ts";

type Provided = Database["engine"];

/** One variable by which a service asks for a database. */
export interface Asked extends ConnectionName {
  readonly engine: Provided;
  readonly fallback: string | undefined;
  readonly where: string;
}

/** A database that one service needs, and by what. */
export interface Wanted {
  readonly engine: Provided;
  readonly why: string;
  readonly where: string;
  readonly asked: readonly Asked[];
  /** What only the code says, because it reads no variable for it. */
  readonly fixed: FixedAddress | undefined;
}

/** What one service says about databases. */
export interface Decision {
  readonly wanted: readonly Wanted[];
  /** Variables of databases that are not needed by themselves, but wired where one is there. */
  readonly optional: readonly Asked[];
  /** Why none was taken where one might have been expected. */
  readonly declined: readonly Reason[];
  readonly drivers: readonly Driver[];
}

/** All that is known of one service. */
export interface ServiceEvidence {
  readonly service: Service;
  readonly dependencies: readonly Dependency[];
  readonly code: CodeEvidence;
  readonly example: ReadonlyMap<string, ExampleLine>;
}

interface Use extends ConnectionName {
  readonly fallback: string | undefined;
  readonly guarded: boolean;
  readonly required: boolean;
  readonly told: boolean;
  readonly where: string;
  readonly because: string;
}

const groups: readonly { readonly about: string; readonly engines: readonly Provided[] }[] = [
  { about: "SQL", engines: ["Postgres", "MySQL", "MariaDB"] },
  { about: "Redis", engines: ["Redis", "Valkey"] },
  { about: "MongoDB", engines: ["MongoDB"] },
  { about: "RabbitMQ", engines: ["RabbitMQ"] },
  { about: "ObjectStorage", engines: ["ObjectStorage"] },
];

/** Which databases a service needs, by its drivers, its variables and what its code does without them. `there`: engines that a compose file brings. */
export function decide(evidence: ServiceEvidence, there: readonly Provided[]): Decision {
  const drivers = driversOf(evidence.dependencies);
  const engines = new Set<EngineName>([
    ...drivers.map(({ engine }) => engine),
    ...evidence.code.words.map(({ engine }) => engine),
  ]);
  const uses = usesOf(evidence, impliedUses(evidence.service, evidence.dependencies, evidence.code, engines));
  const wanted: Wanted[] = [];
  const optional: Asked[] = [];
  const declined: Reason[] = [];
  for (const group of groups) {
    const engine = engineOf(group.engines, { evidence, drivers, uses, there });
    if (engine === undefined) continue;
    const asked = uses
      .filter((use) => !use.told && belongs(use, engine, { drivers, evidence }))
      .map(({ name, family, part, fallback, where }) => ({ name, family, part, fallback, where, engine }));
    const verdict = judge(engine, {
      evidence,
      drivers,
      uses: uses.filter((use) => belongs(use, engine, { drivers, evidence })),
      there,
    });
    if ("because" in verdict) {
      optional.push(...asked);
      if (verdict.because !== "")
        declined.push({ about: `database:${engine}`, value: "none", because: verdict.because.slice(0, 256) });
    } else wanted.push({ engine, ...verdict, asked });
  }
  return { wanted, optional, declined, drivers };
}

type Facts = {
  readonly evidence: ServiceEvidence;
  readonly drivers: readonly Driver[];
  readonly uses: readonly Use[];
  readonly there: readonly Provided[];
};

/** Every variable once, with what is surest of it. */
function usesOf({ service, code, example }: ServiceEvidence, implied: readonly ImpliedUse[]): readonly Use[] {
  const found = new Map<string, Use>();
  const put = (use: Use): void => {
    const known = found.get(use.name);
    found.set(
      use.name,
      known === undefined
        ? use
        : {
            ...known,
            fallback: known.fallback ?? use.fallback,
            guarded: known.guarded && use.guarded,
            required: known.required || use.required,
            told: known.told || use.told,
          },
    );
  };
  for (const variable of service.env) {
    const name = connectionName(variable.name);
    if (name === undefined || variable.phase === "Build") continue;
    const told = variable.why === "spec";
    // A read that is guarded is seen in the code: the variable alone says nothing of it.
    const seen = code.uses.some((use) => use.name === variable.name);
    put({
      ...name,
      fallback: variable.source === "Optional" || variable.source === "Literal" ? variable.value : undefined,
      guarded: seen && variable.source !== "Needed",
      required: variable.source === "Needed",
      told,
      where: variable.where ?? "",
      because: variable.name,
    });
  }
  for (const use of code.uses) put({ ...use, told: false, because: use.name });
  for (const { sqlite, because, ...use } of implied) {
    put({
      ...use,
      fallback: sqlite ? "sqlite:" : undefined,
      guarded: false,
      required: false,
      told: false,
      because: `${use.name}, ${because}`,
    });
  }
  return [...found.values()].map((use) => {
    const line = example.get(use.name);
    return line === undefined || use.fallback !== undefined
      ? use
      : { ...use, fallback: engineOfAddress(line.value) === "SQLite" && !use.required ? line.value : use.fallback };
  });
}

/** The engine of one group, as far as anything says so. */
function engineOf(group: readonly Provided[], { evidence, drivers, uses, there }: Facts): Provided | undefined {
  const isOf = (engine: EngineName | undefined): engine is Provided => group.some((each) => each === engine);
  const brought = there.filter(isOf);
  const addresses = uses.flatMap((use) => {
    const texts = [use.fallback, evidence.example.get(use.name)?.value];
    return texts.map((text) => (text === undefined ? undefined : engineOfAddress(text)));
  });
  const driven = drivers.map(({ engine }) => engine).filter(isOf);
  const said = [
    ...evidence.code.words.map(({ engine }) => engine),
    ...addresses,
    ...uses.map(({ family }) => (family === "Sql" || family === "Broker" ? undefined : family)),
  ].filter(isOf);
  const candidates =
    driven.length > 0 && !evidence.code.words.some(({ engine }) => isOf(engine) && !driven.includes(engine))
      ? said.filter((engine) => driven.includes(engine) || same(engine, driven))
      : said;
  const fixed = evidence.code.fixed.map(({ engine }) => engine).filter(isOf);
  const found = [...candidates, ...fixed, ...driven][0];
  // A driver speaks to both of MySQL and MariaDB: what the compose file brings is what is meant.
  const [other] = brought;
  if (found !== undefined && other !== undefined && (brought.includes(found) ? false : driven.length <= 1))
    return other;
  return found;
}

function same(engine: Provided, driven: readonly EngineName[]): boolean {
  return (engine === "MariaDB" && driven.includes("MySQL")) || (engine === "Valkey" && driven.includes("Redis"));
}

/** Whether a variable is about this engine. */
function belongs(
  { name, family, fallback }: Use,
  engine: Provided,
  { drivers, evidence }: Pick<Facts, "drivers" | "evidence">,
): boolean {
  const text = fallback ?? evidence.example.get(name)?.value;
  const address = text === undefined ? undefined : engineOfAddress(text);
  const isSql = engine === "Postgres" || engine === "MySQL" || engine === "MariaDB";
  if (family === "Sql")
    return (
      isSql ||
      (engine === "MongoDB" && address === "MongoDB") ||
      (engine === "MongoDB" &&
        !drivers.some((each) => ["Postgres", "MySQL", "MariaDB", "SQLite"].includes(each.engine)))
    );
  if (family === "Broker") {
    if (address !== undefined && address !== "SQLite") return address === engine;
    const broker =
      drivers.some((each) => each.engine === "RabbitMQ") && !/CACHE|RESULT/.test(name) ? "RabbitMQ" : "Redis";
    return engine === broker;
  }
  if (engine === "MariaDB" || engine === "MySQL") return family === "MySQL" || family === "MariaDB";
  if (engine === "Redis" || engine === "Valkey") return family === "Redis" || family === "Valkey";
  return family === engine;
}

type Verdict = Pick<Wanted, "why" | "where" | "fixed"> | { readonly because: string };

function judge(engine: Provided, { evidence, drivers, uses, there }: Facts): Verdict {
  const driver = drivers.find((each) => each.engine === engine || same(engine, [each.engine]));
  const word = evidence.code.words.find((each) => each.engine === engine);
  const told = uses.find(
    (use) => use.told && (use.part === "url" || use.part === "host" || use.part === "jdbc" || use.part === "address"),
  );
  if (told) return { because: `${told.name} is given` };
  const by = driver ? driver.name : word ? `${engine} in ${word.where}` : undefined;
  const ways = uses.filter((use) => ["url", "jdbc", "host", "address"].includes(use.part));
  const required = ways.find((use) => use.required);
  const sqlite = ways.find((use) => use.fallback !== undefined && engineOfAddress(use.fallback) === "SQLite");
  const isFile =
    drivers.some((each) => each.engine === "SQLite") || evidence.code.words.some((each) => each.engine === "SQLite");
  const brings = there.includes(engine);
  if (by === undefined) {
    const addressed = ways.find(
      (use) => engineOfAddress(use.fallback ?? evidence.example.get(use.name)?.value ?? "") === engine,
    );
    if (!brings && (addressed === undefined || addressed.guarded)) return { because: "" };
    if (addressed === undefined) return { because: "" };
    return {
      why: `${addressed.because} in ${addressed.where}`.slice(0, 256),
      where: addressed.where,
      fixed: undefined,
    };
  }
  // Keys for somebody's cloud are no reason to make a storage here; an address of its own is.
  if (engine === "ObjectStorage" && !ways.some((use) => use.part === "url")) return { because: "" };
  const place = driver?.where ?? word?.where ?? "";
  if (required)
    return { why: `${by}; ${required.because} is needed`.slice(0, 256), where: required.where, fixed: undefined };
  if (sqlite && !brings)
    return {
      because: `${sqlite.where}: without ${sqlite.name} it is a file; spec.databases: [{name: ${engine.toLowerCase()}, engine: ${engine}}] provides one`,
    };
  const open = ways.find((use) => !use.guarded);
  if (open) {
    const external = open.fallback !== undefined && isAway(open.fallback);
    if (external) return { because: `${open.where}: ${open.name} has an address of its own` };
    return { why: `${by}; ${open.because}`.slice(0, 256), where: open.where, fixed: fixedFor(engine, evidence, uses) };
  }
  const [guarded] = ways;
  if (guarded && !brings)
    return { because: `${guarded.where}: it goes on without ${guarded.name}${isFile ? ", with a file" : ""}` };
  const fixed = fixedFor(engine, evidence, uses);
  if (fixed) return { why: `${by}; host ${fixed.host} in ${fixed.where}`.slice(0, 256), where: fixed.where, fixed };
  if (guarded) return { why: `${by}; ${guarded.because}`.slice(0, 256), where: guarded.where, fixed: undefined };
  if (brings) return { why: `${by}`, where: place, fixed: undefined };
  return { because: driver && !isLibrary(driver) ? `${by} is there, and nothing says where it connects to` : "" };
}

/** Drivers that come with what only may use them. */
function isLibrary({ name }: Driver): boolean {
  return /aws-sdk|boto3|hiredis|^celery|sidekiq|^ext-/.test(name);
}

/** A default that names a server of the internet: the program has its database. */
function isAway(fallback: string): boolean {
  const found = /@(?<host>[\w.-]{1,100})/.exec(fallback) ?? /:\/\/(?<host>[\w.-]{1,100})/.exec(fallback);
  const name = found?.groups?.["host"] ?? "";
  return (
    name.includes(".") && !isLocal(`@${name}:`) && !/\.(?:svc|local|internal|example)(?:\.|$)|example\./.test(name)
  );
}

/** A host that is one word can be given to the program under that name. */
function fixedFor(engine: Provided, { code }: ServiceEvidence, uses: readonly Use[]): FixedAddress | undefined {
  const plain = code.fixed.filter(({ host }) => /^[a-z][a-z0-9-]{0,40}$/.test(host));
  const own = plain.find((each) => each.engine === engine);
  if (own) return own;
  if (uses.some((use) => use.part === "host" || use.part === "url")) return undefined;
  const usual =
    /^(?:db|database|postgres(?:ql)?|pg|mysql|mariadb|mongo(?:db)?|redis|cache|valkey|rabbit(?:mq)?|broker|queue)[a-z0-9-]*$/;
  const words: Readonly<Partial<Record<Provided, RegExp>>> = {
    Postgres: /^(?:db|database|postgres|pg)/,
    MySQL: /^(?:db|database|mysql|mariadb)/,
    MariaDB: /^(?:db|database|mysql|mariadb)/,
    Redis: /^(?:redis|cache)/,
    Valkey: /^(?:valkey|redis|cache)/,
    MongoDB: /^(?:mongo|db|database)/,
    RabbitMQ: /^(?:rabbit|broker|queue)/,
  };
  return plain.find(
    ({ engine: said, host }) => said === undefined && usual.test(host) && words[engine]?.test(host) === true,
  );
}
