import { lineOf } from "../../config/code-text.ts";
import { isServiceCode } from "../../config/service-files.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { type EngineName, engineOfAddress, isLocal } from "./connection-names.ts";
import { clientUsesIn } from "./client-uses.ts";
import { type ConnectionUse, usesIn } from "./connection-uses.ts";
import { phpConnections } from "./php-connections.ts";

/** An address that stands in the code itself: nothing but the name of the host can be provided for it. */
export interface FixedAddress {
  readonly engine: EngineName | undefined;
  readonly host: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly port: number | undefined;
  readonly where: string;
}

/** What the code of a service says about databases. */
export interface CodeEvidence {
  readonly uses: readonly ConnectionUse[];
  readonly fixed: readonly FixedAddress[];
  /** The same, where the host is the program's own machine. */
  readonly near: readonly FixedAddress[];
  /** Engines by the words of ORM options (`dialect: "postgres"`), with the place. */
  readonly words: readonly { readonly engine: EngineName; readonly where: string }[];
  /** Schemes that the code replaces itself (`postgres://` by `postgresql+asyncpg://`). */
  readonly replaced: readonly string[];
  /** All that was read, for the questions of others. */
  readonly texts: ReadonlyMap<string, string>;
}

const maxFiles = 500;
const maxText = 262_144;
const endings =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|kts|scala|clj|groovy|rb|php|exs?|cs|fs|cr|dart|swift|prisma)$|(?:^|\/)(?:application|bootstrap)(?:-(?:prod(?:uction)?|docker|k8s|kubernetes|cloud))?\.(?:properties|ya?ml)$|(?:^|\/)config\/database\.yml$|(?:^|\/)alembic\.ini$|(?:^|\/)appsettings(?:\.Production)?\.json$|(?:^|\/)config\/(?:config|default|production)\.json$|(?:^|\/)ormconfig\.json$/;
/** Configuration that ORMs read, though it lies where only tools look. */
const tools = /(?:^|\/)(?:drizzle\.config\.[jt]s|prisma\.config\.ts|knexfile\.[cm]?[jt]s)$/;

