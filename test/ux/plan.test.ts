import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { repoRunner } from "./process.ts";

const limitMs = 60_000;

/** A folder with a small express program; a repository too where asked. */
function program(committed = false): string {
  const folder = mkdtempSync(join(tmpdir(), "repo-runner-program-"));
  const manifest = {
    name: "guestbook",
    scripts: { start: "node server.js" },
    engines: { node: ">=22" },
    dependencies: { express: "^5.1.0" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "server.js"),
    'const app = require("express")();\napp.get("/", (request, response) => response.send("hello"));\napp.listen(process.env.PORT ?? 3000);\n',
  );
  if (committed) {
    for (const args of [
      ["init", "-q", "-b", "trunk"],
      ["add", "."],
      ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "Add a form"],
    ]) {
      execFileSync("git", ["-C", folder, ...args]);
    }
  }
  return folder;
}

it(
  "a folder is planned without a cluster: what, how, and why",
  async () => {
    const ended = await repoRunner(["plan", "."], { cwd: program() });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^ {2}web +node \S+ · express · npm$/m);
    expect(ended.stdout).toMatch(/^ {4}start +node server\.js +package\.json/m);
    expect(ended.stdout).toMatch(/^ {4}port +3000, likely +server\.js:3/m);
    expect(ended.stdout).toContain("Nothing is needed from you.");
  },
  limitMs,
);

it(
  "-o json has every key that is documented, null where nothing is known",
  async () => {
    const ended = await repoRunner(["plan", ".", "-o", "json"], { cwd: program() });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const document = JSON.parse(ended.stdout) as { services: Record<string, unknown>[]; source: unknown };
    expect(Object.keys(document)).toEqual([
      "name",
      "source",
      "services",
      "databases",
      "needs",
      "warnings",
      "predictions",
      "estimates",
      "failure",
      "seconds",
    ]);
    expect(document.source).toBeNull();
    const keys = [
      "name",
      "kind",
      "path",
      "language",
      "framework",
      "runtime",
      "manager",
      "install",
      "build",
      "start",
      "port",
      "portFrom",
      "probe",
      "env",
      "dockerfile",
    ];
    expect(Object.keys(document.services[0] ?? {})).toEqual(keys);
    expect(document.services[0]).toMatchObject({
      name: "web",
      kind: "Web",
      path: ".",
      language: "node",
      framework: "express",
      build: null,
      start: "node server.js",
      port: 3000,
    });
    expect(document.services[0]?.["dockerfile"]).toContain("FROM docker.io/library/node:");
  },
  limitMs,
);

it(
  "an address is cloned, planned, and nothing of it stays",
  async () => {
    const folder = program(true);
    const ended = await repoRunner(["plan", `file://${folder}`, "-o", "json"], { env: { TMPDIR: folder } });
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      source: { url: `file://${folder}`, revision: expect.stringMatching(/^trunk@[0-9a-f]{7}$/) as unknown },
    });
    expect(execFileSync("ls", ["-A", folder], { encoding: "utf8" })).not.toContain("repo-runner-plan-");
  },
  limitMs,
);

it(
  "--dockerfile and --why answer on a terminal and in a pipe alike",
  async () => {
    const cwd = program();
    const pipe = await repoRunner(["plan", ".", "--dockerfile"], { cwd });
    expect(pipe.stdout).toContain("# web\nFROM ");
    const terminal = await repoRunner(["plan", ".", "--why"], { cwd, terminal: true });
    expect(terminal.code).toBe(0);
    expect(terminal.stdout).toContain("web (");
  },
  limitMs,
);

it(
  "--write makes repo-runner.yaml once, and never over one that is there",
  async () => {
    const cwd = program();
    const file = join(cwd, "repo-runner.yaml");
    expect((await repoRunner(["plan", ".", "--write"], { cwd })).code).toBe(0);
    expect(parse(readFileSync(file, "utf8"))).toMatchObject({ services: [{ name: "web", start: "node server.js" }] });
    writeFileSync(file, "mine");
    const again = await repoRunner(["plan", ".", "--write"], { cwd });
    expect(again.code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await repoRunner(["plan", ".", "--write", "--force"], { cwd })).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toBe("mine");
  },
  limitMs,
);

it(
  "nothing to run is exit code 4, no such repository 2, neither a folder nor an address 2",
  async () => {
    const empty = mkdtempSync(join(tmpdir(), "repo-runner-nothing-"));
    writeFileSync(join(empty, "README.md"), "nothing");
    const nothing = await repoRunner(["plan", empty, "-o", "json"]);
    expect(nothing.code).toBe(4);
    expect(JSON.parse(nothing.stdout)).toMatchObject({ services: [], failure: { reason: "NotAService" } });
    const missing = await repoRunner(["plan", "file:///nonexistent/a.git"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("✗ NoSuchSource");
    const neither = await repoRunner(["plan", "nonexistent"]);
    expect(neither.code).toBe(2);
    expect(existsSync("nonexistent")).toBe(false);
  },
  limitMs,
);

it(
  "Ctrl-C while cloning ends it, exit code 130",
  async () => {
    // A server that accepts and never answers.
    const { createServer } = await import("node:net");
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const ended = await repoRunner(["plan", `http://127.0.0.1:${String(port)}/a.git`], {
      terminal: true,
      interruptAfter: /source/,
    });
    server.close();
    expect(ended.code).toBe(130);
  },
  limitMs,
);
