import { expect, it } from "vitest";
import type { Service } from "../../plan.ts";
import { Service as ServiceShape, Variable } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { ConfigAgent } from "./config-agent.ts";

const context = { signal: new AbortController().signal, log: () => undefined };

function serviceOf(part: Partial<Service>): Service {
  return ServiceShape.parse({
    name: "web",
    kind: "Web",
    path: ".",
    language: "python",
    framework: null,
    runtime: null,
    manager: null,
    recipe: { install: null, build: null },
    start: null,
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...part,
  });
}

async function ask(files: Readonly<Record<string, string>>, part: Partial<Service>, spec: Partial<RepoRunSpec> = {}) {
  const request = {
    tree: treeOf(files),
    service: serviceOf(part),
    spec: { source: { git: { url: "https://git.example.org/a.git" } }, ...spec } as RepoRunSpec,
  };
  const outcome = await new ConfigAgent().run(request, context);
  if (outcome.state !== "done") throw new Error(outcome.state);
  for (const variable of outcome.value.variables) Variable.parse(variable);
  return { ...outcome.value, of: Object.fromEntries(outcome.value.variables.map((one) => [one.name, one])) };
}

const flask = { language: "python", start: "gunicorn --bind 0.0.0.0:$PORT app:app" };
const node = { language: "node", start: "node server.js" };

it("needs what Python takes by subscript when it starts, and names the place", async () => {
  const { needs, of } = await ask(
    {
      "app.py": "from shop import pay\n",
      "shop/pay.py": 'import os\n\nKEY = os.environ["STRIPE_KEY"]\n',
      "shop/__init__.py": "",
    },
    flask,
  );
  expect(of["STRIPE_KEY"]).toMatchObject({
    source: "Needed",
    where: "shop/pay.py:3",
    why: 'os.environ["STRIPE_KEY"], no default',
  });
  expect(needs).toEqual([
    { kind: "Secret", name: "STRIPE_KEY", service: "web", why: 'shop/pay.py:3 os.environ["STRIPE_KEY"], no default' },
  ]);
});

it.each([
  ["a function that may never be called", 'import os\ndef pay():\n    return os.environ["STRIPE_KEY"]\n'],
  ["a branch", 'import os\nif os.environ.get("PAY"):\n    key = os.environ["STRIPE_KEY"]\n'],
  ["a try", 'import os\ntry:\n    key = os.environ["STRIPE_KEY"]\nexcept KeyError:\n    key = ""\n'],
  ["a comment", 'import os\n# key = os.environ["STRIPE_KEY"]\n'],
  ["an assignment", 'import os\nos.environ["STRIPE_KEY"] = "x"\n'],
  ["a default", 'import os\nkey = os.environ.get("STRIPE_KEY", "none")\n'],
  ["a conditional expression", 'import os\nkey = os.environ["STRIPE_KEY"] if "STRIPE_KEY" in os.environ else None\n'],
])("does not stop for %s", async (_what, text) => {
  expect((await ask({ "app.py": text }, flask)).needs).toEqual([]);
});

it("does not stop for files that do not run: tests, scripts, modules that nothing imports", async () => {
  const reads = 'import os\nKEY = os.environ["STRIPE_KEY"]\n';
  const { needs } = await ask(
    { "app.py": "app = 1\n", "tests/test_a.py": reads, "scripts/seed.py": reads, "other.py": reads },
    flask,
  );
  expect(needs).toEqual([]);
});

it("needs what main() takes, what is converted, and what is checked and thrown for", async () => {
  const text =
    'import os, sys\nLIMIT = int(os.getenv("LIMIT"))\ntoken = os.getenv("BOT_TOKEN")\nif not token:\n    sys.exit("no token")\n\ndef main():\n    bot.login(os.environ["CHAT_TOKEN"])\n\nif __name__ == "__main__":\n    main()\n';
  const { needs } = await ask({ "bot.py": text }, { language: "python", start: "python bot.py" });
  expect(needs.map((need) => need.name)).toEqual(["BOT_TOKEN", "CHAT_TOKEN", "LIMIT"]);
});

it("makes the application's own secrets, and no other's", async () => {
  const text =
    'import os\nA = os.environ["SECRET_KEY"]\nB = os.environ.get("JWT_SECRET", "dev")\nC = os.environ["STRIPE_SECRET_KEY"]\nD = os.environ["GITHUB_CLIENT_SECRET"]\n';
  const { of } = await ask({ "app.py": text }, flask);
  expect(Object.values(of).map((one) => [one.name, one.source])).toEqual([
    ["GITHUB_CLIENT_SECRET", "Needed"],
    ["STRIPE_SECRET_KEY", "Needed"],
    ["JWT_SECRET", "Generated"],
    ["SECRET_KEY", "Generated"],
  ]);
  expect(JSON.stringify(of)).not.toContain('"dev"');
});

