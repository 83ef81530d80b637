import { expect, it } from "vitest";
import type { Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { anyPlatform } from "../detection/language.contract.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { ruleOf } from "../fixer/rules.ts";
import { draftPlan } from "../survey.ts";
import { predictionRules } from "./prediction-rules.ts";

type Files = Readonly<Record<string, string>>;

async function planOf(files: Files, more: Partial<RepoRunSpec> = {}, prediction?: "Off"): Promise<Plan> {
  const spec: RepoRunSpec = { source: { git: { url: "https://git.example.org/a/b.git" } }, ...more };
  const request = { spec, platform: anyPlatform, name: "b", ...(prediction === undefined ? {} : { prediction }) };
  const outcome = await draftPlan(treeOf(files), request);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const serve =
  "from http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer(('', 8000), BaseHTTPRequestHandler).serve_forever()\n";
const py = (code: string, requirements = "itsdangerous==2.2.0\n", more: Files = {}): Files => ({
  "app.py": `${code}\n${serve}`,
  "requirements.txt": requirements,
  ...more,
});
const flask = (requirements: string): Files => ({
  "app.py": "from flask import Flask\napp = Flask(__name__)\n",
  "requirements.txt": requirements,
});
const node = (manifest: object, more: Files = {}): Files => ({
  "package.json": JSON.stringify({ name: "web", scripts: { start: "node server.js" }, ...manifest }),
  "server.js": "require('node:http').createServer().listen(process.env.PORT)\n",
  ...more,
});
const ms = { dependencies: { ms: "2.1.3" } };
const npmLock = (packages: object): Files => ({
  "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } }, null, 2),
});
const goMain = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":8080", nil) }\n';
const goMod = "module example.org/a\n\ngo 1.22\n\nrequire rsc.io/quote v1.5.2\n";
const cMain = "int main(void) { return listen(socket(1, 2, 3), 4); }\n";
const rust = (build: string): Files => ({
  "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\n',
  "src/main.rs": 'fn main() { std::net::TcpListener::bind("0.0.0.0:80").unwrap(); }\n',
  "build.rs": build,
});
const many = (count: number): Files =>
  npmLock(
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`node_modules/p${String(at)}`, { version: "1.0.0" }])),
  );

