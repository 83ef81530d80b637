import { describe, expect, it } from "vitest";
import type { Plan } from "../../../plan.ts";
import type { Platform } from "../../detection/language.ts";
import { anyPlatform, draft, first, node, planOf, python, variable } from "./sample-plans.ts";

describe("versions", () => {
  const files = node({ pg: "8" }, "c(process.env.DATABASE_URL)");
  const listed = (postgres: string[]): Platform => ({
    ...anyPlatform,
    baseImages: "Listed",
    listed: { node: ["24"], postgres },
  });

  it("as the CI tests it", async () => {
    const plan = await planOf({
      ...files,
      ".github/workflows/ci.yml": "services:\n  db:\n    image: postgres:16-alpine\n",
    });
    expect(plan.databases[0]).toMatchObject({ version: "16" });
  });

  it("the nearest that there is an image of, with a word", async () => {
    const plan = await planOf(files, {
      platform: listed(["15", "17"]),
      spec: { databases: [{ name: "postgres", version: "16" }] },
    });
    expect([plan.databases[0]?.version, plan.warnings]).toEqual([
      "17",
      ["postgres: there is no image of Postgres 16; 17 is taken"],
    ]);
  });

  it("none at all is the platform's lack, unless it is bound", async () => {
    expect(await draft(files, { platform: listed([]) })).toMatchObject({
      state: "failed",
      failure: { reason: "PlatformLacksImage" },
    });
    const spec = { databases: [{ name: "postgres", bindTo: { name: "company" } }] };
    expect(await draft(files, { platform: listed([]), spec })).toMatchObject({ state: "done" });
  });
});

describe("what is done before a release", () => {
  const lines = (plan: Plan) => first(plan).releaseSteps.map(({ name, line }) => `${name} ${line}`);

  it.each([
    [
      "Prisma",
      node({ "@prisma/client": "6" }, "", {
        "prisma/schema.prisma": 'datasource db {\n provider = "postgresql"\n url = env("DATABASE_URL")\n}',
        "prisma/migrations/1_a/migration.sql": "",
      }),
      ["Migrate npx prisma migrate deploy"],
    ],
    [
      "Alembic",
      python("sqlalchemy\nalembic\npsycopg2-binary", 'c(os.environ["DATABASE_URL"])', { "alembic.ini": "" }),
      ["Migrate alembic upgrade head"],
    ],
    [
      "Flask-Migrate",
      python("flask-migrate\npsycopg2-binary", 'c(os.environ["DATABASE_URL"])', { "migrations/env.py": "" }),
      ["Migrate flask db upgrade"],
    ],
    [
      "Knex",
      node({ knex: "3", pg: "8" }, "c(process.env.DATABASE_URL)", { "knexfile.js": "", "migrations/1_a.js": "" }),
      ["Migrate npx knex migrate:latest"],
    ],
    [
      "Sequelize",
      node({ sequelize: "6", pg: "8" }, "c(process.env.DATABASE_URL)", { "migrations/20250101000000-a.js": "" }),
      ["Migrate npx sequelize-cli db:migrate"],
    ],
    [
      "Drizzle",
      node({ "drizzle-orm": "0.38", pg: "8" }, "c(process.env.DATABASE_URL)", {
        "drizzle.config.ts": "",
        "drizzle/meta/_journal.json": "{}",
      }),
      ["Migrate npx drizzle-kit migrate"],
    ],
    [
      "a script that says so",
      node(
        { pg: "8" },
        "c(process.env.DATABASE_URL)",
        {},
        { scripts: { start: "node server.js", "db:migrate": "node migrate.js" } },
      ),
      ["Migrate npm run db:migrate"],
    ],
  ])("%s", async (_name, files, steps) => {
    expect(lines(await planOf(files))).toEqual(steps);
  });

  it("nothing where the start does it", async () => {
    const plan = await planOf(
      node(
        { knex: "3", pg: "8" },
        "c(process.env.DATABASE_URL)",
        { "knexfile.js": "", "migrations/1_a.js": "" },
        { scripts: { start: "knex migrate:latest && node server.js" } },
      ),
    );
    expect(lines(plan)).toEqual([]);
  });

  it("a tool that only development has stays in the image", async () => {
    const files = node(
      { "@prisma/client": "6" },
      "",
      {
        "package-lock.json": '{"lockfileVersion":3,"packages":{}}',
        "prisma/schema.prisma": 'datasource db {\n provider = "postgresql"\n url = env("DATABASE_URL")\n}',
      },
      { devDependencies: { prisma: "6" } },
    );
    expect(first(await planOf(files)).recipe.prune).toBeNull();
  });

  it("a schema that nothing else runs fills a new database", async () => {
    const plan = await planOf(
      node({ pg: "8" }, "c(process.env.DATABASE_URL)", {
        "db/schema.sql": "CREATE TABLE a (b int);",
        "db/seed.sql": "INSERT INTO a VALUES (1);",
      }),
    );
    expect(plan.databases[0]?.init.map(({ name }) => name)).toEqual(["00-schema.sql", "01-seed.sql"]);
  });

  it("a schema that the code runs itself does not", async () => {
    const plan = await planOf(
      node({ pg: "8" }, "c(process.env.DATABASE_URL, readFileSync('db/schema.sql'))", {
        "db/schema.sql": "CREATE TABLE a (b int);",
      }),
    );
    expect(plan.databases[0]?.init).toEqual([]);
  });
});

