import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "../agents/pass.ts";
import { placeOf, readPush } from "./push-event.ts";
import { isFollowing, serveWebhook } from "./webhook.ts";

const secret = "hook-pa55";
const folder = mkdtempSync(join(tmpdir(), "webhook-"));
const secretFile = join(folder, "secret");
const patched: string[] = [];
let server: Server;
let url: string;

const commit = "b".repeat(40);
const github = {
  ref: "refs/heads/main",
  after: commit,
  repository: { clone_url: "https://git.example.org/team/shop.git", default_branch: "main" },
};

function runOf(name: string, spec: Partial<RunRecord["spec"]> = {}, at = "a".repeat(40)): RunRecord {
  return {
    namespace: "demo",
    name,
    uid: name,
    deleting: false,
    spec: { source: { git: { url: "git@git.example.org:team/shop.git" } }, update: { mode: "Follow" }, ...spec },
    status: { source: { commit: at } },
  } as RunRecord;
}

const runs = [
  runOf("follows"),
  runOf("has-it", {}, commit),
  runOf("pinned", { update: { mode: "Pinned" } }),
  runOf("other-branch", { source: { git: { url: "https://git.example.org/team/shop", ref: { branch: "next" } } } }),
  runOf("other", { source: { git: { url: "https://git.example.org/team/shop2.git" } } }),
  runOf("other-host", { source: { git: { url: "https://evil.example.org/team/shop.git" } } }),
];

beforeAll(async () => {
  writeFileSync(secretFile, `${secret}\n`);
  const transport = {
    json: ({ path }: { path: string }) => {
      patched.push(path.split("/").at(-1) ?? "");
      return Promise.resolve({} as never);
    },
  };
  server = await serveWebhook({
    port: 0,
    secretFile,
    followers: () => runs,
    transport,
    logger: pino({ level: "silent" }),
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
beforeEach(() => patched.splice(0));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function sign(body: string, key = secret): string {
  return createHmac("sha256", key).update(body).digest("hex");
}

async function deliver(headers: Record<string, string>, body: string) {
  return await fetch(url, { method: "POST", headers, body });
}

describe("a push", () => {
  const body = JSON.stringify(github);

  it.each([
    ["GitHub", { "x-github-event": "push", "x-hub-signature-256": `sha256=${sign(body)}` }],
    ["Gitea", { "x-gitea-event": "push", "x-gitea-signature": sign(body) }],
  ])("of %s wakes the runs that follow its branch and no other", async (_who, headers) => {
    expect((await deliver(headers, body)).status).toBe(202);
    expect(patched).toEqual(["follows"]);
  });

  it("of GitLab, which sends the secret itself", async () => {
    const project = { git_ssh_url: "git@git.example.org:team/shop.git", default_branch: "main" };
    const told = JSON.stringify({ ref: "refs/heads/main", after: commit, project });
    await deliver({ "x-gitlab-event": "Push Hook", "x-gitlab-token": secret }, told);
    expect(patched).toEqual(["follows"]);
  });

  it.each([
    ["without a signature", { "x-github-event": "push" }],
    ["with one of another secret", { "x-github-event": "push", "x-hub-signature-256": `sha256=${sign(body, "x")}` }],
    ["with one of another body", { "x-github-event": "push", "x-hub-signature-256": `sha256=${sign("{}")}` }],
    ["with another token", { "x-gitlab-event": "Push Hook", "x-gitlab-token": "x" }],
  ])("%s is refused", async (_what, headers) => {
    expect((await deliver(headers, body)).status).toBe(401);
    expect(patched).toEqual([]);
  });

  it("is refused where our secret is empty", async () => {
    writeFileSync(secretFile, "\n");
    const headers = { "x-github-event": "push", "x-hub-signature-256": `sha256=${sign(body, "")}` };
    expect((await deliver(headers, body)).status).toBe(401);
    writeFileSync(secretFile, secret);
  });

  it("that is larger than five megabytes is not read to its end", async () => {
    const answer = await deliver({ "x-github-event": "push" }, "x".repeat(6_000_000)).catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
  });
});

it("reads no push from other events, and none of a branch that was deleted", () => {
  const read = (event: string, body: unknown) =>
    readPush({ "x-github-event": event }, Buffer.from(JSON.stringify(body)));
  expect(read("push", github)?.repositories).toEqual(new Set(["git.example.org/team/shop"]));
  expect(read("ping", github)).toBeUndefined();
  expect(read("push", { ...github, after: "0".repeat(40) })).toBeUndefined();
  expect(readPush({ "x-github-event": "push" }, Buffer.from("{"))).toBeUndefined();
});

it("moves a run that follows a tag by that tag only", () => {
  const tagged = runOf("tagged", { source: { git: { url: "https://git.example.org/team/shop", ref: { tag: "v1" } } } });
  const push = { repositories: new Set(["git.example.org/team/shop"]), defaultBranch: "main", commit };
  expect(isFollowing(tagged, { ...push, ref: "refs/tags/v1" })).toBe(true);
  expect(isFollowing(tagged, { ...push, ref: "refs/heads/v1" })).toBe(false);
});

it.each([
  ["https://GIT.example.org/team/shop.git", "git.example.org/team/shop"],
  ["ssh://git@git.example.org:2222/team/shop.git", "git.example.org/team/shop"],
  ["git@git.example.org:team/shop", "git.example.org/team/shop"],
  ["nonsense", undefined],
])("%s is %s", (address, place) => {
  expect(placeOf(address)).toBe(place);
});
