import { expect, it } from "vitest";
import { languages } from "../languages.ts";
import { noWishes } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { readCompose } from "./compose.ts";
import { interpolate } from "./interpolate.ts";
import { shellWords } from "./shell-words.ts";

const image = { "api/Dockerfile": "FROM node:24 AS base\nEXPOSE 1\nFROM base AS prod\nEXPOSE 3000\n" };

async function composed(text: string, files: Readonly<Record<string, string>> = {}, platform = noWishes.platform) {
  const tree = treeOf({ ...image, "compose.yaml": text, ...files });
  const found = await readCompose(tree, ".", languages, { ...noWishes, platform });
  if (found === undefined) throw new Error("no compose file was found");
  return found;
}

it("reads builds, targets, ports, waiting and databases", async () => {
  const { services, databases, builds } = await composed(
    `
services:
  api:
    build: { context: api, target: base, args: [COLOUR=red] }
    depends_on: { db: { condition: service_healthy }, setup: { condition: service_completed_successfully } }
    environment: [DATABASE_URL=postgres://app:pw@db/shop]
  setup: { build: ./api, command: "node setup.js 'two words'" }
  proxy: { image: nginx, ports: ["8080:80"], volumes: ["./proxy/nginx.conf:/etc/nginx/conf.d/default.conf:ro"], depends_on: [api] }
  db: { image: "postgres:16-alpine", environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: pw, POSTGRES_DB: shop } }
`,
    { "proxy/nginx.conf": "server {}" },
  );
  expect(builds).toBe(true);
  expect(services).toMatchObject([
    {
      name: "api",
      kind: "Web",
      inner: true,
      port: { number: 1 },
      recipe: { dockerfile: "api/Dockerfile", target: "base" },
      dependsOn: [
        { name: "db", until: "Ready" },
        { name: "setup", until: "Completed" },
      ],
    },
    { name: "setup", kind: "Job", args: ["node", "setup.js", "two words"] },
    {
      name: "proxy",
      port: { number: 80 },
      recipe: { image: "docker.io/library/nginx:latest", copies: [{ from: "proxy/nginx.conf" }] },
    },
  ]);
  expect(services[2]?.inner).toBeUndefined();
  expect(databases).toMatchObject([
    {
      name: "db",
      engine: "Postgres",
      version: "16",
      username: "app",
      publicPassword: "pw",
      database: "shop",
      aliases: ["db"],
    },
  ]);
});

it.each([
  ["public.ecr.aws/docker/library/postgres:16", "Postgres", "16"],
  ["mcr.microsoft.com/oss/bitnami/redis:6.0.8", "Redis", "6.0"],
  ["registry.example.org:5000/mysql:8.4", "MySQL", "8.4"],
])("knows the database of a mirror: %s", async (mirrored, engine, version) => {
  const { services, databases } = await composed(`services: { api: { build: api }, store: { image: "${mirrored}" } }`);
  expect(services.map(({ name }) => name)).toEqual(["api"]);
  expect(databases).toMatchObject([{ name: "store", engine, version }]);
});

it.each([
  [`[sh, -c, "printf x > /tmp/a.acl\\nredis-server --aclfile /tmp/a.acl --maxmemory 64mb"]`, ["--maxmemory", "64mb"]],
  [`sh -c 'redis-server --appendonly yes'`, ["--appendonly", "yes"]],
  [`[sh, -c, "./prepare.sh && exec /run.sh"]`, []],
  ["redis-server --save 60 1", ["--save", "60", "1"]],
])("takes of a database's command what its server is started with: %s", async (command, args) => {
  const { databases } = await composed(
    `services: { api: { build: api }, cache: { image: redis, command: ${command} } }`,
  );
  expect(databases[0]?.args).toEqual(args);
});

it("gives a service the generated password where both take it from one variable that nobody sets", async () => {
  const { services, databases } = await composed(
    "services:\n  api: { build: api, environment: { PGPASSWORD: '${PW}', KEY: '${OTHER:?}' } }\n  db: { image: postgres, environment: { POSTGRES_PASSWORD: '${PW}' } }\n",
  );
  expect(databases[0]?.publicPassword).toBeUndefined();
  expect(services[0]?.env).toMatchObject([
    { name: "PGPASSWORD", source: "Database", of: "db", value: "{password}" },
    { name: "KEY", source: "Needed" },
  ]);
});