it("a database that is a file is kept in a volume", async () => {
  const plan = await planOf(python("flask-sqlalchemy", 'uri = os.environ.get("DATABASE_URL", "sqlite:///app.db")'));
  expect(first(plan).volumes).toMatchObject([{ path: "/data" }]);
  expect(variable(plan, "DATABASE_URL")?.value).toBe("sqlite:////data/app.db");
});

it("hostile texts cost no time", async () => {
  const long = `process.env.${"DB_".repeat(40_000)} host: "${"a".repeat(100_000)}" replace("${"x".repeat(50_000)}`;
  const began = Date.now();
  await planOf(node({ pg: "8" }, long, { "db/schema.sql": `CREATE ${" ".repeat(50_000)}TABLE` }));
  expect(Date.now() - began).toBeLessThan(2000);
});

it("makes the tables of a file that was moved to a volume before it starts", async () => {
  const uri = 'uri = os.environ.get("DATABASE_URL", "sqlite:///app.db")';
  const script = "from app import app, db\nwith app.app_context():\n    db.create_all()\n";
  const made = await planOf(python("flask-sqlalchemy", uri, { "create_db.py": script }));
  expect(first(made).start).toMatch(/^python create_db\.py && exec gunicorn /);
  const alembic = await planOf(python("flask-sqlalchemy\nalembic", uri, { "alembic.ini": "" }));
  expect(first(alembic).start).toMatch(/^alembic upgrade head && exec gunicorn /);
  const wipes = script.replace("db.create_all()", "db.drop_all()\n    db.create_all()");
  expect(first(await planOf(python("flask-sqlalchemy", uri, { "create_db.py": wipes }))).start).toMatch(/^gunicorn /);
});

it("tells a program that brings its migrations to make them", async () => {
  const plan = await planOf(node({ pg: "8" }, "connect(process.env.DATABASE_URL); if (process.env.RUN_MIGRATIONS) up()"));
  expect(variable(plan, "RUN_MIGRATIONS")).toMatchObject({ source: "Literal", value: "true" });
  const none = await planOf(node({}, "if (process.env.RUN_MIGRATIONS) up()"));
  expect(variable(none, "RUN_MIGRATIONS")?.value).toBeUndefined();
}); // prettier-ignore

it("runs the command by which a Flask program makes its tables, only while its file is not there", async () => {
  const factory = {
    "requirements.txt": "flask\n",
    "shop/__init__.py":
      "import os\nfrom flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    app.config['DATABASE'] = os.path.join(app.instance_path, 'shop.sqlite')\n    return app\n",
    "shop/db.py": "import sqlite3, click\n@click.command('init-db')\ndef init_db_command(): pass\n",
  };
  const { start, volumes } = first(await planOf(factory));
  expect(start).toMatch(
    /^\{ find \/app \/data -maxdepth 4 -name shop\.sqlite -size \+0 2>\/dev\/null \| grep -q \. \|\| flask --app 'shop:create_app\(\)' init-db; \} && exec gunicorn /,
  );
  expect(volumes).toMatchObject([{ path: "/app/instance" }]);
  const without = { ...factory, "shop/db.py": "import sqlite3, click\n@click.command('greet')\ndef greet(): pass\n" };
  expect(first(await planOf(without)).start).toMatch(/^gunicorn /);
});
