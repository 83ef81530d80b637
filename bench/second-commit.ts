import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findAccess } from "../src/controller/auth.ts";
import { Transport } from "../src/controller/transport.ts";
import { Kube, type KubeJson } from "../test/e2e/support/kube.ts";
import { type PushedGit, pushedGit } from "../test/e2e/support/pushed-git.ts";
import { clusterConfig, removeNamespace, tenantNamespace } from "./floor-cluster.ts";
import { type Moments, noteMoments } from "./floor-run.ts";
import { type Bench, median, type Row, spread, tell } from "./measure.ts";

const namespace = "repo-runner-bench-second";
const gitNamespace = "repo-runner-bench-second-git";
const tests = join(import.meta.dirname, "../test");
const askEveryMs = 50;
const settleMs = 5000;
const timeoutMs = 600_000;

interface Sample {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
  /** Words of one line of its code, which its page shows before the second commit. */
  readonly from: string;
  /** Path of that page, where it is not the link's own. */
  readonly page?: string;
}

/** Small ones, of which a first run is as short as it can be, and ones with as many packages and services as people's own have. */
const samples: readonly Sample[] = [
  { name: "node-npm", folder: "e2e/repos/node-npm", file: "page.js", from: "Hello from Express" },
  { name: "python-pip", folder: "e2e/repos/python-pip", file: "app.py", from: "Hello from Flask" },
  {
    name: "java-spring-boot",
    folder: "success/repos/java-spring-boot",
    file: "src/main/java/org/example/orchard/OrchardApplication.java",
    from: "apples and pears",
  },
  { name: "rust-axum", folder: "success/repos/rust-axum", file: "templates/index.html", from: "High water at noon" },
  { name: "gradio", folder: "success/repos/ai-gradio", file: "app.py", from: "A greeting machine" },
  {
    name: "shop: two services, two databases",
    folder: "success/repos/shop-full",
    file: "api/src/goods.js",
    from: "teapot",
    page: "api/goods",
  },
];

interface Measured {
  readonly first: number;
  readonly second: number;
  readonly asked: number;
  readonly lost: readonly string[];
  /** Milliseconds of the slowest answer while it rolled over. */
  readonly slowest: number;
  readonly moments: Moments;
}

/** A second commit with one line changed, beside the first run, while a client keeps asking the link. */
export const benchSecondCommit: Bench = async (flags) => {
  const rounds = flags.get("rounds") ?? 3;
  const kube = new Kube(clusterConfig());
  const transport = new Transport(await findAccess(clusterConfig()));
  const figures: Record<string, readonly Measured[]> = {};
  const rows: Row[] = [];
  try {
    const git = await pushedGit(kube, gitNamespace, { password: "second-pa55" });
    for (const sample of samples) {
      const all: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // As somebody's first run is: the namespace has no builder yet, and nothing of it is in a cache.
        await tenantNamespace(transport, namespace);
        const run = `${sample.name.replace(/:.*/, "")}-${round}`;
        const measured = await measure({ kube, transport, git }, sample, run);
        tell(
          `${sample.name}: ${measured.first.toFixed(1)} s, then ${measured.second.toFixed(1)} s; ${JSON.stringify(measured.moments)}`,
        );
        for (const lost of measured.lost.slice(0, 5)) tell(`lost: ${lost}`);
        all.push(measured);
      }
      figures[sample.name] = all;
      rows.push(rowOf(sample.name, all));
    }
  } finally {
    await removeNamespace(transport, namespace);
    await kube.remove("Namespace", "", gitNamespace);
    transport.close();
  }
  return {
    name: "second-commit",
    title: "a second commit with one line changed, beside the first run",
    head: ["sample", "first (s)", "second (s)", "second / first", "asked", "lost", "slowest answer (ms)", "budget"],
    rows,
    notes: [
      `${rounds} rounds each; first: apply → Ready in a namespace that is new, so that its builder is made and no dependency is in its cache; second: push and a request → Ready on the new commit, nothing under way`,
      `the client asks the link every ${askEveryMs} ms on a connection of its own until ${settleMs / 1000} s after; lost is any answer but 200 and any broken connection`,
    ],
    figures,
  };
};