/** Reads the code below a folder, and that of the folders that it shares with others of its workspace. */
export async function scanCode(tree: SourceTree, folder: string, others: readonly string[]): Promise<CodeEvidence> {
  const texts = await readTexts(tree, folder, others);
  const evidence = {
    uses: [] as ConnectionUse[],
    fixed: [] as FixedAddress[],
    near: [] as FixedAddress[],
    words: [] as { engine: EngineName; where: string }[],
    replaced: [] as string[],
  };
  const handed: ConnectionUse[] = [];
  for (const [path, text] of texts) {
    const place = (index: number) => `${path}:${lineOf(text, index)}`.slice(-256);
    evidence.uses.push(...usesIn(text, place));
    handed.push(...clientUsesIn(text, place));
    const php = path.endsWith(".php") ? phpConnections(text, place) : { addresses: [], words: [] };
    const fixed = [...fixedIn(text, place), ...php.addresses];
    evidence.words.push(...php.words);
    evidence.fixed.push(...fixed.filter(({ host }) => !isLocal(`@${host}:`)));
    evidence.near.push(...fixed.filter(({ host }) => isLocal(`@${host}:`)), ...clientsIn(text, place));
    evidence.words.push(...wordsIn(text, place));
    evidence.replaced.push(
      ...[...text.matchAll(/replace(?:All)?\(\s{0,20}["'/^]{1,3}(?<scheme>[a-z]{4,12}(?:\+[a-z0-9]{1,12})?):/g)].map(
        (match) => match.groups?.["scheme"] ?? "",
      ),
    );
  }
  // What a client is handed is an address, whatever the name of the variable seems to say.
  const other = evidence.uses.filter(({ name }) => handed.every((use) => use.name !== name));
  return { ...evidence, uses: [...handed, ...other], texts };
}

async function readTexts(
  tree: SourceTree,
  folder: string,
  others: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const inside = (await tree.files(folder)).filter(
    (path) => endings.test(path) && (isServiceCode(path.slice(prefix.length)) || tools.test(path)),
  );
  const strangers = others.filter((other) => other !== folder && (folder === "." || other.startsWith(prefix)));
  const own = inside.filter((path) => !strangers.some((other) => path.startsWith(`${other}/`)));
  const paths = own.toSorted((one, two) => one.split("/").length - two.split("/").length).slice(0, maxFiles);
  const texts = await Promise.all(paths.map(async (path) => [path, await tree.read(path)] as const));
  return new Map(texts.flatMap(([path, text]) => (text === undefined || text.length > maxText ? [] : [[path, text]])));
}

const addresses =
  /\b(?<scheme>postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?)(?:\+[a-z0-9]{1,12})?:\/\/(?:(?<user>[\w.%-]{0,60})(?::(?<password>[^@\s"'`/${}]{0,80}))?@)?(?<host>[A-Za-z][\w.-]{0,80}|127\.0\.0\.1)(?::(?<port>\d{2,5}))?(?:\/(?<database>[\w-]{1,60}))?/g;
/** `, "root", "secret")` behind an address: who connects. */
const accountAfter =
  /^[^"'`\n]{0,200}["'`]\s{0,2},\s{0,4}["'](?<user>[\w.-]{1,60})["']\s{0,2},\s{0,4}["'](?<password>[^"'\n]{0,80})["']/;
/** `host=localhost dbname=shop user=postgres`, `root:secret@tcp(127.0.0.1:3306)/shop`. */
const libpqStrings = /(?<=["'`])(?=[^"'`\n]{0,300}\bdbname\s?=)[^"'`\n]{1,300}(?=["'`])/g;
const goMysql =
  /["'`](?<user>[\w.-]{1,60}):(?<password>[^@"'`\s]{0,80})@(?:tcp\((?<host>[\w.-]{1,80})(?::(?<port>\d{2,5}))?\))?\/(?<database>[\w-]{1,60})/g;
const adoStrings = /(?<=")(?:Server|Host|Data Source)=[^"\n]{1,300}(?=")/gi;
const hosts =
  /\bhost(?:name)?["']?\s{0,12}(?::=|[:=])\s{0,2}["'](?<host>[a-z][a-z0-9_-]{0,40}|127\.0\.0\.1|0\.0\.0\.0)["']/gi;
/** Clients that are told nothing connect to Redis on their own machine. */
const bareClients =
  /\b(?:createClient|new\s+(?:IO)?Redis|(?:redis\.)?(?:Strict)?Redis)\(\s{0,4}(?:\{\s{0,4}\})?\s{0,4}\)/g;

function fixedIn(text: string, place: (index: number) => string): FixedAddress[] {
  const found: FixedAddress[] = [];
  for (const match of text.matchAll(addresses)) {
    const { host = "", user, password, database, port } = match.groups ?? {};
    if (found.length >= 20) break;
    // The default beside a variable is no fixed address.
    const before = text.slice(Math.max(0, match.index - 160), match.index);
    if (/(?:env|ENV|environ|getenv|config)[^\n]{0,120}$/.test(before)) continue;
    const account = accountAfter.exec(text.slice(match.index + match[0].length, match.index + match[0].length + 400));
    found.push({
      engine: engineOfAddress(match[0]),
      host,
      username: user ?? account?.groups?.["user"],
      password: password ?? account?.groups?.["password"],
      database,
      port: numberOf(port),
      where: place(match.index),
    });
  }
  for (const match of [...text.matchAll(goMysql)].slice(0, 4)) {
    const { host = "127.0.0.1", user, password, database, port } = match.groups ?? {};
    found.push({
      engine: "MySQL",
      host,
      username: user,
      password,
      database,
      port: numberOf(port),
      where: place(match.index),
    });
  }
  for (const match of [...text.matchAll(libpqStrings)].slice(0, 4)) {
    const value = (name: string) => new RegExp(`\\b${name}\\s?=\\s?'?([\\w.@!#%^*-]{1,60})`).exec(match[0])?.[1];
    const host = value("host");
    if (host === undefined) continue;
    const account = { username: value("user"), password: value("password"), database: value("dbname") };
    found.push({ engine: "Postgres", host, ...account, port: numberOf(value("port")), where: place(match.index) });
  }
  for (const match of text.matchAll(adoStrings)) {
    const value = (names: string) =>
      new RegExp(`(?:^|;)\\s?(?:${names})=([\\w.@!#%^*-]{1,60})`, "i").exec(match[0])?.[1];
    const host = value("Server|Host|Data Source") ?? "";
    if (found.length >= 20 || host === "") break;
    const engine = /\bNpgsql|Username=/.test(text) ? ("Postgres" as const) : undefined;
    const account = { username: value("Username|User Id|Uid|User"), password: value("Password|Pwd") };
    found.push({
      engine,
      host,
      ...account,
      database: value("Database|Initial Catalog") ?? account.username,
      port: numberOf(value("Port")),
      where: place(match.index),
    });
  }
  for (const match of text.matchAll(hosts)) {
    const host = match.groups?.["host"] ?? "";
    if (found.length >= 20) break;
    const near = text.slice(Math.max(0, match.index - 300), match.index + 400);
    const value = (names: string, text = `[\\w.@!#%^*-]{1,60}`) =>
      new RegExp(`\\b(?:${names})["']?\\s{0,12}(?::=|[:=])\\s{0,2}["'](${text})["']`, "i").exec(near)?.[1];
    const port = /\bport["']?\s{0,12}(?::=|[:=])\s{0,2}["']?(?<port>\d{2,5})\b/i.exec(near)?.groups?.["port"];
    found.push({
      engine: undefined,
      host,
      username: value("user|username"),
      password: value("password|passwd", `[^"'\\n]{0,60}`),
      database: value("database|dbname|db|name"),
      port: numberOf(port),
      where: place(match.index),
    });
  }
  return found;
}

function clientsIn(text: string, place: (index: number) => string): FixedAddress[] {
  if (!/\bredis\b/i.test(text)) return [];
  const nobody = { username: undefined, password: undefined, database: undefined, port: undefined };
  return [...text.matchAll(bareClients)]
    .slice(0, 2)
    .map((match) => ({ engine: "Redis" as const, host: "localhost", ...nobody, where: place(match.index) }));
}

function numberOf(port: string | undefined): number | undefined {
  const number = Number(port);
  return port !== undefined && number > 0 && number <= 65_535 ? number : undefined;
}

const options =
  /\b(?:dialect|client|type|provider|adapter|DB_CONNECTION)["']?\s{0,3}[:=]>?\s{0,3}["'](?<word>pg|postgres|postgresql|cockroachdb|mysql2?|mariadb|mongodb|sqlite3?|better-sqlite3|trilogy)["']|\b(?:django\.db\.backends\.|django\.contrib\.gis\.db\.backends\.|Ecto\.Adapters\.)(?<backend>postgresql|postgis|mysql|sqlite3|Postgres|MyXQL|SQLite3)/g;
const engineWords: Readonly<Record<string, EngineName>> = {
  pg: "Postgres",
  postgres: "Postgres",
  postgresql: "Postgres",
  postgis: "Postgres",
  mysql: "MySQL",
  mysql2: "MySQL",
  trilogy: "MySQL",
  myxql: "MySQL",
  mariadb: "MariaDB",
  mongodb: "MongoDB",
  sqlite: "SQLite",
  sqlite3: "SQLite",
  "better-sqlite3": "SQLite",
};

function wordsIn(text: string, place: (index: number) => string): { engine: EngineName; where: string }[] {
  return [...text.matchAll(options)].slice(0, 20).flatMap((match) => {
    const word = (match.groups?.["word"] ?? match.groups?.["backend"] ?? "").toLowerCase();
    const engine = Object.hasOwn(engineWords, word) ? engineWords[word] : undefined;
    return engine === undefined ? [] : [{ engine, where: place(match.index) }];
  });
}
