import type { Reason } from "../../../plan.ts";
import { connectionName, type EngineName, engineOfAddress } from "./connection-names.ts";
import type { Asked, Decision, Facts, Provided, ServiceEvidence, Use, Wanted } from "./evidence.ts";
import { same } from "./evidence.ts";
import { type ImpliedUse, impliedUses } from "./implied.ts";
import { judge } from "./judge.ts";
import { driversOf } from "./manifests.ts";

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
            guarded: isSqlName(use) ? known.guarded && use.guarded : known.guarded || use.guarded,
            required: known.required || use.required,
            told: known.told || use.told,
          },
    );
  };
  for (const use of code.uses) put({ ...use, told: false, because: use.name });
  for (const variable of service.env) {
    const name = connectionName(variable.name);
    if (name === undefined || variable.phase === "Build") continue;
    put({
      ...name,
      fallback: variable.source === "Optional" || variable.source === "Literal" ? variable.value : undefined,
      // Whether the program does without it is seen in the code: the variable alone says nothing of it.
      guarded: found.get(variable.name)?.guarded === true,
      required: variable.source === "Needed",
      told: variable.why === "spec",
      where: variable.where ?? "",
      because: variable.name,
    });
  }
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

/** Asked about in one place is optional everywhere; but for SQL, where TLS is often asked for in the same way. */
function isSqlName({ family }: Use): boolean {
  return family === "Sql" || family === "Postgres" || family === "MySQL" || family === "MariaDB";
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

/** Whether a variable is about this engine. */
function belongs(
  { name, family, part, fallback }: Use,
  engine: Provided,
  { drivers, evidence }: Pick<Facts, "drivers" | "evidence">,
): boolean {
  const text = fallback ?? evidence.example.get(name)?.value;
  const address = text === undefined ? undefined : engineOfAddress(text);
  const isSql = engine === "Postgres" || engine === "MySQL" || engine === "MariaDB";
  if (family === "Sql") return isSql || (engine === "MongoDB" && meansMongo(part, address, drivers));
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

/** `DATABASE_URL` is MongoDB's where no SQL driver is there; a `DB_HOST` of some framework is not. */
function meansMongo(part: Use["part"], address: EngineName | undefined, drivers: Facts["drivers"]): boolean {
  if (address !== undefined) return address === "MongoDB";
  const sql = ["Postgres", "MySQL", "MariaDB", "SQLite"];
  return part === "url" && !drivers.some(({ engine, ecosystem }) => sql.includes(engine) || ecosystem === "composer");
}
