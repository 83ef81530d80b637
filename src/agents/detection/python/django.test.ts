import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { treeOf } from "../literal-tree.ts";
import { python } from "./python.ts";

const platform = { baseImages: "Any" as const, listed: {}, now: new Date("2026-11-22"), commitDate: undefined };

async function detect(files: Readonly<Record<string, string>>) {
  const detection = await python.detect(treeOf(files), ".", { service: undefined, env: {}, platform });
  const service = detection?.services[0];
  if (service === undefined) throw new Error("no service");
  return { service: Service.parse(service), warnings: detection?.warnings ?? [] };
}

const manage = `import os, sys\n\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n`;
const wsgi = `import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n`;
const sqlite = `DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}\nWSGI_APPLICATION = "shop.wsgi.application"\n`;

function site(settings: string, below = ""): Record<string, string> {
  return {
    "requirements.txt": "Django==5.2\n",
    [`${below}manage.py`]: manage,
    [`${below}shop/__init__.py`]: "",
    [`${below}shop/settings.py`]: settings,
    [`${below}shop/wsgi.py`]: wsgi,
  };
}

it("migrates a file database, then serves the WSGI application", async () => {
  const { service } = await detect(site(`${sqlite}ALLOWED_HOSTS = ["*"]\n`));
  expect(service).toMatchObject({
    framework: "django",
    start: "python manage.py migrate --noinput && exec gunicorn --bind 0.0.0.0:$PORT shop.wsgi:application",
  });
  expect(service.recipe.files).toEqual([]);
});

it("opens the hosts by the variable that the settings read", async () => {
  const { service } = await detect(
    site(`import os\n${sqlite}ALLOWED_HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", "localhost").split(",")\n`),
  );
  expect(service.env).toMatchObject([
    { name: "DJANGO_ALLOWED_HOSTS", source: "Literal", value: "*", where: "shop/settings.py:4" },
  ]);
});

it("lays settings over fixed hosts, and says so", async () => {
  const { service, warnings } = await detect(site(`${sqlite}DEBUG = True\nALLOWED_HOSTS = []\n`));
  expect(service.recipe.runEnv).toMatchObject({
    DJANGO_SETTINGS_MODULE: "repo_runner_settings",
    PYTHONPATH: "/opt/repo-runner",
  });
  expect(service.recipe.files[0]?.text).toContain('from shop.settings import *  # noqa: F403\n\nALLOWED_HOSTS = ["*"]');
  expect(warnings.join("\n")).toMatch(/ALLOWED_HOSTS of shop\/settings\.py[^]*DEBUG is on/);
});

it("collects static files where there is a place for them, from a folder below", async () => {
  const { service } = await detect(site(`${sqlite}STATIC_ROOT = "static"\nALLOWED_HOSTS = ["*"]\n`, "backend/"));
  expect(service.recipe.build).toBe("cd backend && python manage.py collectstatic --noinput");
  expect(service.start).toBe(
    "cd backend && python manage.py migrate --noinput && exec gunicorn --bind 0.0.0.0:$PORT shop.wsgi:application",
  );
});

it("reads settings in several files, and starts with those that wsgi.py names", async () => {
  const files = {
    ...site(""),
    "shop/settings.py": undefined,
    "shop/settings/__init__.py": "",
    "shop/settings/base.py": `STATIC_ROOT = "x"\nALLOWED_HOSTS = ["*"]\n`,
    "shop/settings/production.py": `from .base import *\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n`,
    "manage.py": manage.replace("shop.settings", "shop.settings.dev"),
    "shop/settings/dev.py": `from .base import *\n${sqlite}`,
    "shop/wsgi.py": wsgi.replace("shop.settings", "shop.settings.production"),
  };
  const { service } = await detect(
    Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  );
  expect(service.start).toBe("gunicorn --bind 0.0.0.0:$PORT shop.wsgi:application");
  expect(service.recipe).toMatchObject({
    build: "python manage.py collectstatic --noinput",
    runEnv: { DJANGO_SETTINGS_MODULE: "shop.settings.production" },
  });
});

it("collects static files as far as the settings have a place for them where the image is built", async () => {
  const { service } = await detect(site(`${sqlite}ALLOWED_HOSTS = ["*"]\nif not DEBUG:\n    STATIC_ROOT = "static"\n`));
  expect(service.recipe.build).toBe(
    '(python manage.py collectstatic --noinput || echo "static files are not collected")',
  );
});

it("brings a driver's library into a build that loads the settings", async () => {
  const files = site(`${sqlite}STATIC_ROOT = "static"\n`);
  const { service } = await detect({ ...files, "requirements.txt": "Django==5.2\npsycopg==3.2\n" });
  expect(service.recipe).toMatchObject({ buildPackages: ["libpq5"], runPackages: ["libpq5"] });
});