/** By rule: trees of which it speaks, each beside one that is nearly the same and of which nobody does. */
const samples: Readonly<Record<string, readonly (readonly [files: Files, silent: Files, action: object])[]>> = {
  V01: [
    [py("import distutils.version"), py("try:\n    import distutils\nexcept ImportError:\n    pass"), { kind: "AddDependencies", dependencies: ["setuptools<81"] }],
    [py("import cgi"), py("import cgi", "legacy-cgi\n"), { kind: "AddDependencies", dependencies: ["legacy-cgi"] }],
    [py("import imp"), py("import imp", undefined, { "imp.py": "x = 1\n" }), { kind: "SetRuntime", version: "3.11" }],
    [py("from cgi import escape"), py("from cgi import escape", undefined, { ".python-version": "3.12\n" }), { kind: "AddDependencies" }],
  ],
  V02: [[py("import pkg_resources"), py("import pkg_resources", "setuptools<81\n"), { kind: "AddDependencies", dependencies: ["setuptools<81"] }]],
  V03: [
    [py("from pydantic import BaseSettings", "pydantic\n"), py("from pydantic import BaseSettings", "pydantic==1.10.24\n"), { kind: "AddDependencies", dependencies: ["pydantic<2"] }],
    [py("from flask import Flask, Markup", "flask>=2\n"), py("from flask import Flask, Markup", "flask>=2,<3\n"), { kind: "AddDependencies", dependencies: ["flask<3", "werkzeug<3"] }],
  ],
  V04: [
    [flask("Flask==1.1.2\n"), flask("Flask==1.1.2\nJinja2==2.11.3\nMarkupSafe==1.1.1\nitsdangerous==1.1.0\nWerkzeug==1.0.1\n"), { kind: "AddDependencies", dependencies: ["jinja2<3.1", "markupsafe<2.1", "itsdangerous<2.1", "werkzeug<2.1"] }],
    [flask("Flask==2.2.2\n"), flask("Flask==2.2.5\n"), { kind: "AddDependencies", dependencies: ["werkzeug<3"] }],
    [py("import openai", "openai==1.30.0\n"), py("import openai", "openai>=1.30.0\n"), { kind: "AddDependencies", dependencies: ["httpx<0.28"] }],
  ],
  V05: [[py("import bottle", "bottle==0.12.25\n"), py("import bottle", "bottle>=0.12\n"), { kind: "SetRuntime", version: "3.11" }]],
  V06: [[flask("Flask==3.0.0\nWerkzeug==2.0.3\n"), flask("Flask==3.0.0\nWerkzeug==3.0.1\n"), { kind: "SetInstallMode", mode: "RelaxedPins" }]],
  V07: [
    [py("import yaml"), py("import yaml", "pyyaml==6.0.2\n"), { kind: "AddDependencies", dependencies: ["pyyaml"] }],
    [py("import requests"), py("import requests", "itsdangerous\nstreamlit\n"), { kind: "AddDependencies", dependencies: ["requests"] }],
    [py("import psycopg2"), py("import psycopg2", "psycopg2-binary\n"), { kind: "AddDependencies" }],
  ],
  V08: [[py("import menu", undefined, { "src/menu.py": "x = 1\n" }), py("import menu", undefined, { "menu.py": "", "src/menu.py": "" }), { kind: "SetEnv", name: "PYTHONPATH", value: "/app/src" }]],
  V09: [[py('import ctypes\nx = ctypes.CDLL("libmagic.so.1")'), py('# ctypes.CDLL("libmagic.so.1")'), { kind: "AddPackages", stage: "Run", packages: ["libmagic1"] }]],
  V10: [[py('import subprocess\nsubprocess.run(["jq", "."])'), py('import shutil, subprocess\nif shutil.which("jq"): subprocess.run(["jq", "."])'), { kind: "AddPackages", stage: "Run", packages: ["jq"] }]],
  V11: [
    [
      { "menu.py": serve, "pyproject.toml": '[build-system]\nrequires = ["setuptools-scm>=8"]\n[project]\nname = "menu"\ndynamic = ["version"]\n[project.scripts]\nmenu = "menu:main"\n' },
      { "menu.py": serve, "pyproject.toml": '[build-system]\nrequires = ["setuptools-scm>=8"]\n[project]\nname = "menu"\ndynamic = ["version"]\n[project.scripts]\nmenu = "menu:main"\n[tool.setuptools_scm]\nfallback_version = "1"\n' },
      { kind: "SetEnv", name: "SETUPTOOLS_SCM_PRETEND_VERSION", phase: "Build" },
    ],
  ],
  V12: [[py("", "./native\n", { "native/setup.py": 'setup(ext_modules=[Extension("a", ["a.c"])])\n' }), py("", "itsdangerous\n", { "native/setup.py": 'setup(ext_modules=[Extension("a", ["a.c"])])\n' }), { kind: "AddPackages", stage: "Build" }]],
  V20: [
    [node({ scripts: { build: "react-scripts build", start: "node server.js" }, dependencies: { "react-scripts": "4.0.3" } }), node({ scripts: { build: "react-scripts build", start: "node server.js" }, dependencies: { "react-scripts": "5.0.1" } }), { kind: "SetEnv", name: "NODE_OPTIONS", phase: "Build" }],
    [node({ scripts: { build: "node build.js", start: "node server.js" } }, { "build.js": 'require("crypto").createHash("md4")\n' }), node({ scripts: { build: "node build.js", start: "node server.js" } }, { "build.js": 'require("crypto").createHash("sha256")\n' }), { kind: "SetEnv" }],
  ],
  V21: [[node({ scripts: { prepare: "husky install", start: "node server.js" } }), node({ scripts: { prepare: "husky install", start: "node server.js" }, devDependencies: { husky: "9" } }), { kind: "SkipStep", step: "GitHooks" }]],
  V22: [[node({ scripts: { build: "tsc", start: "node server.js" }, devDependencies: { typescript: "5" } }, { ".npmrc": "omit=dev\n" }), node({ scripts: { build: "tsc", start: "node server.js" }, dependencies: { typescript: "5" } }, { ".npmrc": "omit=dev\n" }), { kind: "SetInstallMode", mode: "WithDevelopment" }]],
  V23: [[node({ dependencies: { clock: "file:clock" } }, { ".npmrc": "engine-strict=true\n", "clock/package.json": '{"name":"clock","engines":{"node":"22.x"}}' }), node({ dependencies: { clock: "file:clock" } }, { "clock/package.json": '{"name":"clock","engines":{"node":"22.x"}}' }), { kind: "SetRuntime", version: "22" }]],
  V24: [[node({ dependencies: { react: "18.3.1", "react-dom": "17.0.2" } }), node({ dependencies: { react: "18.3.1", "react-dom": "17.0.2" } }, { ".npmrc": "legacy-peer-deps=true\n" }), { kind: "SetInstallMode", mode: "LegacyPeers" }]],
  V25: [[node({ dependencies: { adder: "file:adder" } }, { "adder/package.json": "{}", "adder/binding.gyp": "{}" }), node({ dependencies: { adder: "file:adder" } }, { "adder/package.json": "{}" }), { kind: "AddPackages", stage: "Build" }]],
  V30: [[node(ms, npmLock({})), node(ms, npmLock({ "node_modules/ms": { version: "2.1.3" } })), { kind: "SetInstallMode", mode: "Unfrozen" }]],
  V31: [[node(ms, { "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n\n  .: {}\n" }), node(ms, { "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n\npackages:\n" }), { kind: "SetInstallMode", mode: "Unfrozen" }]],
  V32: [
    [node(ms, { "yarn.lock": "# yarn lockfile v1\n\n" }), node(ms, { "yarn.lock": "# yarn lockfile v1\n\nms@2.1.3:\n  version \"2.1.3\"\n" }), { kind: "SetInstallMode", mode: "Unfrozen" }],
    [node(ms, { "yarn.lock": "__metadata:\n  version: 8\n" }), node(ms, { "yarn.lock": '__metadata:\n  version: 8\n\n"ms@npm:2.1.3":\n  version: 2.1.3\n' }), { kind: "SetInstallMode", mode: "Unfrozen" }],
  ],
  V33: [[node(ms, { "bun.lock": '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "web",\n    },\n  },\n  "packages": {}\n}\n' }), node(ms, { "bun.lock": '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "web",\n      "dependencies": {\n        "ms": "2.1.3",\n      },\n    },\n  },\n  "packages": {}\n}\n' }), { kind: "SetInstallMode", mode: "Unfrozen" }]],
  V34: [
    [
      { "main.py": serve, "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n', "uv.lock": 'version = 1\n\n[[package]]\nname = "a"\nversion = "1"\n' },
      { "main.py": serve, "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n', "uv.lock": 'version = 1\n\n[[package]]\nname = "a"\nversion = "1"\n\n[[package]]\nname = "flask"\nversion = "3.1.0"\n' },
      { kind: "SetInstallMode", mode: "Unfrozen" },
    ],
  ],
  V35: [
    [{ "main.go": goMain, "go.mod": goMod, "go.sum": "rsc.io/quote v1.5.2 h1:x=\n" }, { "main.go": goMain, "go.mod": goMod, "go.sum": "rsc.io/quote v1.5.2 h1:x=\nrsc.io/quote v1.5.2/go.mod h1:x=\n" }, { kind: "SetBuildFlag", flag: "GoModMod" }],
    [{ "main.go": goMain, "go.mod": goMod, "vendor/modules.txt": "# rsc.io/sampler v1.3.0\n" }, { "main.go": goMain, "go.mod": goMod, "vendor/modules.txt": "# rsc.io/quote v1.5.2\n## explicit\n" }, { kind: "SetBuildFlag", flag: "GoModMod" }],
  ],
  V40: [
    [node({}, { "server.js": 'require("fs").mkdirSync("/data/orders");\nrequire("http").createServer().listen(3000)\n' }), node({}, { "server.js": 'require("fs").mkdirSync("/tmp/orders");\nrequire("http").createServer().listen(3000)\n' }), { kind: "AddWritablePath", path: "/data/orders" }],
    [py('import os\nos.makedirs("/var/lib/ledger", exist_ok=True)'), py('open("/etc/hosts")'), { kind: "AddWritablePath", path: "/var/lib/ledger" }],
  ],
  V41: [[py("", undefined, { Procfile: "web: python app.py --host 127.0.0.1 --port $PORT\n" }), py("", undefined, { Procfile: "web: python app.py --cache 127.0.0.1 --port $PORT\n" }), { kind: "SetBind" }]],
  V42: [[node({ scripts: { start: "./run.sh" } }, { "run.sh": "#!/bin/sh\r\nexec node server.js\r\n" }), node({ scripts: { start: "./run.sh" } }, { "run.sh": "#!/bin/sh\nexec node server.js\n" }), { kind: "AddBuildStep", step: "ScriptRights" }]],
  V44: [
    [{ Makefile: "server: server.c\n\tcc -o server server.c -lgmp\n", "server.c": `#include <sys/socket.h>\n#include <gmp.h>\n${cMain}` }, { Makefile: "server: server.c\n\tcc -o server server.c\n", "gmp.h": "\n", "server.c": `#include <sys/socket.h>\n#include <gmp.h>\n${cMain}` }, { kind: "AddPackages", stage: "Build" }],
  ],
  V45: [[rust('fn main() { println!("cargo:rustc-link-lib=yaml"); }\n'), rust('fn main() { println!("cargo:rustc-link-lib=own"); }\n'), { kind: "AddPackages", stage: "Build" }]],
  V51: [
    [node({ scripts: { start: "node --max-old-space-size=2048 server.js" } }), node({ scripts: { start: "node --max-old-space-size=256 server.js" } }), { kind: "SetMemory", stage: "Run", megabytes: 2816 }],
    [py("import torch", "torch==2.9.0\n"), py("import numpy", "numpy==2.3.4\n"), { kind: "SetMemory", stage: "Run", megabytes: 1280 }],
  ],
  V60: [
    [{ ...flask("flask\n"), Procfile: "web: gunicorn kitchen:app\n" }, { ...flask("flask\n"), Procfile: "web: gunicorn kitchen:app\n", "kitchen/__init__.py": "from flask import Flask\napp = Flask(__name__)\n" }, { kind: "SetStart" }],
    [{ ...flask("flask\n"), Procfile: "web: gunicorn -b :$PORT app:application\n" }, { "app.py": "from flask import Flask\napp = application = Flask(__name__)\n", "requirements.txt": "flask\n", Procfile: "web: gunicorn -b :$PORT app:application\n" }, { kind: "SetStart" }],
  ],
  V61: [[node({ scripts: { start: "node start.js" }, main: "server.js" }), node({ scripts: { start: "node start.js", prestart: "node make.js" }, main: "server.js" }), { kind: "SetStart", start: "node server.js" }]],
  V62: [[py('from transformers import pipeline\nread = pipeline("sentiment-analysis")'), py('from pipes import pipeline\nread = pipeline("x")'), { kind: "SetProbe", startupSeconds: 600 }]],
  V50: [[node({ scripts: { build: "next build", start: "next start" }, dependencies: { next: "16" } }, many(2900)), node({ scripts: { build: "next build", start: "next start" }, dependencies: { next: "16" } }, many(900)), { kind: "SetMemory", stage: "Build" }]],
}; // prettier-ignore

const cases = Object.entries(samples).flatMap(([rule, pairs]) =>
  pairs.map(([files, silent, action], index) => ({ rule, index, files, silent, action })),
);

it.each(cases)("$rule ($index) is foreseen, and mended in the draft", async ({ rule, files, action }) => {
  const plan = await planOf(files);
  const found = plan.predictions?.find((each) => each.rule === rule);
  expect(found).toMatchObject({ rule, action, forestalls: expect.stringMatching(/^[A-Z]\d\d/) as string });
  expect(plan.services[0]?.why).toContainEqual(expect.objectContaining({ about: "prediction" }));
});

it.each(cases)("$rule ($index) stays silent where nothing would fail", async ({ rule, silent }) => {
  const found = (await planOf(silent)).predictions?.find((each) => each.rule === rule);
  expect(found).toBeUndefined();
});

it("takes the folder that a Dockerfile was written for", async () => {
  const files = {
    "docker/web/Dockerfile": "FROM node:24\nCOPY web/server.js ./\nCMD node server.js\n",
    "web/server.js": "x",
  };
  const services = [{ name: "web", path: "docker/web", dockerfile: "Dockerfile" }];
  const plan = await planOf(files, { services });
  expect(plan.predictions).toMatchObject([{ rule: "V43", action: { kind: "SetBuildContext", context: "." } }]);
  const right = await planOf({ ...files, "docker/web/web/server.js": "x" }, { services });
  expect(right.predictions).toBeUndefined();
});

it("has a sample of each rule, a number of its own, and a rule of the FixerAgent that it forestalls", () => {
  const ids = predictionRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => samples[id] === undefined)).toEqual(["V43"]);
  expect(predictionRules.filter(({ forestalls }) => ruleOf(forestalls) === undefined)).toEqual([]);
});

