import { describe, expect, it } from "vitest";
import { engines, first, node, planOf, python } from "./sample-plans.ts";

const go = (code: string): Record<string, string> => ({
  "go.mod": "module example.org/shop\n\ngo 1.25\n\nrequire github.com/lib/pq v1.10.9\n",
  "go.sum": "",
  "main.go": `package main\n\nimport "net/http"\n\n${code}\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n`,
});

describe("a database that the code looks for on its own machine", () => {
  it.each([
    [
      "MySQL root secret shop",
      3306,
      node({ mysql2: "3" }, "require('./db')", {
        "db.js": 'module.exports = { HOST: "localhost", USER: "root", PASSWORD: "secret", DB: "shop" }',
      }),
    ],
    [
      "MySQL root  shop",
      3306,
      node({ mysql: "2" }, "mysql.createPool({ host: '127.0.0.1', user: 'root', password: '', database: 'shop' })"),
    ],
    ["Postgres me pw shop", 5433, node({ pg: "8" }, "new Pool('postgres://me:pw@localhost:5433/shop')")],
    ["MongoDB - - shop", 27_017, node({ mongoose: "8" }, "mongoose.connect('mongodb://127.0.0.1:27017/shop')")],
    ["Redis -  -", 6379, node({ redis: "5" }, "const redis = require('redis').createClient()")],
    ["Redis -  -", 6379, python("redis", "import redis\nr = redis.Redis(host='localhost', port=6379)")],
    [
      "Postgres me pw shop",
      5432,
      python("psycopg2", "c = psycopg2.connect('dbname=shop user=me password=pw host=localhost')"),
    ],
    [
      "Postgres postgres pw shop",
      5432,
      go('const (\n\thost     = "localhost"\n\tport     = 5432\n\tuser     = "postgres"\n\tpassword = "pw"\n\tdbname   = "shop"\n)'),
    ],
  ])("%s at %i", async (expected, port, files) => {
    const plan = await planOf(files);
    const [database] = plan.databases;
    expect(
      [database?.engine, database?.username ?? "-", database?.publicPassword ?? "-", database?.database ?? "-"].join(" "),
    ).toBe(expected.replace("MongoDB - - ", "MongoDB -  "));
    expect(first(plan).forwards).toEqual([{ port, database: database?.name }]);
    expect(first(plan).dependsOn).toEqual([{ name: database?.name, until: "Ready" }]);
    expect(plan.warnings.join("\n")).not.toContain("listens on");
  }); // prettier-ignore

  it.each([
    ["mysqli", '<?php\n$db = mysqli_connect("localhost", "root", "", "shop");', "MySQL root  shop"],
    [
      "variables",
      '<?php\n$servername = "localhost";\n$username = "me";\n$password = "pw";\n$dbname = "shop";\n$db = new mysqli($servername, $username, $password, $dbname);',
      "MySQL me pw shop",
    ],
    ["PDO", '<?php\n$db = new PDO("mysql:host=localhost;dbname=shop", "root", "pw");', "MySQL root pw shop"],
  ])("PHP looks for it by a socket file, too: %s", async (_, code, expected) => {
    const plan = await planOf({ "index.php": code });
    const [database] = plan.databases;
    expect([database?.engine, database?.username, database?.publicPassword, database?.database].join(" ")).toBe(
      expected,
    );
    expect(first(plan).forwards).toEqual([{ port: 3306, database: "mysql", socket: "/tmp/mysql.sock" }]);
  });

  it("PHP's constants of another file are read with it", async () => {
    const plan = await planOf({
      "config.php":
        "<?php\ndefine('DB_SERVER', '127.0.0.1');\ndefine('DB_USERNAME', 'root');\ndefine('DB_PASSWORD', 'pw');\ndefine('DB_NAME', 'shop');",
      "index.php": "<?php\nrequire 'config.php';\n$db = mysqli_connect(DB_SERVER, DB_USERNAME, DB_PASSWORD, DB_NAME);",
    });
    expect(plan.databases).toMatchObject([
      { engine: "MySQL", username: "root", publicPassword: "pw", database: "shop" },
    ]);
    expect(first(plan).forwards).toEqual([{ port: 3306, database: "mysql" }]);
  });

  it("a default that a variable is given where it is empty says that it is needed", async () => {
    const plan = await planOf(
      go('func open() { dsn := os.Getenv("DB_DSN")\n\tif dsn == "" {\n\t\tdsn = "host=localhost user=postgres password=\'\' dbname=shop"\n\t}\n}'),
    ); // prettier-ignore
    expect(engines(plan)).toEqual(["Postgres"]);
    expect(first(plan).env.find(({ name }) => name === "DB_DSN")?.source).toBe("Database");
    const guarded = go('func open() { dsn := os.Getenv("DB_DSN")\n\tif dsn == "" {\n\t\treturn nil\n\t}\n}');
    expect(engines(await planOf(guarded))).toEqual([]);
  });

  it("is no reason for one where a variable leads elsewhere, where nothing drives it, or where it is another server", async () => {
    const told = await planOf(
      node(
        { mysql2: "3" },
        "mysql.createPool({ host: process.env.DB_HOST || 'localhost', user: 'root', password: 'x' })",
      ),
    );
    expect([engines(told), first(told).forwards]).toEqual([["MySQL"], undefined]);
    const mail = node({ pg: "8" }, "createTransport({ host: 'localhost', port: 1025 })");
    expect(engines(await planOf(mail))).toEqual([]);
    const driverless = node({}, "const url = 'postgres://me:pw@localhost/shop'");
    expect(engines(await planOf(driverless))).toEqual([]);
  });
});

it("a program of Deno names its drivers where it imports them", async () => {
  const code =
    'import { createClient } from "npm:redis@^4.5";\nconst client = createClient({ url: "redis://localhost:6379" });\nDeno.serve(() => new Response());\n';
  expect(engines(await planOf({ "main.ts": code }))).toEqual(["Redis"]);
  const away = 'import { Client } from "https://deno.land/x/postgres@v0.17.0/mod.ts";\nnew Client(Deno.env.get("DATABASE_URL")!);\nDeno.serve(f);\n';
  expect(engines(await planOf({ "main.ts": away }))).toEqual(["Postgres"]);
}); // prettier-ignore
