import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import type { ServiceEvidence } from "./evidence.ts";
import { goTools } from "./go-migrations.ts";
import { type Found, inFolder, type Look, migrate, none, seed } from "./migration-tools.ts";

/** Migrations and seeds of one service by the tool in use; the first that fits. A program that migrates by itself needs none. */
export async function releaseStepsOf(
  tree: SourceTree,
  { service, dependencies, code }: ServiceEvidence,
): Promise<Found> {
  const prefix = service.path === "." ? "" : `${service.path}/`;
  const files = (await tree.files(service.path))
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  const look: Look = {
    tree,
    service,
    files,
    has: (name) => dependencies.some((each) => name.test(each.name)),
    scripts: await scriptsOf(tree, service.path),
    texts: code.texts,
  };
  if (
    /\b(?:migrate|db:push|upgrade head|db upgrade|db:prepare|ecto\.migrate)\b/.test(
      `${service.start ?? ""} ${startScript(look)}`,
    )
  )
    return none;
  if (service.recipe.dockerfile !== undefined) {
    // Only what a Python program has at hand is sure to be in an image of somebody else's making.
    if (await imageMigrates(look)) return none;
    return django(look) ?? flaskMigrate(look) ?? alembic(look) ?? tableScript(look) ?? none;
  }
  for (const tool of [
    django,
    flaskMigrate,
    alembic,
    tableScript,
    prisma,
    drizzle,
    sequelize,
    typeorm,
    knex,
    rails,
    laravel,
    ecto,
    goTools,
  ]) {
    const found = tool(look);
    if (found) return found;
  }
  return named(look);
}

/** What a repository's own image does at its start, or leaves out, is its author's word. */
async function imageMigrates({ tree, service, files }: Look): Promise<boolean> {
  const scripts = files.filter((file) => /^(?:[\w-]{1,40}\/){0,2}[\w.-]{1,60}\.sh$/.test(file)).slice(0, 20);
  const paths = [
    service.recipe.dockerfile ?? "Dockerfile",
    ...scripts.map((file) => joinPath(service.path, file) ?? file),
  ];
  const texts = await Promise.all(paths.map(async (path) => (await tree.read(path)) ?? ""));
  return texts.some((text) =>
    /\bmigrat(?:e|ions?)\b|\bupgrade\b(?!\s+-y)|db:push|--omit[= ]dev|--prod(?:uction)?\b/.test(
      text.replaceAll(/apt(?:-get)? (?:-y )?upgrade|pip install[^\n]*--upgrade[^\n]*/g, ""),
    ),
  );
}

async function scriptsOf(tree: SourceTree, path: string): Promise<Readonly<Record<string, string>>> {
  const text = await tree.read(joinPath(path, "package.json") ?? "package.json");
  try {
    const { scripts } = JSON.parse(text ?? "{}") as { scripts?: unknown };
    return typeof scripts === "object" && scripts !== null
      ? Object.fromEntries(
          Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
        )
      : {};
  } catch {
    return {};
  }
}