function rowOf(name: string, all: readonly Measured[]): Row {
  const ratio = median(all.map(({ first, second }) => second / first));
  return [
    name,
    spread(all.map(({ first }) => first)),
    spread(all.map(({ second }) => second)),
    ratio.toFixed(2),
    String(all.reduce((sum, { asked }) => sum + asked, 0)),
    String(all.reduce((sum, { lost }) => sum + lost.length, 0)),
    String(Math.max(...all.map(({ slowest }) => slowest))),
    "≤ 0.3, none lost",
  ];
}

async function measure(
  { kube, transport, git }: { readonly kube: Kube; readonly transport: Transport; readonly git: PushedGit },
  sample: Sample,
  name: string,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "second-commit-"));
  try {
    cpSync(join(tests, sample.folder), folder, { recursive: true });
    const commit = git.pushFolder(name, folder);
    let began = performance.now();
    await kube.create("RepoRun", namespace, {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name, namespace },
      spec: { source: { git: { url: git.url(name), ref: { branch: "main" } } } },
    });
    const url = `${await readyOn(kube, name, commit)}${sample.page ?? ""}`;
    const first = (performance.now() - began) / 1000;

    const client = keepAsking(url, "200");
    const noted = await noteMoments(transport, namespace, name);
    const file = join(folder, sample.file);
    writeFileSync(file, readFileSync(file, "utf8").replace(sample.from, "Hello again"));
    const next = git.pushFolder(name, folder);
    began = performance.now();
    noted.restart();
    await kube.patch("RepoRun", namespace, name, {
      metadata: { annotations: { "repo-runner.dev/requestedAt": new Date().toISOString() } },
    });
    await readyOn(kube, name, next);
    const second = (performance.now() - began) / 1000;
    await sleep(settleMs);
    noted.stop();
    const told = await client.stop();
    const answer = await (await fetch(url)).text();
    if (!answer.includes("Hello again")) throw new Error(`${name}: the link does not show the second commit`);
    return { first, second, ...told, moments: noted.moments };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await kube.remove("RepoRun", namespace, name);
  }
}

/** Its link, as soon as it is Ready on that commit and nothing is under way. */
async function readyOn(kube: Kube, name: string, commit: string): Promise<string> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const status = ((await kube.get("RepoRun", namespace, name)) as KubeJson | undefined)?.status as Seen | undefined;
    const is = (type: string): boolean =>
      status?.conditions?.some((each) => each.type === type && each.status === "True") === true;
    if (status?.source?.commit === commit && is("Ready") && !is("Reconciling") && status.url !== undefined)
      return status.url;
    if (is("Stalled") || performance.now() > end)
      throw new Error(`${name} is not Ready on ${commit}: ${JSON.stringify(status?.conditions)}`);
    await sleep(100);
  }
}

interface Seen {
  readonly url?: string;
  readonly source?: { readonly commit?: string };
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** Asks again and again, each time on a new connection, as many people would. */
function keepAsking(
  url: string,
  wanted: string,
): { stop(): Promise<{ readonly asked: number; readonly lost: readonly string[]; readonly slowest: number }> } {
  const lost: string[] = [];
  const underWay = new Set<Promise<void>>();
  let [asked, slowest] = [0, 0];
  const timer = setInterval(() => {
    asked += 1;
    const began = performance.now();
    const at = new Date().toISOString();
    const one = fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(10_000) })
      .then(async (answer) => {
        await answer.arrayBuffer();
        slowest = Math.max(slowest, Math.round(performance.now() - began));
        if (String(answer.status) !== wanted) lost.push(`${at} status ${answer.status}`);
      })
      .catch((error: unknown) => {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        lost.push(`${at} ${cause}`);
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }, askEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return { asked, lost, slowest };
    },
  };
}
