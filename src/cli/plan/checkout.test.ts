import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkAddress, checkOut, isAddress } from "./checkout.ts";

const signal = new AbortController().signal;

function repository(): string {
  const dir = mkdtempSync(join(tmpdir(), "repo-runner-checkout-"));
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      stdio: "ignore",
    });
  };
  git("init", "-b", "trunk");
  writeFileSync(join(dir, "README"), "one");
  git("add", ".");
  git("commit", "-m", "First");
  git("tag", "v1.0");
  writeFileSync(join(dir, "README"), "two");
  git("commit", "-am", "Second");
  return `file://${dir}`;
}

it("takes the default branch, a tag, and leaves nothing behind", async () => {
  const url = repository();
  const newest = await checkOut(url, undefined, signal);
  if (newest.state !== "done") throw new Error(JSON.stringify(newest));
  expect(newest.value).toMatchObject({ subject: "Second", revision: `trunk@${newest.value.commit.slice(0, 7)}` });
  const tagged = await checkOut(url, "v1.0", signal);
  if (tagged.state !== "done") throw new Error(JSON.stringify(tagged));
  expect(readFileSync(join(tagged.value.dir, "README"), "utf8")).toBe("one");
  await newest.value.remove();
  await tagged.value.remove();
  expect(existsSync(newest.value.dir)).toBe(false);
});

it("says what is wrong as a failure: no such ref, no such repository, no commit", async () => {
  const url = repository();
  expect(await checkOut(url, "nope", signal)).toMatchObject({ state: "failed", failure: { reason: "NoSuchRef" } });
  expect(await checkOut("file:///nonexistent/a.git", undefined, signal)).toMatchObject({
    state: "failed",
    failure: { reason: "NoSuchSource" },
  });
  const empty = mkdtempSync(join(tmpdir(), "repo-runner-empty-"));
  execFileSync("git", ["init", "-q", empty]);
  expect(await checkOut(`file://${empty}`, undefined, signal)).toMatchObject({
    state: "failed",
    failure: { reason: "EmptyRepository" },
  });
});

it("tells an address from a folder, and refuses credentials in one", () => {
  expect(isAddress("git@git.example.org:a/b.git")).toBe(true);
  expect(isAddress("./folder")).toBe(false);
  expect(() => checkAddress("https://token@git.example.org/a.git")).toThrow(/must not hold/);
  expect(checkAddress("ssh://git@git.example.org/a.git")).toBe("ssh://git@git.example.org/a.git");
});
