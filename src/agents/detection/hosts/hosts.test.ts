import { expect, it } from "vitest";
import type { Plan } from "../../../plan.ts";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

const node = {
  "package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
  "server.js":
    "require('http').createServer(f).listen(process.env.PORT);\nconst key = process.env.MAIL_KEY, title = process.env.TITLE, s = process.env.SIGN_WITH;",
  "worker.js": "setInterval(f, 1000)",
  "nightly.js": "console.log(1)",
};
const yaml = (value: unknown) => JSON.stringify(value);

async function planOf(files: Readonly<Record<string, string>>, spec: Partial<RepoRunSpec> = {}): Promise<Plan> {
  const request = {
    spec: { source: { git: { url: "https://git.example.org/shop.git" } }, ...spec },
    platform: anyPlatform,
    name: "shop",
  };
  const plan = await draftPlan(treeOf(files), request);
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value;
}

const kinds = ({ services }: Plan) =>
  services.map(({ name, kind, start, schedule }) => [name, kind, start, ...(schedule === undefined ? [] : [schedule])]);
const variable = ({ services }: Plan, name: string) => services[0]?.env.find((each) => each.name === name);

it("runs every program of a blueprint of Render, by one recipe, with its schedule, disk, steps and variables", async () => {
  const plan = await planOf({
    ...node,
    "render.yaml": yaml({
      services: [
        {
          type: "web",
          name: "shop-web",
          runtime: "node",
          startCommand: "node server.js",
          preDeployCommand: "node migrate.js",
          disk: { mountPath: "/opt/render/project/src/files", sizeGB: 2 },
          envVars: [
            { key: "TITLE", value: "Shop" },
            { key: "SIGN_WITH", generateValue: true },
            { key: "MAIL_KEY", sync: false },
            { key: "BASE_URL", value: "https://shop.onrender.com" },
          ],
        },
        { type: "worker", name: "mailer", startCommand: "node worker.js" },
        { type: "cron", name: "nightly", schedule: "0 4 * * *", startCommand: "node nightly.js" },
        { type: "cron", name: "broken", schedule: "at night; rm", startCommand: "node x.js" },
      ],
    }),
  });
  expect(kinds(plan)).toEqual([
    ["web", "Web", "node server.js"],
    ["mailer", "Worker", "node worker.js"],
    ["nightly", "Cron", "node nightly.js", "0 4 * * *"],
  ]);
  const [web, mailer] = plan.services;
  expect(web?.releaseSteps).toEqual([{ name: "Migrate", line: "node migrate.js", from: "render.yaml" }]);
  expect(web?.volumes).toEqual([{ name: "data", path: "/app/files", size: "2Gi", where: "render.yaml" }]);
  expect([mailer?.volumes, mailer?.releaseSteps, mailer?.recipe]).toEqual([[], [], web?.recipe]);
  expect(variable(plan, "TITLE")).toMatchObject({ source: "Literal", value: "Shop", where: "render.yaml" });
  expect(variable(plan, "SIGN_WITH")).toMatchObject({ source: "Generated" });
  expect(variable(plan, "MAIL_KEY")).toMatchObject({ source: "Optional" });
  expect(variable(plan, "BASE_URL")).toBeUndefined();
});

it("lays a blueprint's services over the folders that they name, and takes its databases where a name alone tells of them", async () => {
  const plan = await planOf({
    "api/requirements.txt": "flask\npsycopg[binary]\n",
    "api/app.py": "from flask import Flask\nimport os\napp = Flask(__name__)\nx = os.environ['STORE']\n",
    "web/package.json": JSON.stringify({ scripts: { build: "vite build" }, devDependencies: { vite: "7" } }),
    "web/index.html": "<script type=module src=/main.js></script>",
    "web/main.js": "",
    "render.yaml": yaml({
      services: [
        {
          type: "web",
          name: "api",
          rootDir: "api",
          startCommand: "gunicorn app:app --workers 3",
          envVars: [{ key: "STORE", fromDatabase: { name: "goods", property: "connectionString" } }],
        },
        { type: "web", name: "site", runtime: "static", rootDir: "web" },
        { type: "worker", name: "escape", rootDir: "../../etc", startCommand: "id" },
      ],
      databases: [{ name: "goods", databaseName: "goods", postgresMajorVersion: "16" }],
    }),
  });
  expect(plan.services.map(({ name, start }) => [name, start?.startsWith("caddy")])).toEqual([
    ["api", false],
    ["web", true],
  ]);
  expect(plan.services[0]?.start).toBe("gunicorn app:app --workers 3");
  expect(plan.databases).toMatchObject([{ name: "goods", engine: "Postgres", version: "16", database: "goods" }]);
  expect(variable(plan, "STORE")).toMatchObject({
    source: "Database",
    of: "goods",
    value: "postgresql://{username}:{password}@{host}:{port}/{database}",
  });
});

