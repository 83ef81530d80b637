import { engines } from "../engines.ts";
import { engineOfAddress, isLocal } from "./connection-names.ts";
import type { FixedAddress } from "./code-scan.ts";
import type { Driver } from "./drivers.ts";
import { type Facts, type Provided, same, type ServiceEvidence, type Use, type Wanted } from "./evidence.ts";

/** What is found of one engine. */
export type Verdict = Pick<Wanted, "why" | "where" | "fixed"> | { readonly because: string };

/** Whether an engine is needed, and by what; else why not. */
export function judge(engine: Provided, { evidence, drivers, uses, there }: Facts): Verdict {
  const driver = drivers.find((each) => each.engine === engine || same(engine, [each.engine]));
  const word = evidence.code.words.find((each) => each.engine === engine);
  const told = uses.find(
    (use) => use.told && (use.part === "url" || use.part === "host" || use.part === "jdbc" || use.part === "address"),
  );
  if (told) return { because: `${told.name} is given` };
  const by = driver ? driver.name : word ? `${engine} in ${word.where}` : undefined;
  const ways = uses.filter((use) => ["url", "jdbc", "host", "address"].includes(use.part));
  const required = ways.find((use) => use.required);
  const sqlite =
    ways.find((use) => use.fallback !== undefined && engineOfAddress(use.fallback) === "SQLite") ??
    uses.find((use) => use.part === "dialect" && /sqlite/i.test(use.fallback ?? ""));
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
  // Spring and Quarkus start with the embedded one that stands among the dependencies; scripts of its dialect would fail on another.
  const isEmbedded = sqlite !== undefined && /^(?:SPRING|QUARKUS)_DATASOURCE/.test(sqlite.name);
  if (sqlite && (!brings || isEmbedded))
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
  const near = nearFor(engine, evidence);
  if (near && ways.length === 0)
    return { why: `${by}; host ${near.host} in ${near.where}`.slice(0, 256), where: near.where, fixed: near };
  if (guarded) return { why: `${by}; ${guarded.because}`.slice(0, 256), where: guarded.where, fixed: undefined };
  // A compose file for writing code may offer several; a program with an embedded one that connects nowhere takes none of them.
  if (brings && isFile && ways.length === 0)
    return { because: `${by} is there, but nothing connects to it, and there is an embedded one` };
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

/** An address of the program's own machine that is this engine's: by its scheme, by its port, or by who connects there. */
function nearFor(engine: Provided, { code }: ServiceEvidence): FixedAddress | undefined {
  const { port: usual } = engines[engine];
  return (
    code.near.find((each) => each.engine === engine || (each.engine !== undefined && same(engine, [each.engine]))) ??
    code.near.find(
      (each) =>
        each.engine === undefined &&
        (each.port ?? usual) === usual &&
        (each.port !== undefined || each.username !== undefined || each.database !== undefined),
    )
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
