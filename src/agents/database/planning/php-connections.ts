import type { EngineName } from "./connection-names.ts";
import type { FixedAddress } from "./code-scan.ts";

/** What a PHP file connects to, in values that stand in it. */
export interface PhpConnections {
  readonly addresses: readonly FixedAddress[];
  readonly words: readonly { readonly engine: EngineName; readonly where: string }[];
}

const connects =
  /\b(?:mysqli_connect|mysqli_real_connect|new\s+\\?mysqli)\s*\((?<mysql>[^;]{0,300})|["'](?<scheme>mysql|pgsql):(?<dsn>[^"'\n]{1,200})["'](?<more>[^;]{0,200})|\bpg_connect\s*\(\s*["'](?<libpq>[^"'\n]{1,300})["']/g;
/** `$dbname = "shop"`, `define('DB_HOST', 'localhost')`, `'password' => ''`, `const USER = "root"`. */
const values =
  /(?:\$|->|const\s+|define\s*\(\s*["']|["'])(?<name>[A-Za-z_]{2,30})["']?\s{0,12}(?:=>?|,)\s{0,4}["'](?<value>[^"'\n]{0,80})["']/g;
const names = {
  host: /^(?:db_?|mysql_?|database_?)?(?:host(?:_?name)?|server(?:_?name)?)$/i,
  username: /^(?:db_?|mysql_?|database_?)?(?:user(?:_?name)?|login)$/i,
  password: /^(?:db_?|mysql_?|database_?)?pass(?:word|wd)?$/i,
  database: /^(?:db|dbname|db_name|database|database_?name|db_?database|mysql_?db|mysql_database)$/i,
} as const;

/** Reads mysqli, PDO and pg_connect, and what the variables and constants beside them hold. */
export function phpConnections(text: string, place: (index: number) => string): PhpConnections {
  const known = valuesIn(text);
  const addresses: FixedAddress[] = [];
  const words: { engine: EngineName; where: string }[] = [];
  for (const match of [...text.matchAll(connects)].slice(0, 4)) {
    const { mysql, scheme, dsn = "", more = "", libpq } = match.groups ?? {};
    const where = place(match.index);
    const engine: EngineName = scheme === "pgsql" || libpq !== undefined ? "Postgres" : "MySQL";
    words.push({ engine, where });
    const told = libpq ?? dsn.replaceAll(";", " ");
    const part = (name: string): string | undefined => new RegExp(`\\b${name}\\s?=\\s?([\\w.-]{1,60})`).exec(told)?.[1];
    const [host, user, password, database] = literals(mysql ?? "");
    const [own, secret] = literals(more.replace(/^\s*,/, ""));
    const port = Number(part("port"));
    const address = host ?? part("host") ?? known.host;
    if (address === undefined) continue;
    addresses.push({
      engine,
      host: address,
      username: user ?? part("user") ?? own ?? known.username,
      password: password ?? part("password") ?? secret ?? known.password,
      database: database ?? part("dbname") ?? known.database,
      port: port > 0 ? port : undefined,
      where,
    });
  }
  if (words.length === 0 && known.host !== undefined && known.username !== undefined && known.password !== undefined)
    addresses.push({ engine: undefined, ...known, host: known.host, port: undefined, where: place(known.index) });
  return { addresses, words };
}

/** The first arguments of a call, where they are texts; undefined for one that is an expression. */
function literals(call: string): readonly (string | undefined)[] {
  return call.split(",", 4).map((word) => /^\s*["'](?<text>[^"'\n$]{0,80})["']/.exec(word)?.groups?.["text"]);
}

interface Values {
  readonly host: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly index: number;
}

function valuesIn(text: string): Values {
  const all = [...text.matchAll(values)].slice(0, 400);
  const named = (pattern: RegExp) => all.find((match) => pattern.test(match.groups?.["name"] ?? ""));
  const host = named(names.host);
  return {
    host: host?.groups?.["value"],
    username: named(names.username)?.groups?.["value"],
    password: named(names.password)?.groups?.["value"],
    database: named(names.database)?.groups?.["value"],
    index: host?.index ?? 0,
  };
}
