import { expect, it } from "vitest";
import { anyPlatform } from "../../src/agents/detection/language.contract.ts";
import { treeOf } from "../../src/agents/detection/literal-tree.ts";
import { draftPlan } from "../../src/agents/survey.ts";
import { repositoryFile } from "../../src/cli/plan/repository-file.ts";
import type { Plan, Service } from "../../src/plan.ts";

const spec = { source: { git: { url: "https://localhost/a.git" } } };

async function planOf(files: Readonly<Record<string, string>>): Promise<Plan> {
  const outcome = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "a" });
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

/** All but the reasons: those name the file then, and what was found beside a start is no longer needed. */
function essence(service: Service): unknown {
  const { why: _why, otherStarts: _others, sure: _sure, port, probe, env, runtime, ...rest } = service;
  const variables = env.map(({ name, source, value, phase }) => ({ name, source, value, phase }));
  return { ...rest, port: port.number, probe: probe.path, env: variables, runtime: [runtime?.name, runtime?.version] };
}

it.each([
  ["a server", { "package.json": '{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"},"engines":{"node":"22"}}', "a.js": "require('express')().listen(process.env.PORT || 3000); process.env.NODE_ENV", "package-lock.json": "{}" }],
  ["a page that is built", { "package.json": '{"scripts":{"start":"vite","build":"vite build"},"devDependencies":{"vite":"7"}}', "index.html": "" }],
  ["Django", { "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\nimport django', "requirements.txt": "django\n", "shop/settings.py": "ALLOWED_HOSTS = []\nSTATIC_ROOT = 'x'\n", "shop/wsgi.py": "" }],
  ["Flask without its server", { "main.py": "from flask import Flask\napp = Flask(__name__)\n", "requirements.txt": "flask\n" }],
  ["Go", { "go.mod": "module example.org/a\n\ngo 1.24\n", "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n' }],
  ["a static page", { "index.html": "<h1>hello</h1>" }],
  ["a Dockerfile", { Dockerfile: "FROM docker.io/library/node:24\nCOPY . .\nCMD node a.js\n" }],
  ["two apps", { "api/package.json": '{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}', "api/a.js": "", "web/package.json": '{"scripts":{"start":"node b.js"},"dependencies":{"express":"5"}}', "web/b.js": "" }],
] as const)("what --write makes of %s is read back the same", async (_name, files) => {
  const plan = await planOf(files);
  const again = await planOf({ ...files, "repo-runner.yaml": repositoryFile(plan) });
  expect(again.services.map(essence)).toEqual(plan.services.map(essence));
  expect(again.warnings.filter((warning) => warning.includes("repo-runner.yaml"))).toEqual([]);
}); // prettier-ignore