it("goes against no word of a person, and is switched off by one", async () => {
  const files = py("import imp");
  expect((await planOf(files)).services[0]?.runtime?.version).toBe("3.11");
  const services = [{ name: "web", runtime: { name: "python", version: "3.13" } }];
  expect((await planOf(files, { services })).predictions).toBeUndefined();
  const install = [{ name: "web", install: "pip install -r requirements.txt" }];
  expect((await planOf(py("import cgi"), { services: install })).predictions).toBeUndefined();
  expect((await planOf(py("import cgi"), { fix: { prediction: "Off" } })).predictions).toBeUndefined();
  expect((await planOf(py("import cgi"), {}, "Off")).estimates).toBeUndefined();
});

it("estimates by the packages of the lock, and says so", async () => {
  const small = (await planOf(node(ms, npmLock({ "node_modules/ms": { version: "2.1.3" } })))).estimates?.[0];
  const large = (await planOf(node(ms, { ...many(800) }))).estimates?.[0];
  expect(small).toMatchObject({ service: "web", packages: 1, from: "node, 1 packages of package-lock.json" });
  expect(large?.packages).toBe(800);
  expect(large?.buildMegabytes).toBeGreaterThan(small?.buildMegabytes ?? Infinity);
  expect((await planOf({ Dockerfile: 'FROM scratch\nCMD ["/x"]\n' })).estimates).toEqual([]);
});

