import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readAccounts, startGitServer } from "./git-server.ts";
import { makeRepositories } from "./sample-repositories.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "samples-"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** As the kubelet lays a ConfigMap out: links into `..data`, which is a link itself. */
function mountConfigMap(folder: string): void {
  mkdirSync(join(folder, "..2026/src"), { recursive: true });
  writeFileSync(join(folder, "..2026/package.json"), "{}\n");
  writeFileSync(join(folder, "..2026/src/index.js"), "1\n");
  symlinkSync("..2026", join(folder, "..data"));
  symlinkSync("..data/package.json", join(folder, "package.json"));
  symlinkSync("..data/src", join(folder, "src"));
}

function plainFolder(folder: string): void {
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}\n");
  writeFileSync(join(folder, "src/index.js"), "1\n");
}

const tip = (repository: string) =>
  execFileSync("git", ["--git-dir", repository, "rev-parse", "main"], { encoding: "utf8" }).trim();

it("a folder and a mounted ConfigMap with the same files make the same commit", async () => {
  plainFolder(join(top, "one/hello"));
  mountConfigMap(join(top, "two/hello"));
  expect(await makeRepositories(join(top, "one"), join(top, "a"))).toEqual(["hello.git"]);
  await makeRepositories(join(top, "two"), join(top, "b"));
  expect(tip(join(top, "a/hello.git"))).toBe(tip(join(top, "b/hello.git")));
  const files = execFileSync("git", ["--git-dir", join(top, "b/hello.git"), "ls-tree", "-r", "--name-only", "main"], {
    encoding: "utf8",
  });
  expect(files).toBe("package.json\nsrc/index.js\n");
});

it("serves no file but by git, and takes a push from those who may", async () => {
  plainFolder(join(top, "samples/hello"));
  await makeRepositories(join(top, "samples"), join(top, "root"));
  writeFileSync(join(top, "secret"), "s");
  const accounts = readAccounts("# who may push\n* pusher:pw\n");
  const server = await startGitServer({ root: join(top, "root"), port: 0, host: "127.0.0.1", push: true, accounts });
  try {
    const at = `http://127.0.0.1:${server.port}`;
    for (const path of [
      "/hello.git/config",
      "/hello.git/HEAD",
      "/../secret",
      "/hello.git/../../secret",
      "/%2e%2e/secret",
      "/hello.git/info/refs",
      "/hello.git/info/refs?service=git-upload-archive",
    ]) {
      expect((await fetch(`${at}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${at}/hello.git/info/refs?service=git-receive-pack`)).status).toBe(401);
    const work = join(top, "work");
    // Not the synchronous kind: the server is in this very process.
    const git = async (...args: string[]) =>
      await execa("git", args, { cwd: top, env: { GIT_TERMINAL_PROMPT: "0" }, timeout: 20_000 });
    const person = ["-C", work, "-c", "user.name=t", "-c", "user.email=t@t"];
    await git("clone", "--quiet", `${at}/hello.git`, work);
    writeFileSync(join(work, "src/index.js"), "2\n");
    await git(...person, "commit", "--quiet", "--all", "--message", "Two");
    await expect(git(...person, "push", "--quiet", `${at}/hello.git`, "main")).rejects.toThrow(
      /could not read|Authentication/,
    );
    await git(...person, "push", "--quiet", `http://pusher:pw@127.0.0.1:${server.port}/hello.git`, "main");
    await expect(
      git(...person, "push", "--quiet", `http://pusher:pw@127.0.0.1:${server.port}/new.git`, "main"),
    ).rejects.toThrow(/not found/);
    expect(tip(join(top, "root/hello.git"))).toBe(tip(join(work, ".git")));
  } finally {
    await server.close();
  }
});
