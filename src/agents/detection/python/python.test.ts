import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { treeOf } from "../literal-tree.ts";
import { holdsLanguageContract } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { python } from "./python.ts";

const wishes: Wishes = {
  service: undefined,
  env: {},
  platform: { baseImages: "Any", listed: {}, now: new Date("2026-11-22"), commitDate: undefined },
};

async function detect(files: Readonly<Record<string, string>>, path = ".") {
  const detection = await python.detect(treeOf(files), path, wishes);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

async function serviceOf(files: Readonly<Record<string, string>>, path = ".") {
  const service = (await detect(files, path))?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

const flask = `from flask import Flask\n\napp = Flask(__name__)\n\n@app.route("/")\ndef home():\n    return "hello"\n`;

holdsLanguageContract(python, { "app.py": flask, "requirements.txt": "flask\n" });

it("serves Flask by gunicorn, and brings it when nobody asked for it", async () => {
  const service = await serviceOf({ "app.py": flask, "requirements.txt": "flask==3.1.0\n" });
  expect(service).toMatchObject({
    framework: "flask",
    kind: "Web",
    start: "gunicorn --bind 0.0.0.0:$PORT --threads 4 app:app",
    port: { number: 8000, readsPort: true, from: "Framework" },
    recipe: {
      install: "pip install -r requirements.txt 'gunicorn>=23,<28'",
      manifests: ["requirements.txt"],
    },
  });
  expect(service.why).toContainEqual(expect.objectContaining({ about: "install", value: "gunicorn" }));
});

it("finds the module and the object where they are called otherwise", async () => {
  const service = await serviceOf({
    "shop/site.py": flask.replaceAll("app", "web"),
    "shop/__init__.py": "",
    "requirements.txt": "flask\ngunicorn\n",
  });
  expect(service.start).toBe("gunicorn --bind 0.0.0.0:$PORT --threads 4 shop.site:web");
  expect(service.recipe.install).toBe("pip install -r requirements.txt");
});

it("calls a factory, and prefers the object that another file made with it", async () => {
  const factory = `from flask import Flask\n\ndef create_app(config=None):\n    return Flask(__name__)\n`;
  expect((await serviceOf({ "shop/__init__.py": factory, "requirements.txt": "flask\n" })).start).toContain(
    "'shop:create_app()'",
  );
  const made = await serviceOf({
    "shop/__init__.py": factory,
    "wsgi.py": "from shop import create_app\n\napplication = create_app()\n",
    "requirements.txt": "flask\n",
  });
  expect(made.start).toContain(" wsgi:application");
});

it("knows a factory by what it makes", async () => {
  const service = await serviceOf({
    "app/main.py":
      "from fastapi import FastAPI\n\ndef get_it() -> FastAPI:\n    application = FastAPI()\n    return application\n\nsite = get_it()\n",
    "app/__init__.py": "",
    "requirements.txt": "fastapi\nuvicorn\n",
  });
  expect(service.start).toBe("uvicorn app.main:site --host 0.0.0.0 --port $PORT");
});

it("does not import a file that serves by itself", async () => {
  const service = await serviceOf({
    "app.py": `${flask}\napp.run(host="0.0.0.0", port=5000)\n`,
    "requirements.txt": "flask\n",
  });
  expect(service).toMatchObject({ start: "python app.py", kind: "Web", framework: "flask" });
});

it("makes the tables that a tutorial makes below its guard", async () => {
  const service = await serviceOf({
    "app.py": `from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n\nif __name__ == "__main__":\n    with app.app_context():\n        db.create_all()\n    app.run()\n`,
    "requirements.txt": "flask\nflask-sqlalchemy\n",
  });
  expect(service.start).toMatch(
    /^python -c 'import app as m; m\.app\.app_context\(\)\.push\(\); m\.db\.create_all\(\)' && exec gunicorn/,
  );
});

it("serves FastAPI by uvicorn, from src/ and from a folder whose files speak to each other", async () => {
  const fastapi = "from fastapi import FastAPI\n\napi = FastAPI()\n";
  const lock = {
    "pyproject.toml":
      '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["fastapi", "uvicorn"]\n',
    "uv.lock": 'version = 1\nrequires-python = ">=3.11"\n',
  };
  const service = await serviceOf({ ...lock, "main.py": fastapi });
  expect(service).toMatchObject({
    start: "uvicorn main:api --host 0.0.0.0 --port $PORT",
    manager: { name: "uv", lockFile: "uv.lock", mode: "Frozen" },
    recipe: {
      install: "uv sync --locked --no-dev --no-install-project --inexact",
      manifests: ["pyproject.toml", "uv.lock"],
    },
    runtime: { version: "3.13", from: 'requires-python ">=3.11"' },
  });
  expect((await serviceOf({ ...lock, "src/shop/main.py": fastapi, "src/shop/__init__.py": "" })).start).toBe(
    "uvicorn shop.main:api --host 0.0.0.0 --port $PORT --app-dir src",
  );
  expect(
    (await serviceOf({ ...lock, "app/main.py": `from routes import r\n${fastapi}`, "app/routes.py": "r = 1\n" })).start,
  ).toBe("uvicorn main:api --host 0.0.0.0 --port $PORT --app-dir app");
});

it("installs from pyproject.toml without a lock", async () => {
  const service = await serviceOf({
    "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["fastapi[standard]"]\n',
  });
  expect(service.recipe.install).toBe("uv pip install -r pyproject.toml");
});

it("takes Poetry's python and lock", async () => {
  const service = await serviceOf({
    "app.py": flask,
    "pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = ">=3.10,<3.12"\nflask = "^3"\n',
    "poetry.lock": "",
  });
  expect(service).toMatchObject({ manager: { name: "poetry", mode: "Frozen" }, runtime: { version: "3.11" } });
});

it("asks the system for what a dependency links to", async () => {
  const service = await serviceOf({ "app.py": flask, "requirements.txt": "flask\npsycopg2==2.9\nmysqlclient\n" });
  expect(service.recipe.buildPackages).toContain("libpq-dev");
  expect(service.recipe.runPackages).toEqual(["libpq5", "libmariadb3"]);
  expect(
    (await serviceOf({ "app.py": flask, "requirements.txt": "flask\npsycopg2-binary\n" })).recipe.runPackages,
  ).toEqual([]);
});

it("copies everything first when the install reads sources", async () => {
  expect((await serviceOf({ "app.py": flask, "requirements.txt": "flask\n-e .\n" })).recipe.manifests).toEqual([]);
});

it("follows Procfile's web, not its other lines", async () => {
  const detection = await detect({
    "app.py": flask,
    "requirements.txt": "flask\ngunicorn\n",
    Procfile: "release: x\nworker: celery\nweb: gunicorn app:app -w 2\n",
  });
  expect(detection?.services[0]).toMatchObject({ start: "gunicorn app:app -w 2", kind: "Web" });
  expect(detection?.warnings).toEqual([]);
});

it("starts Streamlit and Gradio by their own servers", async () => {
  const streamlit = await serviceOf({
    "dashboard.py": "import streamlit as st\nst.title('x')\n",
    "requirements.txt": "streamlit\n",
  });
  expect(streamlit).toMatchObject({
    framework: "streamlit",
    port: { number: 8501 },
    probe: { path: "/_stcore/health" },
  });
  expect(streamlit.start).toMatch(/^streamlit run dashboard\.py --server\.address 0\.0\.0\.0 --server\.port \$PORT/);
  expect(
    (
      await serviceOf({
        "app.py": "import gradio as gr\ndemo = gr.Interface()\ndemo.launch()\n",
        "requirements.txt": "gradio\n",
      })
    ).start,
  ).toBe("GRADIO_SERVER_PORT=$PORT python app.py");
});

it.each([
  [
    "Web",
    "from http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer(('', 8000), BaseHTTPRequestHandler).serve_forever()\n",
  ],
  ["Worker", "import time\nwhile True:\n    time.sleep(1)\n"],
  ["Job", "print('done')\n"],
])("tells a %s by its main file", async (kind, text) => {
  const service = await serviceOf({ "main.py": text });
  expect(service).toMatchObject({ kind, start: "python main.py", manager: null, recipe: { tools: [], install: null } });
});

it("follows imports to see that a program listens", async () => {
  const files = {
    "main.py": "from web.server import serve_all\nserve_all()\n",
    "web/server.py": "import socket\ndef serve_all():\n    s = socket.socket()\n    s.listen(5)\n",
  };
  expect((await serviceOf(files)).kind).toBe("Web");
});

it("starts a command of the project, installed with it", async () => {
  const service = await serviceOf({
    "pyproject.toml":
      '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "x"\nversion = "1"\ndependencies = ["aiohttp"]\n[project.scripts]\nserve-x = "x.cli:main"\n',
    "src/x/cli.py": "from aiohttp import web\ndef main():\n    web.run_app(web.Application())\n",
    "src/x/__init__.py": "",
  });
  expect(service).toMatchObject({
    start: "serve-x",
    kind: "Web",
    framework: "aiohttp",
    recipe: { build: "pip install --no-deps ." },
  });
});

it("knows a library", async () => {
  const detection = await detect({
    "pyproject.toml":
      '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "toolkit"\nversion = "1"\ndependencies = ["rich"]\n',
    "toolkit/__init__.py": "def add(a, b):\n    return a + b\n",
  });
  expect(detection).toMatchObject({ services: [], notAService: "a Python library (hatchling, no entry point)" });
  expect(detection?.lookedFor?.length).toBeGreaterThan(2);
});

it("leaves folders alone that are not Python's", async () => {
  expect(await detect({ "package.json": "{}", "pyproject.toml": "[tool.ruff]\nline-length = 100\n" })).toBeUndefined();
});

it("never puts a hostile name on a command line", async () => {
  const detection = await detect({
    "a;rm -rf x.py": "import streamlit\n",
    "$(id)/app.py": flask,
    "requirements.txt": "flask\nstreamlit\n",
  });
  expect(JSON.stringify(detection?.services ?? [])).not.toMatch(/rm -rf|\$\(id\)/);
});

it("says what it stands in for", async () => {
  const tree = treeOf({ "app.py": flask, "requirements.txt": "flask\n", ".python-version": "3.12\n" });
  const platform = { ...wishes.platform, baseImages: "Listed" as const, listed: { python: ["3.11", "3.13"] } };
  expect((await python.detect(tree, ".", { ...wishes, platform }))?.warnings).toEqual([
    "python 3.12 (.python-version) has no image here; 3.13 stands in",
  ]);
});

it("has the environment where managers have it, and the manager itself where the program calls it", async () => {
  const files = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["flask"]\n',
    "uv.lock": "version = 1\n",
  };
  const { recipe } = await serviceOf({ ...files, "app.py": flask });
  expect(recipe.tools).toContain("ln -sfn /opt/venv /app/.venv");
  expect(recipe.runEnv["PATH"]).toMatch(/^\/app\/\.venv\/bin:/);
  expect(recipe.artifacts).not.toContainEqual({ from: "/opt/tools", to: "/opt/tools" });
  const calling = await serviceOf({
    ...files,
    "app.py": `import subprocess\nsubprocess.run(\n    ["uv", "sync"])\n${flask}`,
  });
  expect(calling.recipe.artifacts).toContainEqual({ from: "/opt/tools", to: "/opt/tools" });
  expect(calling.recipe.runEnv["PATH"]).toMatch(/:\/opt\/tools\/bin$/);
});

it("installs by a Pipfile's lock under another patch release of Python than it names", async () => {
  const pipfile = '[packages]\nflask = "*"\n\n[requires]\npython_version = "3.13"\n';
  const files = { "app.py": flask, "Pipfile.lock": "{}" };
  expect((await serviceOf({ ...files, Pipfile: pipfile })).recipe.install).toContain("pipenv install --deploy");
  const full = { ...files, Pipfile: `${pipfile}python_full_version = "3.13.2"\n` };
  expect((await serviceOf(full)).recipe.install).toContain("pipenv verify && pipenv sync");
});

const listens = `from http.server import BaseHTTPRequestHandler, HTTPServer\n\nHTTPServer(("0.0.0.0", 8000), BaseHTTPRequestHandler).serve_forever()\n`;

it("takes programs that listen where no name gives one away, the others as further ways to start it", async () => {
  const files = { "requirements.txt": "", "lunch.py": listens, "menu.py": listens, "test_menu.py": listens };
  const service = await serviceOf(files);
  expect(service).toMatchObject({
    kind: "Web",
    start: "python lunch.py",
    sure: "Likely",
    otherStarts: [{ line: "python menu.py", from: "menu.py is a program; http.server" }],
  });
  const named = await serviceOf({ ...files, "main.py": listens });
  expect(named).toMatchObject({ start: "python main.py", otherStarts: [] });
  const library = { "requirements.txt": "", "tools.py": "def serve():\n    pass\n", "test_tools.py": listens };
  expect((await detect(library))?.services).toEqual([]);
});

it("tells a program who it is, whose number stands in no list of users", async () => {
  const { recipe } = await serviceOf({ "main.py": "print('hello')\n" });
  expect(recipe.runEnv).toMatchObject({ HOME: "/tmp", LOGNAME: "app" });
});
