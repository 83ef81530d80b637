import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloneRequest, Source } from "../agents/source/clone-request.ts";
import { clone } from "./clone.ts";
import { startGitServer } from "./git-server.ts";
import { makeRepositories } from "./sample-repositories.ts";

const top = mkdtempSync(join(tmpdir(), "clone-test-"));
const root = join(top, "repositories");
const samples = join(top, "samples");
const password = "s3cret-token-of-the-test";
let server: Awaited<ReturnType<typeof startGitServer>>;
let count = 0;

function sample(name: string, fill: (folder: string) => void): void {
  const folder = join(samples, name);
  mkdirSync(folder, { recursive: true });
  fill(folder);
}

function inBare(name: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir", join(root, name), ...args], {
    encoding: "utf8",
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: "t",
      GIT_AUTHOR_EMAIL: "t@t",
      GIT_COMMITTER_NAME: "t",
      GIT_COMMITTER_EMAIL: "t@t",
    },
  }).trim();
}

/** Submodules that are asked for by `parts`; only the first is fetched. */
const addresses: Readonly<Record<string, string>> = {
  beside: "../hello.git",
  local: "file:///etc",
  helper: "ext::sh -c id",
  abroad: "http://git.example.org/part.git",
  loud: "http://demo:geheim@127.0.0.1/part.git",
};

