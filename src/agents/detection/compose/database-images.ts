import { posix } from "node:path";
import type { Database } from "../../../plan.ts";
import { parseEnvFile } from "../../config/example-file.ts";
import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { keyed, listOf, mapping, type ComposeProject, type Mapping, markedName } from "./compose-file.ts";
import { shellWords } from "./shell-words.ts";
import { serviceLabel, textOf } from "./texts.ts";

interface Known {
  readonly engine: Database["engine"];
  readonly image: RegExp;
  readonly user?: readonly string[];
  readonly password?: readonly string[];
  readonly rootPassword?: readonly string[];
  readonly database?: readonly string[];
  /** Who it is where only root's password is set. */
  readonly root?: string;
  /** Who it is where nobody is named: the official image's own. */
  readonly usual?: string;
}

/** The official images and what others mirror of them: `public.ecr.aws/docker/library/postgres`, `mcr.microsoft.com/oss/bitnami/redis`. */
const owner = String.raw`^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\/)?(?:docker\/|oss\/)?(?:library\/|bitnami\/|bitnamilegacy\/|cimg\/|circleci\/)?`;

/** Images of databases that Repo Runner provides itself, with the variables by which each is told of user, password and database. */
const images: readonly Known[] = [
  {
    engine: "Postgres",
    image: new RegExp(
      `${owner}(?:postgres(?:ql)?|postgis\\/postgis|pgvector\\/pgvector|ankane\\/pgvector|timescale\\/timescaledb(?:-ha)?|supabase\\/postgres)(?::|@|$)`,
    ),
    user: ["POSTGRES_USER", "POSTGRESQL_USERNAME"],
    password: ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
    database: ["POSTGRES_DB", "POSTGRESQL_DATABASE"],
    usual: "postgres",
  },
  {
    engine: "MySQL",
    image: new RegExp(`${owner}(?:mysql|mysql\\/mysql-server)(?::|@|$)`),
    user: ["MYSQL_USER"],
    password: ["MYSQL_PASSWORD"],
    rootPassword: ["MYSQL_ROOT_PASSWORD"],
    database: ["MYSQL_DATABASE"],
    root: "root",
  },
  {
    engine: "MariaDB",
    image: new RegExp(`${owner}(?:mariadb|linuxserver\\/mariadb)(?::|@|$)`),
    user: ["MARIADB_USER", "MYSQL_USER"],
    password: ["MARIADB_PASSWORD", "MYSQL_PASSWORD"],
    rootPassword: ["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"],
    database: ["MARIADB_DATABASE", "MYSQL_DATABASE"],
    root: "root",
  },
  {
    engine: "Redis",
    image: new RegExp(
      `${owner}(?:redis|redislabs\\/redismod|redis\\/redis-stack(?:-server)?|eqalpha\\/keydb)(?::|@|$)`,
    ),
    password: ["REDIS_PASSWORD"],
  },
  {
    engine: "Valkey",
    image: new RegExp(`${owner}(?:valkey\\/valkey|valkey)(?::|@|$)`),
    password: ["VALKEY_PASSWORD", "REDIS_PASSWORD"],
  },
  {
    engine: "MongoDB",
    image: new RegExp(`${owner}(?:mongo|mongodb|mongodb\\/mongodb-community-server)(?::|@|$)`),
    user: ["MONGO_INITDB_ROOT_USERNAME", "MONGODB_USERNAME"],
    password: ["MONGO_INITDB_ROOT_PASSWORD", "MONGODB_PASSWORD"],
    database: ["MONGO_INITDB_DATABASE", "MONGODB_DATABASE"],
  },
  {
    engine: "RabbitMQ",
    image: new RegExp(`${owner}rabbitmq(?::|@|$)`),
    user: ["RABBITMQ_DEFAULT_USER", "RABBITMQ_USERNAME"],
    password: ["RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD"],
    database: ["RABBITMQ_DEFAULT_VHOST"],
    usual: "guest",
  },
  {
    engine: "ObjectStorage",
    image: new RegExp(`${owner}minio(?:\\/minio)?(?::|@|$)`),
    user: ["MINIO_ROOT_USER", "MINIO_ACCESS_KEY"],
    password: ["MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"],
  },
];

/** True for an image of a database that Repo Runner provides itself. */
export function isDatabaseImage(image: string): boolean {
  return images.some((each) => each.image.test(image));
}

