import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { rangeOfComposer } from "./composer.ts";
import { php } from "./php.ts";

holdsLanguageContract(php, { "index.php": "<?php echo 'hello';\n" });

async function service(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service> {
  return Service.parse((await detectIn(php, files, ".", wishes))?.services[0]);
}

function siteOf(found: Service): string {
  return found.recipe.files.find(({ path }) => path.endsWith("000-default.conf"))?.text ?? "";
}

it("serves plain pages by Apache on PORT, and keeps what is not for visitors", async () => {
  const found = await service({ "index.php": "<?php", "about.php": "<?php" });
  expect(found).toMatchObject({
    kind: "Web",
    runtime: { version: "8.4", from: "default" },
    start: "apache2-foreground",
    port: { number: 8080, readsPort: true },
    recipe: { buildImage: "docker.io/library/php:8.4-apache", install: null, build: null, tools: [] },
  });
  expect(found.recipe.files[0]).toEqual({ path: "/etc/apache2/ports.conf", text: "Listen ${PORT}\n" });
  expect(siteOf(found)).toContain("FallbackResource /index.php");
  expect(siteOf(found)).toContain("DocumentRoot /app\n");
});

it.each([
  [{ "public/index.php": "" }, {}, "/app/public"],
  [{ "web/index.php": "" }, {}, "/app/web"],
  [{ "index.php": "", "public/index.php": "" }, {}, "/app"],
  [
    { "index.php": "", "public/index.php": "", "composer.json": '{"autoload":{"psr-4":{}, "files":[]}}' },
    {},
    "/app/public",
  ],
  [{ "index.php": "", "sub/index.php": "" }, { RAILPACK_PHP_ROOT_DIR: "/app/sub" }, "/app/sub"],
])("finds the folder that is served in %j with %j", async (files, env, root) => {
  expect(siteOf(await service(files, { ...noWishes, env }))).toContain(`DocumentRoot ${root}\n`);
});

it("leaves unknown paths to a .htaccess", async () => {
  expect(siteOf(await service({ "index.php": "", ".htaccess": "RewriteEngine On\n" }))).not.toContain(
    "FallbackResource",
  );
});

it("loads classes by Composer where nothing has to be fetched", async () => {
  const found = await service({ "index.php": "", "composer.json": '{"autoload":{"psr-4":{"App\\\\":"src/"}}}' });
  expect(found.recipe).toMatchObject({
    install: null,
    build: "composer dump-autoload --no-dev --optimize --no-scripts",
    borrows: [{ image: "docker.io/library/composer:2" }],
  });
});

const lock = (php: string): string =>
  JSON.stringify({ packages: [{ name: "a/b", require: { php, "ext-gd": "*", "ext-json": "*" } }] });

it("takes a PHP that the locked packages take, too, with their extensions in both stages", async () => {
  const found = await service({
    "public/index.php": "",
    "composer.json": '{"require":{"php":"^8.1","a/b":"^1","ext-intl":"*","ext-redis":"*"}}',
    "composer.lock": lock(">=7.4 <8.3"),
  });
  expect(found.runtime).toMatchObject({ version: "8.2", from: 'composer.json php "^8.1"' });
  expect(found.manager).toMatchObject({ lockFile: "composer.lock", mode: "Frozen" });
  expect(found.recipe).toMatchObject({
    install: "composer install --no-dev --no-scripts --no-autoloader --prefer-dist",
    manifests: ["composer.json", "composer.lock"],
    tools: [
      "docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp && docker-php-ext-install gd intl",
      "pecl install redis && docker-php-ext-enable redis",
    ],
    runPackages: ["libfreetype-dev", "libjpeg-dev", "libpng-dev", "libwebp-dev", "libicu-dev"],
  });
  expect(found.recipe.artifacts.map(({ to }) => to)).toContain("/usr/local/etc/php/conf.d");
});

it.each([
  ["^8.1", "^8.1"],
  ["~8.1", "^8.1"],
  ["~8.1.0 || ~8.2.0", "~8.1.0 || ~8.2.0"],
  ["^7.3|^8.0", "^7.3 || ^8.0"],
  [">=8.2@dev", ">=8.2"],
])("reads Composer's %s", (said, range) => {
  expect(rangeOfComposer(said)).toBe(range);
});

const laravel = {
  artisan: "#!/usr/bin/env php\n",
  "public/index.php": "<?php",
  "composer.json": '{"require":{"php":"^8.2","laravel/framework":"^11.0"}}',
  "composer.lock": lock("^8.2"),
};

it("runs Laravel with a key of its own form, migrated once per release", async () => {
  const found = await service({ ...laravel, ".env.example": "DB_CONNECTION=mysql\n" });
  expect(found).toMatchObject({
    framework: "laravel",
    start: "(php artisan optimize || php artisan optimize:clear) && exec apache2-foreground",
    releaseSteps: [{ name: "Migrate", line: "php artisan migrate --force" }],
    env: [{ name: "APP_KEY", source: "Generated", form: "Base64Key" }],
    recipe: { runEnv: { APP_ENV: "production", APP_DEBUG: "false", LOG_CHANNEL: "stderr" } },
  });
  expect(found.recipe.tools.join()).toContain("pdo_mysql");
  expect(siteOf(found)).toContain("DocumentRoot /app/public\n");
});

it("keeps Laravel's database on a volume where it is a file", async () => {
  const found = await service({ ...laravel, "config/database.php": "'default' => env('DB_CONNECTION', 'sqlite'),\n" });
  expect(found.releaseSteps).toEqual([]);
  expect(found.volumes).toMatchObject([{ name: "data", path: "/data" }]);
  expect(found.start).toMatch(/^touch \/data\/database\.sqlite && php artisan migrate --force && /);
});

it("builds the assets of a package.json by a Node that it borrows", async () => {
  const pkg = { "package.json": '{"scripts":{"build":"vite build"}}', "package-lock.json": '{"lockfileVersion":3}' };
  const found = await service({ ...laravel, ...pkg });
  expect(found.recipe.borrows.map(({ from }) => from)).toEqual([
    "/usr/bin/composer",
    "/usr/local/bin/node",
    "/usr/local/lib/node_modules",
  ]);
  expect(found.recipe.install).toMatch(/ && npm ci$/);
  expect(found.recipe.build).toContain("npm run build");
  expect(found.recipe.prune).toBe("rm -rf node_modules");
});

it("gives Symfony what its committed .env says, as nothing but texts", async () => {
  const found = await service({
    "public/index.php": "<?php",
    ".env": "APP_ENV=dev\nMAILER_DSN=null://null\nODD=a'b\\c\nDATABASE_URL=postgresql://app@127.0.0.1/app\n",
    "composer.json":
      '{"require":{"symfony/framework-bundle":"7.*","doctrine/doctrine-bundle":"^2","doctrine/doctrine-migrations-bundle":"^3"}}',
  });
  expect(found).toMatchObject({
    framework: "symfony",
    releaseSteps: [{ line: "php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration" }],
    recipe: { runEnv: { APP_ENV: "prod", APP_DEBUG: "0" } },
  });
  expect(found.env.map(({ name, source }) => [name, source])).toEqual([
    ["APP_SECRET", "Generated"],
    ["DATABASE_URL", "Needed"],
  ]);
  const text = found.recipe.files.find(({ path }) => path === "/app/.env.local.php")?.text;
  expect(text).toBe("<?php return [\n  'MAILER_DSN' => 'null://null',\n  'ODD' => 'a\\'b\\\\c',\n];\n");
});

it("writes WordPress its settings where it has none", async () => {
  const files = { "index.php": "", "wp-includes/version.php": "", "wp-config-sample.php": "" };
  const found = await service(files);
  expect(found.recipe.files.at(-1)?.path).toBe("/app/wp-config.php");
  expect(found.env.map(({ name }) => name)).toContain("WORDPRESS_DB_PASSWORD");
  expect((await service({ ...files, "wp-config.php": "" })).recipe.files).toHaveLength(3);
});

it.each([
  ["Web", "stream_socket_server('tcp://0.0.0.0:9000');", 9000],
  ["Worker", "while (true) { sleep(1); }", undefined],
  ["Job", "echo 'done';", undefined],
])("runs a program as a %s by the command line's image", async (kind, code, number) => {
  const found = await service({ "main.php": `<?php\n// while (true) {\n${code}\n` });
  expect(found).toMatchObject({ kind, start: "php main.php", recipe: { runImage: "docker.io/library/php:8.4-cli" } });
  expect(found.port.number).toBe(number);
});

it("takes extensions from what plain code calls", async () => {
  const found = await service({ "index.php": "<?php $db = new mysqli(getenv('DB_HOST'));\n// new Redis()\n" });
  expect(found.recipe.tools).toEqual(["docker-php-ext-install mysqli"]);
});

it("takes a Procfile's word, but not a platform's own program", async () => {
  const files = { "public/index.php": "", "composer.json": "{}" };
  expect((await service({ ...files, Procfile: "web: heroku-php-apache2 public/\n" })).start).toBe("apache2-foreground");
  expect(await service({ ...files, Procfile: "worker: php work.php\n" })).toMatchObject({
    kind: "Worker",
    start: "php work.php",
    recipe: { runImage: "docker.io/library/php:8.4-cli" },
  });
});

it("says that a package is a library", async () => {
  expect(await detectIn(php, { "composer.json": '{"type":"library"}', "src/A.php": "" })).toMatchObject({
    services: [],
    notAService: "a PHP library (composer.json)",
  });
});

it("lets another PHP stand in, and tells Composer so", async () => {
  const platform = { ...anyPlatform, baseImages: "Listed", listed: { php: ["8.4"] } } as const;
  const found = await service({ ...laravel, ".php-version": "8.2\n" }, { ...noWishes, platform });
  expect(found.runtime?.version).toBe("8.4");
  expect(found.recipe.install).toContain("--ignore-platform-req=php");
});

it("lets a newer PHP stand in for the one that packages are chosen for", async () => {
  const platform = { ...anyPlatform, baseImages: "Listed", listed: { php: ["8.4"] } } as const;
  const files = {
    "index.php": "<?php",
    "composer.json": '{"require": {"php": ">=8.1"}, "config": {"platform": {"php": "8.1"}}}',
  };
  expect((await service(files, { ...noWishes, platform })).runtime?.version).toBe("8.4");
  expect((await service(files)).runtime?.version).toBe("8.1");
});
