import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepoRunStatus } from "../../src/repo-run.ts";
import { ask } from "./support/ask.ts";
import { controllerRequests } from "./support/audit.ts";
import { eventually } from "./support/kube.ts";
import { pushedGit, type PushedGit, type Tree } from "./support/pushed-git.ts";
import { awaitEnd, awaitReason, condition, statusOf } from "./support/run-case.ts";
import { dismiss, tenant, world, type World } from "./support/world.ts";

const gitNamespace = "repo-runner-e2e-pushed";
const namespace = "repo-runner-e2e-after";
const name = "board";
let at: World;
let git: PushedGit;
let first = "";
let url = "";

/** A page that says which one it is. */
function board(word: string, extra = ""): Tree {
  return {
    files: {
      "package.json": JSON.stringify({ name, version: "1.0.0", private: true, scripts: { start: "node server.js" } }),
      "server.js": `${extra}
const { createServer } = require("node:http");
const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<title>Board</title>${word}");
});
server.listen(process.env.PORT);
`,
    },
  };
}

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("a run after Verified", () => {
  beforeAll(async () => {
    at = await world();
    await tenant(at.kube, namespace);
    git = await pushedGit(at.kube, gitNamespace, { password: "pushed-pa55" });
    first = git.push(name, board("first page"));
    await at.kube.create("RepoRun", namespace, {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name, namespace },
      spec: { source: { git: { url: git.url(name) } } },
    });
    const status = await awaitEnd(at.kube, { name, namespace });
    expect(condition(status, "Ready"), condition(status, "Ready")?.message).toMatchObject({ reason: "Verified" });
    url = status.url ?? "";
    expect(await page()).toContain("first page");
  });

  afterAll(async () => {
    for (const each of [namespace, gitNamespace]) await dismiss(at.kube, each);
  });

  it("gets a deleted pod back without a word", async () => {
    const before = await resourceVersion();
    const [pod] = await pods();
    await at.kube.kill(namespace, pod ?? "");
    await eventually("another pod answers", async () => ((await page()).includes("first page") ? true : undefined), {
      timeoutMs: 60_000,
    });
    expect(await pods()).not.toContain(pod);
    await sleep(5000);
    expect(await resourceVersion()).toBe(before);
    expect(condition(await status(), "Ready")?.status).toBe("True");
  });

  it("asks and writes nothing while it is well", { timeout: 120_000 }, async () => {
    // What follows an end (lookers that are removed) is over.
    await sleep(10_000);
    const since = new Date();
    const before = await resourceVersion();
    await sleep(60_000);
    expect(await resourceVersion()).toBe(before);
    const requests = controllerRequests(since)?.filter(
      (each) => each.namespace === namespace && each.verb !== "watch" && each.resource !== "leases",
    );
    expect(requests ?? []).toEqual([]);
  });

  it("says when no pod is ready for 30 s, and when one is again", { timeout: 300_000 }, async () => {
    const fellAt = Date.now();
    await letPodsIn(false);
    try {
      const [pod] = await pods();
      await at.kube.kill(namespace, pod ?? "");
      const down = await awaitReason(at.kube, { name, namespace }, "Degraded", 120_000);
      expect(Date.now() - fellAt).toBeGreaterThanOrEqual(29_000);
      expect(condition(down, "Ready")?.status).toBe("False");
      expect(condition(down, "Serving")?.status).toBe("False");
      await eventually(
        "an Event says so",
        async () => ((await eventReasons()).includes("Degraded") ? true : undefined),
        {
          timeoutMs: 30_000,
        },
      );
    } finally {
      await letPodsIn(true);
    }
    const up = await awaitReason(at.kube, { name, namespace }, "Verified", 120_000);
    expect(condition(up, "Ready")?.status).toBe("True");
    expect(condition(up, "Reconciling")).toBeUndefined();
    // Status is told by the kubelet, the nodes' rules come a moment later.
    await answersAgain();
    expect(await page()).toContain("first page");
    await eventually(
      "an Event says that it is back",
      async () => ((await eventNotes()).some((note) => note.includes("back")) ? true : undefined),
      { timeoutMs: 30_000 },
    );
  });

  it("makes a deleted Deployment and a deleted Service again by itself", { timeout: 240_000 }, async () => {
    await at.kube.remove("Deployment", namespace, `${name}-web`);
    await answersAgain();
    await awaitReason(at.kube, { name, namespace }, "Verified", 120_000);
    const uidOf = async () => (await at.kube.get("Service", namespace, `${name}-web`))?.metadata.uid;
    const before = await uidOf();
    await at.kube.remove("Service", namespace, `${name}-web`);
    await eventually(
      "there is another Service",
      async () => {
        const uid = await uidOf();
        return uid !== undefined && uid !== before ? true : undefined;
      },
      { timeoutMs: 60_000 },
    );
    await answersAgain();
    await awaitReason(at.kube, { name, namespace }, "Verified", 120_000);
    // Its link may have another port: the nodes need a moment, too.
    await answersAgain();
    expect(await page()).toContain("first page");
  });

  it("is one release still when it is asked to look again", { timeout: 120_000 }, async () => {
    await at.kube.patch("RepoRun", namespace, name, {
      metadata: { annotations: { "repo-runner.dev/requestedAt": "again" } },
    });
    await eventually(
      "the request is handled",
      async () => {
        const now = await status();
        return now.lastHandledRequest === "again" && condition(now, "Reconciling") === undefined ? true : undefined;
      },
      { timeoutMs: 90_000 },
    );
    expect((await status()).history?.map((entry) => entry.revision)).toEqual([`main@${first.slice(0, 7)}`]);
  });

  it("moves to a second commit while the first answers", { timeout: 300_000 }, async () => {
    const second = git.push(name, board("second page"));
    const { seen, end } = await watchMove("move-2", second);
    expect(condition(end, "Ready")).toMatchObject({ status: "True", reason: "Verified" });
    expect(seen.ready, "Ready while it moves").toEqual(new Set(["True"]));
    expect(seen.reconciling).toBe(true);
    expect(seen.failures, "answers of the link").toEqual([]);
    expect(await page()).toContain("second page");
    expect(end.history?.map((entry) => entry.revision)).toEqual(
      [second, first].map((commit) => `main@${commit.slice(0, 7)}`),
    );
  });

  it("keeps the release that answers when a commit is broken", { timeout: 300_000 }, async () => {
    const broken = git.push(name, board("third page", 'throw new Error("this commit is broken");'));
    const { seen, end } = await watchMove("move-3", broken);
    expect(condition(end, "Ready")?.status).toBe("False");
    expect(condition(end, "Serving")).toMatchObject({ status: "True", reason: "PreviousRelease" });
    expect(seen.failures, "answers of the link").toEqual([]);
    expect(await page()).toContain("second page");
    const mended = git.push(name, board("fourth page"));
    const { end: after } = await watchMove("move-4", mended);
    expect(condition(after, "Ready")).toMatchObject({ status: "True", reason: "Verified" });
    expect(await page()).toContain("fourth page");
  });

  it("stops without a pod, and starts again", { timeout: 240_000 }, async () => {
    await at.kube.patch("RepoRun", namespace, name, { spec: { state: "Stopped" } });
    await awaitReason(at.kube, { name, namespace }, "Stopped");
    await eventually("no pod is left", async () => ((await pods()).length === 0 ? true : undefined), {
      timeoutMs: 90_000,
    });
    await at.kube.patch("RepoRun", namespace, name, { spec: { state: "Running" } });
    expect(condition(await awaitEnd(at.kube, { name, namespace }), "Ready")?.reason).toBe("Verified");
    expect(await page()).toContain("fourth page");
  });
});

