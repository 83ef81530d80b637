import { expect, it } from "vitest";
import { planOf } from "../database/planning/sample-plans.ts";

const settings = `import os
SECRET_KEY = os.environ["SECRET_KEY"]
STATIC_ROOT = "collected"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ["DB_HOST"], "PASSWORD": os.environ["DB_PASSWORD"]}}
`;
const project = {
  "requirements.txt": "django\npsycopg[binary]\ngunicorn\n",
  "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n',
  "site/__init__.py": "",
  "site/wsgi.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\napplication = None\n',
};

it("a build that loads settings has something in place of what only a release knows", async () => {
  const plan = await planOf({ ...project, "site/settings.py": settings });
  const [service] = plan.services;
  expect(service?.recipe.build).toContain("collectstatic");
  expect(service?.recipe.buildEnv).toMatchObject({
    SECRET_KEY: expect.stringMatching(/^stand-in/),
    DB_HOST: "127.0.0.1",
    DB_PASSWORD: "build",
  });
  expect(service?.recipe.runEnv).not.toHaveProperty("SECRET_KEY");
});

it("no other build gets any", async () => {
  const plan = await planOf({ ...project, "site/settings.py": settings.replace("STATIC_ROOT", "STATIC_FOLDER") });
  expect(plan.services[0]?.recipe.buildEnv).not.toHaveProperty("SECRET_KEY");
});