it("leaves to the platform what it gives, and shows defaults", async () => {
  const { of } = await ask(
    {
      "app.py":
        'import os\np = os.environ["PORT"]\nh = os.environ["HOME"]\ng = os.getenv("GREETING", "Hello")\ne = os.environ["ENVIRONMENT"]\n',
    },
    flask,
  );
  expect(of["PORT"]).toMatchObject({ source: "Port" });
  expect(of["HOME"]).toBeUndefined();
  expect(of["ENVIRONMENT"]).toMatchObject({ source: "Literal", value: "production" });
  expect(of["GREETING"]).toMatchObject({ source: "Optional", value: "Hello", where: "app.py:4" });
});

it("reads pydantic's settings", async () => {
  const settings =
    'from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="app_")\n    title: str = "Shop"\n    api_token: str\n    limit: int = Field(default=3)\n    region: str | None\n    upstream: str = Field(..., alias="UPSTREAM_URL")\n\nsettings = Settings()\n';
  const { of } = await ask({ "app.py": "from config import settings\n", "config.py": settings }, flask);
  expect(of["APP_API_TOKEN"]).toMatchObject({
    source: "Needed",
    where: "config.py:7",
    why: "api_token: str, no default",
  });
  expect(of["UPSTREAM_URL"]).toMatchObject({ source: "Needed" });
  expect(of["APP_TITLE"]).toMatchObject({ source: "Optional", value: "Shop" });
  expect([of["APP_LIMIT"]?.source, of["APP_REGION"]?.source]).toEqual(["Optional", "Optional"]);
});

it("reads decouple, environs and django-environ in the settings that are used", async () => {
  const { of } = await ask(
    {
      "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.prod")\n',
      "shop/settings/__init__.py": "",
      "shop/settings/prod.py":
        'from decouple import config\nimport environ\nenv = environ.Env(VERBOSE=(bool, False))\nMAIL_HOST = config("MAIL_HOST")\nPAGE = config("PAGE_SIZE", default=20, cast=int)\nV = env("VERBOSE")\nT = env.str("THEME", "dark")\nR = env("REGION")\n',
      "shop/settings/dev.py": 'from decouple import config\nX = config("ONLY_DEV")\n',
    },
    { language: "python", framework: "django", start: "gunicorn shop.wsgi:application" },
  );
  expect(
    Object.values(of)
      .filter((one) => one.source === "Needed")
      .map((one) => one.name),
  ).toEqual(["MAIL_HOST", "REGION"]);
  expect(of["PAGE_SIZE"]).toMatchObject({ value: "20" });
  expect(of["THEME"]).toMatchObject({ value: "dark" });
});

it("needs what a script throws for when it is loaded", async () => {
  const server =
    'import "./db.js";\nif (!process.env.STRIPE_KEY) {\n  throw new Error("no key");\n}\nconst token = process.env.API_TOKEN;\nif (!token) process.exit(1);\nconst greeting = process.env.GREETING ?? "Hello";\nfunction later() {\n  if (!process.env.MAIL_KEY) throw new Error("no mail");\n}\nconst config = { region: requireEnv("REGION") };\nfunction requireEnv(name) {\n  const value = process.env[name];\n  if (!value) throw new Error(name);\n  return value;\n}\n';
  const { of, needs } = await ask(
    {
      "server.js": server,
      "db.js": "const { DB_NAME = 'shop', DB_USER } = process.env;\n",
      "test.spec.js": "if (!process.env.NOT_ME) throw 1;",
    },
    node,
  );
  expect(needs.map((need) => need.name)).toEqual(["API_TOKEN", "REGION", "STRIPE_KEY"]);
  expect(of["STRIPE_KEY"]).toMatchObject({ where: "server.js:2" });
  expect(of["GREETING"]).toMatchObject({ source: "Optional", value: "Hello" });
  expect([of["MAIL_KEY"]?.source, of["DB_NAME"]?.value, of["NOT_ME"]]).toEqual(["Optional", "shop", undefined]);
});

it("reads a zod schema of the environment", async () => {
  const env =
    'import { z } from "zod";\nconst schema = z.object({\n  API_URL: z.url(),\n  LOG_LEVEL: z.enum(["info", "debug"]).default("info"),\n  RETRIES: z.coerce.number().optional(),\n  NODE_ENV: z.string(),\n  SESSION_SECRET: z.string().min(32),\n});\nexport const env = schema.parse(process.env);\n';
  const { of } = await ask(
    { "src/index.ts": 'import { env } from "./env.ts";\n', "src/env.ts": env },
    { language: "node", start: "node dist/index.js" },
  );
  expect(Object.values(of).map((one) => [one.name, one.source, one.value])).toEqual([
    ["NODE_ENV", "Literal", "production"],
    ["API_URL", "Needed", undefined],
    ["SESSION_SECRET", "Generated", undefined],
    ["LOG_LEVEL", "Optional", "info"],
    ["RETRIES", "Optional", undefined],
  ]);
});

it("keeps what goes into the bundle for the build", async () => {
  const { of } = await ask(
    { "src/main.ts": "fetch(import.meta.env.VITE_API);\n" },
    { language: "node", framework: "vite", start: null },
  );
  expect(of["VITE_API"]).toMatchObject({ source: "Optional", phase: "Build" });
});