/** A database of a compose file, and which variables that nobody sets stand for its parts. */
export interface ComposeDatabase {
  readonly database: Database;
  readonly service: string;
  /** `{DB_PASSWORD: "{password}"}` */
  readonly parts: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** The database that a service of a compose file is; undefined where it is none that Repo Runner provides. */
export async function databaseOf(
  tree: SourceTree,
  project: ComposeProject,
  name: string,
  service: Mapping,
): Promise<ComposeDatabase | undefined> {
  const image = textOf(service["image"]);
  const known =
    image === undefined || service["build"] !== undefined ? undefined : images.find((each) => each.image.test(image));
  if (image === undefined || known === undefined) return undefined;
  const environment = await valuesOf(tree, project, service);
  const words = serverWords(service["command"]);
  const said = partsOf(known, environment, words);
  const parts = new Map<string, string>();
  const put = (part: string, text: string | undefined): string | undefined => {
    const mark = markedName(text);
    if (mark === undefined) return text === "" ? undefined : text;
    parts.set(mark, part);
    return undefined;
  };
  const username = put("{username}", said.username);
  const password = put("{password}", said.password);
  const database = put("{database}", said.database);
  const aliases = aliasesOf(name, service);
  const init = await initOf(tree, project, service);
  const open = said.password === undefined && ["Redis", "Valkey", "MongoDB"].includes(known.engine);
  return {
    service: name,
    parts,
    warnings: init.warnings,
    database: {
      name: serviceLabel(name),
      engine: known.engine,
      version: versionIn(image),
      ...(/pgvector|postgis|timescale|supabase/.test(image) ? { image: fullImage(image) } : {}),
      ...(database === undefined || !/^[\w.-]{1,63}$/.test(database) ? {} : { database }),
      ...(username === undefined || username.length > 32 ? {} : { username }),
      ...(password === undefined ? (open ? { publicPassword: "" } : {}) : { publicPassword: password.slice(0, 128) }),
      storage: "1Gi",
      deletionPolicy: "Retain",
      aliases,
      args: argumentsFor(known.engine, words),
      init: init.files,
      why: plainText(`${project.file}: ${name} is ${image}`),
      where: project.file,
    },
  };
}

interface Parts {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
}

function partsOf(known: Known, environment: ReadonlyMap<string, string>, words: readonly string[]): Parts {
  const of = (names: readonly string[] | undefined) =>
    (names ?? []).map((each) => environment.get(each)).find((value) => value !== undefined);
  const asked = of(known.password) ?? wordAfter(words, "--requirepass");
  const own = of(known.user);
  const asRoot = own === undefined && known.root !== undefined;
  const password = asRoot ? (of(known.rootPassword) ?? asked) : asked;
  const fallback = asRoot ? known.root : known.usual;
  // RabbitMQ lets its guest in with a password that everybody knows.
  const usual = known.engine === "RabbitMQ" && own === undefined ? "guest" : undefined;
  const username = own ?? fallback;
  const database = of(known.database) ?? (known.engine === "Postgres" ? username : undefined);
  return { username, password: password ?? usual, database };
}

/** Its environment, over that of its `env_file`, with what stands in files: `POSTGRES_PASSWORD_FILE=/run/secrets/db-password` names a secret of the project. */
async function valuesOf(
  tree: SourceTree,
  project: ComposeProject,
  service: Mapping,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const word of listOf(service["env_file"])) {
    const path = joinPath(project.folder, textOf(word) ?? textOf(mapping(word)["path"]) ?? "");
    const text = path === undefined ? undefined : await tree.read(path);
    for (const [name, { value }] of parseEnvFile(text ?? "", path ?? "")) found.set(name, value);
  }
  for (const [key, value] of Object.entries(keyed(service["environment"], "environment"))) {
    const text = textOf(value);
    if (text === undefined) continue;
    const file = /^(?<name>\w+)_FILE$/.exec(key)?.groups?.["name"];
    const secret = file === undefined ? undefined : /^\/run\/secrets\/([\w.-]{1,100})$/.exec(text)?.[1];
    if (file === undefined || secret === undefined) found.set(key, text);
    else {
      const path = textOf(mapping(project.secrets[secret])["file"]);
      const inside = path === undefined ? undefined : joinPath(project.folder, path);
      const content = inside === undefined ? undefined : await tree.read(inside);
      if (content !== undefined) found.set(file, content.replace(/\r?\n$/, ""));
    }
  }
  return found;
}