const flyToml =
  'app = "shop"\n[build]\nbuilder = "heroku/builder:24"\n[env]\nTITLE = "Shop"\nPORT = "8080"\n[processes]\nweb = "node server.js"\nworker = "node worker.js"\n[http_service]\ninternal_port = 8080\nprocesses = ["web"]\n[[http_service.checks]]\npath = "/up"\n[mounts]\nsource = "files"\ndestination = "/data"\nprocesses = ["web"]\n[deploy]\nrelease_command = "node migrate.js"\n';

it("reads processes, port, check, disk and release command of a fly.toml", async () => {
  const plan = await planOf({ ...node, "fly.toml": flyToml });
  expect(kinds(plan)).toEqual([
    ["web", "Web", "node server.js"],
    ["worker", "Worker", "node worker.js"],
  ]);
  const [web, worker] = plan.services;
  expect(web).toMatchObject({
    port: { number: 8080, from: "Config", where: "fly.toml" },
    probe: { path: "/up" },
    volumes: [{ path: "/data" }],
    releaseSteps: [{ line: "node migrate.js" }],
  });
  expect([worker?.volumes, worker?.releaseSteps, worker?.probe.path]).toEqual([[], [], undefined]);
  expect(variable(plan, "PORT")?.source).toBe("Port");
});

it("gives the words of a process to a Dockerfile's entry point", async () => {
  const files = {
    Dockerfile: 'FROM node:24\nENTRYPOINT ["node"]\nCMD ["server.js"]\n',
    "server.js": "",
    "worker.js": "",
    "fly.toml": flyToml
      .replace(/\[build\]\n.*\n/, "")
      .replace("node server.js", "server.js")
      .replace("node worker.js", "worker.js --name 'a b'"),
  };
  const { services } = await planOf(files);
  expect(services.map(({ kind, start, args }) => [kind, start, args])).toEqual([
    ["Web", null, ["server.js"]],
    ["Worker", null, ["worker.js", "--name", "a b"]],
  ]);
});

it("hears what app.json says of each variable, of processes that do not run, and of schedules", async () => {
  const plan = await planOf({
    ...node,
    Procfile: "web: node server.js\nworker: node worker.js\n",
    "app.json": yaml({
      env: {
        TITLE: "Shop",
        SIGN_WITH: { generator: "secret" },
        MAIL_KEY: { description: "From the mail\u0007 vendor", required: true },
      },
      formation: { web: { quantity: 1 }, worker: { quantity: 0 } },
      cron: [{ command: "node nightly.js", schedule: "@daily" }],
      scripts: { postdeploy: "node migrate.js" },
    }),
  });
  expect(kinds(plan)).toEqual([
    ["web", "Web", "node server.js"],
    ["cron", "Cron", "node nightly.js", "@daily"],
  ]);
  expect(variable(plan, "SIGN_WITH")?.source).toBe("Generated");
  expect(variable(plan, "TITLE")?.value).toBe("Shop");
  expect(plan.needs).toMatchObject([{ name: "MAIL_KEY" }, { name: "MAIL_KEY" }].slice(0, plan.needs.length));
  expect(plan.needs[0]?.why).toContain("app.json asks for it: From the mail vendor");
  expect(plan.services[0]?.releaseSteps).toMatchObject([{ name: "Migrate" }]);
});

it("takes no word of theirs on where they are reached, how it is encrypted, or who builds", async () => {
  const env = {
    PGSSLMODE: "require",
    FORCE_HTTPS: "true",
    ALLOWED_HOSTS: "shop.com",
    BASE_URL: "https://shop.com",
    WEB_CONCURRENCY: "4",
    DATABASE_URL: "postgres://a:b@c/d",
    STRIPE_KEY: "sk_live_1",
    API_TOKEN: "abc",
    THEIR_HOME: "https://shop.herokuapp.com/",
    SEEN: "yes",
  };
  const [web] = (await planOf({ ...node, "app.json": yaml({ env }) })).services;
  const set = web?.env.filter(({ source }) => source === "Literal" || source === "Generated").map(({ name }) => name);
  expect(set).toEqual(["SEEN"]);
});

