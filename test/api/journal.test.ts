import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { installCrd, runs } from "./install-crd.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
let cluster: ApiServer;
let folder: string;
let port: number;
let journal: ChildProcess | undefined;

beforeAll(async () => {
  cluster = await startApiServer();
  await installCrd(cluster);
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  port = address !== null && typeof address === "object" ? address.port : 0;
  probe.close();
  await cluster.must("POST", "/api/v1/namespaces", { metadata: { name: "other" } });
  const rules = [{ apiGroups: ["repo-runner.dev"], resources: ["reporuns"], verbs: ["watch"] }];
  await cluster.must("POST", `${rbac}/clusterroles`, { metadata: { name: "watcher" }, rules });
  for (const name of ["team", "stranger"])
    await cluster.must("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name } });
  await cluster.must("POST", `${rbac}/namespaces/default/rolebindings`, {
    metadata: { name: "team" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "watcher" },
    subjects: [{ kind: "ServiceAccount", name: "team", namespace: "default" }],
  });
}, 300_000);
afterEach(async () => {
  await end("SIGTERM");
});
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

/** Starts `repo-runner api` and waits until it has seen all runs. */
async function start(): Promise<void> {
  const main = join(import.meta.dirname, "..", "..", "src", "main.ts");
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, JOURNAL_FOLDER: folder, PORT: String(port) };
  journal = spawn(process.execPath, [main, "api"], { stdio: "ignore", env });
  const isReady = async (): Promise<boolean> =>
    await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady, 20_000, "the journal has seen all runs");
}

async function end(signal: NodeJS.Signals): Promise<void> {
  if (!journal || journal.exitCode !== null || journal.signalCode !== null) return;
  const ended = once(journal, "exit");
  journal.kill(signal);
  await ended;
}

async function tokenOf(account: string, audiences?: readonly string[]): Promise<string> {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
  const spec = audiences === undefined ? {} : { audiences };
  return (await cluster.must<{ status: { token: string } }>("POST", path, { spec })).status.token;
}

interface Told {
  readonly kind: string;
  readonly run: string;
  readonly body: Readonly<Record<string, string | number>>;
}

/** All that is recorded of a run, as the team sees it. */
async function recorded(run: string): Promise<readonly Told[]> {
  const query = `namespace=default&run=${run}&since=0&follow=false`;
  const headers = { authorization: `Bearer ${await tokenOf("team", ["repo-runner-api"])}` };
  const answer = await fetch(`http://127.0.0.1:${port}/events?${query}`, { headers });
  expect(answer.status).toBe(200);
  return [...(await answer.text()).matchAll(/^data: (.+)$/gm)].map((match) => JSON.parse(match[1] ?? "") as Told);
}

async function create(name: string): Promise<string> {
  const body = {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name },
    spec: { source: { git: { url: `https://git.example.org/${name}.git` } } },
  };
  return (await cluster.must<{ metadata: { uid: string } }>("POST", runs, body)).metadata.uid;
}

/** What the controller would write. */
async function status(name: string, ready: readonly [string, string], fixes: number): Promise<void> {
  const [is, reason] = ready;
  const list = Array.from({ length: fixes }, (_, index) => ({
    revision: index + 2,
    signature: `Signature${index}`,
    by: "Rule",
    at: new Date().toISOString(),
    outcome: "Fixed",
  }));
  const conditions = [{ type: "Ready", status: is, reason, message: "", lastTransitionTime: new Date().toISOString() }];
  const path = `${runs}/${name}/status`;
  const fresh = await cluster.must<{ status?: object }>("GET", `${runs}/${name}`);
  const next = { ...fresh, status: { conditions, fixes: list, plan: { revision: fixes + 1 } } };
  await cluster.must("PUT", path, next);
}

async function event(name: string, uid: string, reason: string): Promise<void> {
  await cluster.must("POST", "/apis/events.k8s.io/v1/namespaces/default/events", {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: "default" },
    eventTime: new Date().toISOString().replace("Z", "000Z"),
    reportingController: "repo-runner.dev/controller",
    reportingInstance: "test",
    action: reason,
    reason,
    type: "Normal",
    note: `${reason} it is`,
    regarding: { apiVersion: "repo-runner.dev/v1alpha1", kind: "RepoRun", namespace: "default", name, uid },
  });
}

const sayOf = ({ kind, body }: Told): string =>
  `${kind} ${String(body["stage"] ?? body["signature"] ?? body["reason"] ?? "")}`.trim();

describe("the journal, beside a real API server", () => {
  it("has everything once, over kills of its own and what happened meanwhile", async () => {
    await start();
    const uid = await create("shop");
    await status("shop", ["Unknown", "Building"], 0);
    await event("shop", uid, "Planned");
    await until(async () => (await recorded("shop")).length === 3, 10_000, "three entries");
    await end("SIGKILL");
    // Nobody records now: a fix, an Event and the end.
    await status("shop", ["True", "Verified"], 1);
    await event("shop", uid, "Verified");
    await start();
    const all = ["Asked", "End Verified", "Event Planned", "Event Verified", "Fix Signature0", "Stage Building"];
    await until(async () => (await recorded("shop")).length === 6, 10_000, "six entries");
    expect((await recorded("shop")).map(sayOf).toSorted()).toEqual(all);
    await end("SIGKILL");
    await start();
    expect((await recorded("shop")).map(sayOf).toSorted()).toEqual(all);
  });

  it("notices that a run was deleted while it was away", async () => {
    await create("gone");
    await start();
    await until(async () => (await recorded("gone")).length === 1, 10_000, "its beginning");
    await end("SIGKILL");
    await cluster.must("DELETE", `${runs}/gone`);
    await start();
    await until(async () => (await recorded("gone")).map(sayOf).includes("Deleted"), 10_000, "its end");
    expect((await recorded("gone")).map(sayOf)).toEqual(["Asked", "Deleted"]);
  });

  it("shows nobody more than the cluster does", async () => {
    await start();
    const ask = async (query: string, token?: string): Promise<number> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`http://127.0.0.1:${port}/events?follow=false&${query}`, { headers })).status;
    };
    const team = await tokenOf("team");
    expect(await ask("namespace=default", team)).toBe(200);
    expect(await ask("namespace=default", await tokenOf("team", ["repo-runner-api"]))).toBe(200);
    expect(await ask("namespace=other", team)).toBe(403);
    expect(await ask("", team)).toBe(403);
    expect(await ask("namespace=default", await tokenOf("stranger"))).toBe(403);
    expect(await ask("namespace=default", await tokenOf("team", ["somebody-else"]))).toBe(401);
    expect(await ask("namespace=default", "made-up")).toBe(401);
    expect(await ask("namespace=default")).toBe(401);
  });
});