it("reads Go: empty and fatal, helpers with defaults, tags", async () => {
  const main =
    'package main\n\nimport ("log"; "os")\n\ntype config struct {\n\tRegion string `env:"REGION,required"`\n\tLevel string `env:"LEVEL" envDefault:"info"`\n}\n\nfunc main() {\n\tkey := os.Getenv("STRIPE_KEY")\n\tif key == "" {\n\t\tlog.Fatal("no key")\n\t}\n\t_ = env.Parse(&config{})\n\ttitle := getEnv("TITLE", "Shop")\n\tif debug := os.Getenv("VERBOSE"); debug != "" {\n\t\tlog.Fatal("x")\n\t}\n}\n\nfunc getEnv(key, fallback string) string {\n\tif value, ok := os.LookupEnv(key); ok {\n\t\treturn value\n\t}\n\treturn fallback\n}\n';
  const { of } = await ask({ "main.go": main, "go.mod": "module x\n" }, { language: "go", start: "./app" });
  expect(Object.values(of).map((one) => [one.name, one.source, one.value])).toEqual([
    ["REGION", "Needed", undefined],
    ["STRIPE_KEY", "Needed", undefined],
    ["LEVEL", "Optional", "info"],
    ["TITLE", "Optional", "Shop"],
    ["VERBOSE", "Optional", undefined],
  ]);
});

it("takes plain values of an example file, and no secret or address of a developer's machine from it", async () => {
  const { of } = await ask(
    {
      "app.py":
        'import os\na = os.environ["SHOP_NAME"]\nb = os.environ["API_TOKEN"]\nc = os.environ["UPSTREAM"]\nd = os.environ["DATABASE_URL"]\n',
      ".env.example":
        '# What people see\nSHOP_NAME="My shop" # x\n# Ask the vendor\nAPI_TOKEN=abc123\nUPSTREAM=http://localhost:9\nDATABASE_URL=postgres://db/x\n',
    },
    flask,
  );
  expect(of["SHOP_NAME"]).toMatchObject({ source: "Literal", value: "My shop" });
  expect(of["API_TOKEN"]).toMatchObject({
    source: "Needed",
    why: 'os.environ["API_TOKEN"], no default (Ask the vendor)',
  });
  expect([of["UPSTREAM"]?.source, of["DATABASE_URL"]?.source]).toEqual(["Needed", "Needed"]);
});

it("lets the person's word stand, the service's before the whole", async () => {
  const { of, needs } = await ask(
    { "app.py": 'import os\na = os.environ["STRIPE_KEY"]\nb = os.environ["REGION"]\n' },
    flask,
    {
      env: [
        { name: "REGION", value: "eu" },
        { name: "STRIPE_KEY", valueFrom: { secretKeyRef: { name: "shop", key: "stripe" } } },
      ],
      services: [{ name: "web", env: [{ name: "REGION", value: "us" }] }],
    },
  );
  expect(needs).toEqual([]);
  expect(of["REGION"]).toMatchObject({ source: "Literal", value: "us" });
  expect(of["STRIPE_KEY"]).toMatchObject({ source: "Secret", secret: { name: "shop", key: "stripe" } });
});

it("reads the JSON Schema of an environment in a plug-in that Fastify loads by its folder", async () => {
  const { of } = await ask(
    {
      "server.js": 'import app from "./app.js"\n',
      "app.js":
        'import autoload from "@fastify/autoload"\nexport default (fastify) => fastify.register(autoload, { dir: path.join(import.meta.dirname, "plugins") })\n',
      "plugins/env.js":
        "import env from '@fastify/env'\nconst schema = {\n  required: ['FLEET', 'BERTHS', 'COOKIE_SECRET'],\n  properties: { FLEET: { type: 'string' }, BERTHS: { type: 'number', default: 12 }, COOKIE_SECRET: { type: 'string' }, TIDE: { type: 'string' } }\n}\nexport default env\n",
      "aside/env.js":
        "import env from '@fastify/env'\nexport const schema = { required: ['NEVER'], properties: { NEVER: { type: 'string' } } }\n",
    },
    node,
  );
  expect(of["FLEET"]).toMatchObject({ source: "Needed", where: "plugins/env.js:4" });
  expect(of["BERTHS"]).toMatchObject({ source: "Optional", value: "12" });
  expect(of["COOKIE_SECRET"]).toMatchObject({ source: "Generated" });
  expect(of["TIDE"]).toMatchObject({ source: "Optional" });
  expect(of["NEVER"]).toMatchObject({ source: "Optional" });
});

it("makes no half of what somebody hands out together", async () => {
  const text =
    'import os\nA = os.environ.get("TRAKT_ID")\nB = os.environ.get("TRAKT_SECRET")\nC = os.environ.get("APP_KEY")\nD = os.environ.get("APP_SECRET")\n';
  const { of } = await ask({ "app.py": text }, flask);
  expect([of["TRAKT_SECRET"]?.source, of["APP_SECRET"]?.source]).toEqual(["Optional", "Generated"]);
});
