import { describe, expect, it } from "vitest";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { parseRepositoryFile } from "./repository-file.ts";

const app = {
  "package.json": '{"scripts":{"start":"node server.js","build":"tsc"},"dependencies":{"express":"5"}}',
  "server.js": "require('express')().listen(process.env.PORT)",
};

async function planOf(files: Readonly<Record<string, string>>, spec: Partial<RepoRunSpec> = {}) {
  const request = {
    spec: { source: { git: { url: "https://localhost/a.git" } }, ...spec },
    platform: anyPlatform,
    name: "a",
  };
  const outcome = await draftPlan(treeOf(files), request);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describe("repo-runner.yaml", () => {
  const file = {
    ...app,
    "repo-runner.yaml":
      "services:\n- name: web\n  start: node other.js\n  runtime: {name: node, version: '20'}\n  port: 4000\nenv:\n- {name: LEVEL, value: low}\n",
  };

  it("is heard where nobody else speaks, and named", async () => {
    const { services } = await planOf(file);
    expect(services[0]).toMatchObject({
      start: "node other.js",
      runtime: { version: "20", from: "repo-runner.yaml" },
      port: { number: 4000, from: "Spec" },
    });
    expect(services[0]?.why).toContainEqual({ about: "start", value: "node other.js", because: "repo-runner.yaml" });
    expect(services[0]?.env).toContainEqual(
      expect.objectContaining({ name: "LEVEL", value: "low", why: "repo-runner.yaml" }),
    );
  });

  it("stands below the spec and the environment, field by field", async () => {
    const { services } = await planOf(
      { ...file, ".nvmrc": "18" },
      {
        services: [{ name: "web", start: "node mine.js" }],
        env: [
          { name: "NODE_VERSION", value: "22" },
          { name: "LEVEL", value: "high" },
        ],
      },
    );
    expect(services[0]).toMatchObject({ start: "node mine.js", runtime: { version: "22" }, port: { number: 4000 } });
    expect(services[0]?.env).toContainEqual(expect.objectContaining({ name: "LEVEL", value: "high", why: "spec" }));
    expect((await planOf({ ...file, ".nvmrc": "18" })).services[0]?.runtime?.version).toBe("20");
  });

  it.each([
    ["image: {repository: evil.example.org/x}", "image may not be set by a repository"],
    ["approve: []", "approve may not be set"],
    ["pod: {nodeSelector: {a: b}}", "pod may not be set"],
    ["services:\n- {name: web, link: {host: bank.example.org}}", "services[0].link may not be set"],
    ["services:\n- {name: web, replicas: 90}", "services[0].replicas may not be set"],
    [
      "services:\n- {name: web, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
      "services[0].env[0].valueFrom may not be set",
    ],
    ["databases:\n- {name: db, bindTo: {name: s}}", "databases[0].bindTo may not be set"],
    ["services:\n- {name: web, path: ../../etc}", "services[0].path: must be a path inside"],
    ["env:\n- {name: 'A B', value: x}", "env[0].name: must be letters"],
    ["- just\n- a list", "it is no YAML mapping"],
    ["services: &a [*a, *a]", "services[0]: "],
  ])("passes over %j, and says so", (text, warning) => {
    const words = parseRepositoryFile(text, "repo-runner.yaml");
    expect(words.warnings.join("\n")).toContain(warning);
    expect(JSON.stringify([words.services, words.databases, words.env])).not.toMatch(
      /evil|bank|secretKeyRef|bindTo|etc/,
    );
  });
});

describe("files of other hosts", () => {
  it.each([
    [{ "railpack.json": '{ // x\n "deploy": {"startCommand": "node x.js"}, "packages": {"node": "22"} }' }, "node x.js", "22"],
    [{ "nixpacks.toml": '[start]\ncmd = "node x.js"\n' }, "node x.js", "24"],
    [{ "railway.json": '{"deploy": {"startCommand": "node x.js"}}' }, "node x.js", "24"],
    [{ "render.yaml": "services:\n- {type: web, startCommand: node x.js, envVars: [{key: NODE_VERSION, value: 20.1.0}]}\n" }, "node x.js", "20"],
    [{ "heroku.yml": "run:\n  web: node x.js\n" }, "node x.js", "24"],
  ])("hears %j", async (files, start, version) => {
    const { services } = await planOf({ ...app, ...files });
    expect(services[0]).toMatchObject({ start, runtime: { version } });
    expect(services[0]?.why.find(({ about }) => about === "start")?.because).toBe(Object.keys(files)[0]);
  }); // prettier-ignore

  it("leaves them to a person's word, and to repo-runner.yaml", async () => {
    const files = { ...app, "railway.json": '{"deploy": {"startCommand": "node x.js"}}' };
    const told = await planOf(files, { services: [{ name: "web", start: "node mine.js" }] });
    expect(told.services[0]?.start).toBe("node mine.js");
    const both = await planOf({ ...files, "repo-runner.yaml": "services:\n- {name: web, start: node own.js}\n" });
    expect(both.services[0]?.start).toBe("node own.js");
  });

  it("does not call what only another builder's images have", async () => {
    const files = { ...app, "nixpacks.toml": '[phases.build]\ncmds = ["cp /assets/a.conf /etc/a.conf"]\n[start]\ncmd = "/assets/start.sh"\n' };
    const [web] = (await planOf(files)).services;
    expect([web?.recipe.build, web?.start].join(" ")).not.toContain("/assets");
  }); // prettier-ignore

  it("does not put what another builder calls `...` into a line", async () => {
    const files = { ...app, "railpack.json": '{"steps": {"build": {"commands": ["...", "npm ci"]}}}' };
    expect((await planOf(files)).services[0]?.recipe.build).toBe("npm run build");
  });
});
