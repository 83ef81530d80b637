import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { draftPlan } from "../../survey.ts";
import { treeOf } from "../literal-tree.ts";
import type { Platform } from "../language.ts";

const any: Platform = { baseImages: "Any", listed: {}, now: new Date("2026-11-24"), commitDate: undefined };
const server = 'require("http").createServer().listen(process.env.PORT);';

async function drafted(files: Readonly<Record<string, string>>, platform = any) {
  const spec = { source: { git: { url: "https://git.example.org/you/app.git" } } };
  const plan = await draftPlan(treeOf(files), { spec, platform, name: "app" });
  if (plan.state !== "done") throw new Error(`no plan: ${JSON.stringify(plan)}`);
  return plan.value;
}

function carriedIn(service: Service | undefined): readonly string[] {
  return (service?.why ?? []).filter(({ about }) => about.startsWith("runtime:")).map(({ value }) => value);
}

const calls = (line: string) => ({
  "package.json": '{"scripts": {"start": "node server.js"}}',
  "server.js": `const { spawn, execSync } = require("child_process");\n${line}\n${server}`,
});

describe("a program that calls another runtime", () => {
  it("gets Python for an image, with what requirements.txt names, and Node in it", async () => {
    const plan = await drafted({
      ...calls('spawn("python3", ["plural.py"]);'),
      "plural.py": "import inflection",
      "requirements.txt": "inflection==0.5.1",
      ".python-version": "3.11",
    });
    const [service] = plan.services;
    expect(service?.runtime).toMatchObject({ name: "node" });
    expect(service?.recipe).toMatchObject({
      buildImage: "docker.io/library/python:3.11-slim",
      runImage: "docker.io/library/python:3.11-slim",
      install: expect.stringContaining("pip install --target /opt/runtimes/python -r requirements.txt") as unknown,
      runEnv: { PYTHONPATH: "/opt/runtimes/python", PATH: expect.stringContaining(":/opt/runtimes/bin") as unknown },
    });
    expect(service?.recipe.borrows.map(({ image, to }) => `${image} ${to}`)).toContain(
      "docker.io/library/node:24-slim /opt/runtimes/bin/node",
    );
    expect(service?.recipe.artifacts).toContainEqual({ from: "/opt/runtimes", to: "/opt/runtimes" });
    expect(service?.why).toContainEqual({
      about: "runtime:python",
      value: "python 3.11",
      because: "server.js:2 calls it; version: .python-version",
      where: "server.js:2",
    });
  });

  it("gets what mise.toml names, where a line for a shell calls it", async () => {
    const line = 'const run = (line) => execSync(line);\nrun("go version");\nrun("java -jar tool.jar");';
    const named = await drafted({ ...calls(line), "mise.toml": '[tools]\ngo = "1.25"\njava = "21"\n' });
    expect(carriedIn(named.services[0])).toEqual(["go 1.25", "java 21"]);
    expect(named.services[0]?.recipe).toMatchObject({
      runImage: "docker.io/library/node:24-slim",
      borrows: [
        { image: "docker.io/library/golang:1.25", from: "/usr/local/go", to: "/opt/runtimes/go" },
        { image: "docker.io/library/eclipse-temurin:21-jre", from: "/opt/java/openjdk", to: "/opt/runtimes/java" },
      ],
    });
    const unnamed = await drafted(calls(line));
    expect(carriedIn(unnamed.services[0])).toEqual([]);
  });

  it("is one of Python's as well", async () => {
    const plan = await drafted({
      "app.py":
        'import subprocess\nfrom flask import Flask\napp = Flask(__name__)\nsubprocess.run(["node", "render.js"])\n',
      "requirements.txt": "flask",
      ".nvmrc": "22",
    });
    expect(carriedIn(plan.services[0])).toEqual(["node 22"]);
    expect(plan.services[0]?.recipe.runEnv["PATH"]).toMatch(/:\/opt\/runtimes\/bin$/);
  });

  it.each([
    ["a comment", '// spawn("python3", ["plural.py"]);'],
    ["its own runtime", 'spawn("node", ["other.js"]);'],
    ["another word", 'spawn("pythonic");'],
  ])("is not seen in %s", async (_, line) => {
    const plan = await drafted(calls(line));
    expect(carriedIn(plan.services[0])).toEqual([]);
    expect(plan.services[0]?.recipe.runImage).toBe("docker.io/library/node:24-slim");
  });

  it("is told of where there is no image", async () => {
    const listed = { ...any, baseImages: "Listed", listed: { node: ["24-slim"] } } as const;
    const plan = await drafted(calls('spawn("java", ["-version"]);'), listed);
    expect(carriedIn(plan.services[0])).toEqual([]);
    expect(plan.warnings.join("\n")).toMatch(/^server\.js:2 calls java, and there is no image of \d+ here/m);
  });
});