it("says what it leaves out", async () => {
  const { services, warnings } = await composed(
    "services:\n  api: { build: api, privileged: true, volumes: ['./api:/app', '/var/run/docker.sock:/x', 'data_1:/data'] }\n  tool: { image: a, profiles: [dev] }\n",
    { "api/Dockerfile": "FROM node:24\nCOPY . /app\n" },
  );
  expect(services[0]?.volumes).toMatchObject([{ name: "data-1", path: "/data" }]);
  for (const word of [/privileged/, /sources mounted/, /docker\.sock/, /profile.*tool/])
    expect(warnings.join("\n")).toMatch(word);
});

it("lists every word that it does not keep, of services, builds and databases", async () => {
  const { warnings } = await composed(
    `
services:
  api:
    build: { context: api, ssh: [default] }
    tty: true
    labels: [a=b]
    x-mine: 1
    restart: always
    healthcheck: { test: [CMD, pg_isready] }
    deploy: { placement: {}, resources: { limits: { cpus: "2", memory: 1G } } }
  db: { image: postgres, shm_size: 1g }
`,
  );
  expect(warnings).toEqual([
    "compose.yaml: not kept: db: shm_size; api: tty, labels, build.ssh, deploy.placement, deploy.resources.limits.cpus, healthcheck.test (an answer on the port counts)",
  ]);
});

it("lays the override over the file, and follows anchors and extends", async () => {
  const { services } = await composed(
    "x-env: &env { A: '1' }\nservices:\n  base: { build: api, environment: { <<: *env, B: '2' } }\n  api: { extends: base, ports: ['80:3000'] }\n",
    { "compose.override.yaml": "services: { api: { environment: [B=3] } }" },
  );
  expect(services[1]).toMatchObject({
    name: "api",
    port: { number: 3000 },
    env: [
      { name: "A", value: "1" },
      { name: "B", value: "3" },
    ],
  });
});

it("follows what is included from its own folder, and says what it does not follow", async () => {
  const { services, databases, warnings } = await composed(
    "include: [more.yaml, { path: [other/compose.yaml] }]\nservices:\n  api: { build: api, ports: ['80:3000'] }\n",
    {
      "more.yaml": "services: { db: { image: postgres, env_file: db.env } }",
      "db.env": "POSTGRES_USER=keeper\nPOSTGRES_PASSWORD=pw\n",
      "other/compose.yaml": "services: { web: { image: nginx } }",
    },
  );
  expect(services).toMatchObject([{ name: "api", port: { number: 3000 } }]);
  expect(databases).toMatchObject([{ name: "db", username: "keeper", publicPassword: "pw" }]);
  expect(warnings).toEqual(["compose.yaml: include of other/compose.yaml is not followed"]);
});

it("puts variables in as Compose does", () => {
  const known = new Map([
    ["A", "1"],
    ["E", ""],
  ]);
  const of = (text: string) => interpolate(text, known).text;
  expect([of("$A ${A}"), of("${E:-x}${E-y}"), of("${N:-${A}}"), of("$$A"), of("${A:+b}${N:+c}")]).toEqual([
    "1 1",
    "x",
    "1",
    "$A",
    "b",
  ]);
  expect(interpolate("${N}", known).unset).toEqual(["N"]);
  expect(shellWords(`sh -c "a 'b' \\"c" d\\ e ''`)).toEqual(["sh", "-c", `a 'b' "c`, "d e", ""]);
});

it("takes in the sources that are mounted over an image which holds none of them", async () => {
  const text =
    "services:\n  web: { build: { context: app, target: base }, ports: ['80:80'], volumes: ['./app:/var/www/html'] }\n";
  const copies = async (dockerfile: string) =>
    (await composed(text, { "app/Dockerfile": dockerfile, "app/index.php": "", "app/package.json": "{}" })).services[0]
      ?.recipe.copies;
  const mounted = [{ from: "app", to: "/var/www/html" }];
  expect(await copies("FROM php:8-apache AS base\nFROM base\nCOPY . .\n")).toEqual(mounted);
  expect(await copies("FROM node:24 AS base\nCOPY package.json ./\nRUN npm i\n")).toEqual(mounted);
  expect(await copies("FROM php:8-apache AS base\nCOPY . .\n")).toEqual([]);
});