/** What initializes it: files mounted where the official images look for them. */
async function initOf(
  tree: SourceTree,
  project: ComposeProject,
  service: Mapping,
): Promise<{ readonly files: Database["init"]; readonly warnings: readonly string[] }> {
  const files: Database["init"] = [];
  const warnings: string[] = [];
  for (const volume of listOf(service["volumes"])) {
    const said = mapping(volume);
    const [source, target] =
      typeof volume === "string" ? volume.split(":") : [textOf(said["source"]), textOf(said["target"])];
    if (source === undefined || target === undefined || !target.startsWith("/docker-entrypoint-initdb.d")) continue;
    const path = joinPath(project.folder, source);
    if (path === undefined) continue;
    const paths = (await tree.has(path))
      ? [path]
      : (await tree.list(path)).filter((name) => !name.endsWith("/")).map((name) => `${path}/${name}`);
    for (const each of paths) {
      const text = await tree.read(each);
      const name =
        posix.basename(target) === "docker-entrypoint-initdb.d" ? posix.basename(each) : posix.basename(target);
      if (text !== undefined && text.length <= 65_536 && /\.(?:sql|sh|js)$/.test(name) && files.length < 8)
        files.push({ name: name.slice(0, 63), text });
      else
        warnings.push(
          plainText(`${project.file}: ${each} does not fill the database: too large, or neither SQL nor a script`),
        );
    }
  }
  return { files, warnings };
}

/** `postgres:12-alpine` → 12; empty where the tag is no number. */
function versionIn(image: string): string {
  const version = /:(?:pg|v)?(\d+(?:\.\d+)?)[^/]*$/.exec(image.replace(/@.*$/, ""))?.[1] ?? "";
  return version.slice(0, 16);
}

/** Settings on the server's command line, its own name and what is told by other ways left out. */
function argumentsFor(engine: Database["engine"], words: readonly string[]): string[] {
  if (engine === "ObjectStorage" || engine === "RabbitMQ" || engine === "MongoDB") return [];
  // A file that a script would have written is not there.
  const files = /^--(?:aclfile|include|defaults-file|config-file)$/;
  const rest = (words[0] ?? "-").startsWith("-") ? words : words.slice(1);
  const kept: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? "";
    if (word === "--requirepass" || files.test(word)) at += 1;
    // MySQL 8.4 knows it no more, and does not start.
    else if (!word.startsWith("--default-authentication-plugin") && word.length <= 256) kept.push(word);
  }
  return kept.slice(0, 32);
}

function wordAfter(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at === -1 ? undefined : words[at + 1];
}

/** `command` as words, written as one line or as a list. */
export function commandWords(value: unknown): readonly string[] {
  if (typeof value === "string") return shellWords(value);
  return listOf(value).map((each) => (typeof each === "string" ? each : String(each)));
}

/** The same of a database: of a script that a shell runs only the line that starts the server counts. */
function serverWords(value: unknown): readonly string[] {
  const words = commandWords(value);
  const [first = "", flag = "", script = ""] = words;
  if (!/^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/.test(first) || !/^-\w{0,3}c$/.test(flag)) return words;
  const line =
    /(?:^|[\s;&|/])(?<line>(?:redis-server|valkey-server|mysqld|mariadbd|postgres)(?:[ \t][^\n;&|]{0,400})?)(?=$|[\n;&|])/.exec(
      script,
    )?.groups?.["line"];
  return line === undefined ? [] : shellWords(line);
}

/** Names under which other services look for this one. */
export function aliasesOf(name: string, service: Mapping): string[] {
  const networks = Object.values(mapping(service["networks"])).flatMap((each) => listOf(mapping(each)["aliases"]));
  const said = [name, service["container_name"], service["hostname"], ...networks];
  const names = said.filter(
    (each): each is string => typeof each === "string" && /^[A-Za-z0-9][\w.-]{0,62}$/.test(each),
  );
  return [...new Set(names)].slice(0, 4);
}

/** `nginx` → `docker.io/library/nginx:latest`. */
export function fullImage(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const path = hasHost ? image : `docker.io/${rest.length === 0 ? `library/${image}` : image}`;
  return /[:@][^/]*$/.test(path.slice(path.indexOf("/"))) ? path : `${path}:latest`;
}