it.each([
  ["required", true, "Needed"],
  ["left open", undefined, "Optional"],
  ["spare", false, "Optional"],
])("asks for what is %s", async (_word, required, source) => {
  const plan = await planOf({ ...node, "app.json": yaml({ env: { MAIL_KEY: { description: "x", required } } }) });
  expect(variable(plan, "MAIL_KEY")?.source).toBe(source);
});

it("makes the lone program of a railway.json run by schedule", async () => {
  const plan = await planOf({
    ...node,
    "railway.json": yaml({ deploy: { startCommand: "node nightly.js", cronSchedule: "*/15 * * * *" } }),
  });
  expect(kinds(plan)).toEqual([["web", "Cron", "node nightly.js", "*/15 * * * *"]]);
});

it("asks the paths of vercel.json by schedule, none of it on a line", async () => {
  const plan = await planOf({
    ...node,
    "vercel.json": yaml({
      crons: [
        { path: "/api/nightly?all=1", schedule: "0 5 * * *" },
        { path: "/$(id)", schedule: "0 5 * * *" },
      ],
    }),
  });
  const [, cron, ...more] = plan.services;
  expect(more).toEqual([]);
  expect(cron).toMatchObject({ kind: "Cron", schedule: "0 5 * * *" });
  expect(cron?.start).not.toContain("nightly");
  expect(cron?.env).toContainEqual(
    expect.objectContaining({ name: "CRON_URL", source: "Service", of: "web", value: "{url}/api/nightly?all=1" }),
  );
});

it("builds the processes of a heroku.yml from their Dockerfiles", async () => {
  const { services } = await planOf({
    Dockerfile: "FROM node:24\nCMD node server.js\n",
    "heroku.yml":
      "build:\n  docker:\n    web: Dockerfile\nrelease:\n  command: [node migrate.js]\nrun:\n  web: node server.js\n  worker:\n    command: [node worker.js]\n",
  });
  expect(services.map(({ kind, args }) => [kind, args])).toEqual([
    ["Web", ["node", "server.js"]],
    ["Worker", ["node", "worker.js"]],
  ]);
  expect(services[0]?.releaseSteps).toMatchObject([{ line: "node migrate.js" }]);
});

it("passes over what another host's own build would have made, and says so of a worker", async () => {
  const go = {
    "go.mod": "module x\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
    "render.yaml": yaml({
      services: [
        { type: "web", name: "web", startCommand: "./shop-server --all" },
        { type: "worker", name: "beat", startCommand: "./bin/beat" },
      ],
    }),
  };
  const plan = await planOf(go);
  expect(plan.services).toHaveLength(1);
  expect(plan.services[0]?.start).not.toContain("shop-server");
  expect(plan.warnings).toContain("render.yaml: beat is left out: ./bin/beat is not what is built here");
});

it("leaves all of them to repo-runner.yaml, and each service to the spec", async () => {
  const own = "services:\n- {name: web, start: node own.js}\n";
  expect(kinds(await planOf({ ...node, "fly.toml": flyToml, "repo-runner.yaml": own }))).toEqual([
    ["web", "Web", "node own.js"],
  ]);
  const spec = { services: [{ name: "worker", enabled: false }] };
  expect(kinds(await planOf({ ...node, "fly.toml": flyToml }, spec))).toEqual([["web", "Web", "node server.js"]]);
});

it.each([
  "[",
  "[]",
  "null",
  '"x"',
  '{"services": [{"type": []}, 7], "env": [], "crons": {}, "processes": 3, "deploy": 1}',
  "a: &a [*a]",
])("survives %s in any of them", async (text) => {
  const names = ["render.yaml", "fly.toml", "heroku.yml", "railway.json", "app.json", "vercel.json"];
  const plan = await planOf({ ...node, ...Object.fromEntries(names.map((name) => [name, text])) });
  expect(kinds(plan)).toEqual([["web", "Web", "node server.js"]]);
});