/** Puts a link to `commit` at each path into the newest tree, as `git submodule add` does. */
function withSubmodules(name: string, paths: readonly string[], commit: string): void {
  inBare(name, "read-tree", "main");
  for (const path of paths) inBare(name, "update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
  const made = inBare(name, "commit-tree", inBare(name, "write-tree"), "-m", "parts");
  inBare(name, "update-ref", "refs/heads/main", made);
}

beforeAll(async () => {
  sample("option", (folder) => {
    writeFileSync(join(folder, ".gitmodules"), '[submodule "o"]\n\tpath = o\n\turl = --upload-pack=id\n');
  });
  sample("parts", (folder) => {
    const sections = Object.entries(addresses).map(
      ([path, url]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`,
    );
    writeFileSync(join(folder, ".gitmodules"), sections.join(""));
  });
  sample("hello", (folder) => {
    writeFileSync(join(folder, "index.js"), "console.log(1)\n");
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "deep/a.txt"), "a\n");
    symlinkSync("/etc/passwd", join(folder, "stray"));
    symlinkSync("../../outside", join(folder, "deep/climber"));
    symlinkSync("stray", join(folder, "second-hand"));
    symlinkSync("deep/a.txt", join(folder, "fine"));
    symlinkSync("not-yet-built", join(folder, "dangling"));
  });
  sample("many", (folder) => {
    for (let index = 0; index < 40; index += 1) writeFileSync(join(folder, `${index}.txt`), `${index}`);
  });
  await makeRepositories(samples, root);
  await makeRepositories(samples, join(root, "private"));
  execFileSync("git", ["init", "--quiet", "--bare", join(root, "empty.git")]);
  const tip = inBare("hello.git", "rev-parse", "main");
  const tree = inBare("hello.git", "rev-parse", "main^{tree}");
  const second = inBare("hello.git", "commit-tree", tree, "-p", tip, "-m", "Second \u001b[31mred");
  inBare("hello.git", "update-ref", "refs/heads/feature/x", second);
  withSubmodules("option.git", ["o"], tip);
  withSubmodules("parts.git", Object.keys(addresses), tip);
  inBare("hello.git", "update-ref", "refs/pull/7/head", second);
  inBare("hello.git", "tag", "-a", "v1", "-m", "one", tip);
  server = await startGitServer({
    root,
    port: 0,
    host: "127.0.0.1",
    push: false,
    accounts: new Map([["private", `demo:${password}`]]),
  });
});

afterAll(async () => {
  await server.close();
  rmSync(top, { recursive: true, force: true });
});

async function run(path: string, change: Partial<CloneRequest> = {}, secret?: Record<string, string>) {
  count += 1;
  const work = join(top, `work-${count}`);
  const folder = join(top, `secret-${count}`);
  if (secret) {
    mkdirSync(folder);
    for (const [key, value] of Object.entries(secret)) writeFileSync(join(folder, key), value);
  }
  const request: CloneRequest = {
    inputDigest: "sha256:0",
    url: `http://127.0.0.1:${server.port}/${path}`,
    ref: {},
    submodules: false,
    lfs: false,
    insecure: false,
    waitSeconds: 0,
    maxBytes: 1_000_000,
    maxFiles: 30,
    timeoutSeconds: 30,
    ...(secret ? { secret: "git" } : {}),
    ...change,
  };
  const outcome = await clone(
    request,
    { work, secret: folder, caBundle: join(top, "no-ca") },
    new AbortController().signal,
  );
  return { outcome, work, reason: outcome.state === "failed" ? outcome.failure.reason : undefined };
}

describe("what is cloned", () => {
  it("takes the default branch, without its history, and says what it took", async () => {
    const { outcome, work } = await run("hello.git");
    expect(outcome).toMatchObject({ state: "done", value: { subject: "Sample", removedLinks: 3, files: 7 } });
    const source = JSON.parse(readFileSync(join(work, "source.json"), "utf8")) as { commit: string; revision: string };
    expect(source.commit).toBe(inBare("hello.git", "rev-parse", "main"));
    expect(source.revision).toBe(`main@${source.commit.slice(0, 7)}`);
    expect(existsSync(join(work, "src/.git"))).toBe(false);
  });

  it("removes links that lead out, directly or through another, and keeps the others", async () => {
    const { work } = await run("hello.git");
    const there = ["stray", "deep/climber", "second-hand", "fine"].filter((path) =>
      existsSync(join(work, "src", path)),
    );
    expect(there).toEqual(["fine"]);
  });

  it.each([
    ["a branch", { ref: { branch: "feature/x" } }, "feature/x@", "Second red"],
    ["a tag", { ref: { tag: "v1" } }, "v1@", "Sample"],
    ["a pull request", { ref: { pullRequest: 7 } }, "#7@", "Second red"],
  ])("takes %s", async (_what, change, revision, subject) => {
    const { outcome } = await run("hello.git", change);
    expect(outcome).toMatchObject({ state: "done", value: { subject, revision: expect.stringContaining(revision) } });
  });

  it("takes a commit by its id, and stays with the one that was resolved before", async () => {
    const commit = inBare("hello.git", "rev-parse", "main");
    expect((await run("hello.git", { ref: { commit } })).outcome).toMatchObject({ value: { commit } });
    expect((await run("hello.git", { ref: { branch: "feature/x" }, commit })).outcome).toMatchObject({
      value: { commit },
    });
  });

  it("fetches submodules beside the repository, and says of every other why it is left out", async () => {
    const { outcome, work } = await run("parts.git", { submodules: true });
    expect(outcome.state).toBe("done");
    expect(readFileSync(join(work, "src/beside/deep/a.txt"), "utf8")).toBe("a\n");
    for (const path of ["local", "helper", "abroad", "loud"])
      expect(existsSync(join(work, "src", path, "deep"))).toBe(false);
    const { skippedSubmodules } = JSON.parse(readFileSync(join(work, "source.json"), "utf8")) as Source;
    expect(skippedSubmodules.toSorted()).toEqual([
      "submodule abroad is left out: it lies on another host than the repository",
      "submodule helper is left out: its address is no https, http or ssh URL",
      "submodule local is left out: its address is no https, http or ssh URL",
      "submodule loud is left out: its address has credentials in it",
    ]);
  });

  it("refuses a repository with a submodule whose address would be an option of git's", async () => {
    const { outcome } = await run("option.git", { submodules: true });
    expect(outcome).toMatchObject({
      state: "failed",
      failure: { reason: "SourceDamaged", message: expect.stringContaining(".gitmodules") as string },
    });
  });

  it("uses the Secret for a private repository", async () => {
    const { outcome } = await run("private/hello.git", {}, { username: "demo", password });
    expect(outcome.state).toBe("done");
  });
});

describe("why a clone fails", () => {
  it.each([
    ["no such repository", "none.git", {}, undefined, "NoSuchSource"],
    ["a private one without a Secret", "private/hello.git", {}, undefined, "NoSuchSource"],
    ["a wrong password", "private/hello.git", {}, { username: "demo", password: "wrong" }, "AuthRefused"],
    ["a Secret without the right keys", "private/hello.git", {}, { user: "demo" }, "GitSecretIncomplete"],
    ["an empty repository", "empty.git", {}, undefined, "EmptyRepository"],
    ["an empty repository and a branch", "empty.git", { ref: { branch: "main" } }, undefined, "EmptyRepository"],
    ["no such branch", "hello.git", { ref: { branch: "nope" } }, undefined, "NoSuchRef"],
    ["no such commit", "hello.git", { ref: { commit: "1".repeat(40) } }, undefined, "NoSuchRef"],
    ["too many files", "many.git", {}, undefined, "SourceTooLarge"],
    ["too many bytes", "hello.git", { maxBytes: 20 }, undefined, "SourceTooLarge"],
    ["a local path", "", { url: "/etc" }, undefined, "UnsupportedSource"],
    ["another transport", "", { url: "ext::sh -c id" }, undefined, "UnsupportedSource"],
    ["an option", "", { url: "--upload-pack=id" }, undefined, "UnsupportedSource"],
    ["credentials in the URL", "", { url: `http://demo:${password}@127.0.0.1/x.git` }, undefined, "UnsupportedSource"],
    ["nobody listens", "", { url: "http://127.0.0.1:1/x.git" }, undefined, "NetworkUnreachable"],
  ])("%s", async (_what, path, change, secret, reason) => {
    const got = await run(path, change, secret as Record<string, string> | undefined);
    expect(got.reason).toBe(reason);
    expect(JSON.stringify(got.outcome)).not.toContain(password);
    expect(existsSync(join(got.work, "src"))).toBe(false);
  });

  it("does not offer the Secret to another host", async () => {
    const { outcome } = await run(
      "private/hello.git",
      { url: `http://localhost:${server.port}/private/hello.git` },
      { username: "demo", password },
    );
    expect(outcome.state).toBe("done");
    const secretFor = await import("./git-credentials.ts");
    const scratch = mkdtempSync(join(top, "askpass-"));
    const secret = join(scratch, "secret");
    mkdirSync(secret);
    writeFileSync(join(secret, "username"), "demo");
    writeFileSync(join(secret, "password"), password);
    secretFor.settingFor({ scheme: "https", host: "git.example.org" }, { scratch, secret, caBundle: "/none" });
    const ask = (prompt: string) => {
      try {
        return execFileSync(join(scratch, "askpass"), [prompt], { encoding: "utf8" });
      } catch {
        return undefined;
      }
    };
    expect(ask("Password for 'https://demo@git.example.org': ")).toBe(password);
    expect(ask("Password for 'https://demo@evil.example.org': ")).toBeUndefined();
    expect(ask("Password for 'http://demo@git.example.org': ")).toBeUndefined();
    expect(ask("Username for 'https://git.example.org.evil.example': ")).toBeUndefined();
  });
});
