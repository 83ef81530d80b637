import { describe, expect, it } from "vitest";
import type { Plan } from "../plan.ts";
import type { RepoRunSpec } from "../repo-run.ts";
import { anyPlatform } from "./detection/language.contract.ts";
import type { Platform } from "./detection/language.ts";
import { treeOf } from "./detection/literal-tree.ts";
import { draftPlan } from "./survey.ts";

type Files = Readonly<Record<string, string>>;

const express: Files = {
  "package.json": '{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}',
  "server.js": 'require("express")().listen(process.env.PORT ?? 4000)',
};
const flask: Files = {
  "app.py": 'from flask import Flask\napp = Flask(__name__)\n@app.route("/")\ndef a():\n    return "a"\n',
  "requirements.txt": "flask\n",
};

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

async function draft(files: Files, spec: Partial<RepoRunSpec> = {}, platform: Platform = anyPlatform) {
  const source = { git: { url: "https://git.example.org/x.git" }, ...spec.source };
  return await draftPlan(treeOf(files), { spec: { ...spec, source }, platform, name: "run" });
}

async function planOf(files: Files, spec: Partial<RepoRunSpec> = {}, platform?: Platform): Promise<Plan> {
  const outcome = await draft(files, spec, platform);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

async function failureOf(files: Files, spec: Partial<RepoRunSpec> = {}, platform?: Platform) {
  const outcome = await draft(files, spec, platform);
  return outcome.state === "failed" ? outcome.failure : undefined;
}

describe("what is found", () => {
  it("drafts one service with its port from the code", async () => {
    const plan = await planOf(express);
    expect(plan.summary).toBe("node 24 (express)");
    expect(plan.services).toMatchObject([
      { name: "web", kind: "Web", start: "node server.js", port: { number: 4000, readsPort: true } },
    ]);
  });

  it("prefers the repository's own Dockerfile", async () => {
    const plan = await planOf({ ...express, Dockerfile: "FROM node\nEXPOSE 9000\n" });
    expect(plan.services).toMatchObject([{ language: "dockerfile", port: { number: 9000 } }]);
  });

  it("names an ending program a job", async () => {
    const plan = await planOf({
      "package.json": '{"private":true,"scripts":{"start":"node a.js"}}',
      "a.js": "console.log(1)",
    });
    expect(plan.services).toMatchObject([{ name: "job", kind: "Job" }]);
  });

  it("runs every certain app below a silent root", async () => {
    const plan = await planOf({ ...below("api", flask), ...below("front", express), "README.md": "" });
    expect(plan.services.map(({ name, language }) => [name, language])).toEqual([
      ["api", "python"],
      ["front", "node"],
    ]);
    expect(plan.warnings[0]).toContain("nothing to run in the root");
  });

  it("keeps names apart", async () => {
    const plan = await planOf({ ...below("a/web", express), ...below("b/web", express) });
    expect(plan.services.map(({ name }) => name)).toEqual(["web", "b-web"]);
  });

  it("does not run a library's examples, but names them", async () => {
    const failure = await failureOf({
      "package.json": '{"name":"x","exports":"./x.js"}',
      ...below("examples/web", express),
    });
    expect(failure).toMatchObject({ reason: "NotAService", layer: "Source", blame: "Repo" });
    expect(failure?.hint).toContain("examples/web");
  });

  it.each([
    [{}, "EmptyRepository"],
    [{ ".gitignore": "x" }, "EmptyRepository"],
    [{ "README.md": "hello" }, "NotAService"],
    [{ "notes/a.txt": "hello" }, "NotAService"],
  ])("%j is %s", async (files: Files, reason) => {
    expect((await failureOf(files))?.reason).toBe(reason);
  });
});

describe("what a person says", () => {
  const services = (...wishes: NonNullable<RepoRunSpec["services"]>): Partial<RepoRunSpec> => ({ services: wishes });

  it("wins, field by field", async () => {
    const wish = {
      name: "web",
      start: "node other.js",
      build: "",
      port: 5000,
      packages: ["ffmpeg"],
      probe: { path: "/up" },
    };
    const [service] = (await planOf(express, services(wish))).services;
    expect(service).toMatchObject({
      start: "node other.js",
      port: { number: 5000, from: "Spec" },
      probe: { path: "/up" },
      recipe: { build: null, runPackages: ["ffmpeg"] },
    });
    expect(service?.why).toContainEqual({ about: "start", value: "node other.js", because: "spec" });
  });

  it("makes a command of words a line that runs just these words", async () => {
    const [service] = (await planOf(express, services({ name: "web", command: ["node", "a b.js", "it's"] }))).services;
    expect(service?.start).toBe(String.raw`node 'a b.js' 'it'\''s'`);
  });

  it("names a service that is not there, with those that are", async () => {
    const failure = await failureOf(express, services({ name: "web" }, { name: "wbe", port: 1 }));
    expect(failure).toMatchObject({ reason: "UnknownService", blame: "Spec" });
    expect(failure?.message).toContain("found: web");
  });

  it("adds a service with a start of its own to the same image", async () => {
    const plan = await planOf(express, services({ name: "web" }, { name: "mailer", start: "node mail.js" }));
    expect(plan.services.map(({ name, kind, start }) => [name, kind, start])).toEqual([
      ["web", "Web", "node server.js"],
      ["mailer", "Worker", "node mail.js"],
    ]);
  });

  it("looks where a service's path says, beside what is in the root", async () => {
    const plan = await planOf(
      { ...express, ...below("tools/admin", flask) },
      services({ name: "admin", path: "tools/admin" }),
    );
    expect(plan.services.map(({ name, path }) => [name, path])).toEqual([
      ["web", "."],
      ["admin", "tools/admin"],
    ]);
  });

  it("builds the Dockerfile that is named", async () => {
    const files = { ...express, "ops/Dockerfile.web": "FROM x\nEXPOSE 1234\n" };
    const plan = await planOf(files, services({ name: "web", dockerfile: "ops/Dockerfile.web" }));
    expect(plan.services).toMatchObject([{ name: "web", language: "dockerfile", port: { number: 1234 } }]);
  });

  it("leaves out what is switched off", async () => {
    const plan = await planOf(
      { ...below("a", express), ...below("b", flask) },
      services({ name: "b", enabled: false }),
    );
    expect(plan.services.map(({ name }) => name)).toEqual(["a"]);
  });

  it.each([
    [{ source: { path: "nowhere" } }, "NoSuchPath"],
    [{ services: [{ name: "web", path: "nowhere" }] }, "NoSuchPath"],
    [{ services: [{ name: "web", dockerfile: "nowhere" }] }, "NoSuchPath"],
  ])("%j is refused: %s", async (spec, reason) => {
    expect(await failureOf(express, spec as Partial<RepoRunSpec>)).toMatchObject({ reason, blame: "Spec" });
  });

  it("takes a folder of the repository for the whole", async () => {
    const plan = await planOf(
      { ...express, ...below("api", flask) },
      { source: { path: "api" } as RepoRunSpec["source"] },
    );
    expect(plan.services).toMatchObject([{ language: "python", path: "api" }]);
  });
});

describe("what the platform has", () => {
  const listed: Platform = {
    ...anyPlatform,
    baseImages: "Listed",
    listed: { node: ["22-slim", "22", "24-slim", "24"], caddy: ["2"] },
  };

  it("is enough for what it lists", async () => {
    const files = { ...express, ".nvmrc": "20" };
    const plan = await planOf(files, {}, listed);
    expect(plan.services[0]?.recipe.buildImage).toBe("docker.io/library/node:22-slim");
    expect(plan.warnings).toContain("node 20 (.nvmrc) has no image here; 22 stands in");
  });

  it("is said to lack what nothing else can stand in for", async () => {
    const files = {
      ...express,
      "package.json": '{"scripts":{"start":"node a.js"},"engines":{"node":"18.x"},"dependencies":{"express":"5"}}',
    };
    expect(await failureOf(files, {}, listed)).toMatchObject({
      reason: "PlatformLacksImage",
      blame: "Platform",
      layer: "Base",
      hint: expect.stringContaining("node 22, 24"),
    });
    expect((await failureOf(flask, {}, listed))?.reason).toBe("PlatformLacksImage");
  });
});

it("asks nobody for what only a page's build reads", async () => {
  const files = {
    "package.json": '{"scripts":{"build":"vite build"},"devDependencies":{"vite":"7"}}',
    "index.html": "",
    "src/main.js": "fetch(import.meta.env.VITE_API_URL)",
  };
  expect((await planOf(files)).needs).toEqual([]);
});
