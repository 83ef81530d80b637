import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../deploy/local/command.ts";
import { helmPrograms } from "../../deploy/local/helm.ts";
import { type ApiServer, startApiServer } from "./apiserver.ts";
import { installCrd, runs } from "./install-crd.ts";

let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer();
  await installCrd(api);
  await api.must("POST", runs, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: "guestbook" },
    spec: { source: { git: { url: "https://git.example.org/demo/guestbook.git" } } },
  });
  const ready = {
    type: "Ready",
    status: "True",
    reason: "Verified",
    message: 'web: 200 "Guestbook" in 12 ms',
    lastTransitionTime: "2026-11-22T18:04:31Z",
  };
  const status = {
    conditions: [ready],
    url: "http://192.0.2.10:30412/",
    maturity: "Verified",
    source: { revision: "main@4f1c9e2" },
    fixCount: 1,
    plan: { summary: "node 24 (express)" },
  };
  await api.must("PATCH", `${runs}/guestbook/status`, { status }, "application/merge-patch+json");
});
afterAll(async () => {
  await api.stop();
});

async function get(...args: readonly string[]): Promise<string[][]> {
  const { kubectl } = await helmPrograms();
  const table = await runCommand(kubectl, ["--kubeconfig", api.kubeconfig, "get", ...args]);
  return table
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .trimEnd()
        .split(/ {3,}/)
        .filter((cell) => cell !== ""),
    );
}

it("says by its short name whether it is up, where, and in which words", async () => {
  const [head, row] = await get("rr");
  expect(head).toEqual(["NAME", "READY", "REASON", "LINK", "AGE", "MESSAGE"]);
  expect(row?.slice(0, 4)).toEqual(["guestbook", "True", "Verified", "http://192.0.2.10:30412/"]);
  expect(row?.at(-1)).toBe('web: 200 "Guestbook" in 12 ms');
});

it("adds how far, which commit, what was mended and the plan to the wide table", async () => {
  const [head, row] = await get("rr", "-o", "wide");
  expect(head?.slice(6)).toEqual(["MATURITY", "REVISION", "FIXES", "PLAN"]);
  expect(row?.slice(6)).toEqual(["Verified", "main@4f1c9e2", "1", "node 24 (express)"]);
});

it("is listed with its category, which other kinds have, too", async () => {
  expect((await get("repo-runner"))[1]?.[0]).toBe("reporun.repo-runner.dev/guestbook");
});
