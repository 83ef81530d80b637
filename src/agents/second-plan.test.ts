import { describe, expect, it } from "vitest";
import type { RepoRunSpec } from "../repo-run.ts";
import { anyPlatform } from "./detection/language.contract.ts";
import { treeOf } from "./detection/literal-tree.ts";
import { secondPlan } from "./second-plan.ts";
import { draftPlan } from "./survey.ts";

type Files = Readonly<Record<string, string>>;

async function second(files: Files, more: Partial<RepoRunSpec> = {}) {
  const spec: RepoRunSpec = { source: { git: { url: "https://git.example.org/a/b.git" } }, ...more };
  const request = { spec, platform: anyPlatform, name: "b" };
  const first = await draftPlan(treeOf(files), request);
  if (first.state !== "done") throw new Error(JSON.stringify(first));
  const other = await secondPlan(treeOf(files), request, first.value);
  return other?.services.map(({ name, language, recipe }) => `${name}: ${recipe.dockerfile ?? language}`);
}

const flask = (folder: string): Files => ({
  [`${folder}app.py`]: "from flask import Flask\napp = Flask(__name__)\n",
  [`${folder}requirements.txt`]: "flask==3.1.0\n",
  [`${folder}Dockerfile`]:
    'FROM python:3.13-slim\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["flask", "run"]\n',
});
const nginx: Files = {
  "proxy/Dockerfile": "FROM nginx:1.27\nCOPY conf /etc/nginx/conf.d/default.conf\n",
  "proxy/start.sh": "#!/bin/sh\nexec nginx -g 'daemon off;'\n",
  "proxy/conf": "server { listen 80; location / { proxy_pass http://api:5000; } }\n",
};

describe("secondPlan", () => {
  it("builds the sources as their language is where a Dockerfile cannot be built", async () => {
    expect(await second(flask(""))).toEqual(["web: python"]);
  });

  it("does so for the services of a compose file that hold sources, and keeps the Dockerfiles of the others", async () => {
    const compose =
      'services:\n  api:\n    build: api\n    ports: ["5000:5000"]\n  proxy:\n    build: proxy\n    ports: ["80:80"]\n';
    const files = { ...flask("api/"), ...nginx, "compose.yaml": compose };
    expect(await second(files)).toEqual(["api: python", "proxy: proxy/Dockerfile"]);
  });

  it("takes the Dockerfile of a folder that is called after it, where the root has none", async () => {
    const { Dockerfile = "", ...sources } = flask("");
    const files = { ...sources, ".docker/Dockerfile": Dockerfile };
    expect(await second(files)).toEqual(["web: .docker/Dockerfile"]);
    expect(
      await second({ ...files, ".docker/Dockerfile": "FROM nginx\nCOPY site.conf /etc/nginx/\n" }),
    ).toBeUndefined();
    expect(await second(files, { services: [{ name: "web", start: "flask run" }] })).toBeUndefined();
  });

  it("is none where nothing else can be built, or a person has named the Dockerfile", async () => {
    const only = { ...nginx, "compose.yaml": "services:\n  proxy:\n    build: proxy\n" };
    expect(await second(only)).toBeUndefined();
    expect(await second(flask(""), { services: [{ name: "web", dockerfile: "Dockerfile" }] })).toBeUndefined();
  });
});
