import type { Variable } from "../../../plan.ts";
import { parseEnvFile } from "../../config/example-file.ts";
import { joinPath } from "../../config/service-files.ts";
import type { Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import { apacheLine, newPhpApp, type PhpApp } from "./app.ts";
import type { Composer } from "./composer.ts";

/** A folder as a framework's finder looks at it. */
export interface PhpLook {
  readonly tree: SourceTree;
  readonly folder: string;
  readonly composer: Composer | undefined;
  readonly wishes: Wishes;
}

/** Path of a file of the service. */
export function inside({ folder }: PhpLook, name: string): string {
  return joinPath(folder, name) ?? name;
}

/** PDO's driver for a kind of database, as frameworks name them. */
export function pdoFor(name: string): string | undefined {
  if (/^(?:mysql|mariadb)/.test(name)) return "pdo_mysql";
  return /^(?:pgsql|postgres)/.test(name) ? "pdo_pgsql" : undefined;
}

/** Laravel: its key made here, its own errors in the log, migrations once per release; a file database on a volume. */
export async function findLaravel(look: PhpLook): Promise<PhpApp | undefined> {
  const where = inside(look, "artisan");
  if (!(await look.tree.has(where))) return undefined;
  const database = await laravelDatabase(look);
  const inFile = database === "sqlite";
  const serve = `(php artisan optimize || php artisan optimize:clear) && exec ${apacheLine}`;
  const redis = [...(look.composer?.packages.keys() ?? [])].some((name) => /^laravel\/horizon$/.test(name));
  return newPhpApp({
    framework: "laravel",
    root: "public",
    fallsBack: false,
    from: `Laravel's artisan${inFile ? "; its database is a file, so the program itself prepares it" : ""}`,
    where,
    line: inFile ? `touch /data/database.sqlite && php artisan migrate --force && ${serve}` : serve,
    extensions: [...(pdoFor(database) === undefined ? [] : [pdoFor(database) ?? ""]), ...(redis ? ["redis"] : [])],
    env: [
      { name: "APP_KEY", source: "Generated", form: "Base64Key", phase: "Run", where, why: "Laravel encrypts with it" },
      ...(inFile ? literals({ DB_CONNECTION: "sqlite", DB_DATABASE: "/data/database.sqlite" }, where) : []),
    ],
    runEnv: { APP_ENV: "production", APP_DEBUG: "false", LOG_CHANNEL: "stderr" },
    build: [
      "mkdir -p storage/app/public storage/framework/cache/data storage/framework/sessions storage/framework/views storage/logs bootstrap/cache",
      "ln -sfn ../storage/app/public public/storage",
    ],
    releaseSteps: inFile
      ? []
      : [{ name: "Migrate", line: "php artisan migrate --force", from: `artisan and ${database}` }],
    volumes: inFile ? [{ name: "data", path: "/data", where }] : [],
  });
}

/** `DB_CONNECTION`: of the person, of an example, or config/database.php's default. */
async function laravelDatabase(look: PhpLook): Promise<string> {
  const { tree, wishes } = look;
  const told = wishes.env["DB_CONNECTION"];
  if (told !== undefined) return told;
  for (const name of [".env.example", ".env"]) {
    const path = inside(look, name);
    const said = parseEnvFile((await tree.read(path)) ?? "", path).get("DB_CONNECTION")?.value;
    if (said !== undefined && said !== "") return said;
  }
  const config = (await tree.read(inside(look, "config/database.php"))) ?? "";
  return /env\(\s*["']DB_CONNECTION["']\s*,\s*["'](?<name>\w{1,20})["']/.exec(config)?.groups?.["name"] ?? "mysql";
}

function literals(values: Readonly<Record<string, string>>, where: string): Variable[] {
  const why = "its file is kept in a volume";
  return Object.entries(values).map(([name, value]) => ({ name, source: "Literal", value, phase: "Run", where, why }));
}

/** Symfony: production's kernel; what its committed .env sets is set still, since no .env is taken into an image. */
export async function findSymfony(look: PhpLook): Promise<PhpApp | undefined> {
  const { tree, composer } = look;
  if (composer?.packages.has("symfony/framework-bundle") !== true) return undefined;
  const root = (await tree.has(inside(look, "public/index.php"))) ? "public" : "web";
  const path = inside(look, ".env");
  const said = parseEnvFile((await tree.read(path)) ?? "", path);
  const url = said.get("DATABASE_URL")?.value ?? "";
  const doctrine = composer.packages.has("doctrine/doctrine-bundle") && !url.startsWith("sqlite");
  const migrates = composer.packages.has("doctrine/doctrine-migrations-bundle");
  const pdo = pdoFor(url) ?? (doctrine ? "pdo_pgsql" : undefined);
  const kept = [...said].filter(([name]) => !["APP_ENV", "APP_SECRET", "APP_DEBUG", "DATABASE_URL"].includes(name));
  const mapper = composer.packages.has("symfony/asset-mapper");
  return newPhpApp({
    framework: "symfony",
    root,
    fallsBack: !(await tree.has(inside(look, `${root}/.htaccess`))),
    from: "symfony/framework-bundle in composer.json",
    where: composer.file,
    extensions: pdo === undefined ? [] : [pdo],
    env: [
      { name: "APP_SECRET", source: "Generated", phase: "Run", where: path, why: "Symfony signs with it" },
      ...(doctrine
        ? [{ name: "DATABASE_URL", source: "Needed", phase: "Run", where: path, why: "Doctrine's address" } as const]
        : []),
    ],
    runEnv: { APP_ENV: "prod", APP_DEBUG: "0" },
    build: mapper
      ? [
          "printf '<?php return [];' > .env.local.php",
          "php bin/console importmap:install",
          "php bin/console asset-map:compile",
        ]
      : [],
    releaseSteps:
      doctrine && migrates
        ? [
            {
              name: "Migrate",
              line: "php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration",
              from: "doctrine/doctrine-migrations-bundle",
            },
          ]
        : [],
    files: [{ path: "/app/.env.local.php", text: phpArray(kept.map(([name, { value }]) => [name, value])) }],
  });
}

/** `<?php return ['NAME' => 'value'];`: nothing of a value is ever code. */
function phpArray(entries: readonly (readonly [string, string])[]): string {
  const quoted = (text: string): string =>
    `'${text.replaceAll(/\p{Cc}/gu, " ").replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  const lines: string[] = [];
  let length = 0;
  for (const [name, value] of entries) {
    const line = `  ${quoted(name)} => ${quoted(value)},`;
    length += line.length + 1;
    if (length < 7000) lines.push(line);
  }
  return `<?php return [\n${lines.join("\n")}\n];\n`;
}

/** A checkout of WordPress, which has no settings of its own yet. */
export async function findWordPress(look: PhpLook): Promise<PhpApp | undefined> {
  const where = inside(look, "wp-includes/version.php");
  if (!(await look.tree.has(where))) return undefined;
  const configured = await look.tree.has(inside(look, "wp-config.php"));
  const needed = ["HOST", "USER", "PASSWORD", "NAME"].map((part): Variable => ({
    name: `WORDPRESS_DB_${part}`,
    source: "Needed",
    phase: "Run",
    where,
    why: "WordPress' database",
  }));
  const salt: Variable = {
    name: "WORDPRESS_SALT",
    source: "Generated",
    phase: "Run",
    where,
    why: "its keys and salts",
  };
  return newPhpApp({
    framework: "wordpress",
    fallsBack: !(await look.tree.has(inside(look, ".htaccess"))),
    from: "WordPress itself",
    where,
    extensions: ["mysqli", "gd", "zip", "exif", "intl"],
    env: configured ? [] : [...needed, salt],
    volumes: [{ name: "uploads", path: "/app/wp-content/uploads", where }],
    files: configured ? [] : [{ path: "/app/wp-config.php", text: wordPressConfig }],
  });
}

const wordPressConfig = `<?php
foreach (['HOST', 'USER', 'PASSWORD', 'NAME'] as $part) {
  define("DB_$part", getenv("WORDPRESS_DB_$part") ?: '');
}
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
  foreach (['KEY', 'SALT'] as $kind) {
    define("\${name}_$kind", hash('sha256', getenv('WORDPRESS_SALT') . "\${name}_$kind"));
  }
}
$table_prefix = getenv('WORDPRESS_TABLE_PREFIX') ?: 'wp_';
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') {
  $_SERVER['HTTPS'] = 'on';
}
if (isset($_SERVER['HTTP_HOST'])) {
  $address = (empty($_SERVER['HTTPS']) ? 'http://' : 'https://') . $_SERVER['HTTP_HOST'];
  define('WP_HOME', $address);
  define('WP_SITEURL', $address);
}
define('WP_DEBUG', false);
if (!defined('ABSPATH')) {
  define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
`;