function startScript({ scripts, service }: Look): string {
  const name = /(?:npm|pnpm|yarn|bun)(?: run)? (?<name>[\w:-]{1,40})$/.exec(service.start ?? "")?.groups?.["name"];
  return name === undefined
    ? /^npm start$/.test(service.start ?? "")
      ? (scripts["start"] ?? "")
      : ""
    : (scripts[name] ?? "");
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

const safe = /^[\w@./-]{1,160}$/;

function django({ files, service, has }: Look): Found | undefined {
  const manage = files
    .filter((file) => /(?:^|\/)manage\.py$/.test(file))
    .toSorted((one, other) => one.length - other.length)[0];
  if (manage === undefined || !safe.test(manage) || (service.framework !== "django" && !has(/^django$/)))
    return undefined;
  return { steps: [migrate(inFolder(folderOf(manage), "python manage.py migrate --noinput"), manage)] };
}

function flaskMigrate({ files, has, texts }: Look): Found | undefined {
  if (!has(/^flask-migrate$/)) return undefined;
  const ini = files.find((file) => /(?:^|\/)migrations\/alembic\.ini$|(?:^|\/)migrations\/env\.py$/.test(file));
  if (ini === undefined) return undefined;
  const folder = folderOf(folderOf(ini));
  const app = flaskApp(texts);
  return {
    steps: [
      migrate(
        inFolder(safe.test(folder) ? folder : ".", `${app === undefined ? "" : `FLASK_APP=${app} `}flask db upgrade`),
        ini,
      ),
    ],
  };
}

/** Flask finds `app.py` and `wsgi.py` by itself; any other file has to be named. */
function flaskApp(texts: ReadonlyMap<string, string>): string | undefined {
  const paths = [...texts.keys()].filter((path) => path.endsWith(".py") && !path.includes("/"));
  if (paths.includes("app.py") || paths.includes("wsgi.py")) return undefined;
  const path = paths.find((each) => /\bFlask\(|\bcreate_app\(/.test(texts.get(each) ?? ""));
  return path !== undefined && /^[\w-]{1,60}\.py$/.test(path) ? path : undefined;
}

function alembic({ files, has, texts }: Look): Found | undefined {
  const ini = files
    .filter((file) => /(?:^|\/)alembic\.ini$/.test(file))
    .toSorted((one, other) => one.length - other.length)[0];
  if (ini === undefined || !safe.test(ini) || !has(/^(?:alembic|sqlmodel|sqlalchemy|flask-sqlalchemy)$/))
    return undefined;
  if ([...texts.values()].some((text) => /\bcommand\.upgrade\(/.test(text))) return none;
  return { steps: [migrate(inFolder(folderOf(ini), "alembic upgrade head"), ini)] };
}

/** A tutorial's `create_db.py`: a script that makes the tables that are not there, and does nothing else. */
function tableScript({ files, texts, service }: Look): Found | undefined {
  const names =
    /^(?:(?:create|init|initialize|setup|make)_(?:db|database|tables?)|(?:db|database)_(?:create|init|setup)|initdb|createdb)\.py$/;
  const prefix = service.path === "." ? "" : `${service.path}/`;
  const script = files.find((file) => {
    const text = names.test(file) ? (texts.get(prefix + file) ?? "") : "";
    return /\.create_all\(/.test(text) && !/drop_all|\.add(?:_all)?\(|\binput\(|\bargv\b/.test(text);
  });
  return script === undefined ? undefined : { steps: [migrate(`python ${script}`, script)] };
}

function prisma(look: Look): Found | undefined {
  const schema = look.files.find((file) => /(?:^|\/)prisma\/(?:schema\/)?schema\.prisma$|^schema\.prisma$/.test(file));
  if (schema === undefined || !safe.test(schema)) return undefined;
  const at = /^(?:prisma\/schema|schema)\.prisma$/.test(schema) ? "" : ` --schema ${schema}`;
  const folder = /^(?<folder>.*prisma)\//.exec(schema)?.groups?.["folder"] ?? ".";
  const migrations = look.files.some((file) => file.startsWith(`${folder}/migrations/`) && file.endsWith(".sql"));
  const line = migrations ? `npx prisma migrate deploy${at}` : `npx prisma db push --skip-generate${at}`;
  const seeds =
    look.texts.size > 0 &&
    look.files.some((file) => file === "package.json") &&
    /"prisma"\s*:\s*\{[^}]{0,200}"seed"/.test(look.scripts["__package"] ?? "");
  return {
    steps: [migrate(line, schema), ...(seeds ? [seed("npx prisma db seed", "package.json prisma.seed")] : [])],
    keepsTools: !look.has(/^prisma$/),
  };
}

function drizzle(look: Look): Found | undefined {
  const config = look.files.find((file) => /^drizzle\.config\.[cm]?[jt]s$/.test(file));
  if (config === undefined) return undefined;
  if (
    [...look.texts].some(
      ([path, text]) =>
        !path.endsWith(config) && /drizzle-orm\/[\w-]+\/migrator/.test(text) && !/scripts?\//.test(path),
    )
  )
    return named(look);
  const migrations = look.files.some((file) => /(?:^|\/)meta\/_journal\.json$/.test(file));
  return {
    steps: [migrate(migrations ? "npx drizzle-kit migrate" : "npx drizzle-kit push --force", config)],
    keepsTools: !look.has(/^drizzle-kit$/),
  };
}

function sequelize(look: Look): Found | undefined {
  if (!look.has(/^sequelize$/)) return undefined;
  const migration = look.files.find((file) => /(?:^|\/)migrations\/\d{8,14}[-_][\w.-]+\.[cm]?js$/.test(file));
  if (migration === undefined) return undefined;
  const seeds = look.files.some((file) => /(?:^|\/)seeders\/[\w.-]+\.js$/.test(file));
  const steps = [migrate("npx sequelize-cli db:migrate", migration)];
  const scripted = look.scripts["seed"] ?? look.scripts["db:seed"];
  return {
    steps:
      seeds && scripted !== undefined
        ? [...steps, seed(`npm run ${look.scripts["seed"] === undefined ? "db:seed" : "seed"}`, "package.json scripts")]
        : steps,
    keepsTools: !look.has(/^sequelize-cli$/),
  };
}

function typeorm(look: Look): Found | undefined {
  if (!look.has(/^typeorm$/)) return undefined;
  const runs = [...look.texts.values()].some((text) =>
    /\b(?:migrationsRun|synchronize)\s*:\s*true|\.runMigrations\(|\bsynchronize\s*:\s*(?!false)/.test(text),
  );
  if (runs || !look.files.some((file) => /(?:^|\/)migrations?\/\d{10,14}[-_]?[\w.-]*\.[jt]s$/.test(file)))
    return runs ? none : undefined;
  return named(look);
}

function knex(look: Look): Found | undefined {
  if (!look.has(/^(?:knex|objection|bookshelf)$/)) return undefined;
  const file = look.files.find((each) => /(?:^|\/)knexfile\.(?:[cm]?js|ts)$/.test(each));
  const migrations = look.files.some((each) => /(?:^|\/)migrations\/[\w.-]+\.[cm]?[jt]s$/.test(each));
  if (file === undefined || !migrations || !safe.test(file)) return undefined;
  if ([...look.texts].some(([path, text]) => !/scripts?\//.test(path) && /\.migrate\.latest\(/.test(text))) return none;
  const own = folderOf(file);
  const seeds = look.files.some((each) => /(?:^|\/)seeds\/[\w.-]+\.[cm]?[jt]s$/.test(each));
  const steps = [migrate(inFolder(own, "npx knex migrate:latest"), file)];
  return {
    steps:
      seeds && look.scripts["seed"] !== undefined
        ? [...steps, seed("npm run seed", "package.json scripts.seed")]
        : steps,
  };
}

function rails({ files, has }: Look): Found | undefined {
  if (!has(/^rails$/) || !files.includes("config/database.yml")) return undefined;
  return { steps: [migrate("bundle exec rails db:prepare", "config/database.yml")] };
}

function laravel({ files, has }: Look): Found | undefined {
  if (!has(/^laravel\/framework$/) || !files.includes("artisan")) return undefined;
  return { steps: [migrate("php artisan migrate --force", "artisan")] };
}

function ecto({ files, has, texts }: Look): Found | undefined {
  if (!has(/^(?:ecto_sql|postgrex|myxql)$/) || !files.some((file) => /^priv\/\w+\/migrations\//.test(file)))
    return undefined;
  const release = [...texts].find(
    ([, text]) => /defmodule\s+[\w.]{1,80}\.Release\b/.test(text) && /\bdef migrate\b/.test(text),
  );
  const module = release && /defmodule\s+(?<name>[\w.]{1,80}\.Release)\b/.exec(release[1])?.groups?.["name"];
  const app = /bin\/(?<app>\w{1,40})\b/.exec(release === undefined ? "" : (texts.get("mix.exs") ?? ""))?.groups?.[
    "app"
  ];
  if (module === undefined || app === undefined) return none;
  return { steps: [migrate(`bin/${app} eval "${module}.migrate"`, release?.[0] ?? "mix.exs")] };
}

/** A script that says what it is; `dev` tools and interactive ones are none. */
function named({ scripts }: Look): Found {
  for (const name of [
    "db:deploy",
    "migrate:deploy",
    "db:migrate",
    "migrate",
    "migrate:up",
    "migration:run",
    "migrations:run",
    "db:setup",
  ]) {
    const script = scripts[name];
    if (script === undefined || /\bmigrate dev\b|--watch|\bdocker\b|\bcompose\b/.test(script)) continue;
    return { steps: [migrate(`npm run ${name}`, `package.json scripts.${name}`)], keepsTools: true };
  }
  return none;
}