it("reads hostile files in bounded time", async () => {
  const began = performance.now();
  await planOf(
    py(
      `${"import ".repeat(3000)}\n${"from a import (".repeat(2000)}\n${'subprocess.run(["'.repeat(3000)}`,
      `${"a==1,".repeat(3000)}\n`,
    ),
  );
  await planOf(
    node(
      { scripts: { start: "node server.js", prepare: "a ".repeat(5000) } },
      { ".npmrc": "a=".repeat(5000), "server.js": `${'mkdirSync("/a'.repeat(4000)}`, "yarn.lock": '"@'.repeat(20_000) },
    ),
  );
  await planOf({ "main.go": goMain, "go.mod": `module a\nrequire (${"a ".repeat(20_000)}\n`, "go.sum": "" });
  await planOf({
    Makefile: "a:\n\tcc a.c\n",
    "a.c": `${"#if A\n".repeat(5000)}#include <${"a/".repeat(5000)}\n${cMain}`,
  });
  expect(performance.now() - began).toBeLessThan(6000);
});

it("tells of a runtime that nobody mends any more, and of no other", async () => {
  const old = await planOf({ ...node({}), ".nvmrc": "16\n" });
  expect(old.warnings).toContain("web: node 16 has had no security fixes since 2023-09-11 (version by .nvmrc)");
  const young = await planOf(node({}));
  expect(young.warnings.filter((text) => text.includes("security"))).toEqual([]);
});