interface Seen {
  readonly ready: Set<string>;
  reconciling: boolean;
  readonly failures: string[];
}

/** Asks for the newest commit; gives what its conditions and its link said until it was reached, or refused. */
async function watchMove(request: string, commit: string): Promise<{ seen: Seen; end: RepoRunStatus }> {
  const seen: Seen = { ready: new Set(), reconciling: false, failures: [] };
  await at.kube.patch("RepoRun", namespace, name, {
    metadata: { annotations: { "repo-runner.dev/requestedAt": request } },
  });
  const end = await eventually(
    `${name} is at ${commit}`,
    async () => {
      const answer = await page().then(
        () => "",
        (error: unknown) => String(error),
      );
      if (answer !== "") seen.failures.push(`${new Date().toISOString()} ${answer}`);
      const now = await status();
      const ready = condition(now, "Ready");
      seen.ready.add(ready?.status ?? "none");
      if (condition(now, "Reconciling")?.status === "True") {
        seen.reconciling = true;
        return undefined;
      }
      return now.lastHandledRequest === request && now.source?.commit === commit ? now : undefined;
    },
    { timeoutMs: 240_000, everyMs: 250 },
  );
  return { seen, end };
}

async function status(): Promise<RepoRunStatus> {
  return statusOf(await at.kube.get("RepoRun", namespace, name)) ?? {};
}

async function resourceVersion(): Promise<string | undefined> {
  return (await at.kube.get("RepoRun", namespace, name))?.metadata.resourceVersion;
}

async function pods(): Promise<string[]> {
  const list = await at.kube.list("Pod", namespace, `repo-runner.dev/run=${name},repo-runner.dev/stage=release`);
  return list.map((pod) => pod.metadata.name);
}

async function page(): Promise<string> {
  const { status: code, text } = await ask(url);
  if (code !== 200) throw new Error(`${url} answers ${code}`);
  return text;
}

/** Its link of now: a Service that was made again may have another port. */
async function answersAgain(): Promise<void> {
  await eventually(
    "it answers again",
    async () => {
      const now = (await status()).url;
      if (now === undefined) return undefined;
      url = now;
      return (await page()).includes("page") ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
}

/** A quota of no pod at all keeps the Deployment from making another one. */
async function letPodsIn(open: boolean): Promise<void> {
  if (open) return at.kube.remove("ResourceQuota", namespace, "none");
  await at.kube.create("ResourceQuota", namespace, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "none", namespace },
    spec: { hard: { pods: "0" } },
  });
}

interface EventJson {
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
}

async function events(): Promise<readonly EventJson[]> {
  const all = (await at.kube.list("Event", namespace)) as unknown as EventJson[];
  return all.filter((each) => each.regarding?.kind === "RepoRun" && each.regarding.name === name);
}

async function eventReasons(): Promise<string[]> {
  return (await events()).map((each) => each.reason ?? "");
}

async function eventNotes(): Promise<string[]> {
  return (await events()).map((each) => each.note ?? "");
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