it("gives a server for writing code the time and the memory of the build that it does first", async () => {
  const { services } = await composed(
    "services:\n  web: { build: { context: web, target: dev }, ports: ['3000:3000'], environment: [A=1] }\n  api: { build: api, ports: ['8000'] }\n  live: { build: api, ports: ['8001'], command: air -b 0.0.0.0 }\n",
    {
      "web/Dockerfile": 'FROM node:24 AS dev\nCOPY . .\nCMD ["npm", "start"]\nFROM nginx\n',
      "web/package.json": JSON.stringify({ scripts: { start: "react-scripts start" } }),
      "api/Dockerfile": 'FROM node:24\nCMD ["npm", "start"]\n',
      "api/package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
    },
  );
  expect(services).toMatchObject([
    { probe: { startupSeconds: 1200 }, resources: { limits: { memory: "2Gi" } } },
    { probe: { startupSeconds: 120 }, resources: { limits: { memory: "512Mi" } } },
    { probe: { startupSeconds: 1200 }, resources: { limits: { memory: "2Gi" } } },
  ]);
  expect(services[0]?.env.map(({ name }) => name)).toEqual(["NODE_OPTIONS", "A"]);
});

it("leaves out what steers the Docker daemon, what tests the others, and tools that this platform has no image of", async () => {
  const text =
    "services:\n  proxy: { image: 'traefik:3', volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'], ports: ['80:80'] }\n  web: { build: ., ports: ['8000:8000'] }\n  playwright: { build: e2e, depends_on: [mail] }\n  mail: { image: 'axllent/mailpit' }\n  cache: { image: 'memcached:1' }\n";
  const files = { Dockerfile: "FROM node:24\nCMD node server.js\n", "e2e/Dockerfile": "FROM node:24\n" };
  const { services, warnings } = await composed(text, files);
  expect(services.map(({ name }) => name)).toEqual(["web", "mail", "cache"]);
  expect(warnings.join("\n")).toContain("proxy is left out: it steers the Docker daemon");
  expect(warnings.join("\n")).toContain("playwright is left out: it tests the others");
  const listed = { ...noWishes.platform, baseImages: "Listed" as const, listed: { node: ["24"] } };
  const few = await composed(text, files, listed);
  expect(few.services.map(({ name }) => name)).toEqual(["web", "cache"]);
  expect(few.warnings.join("\n")).toContain("mail is left out: this installation has no image axllent/mailpit");
  const alone =
    "services:\n  portainer: { image: 'portainer/portainer-ce', volumes: ['/var/run/docker.sock:/var/run/docker.sock'], ports: ['9000:9000'] }\n";
  expect((await composed(alone)).services.map(({ name }) => name)).toEqual(["portainer"]);
});

it("builds what lies beside a Dockerfile that is not to be used, where the root holds nothing", async () => {
  const text = "services:\n  api: { build: { context: ., dockerfile: backend/Dockerfile }, ports: ['8000:8000'] }\n";
  const files = {
    "backend/Dockerfile": "FROM python:3.14\nCOPY missing.lock ./\n",
    "backend/requirements.txt": "flask\n",
    "backend/app.py": "from flask import Flask\napp = Flask(__name__)\n",
  };
  expect((await composed(text, files)).services).toMatchObject([{ name: "api", path: "backend", language: "python" }]);
});

const seeded = (dockerfile: string, more = "") =>
  composed(
    `services:\n  api: { build: ./api, depends_on: [db] }\n  db: { build: ./db, environment: { POSTGRES_PASSWORD: pw }${more} }\n`,
    {
      "db/Dockerfile": dockerfile,
      "db/menu.sql": "create table menu (dish text);",
      "db/more/b.sql": "select 2;",
      "db/more/a.sql": "select 1;",
    },
  );

it("takes a build that only fills an official database for that database", async () => {
  const { services, databases } = await seeded(
    "FROM postgres:16\nENV POSTGRES_DB=shop\nRUN mkdir -p /x && chmod 700 /x\nCOPY menu.sql /docker-entrypoint-initdb.d/1.sql\nWORKDIR /docker-entrypoint-initdb.d\nADD more/*.sql .\n",
  );
  expect(services.map(({ name }) => name)).toEqual(["api"]);
  expect(databases).toMatchObject([
    {
      name: "db",
      engine: "Postgres",
      version: "16",
      database: "shop",
      publicPassword: "pw",
      init: [
        { name: "1.sql", text: "create table menu (dish text);" },
        { name: "a.sql", text: "select 1;" },
        { name: "b.sql", text: "select 2;" },
      ],
    },
  ]);
});

it.each([
  ["installs an extension", "FROM postgres:16\nRUN apt-get update && apt-get install -y postgis\n"],
  ["starts otherwise", 'FROM postgres:16\nENTRYPOINT ["/start.sh"]\n'],
  ["is another program", "FROM node:24\nCOPY menu.sql /docker-entrypoint-initdb.d/\n"],
])("builds a database that %s by its own Dockerfile", async (_, dockerfile) => {
  const { services, databases } = await seeded(dockerfile);
  expect(services.map(({ name }) => name)).toEqual(["api", "db"]);
  expect(databases).toEqual([]);
});
