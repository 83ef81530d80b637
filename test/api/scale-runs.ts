import type { RepoRunStatus } from "../../src/repo-run.ts";
import { findAccess } from "../../src/controller/auth.ts";
import { Transport } from "../../src/controller/transport.ts";
import type { ApiServer } from "./apiserver.ts";
import { runs } from "./install-crd.ts";

const sockets = 24;

/** Speaks to the API server over kept sockets: ten thousand handshakes would be most of a seeding. */
export async function openTransport(server: ApiServer): Promise<Transport> {
  return new Transport(await findAccess(server.kubeconfig), { maxSockets: sockets });
}

/** Does something for 0 … count-1, as many at a time as there are sockets. */
export async function each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: sockets }, worker));
}

/** `run-00042` */
export function runName(index: number): string {
  return `run-${String(index).padStart(5, "0")}`;
}

/** Creates runs that nobody has looked at yet. */
export async function seedPending(transport: Transport, count: number): Promise<void> {
  await each(count, async (index) => {
    await transport.text({
      method: "POST",
      path: `${runs}?fieldManager=kubectl-client-side-apply`,
      body: {
        apiVersion: "repo-runner.dev/v1alpha1",
        kind: "RepoRun",
        metadata: { name: runName(index), annotations: { "example.org/team": `team-${index % 40}` } },
        spec: {
          source: {
            git: { url: `https://git.example.org/team-${index % 40}/service-${index}.git`, ref: { branch: "main" } },
          },
          services: [{ name: "web", env: [{ name: "LOG_LEVEL", value: "info" }] }],
        },
      },
    });
  });
}

/** Writes the whole status of a run that has ended, about 2 KB, onto each: a Job's, which stands without a Deployment. */
export async function seedFinished(transport: Transport, count: number): Promise<void> {
  await each(count, async (index) => {
    await transport.text({
      method: "PATCH",
      path: `${runs}/${runName(index)}/status?fieldManager=repo-runner`,
      contentType: "application/merge-patch+json",
      body: { status: finishedStatus(index) },
    });
  });
}

function finishedStatus(index: number): RepoRunStatus {
  const commit = (index * 2_654_435_761).toString(16).padStart(40, "4f1c9e2a7b");
  const at = "2026-11-22T20:14:05Z";
  const condition = (type: string, reason: string, message = ""): NonNullable<RepoRunStatus["conditions"]>[number] => ({
    type,
    status: "True",
    reason,
    message,
    lastTransitionTime: at,
    observedGeneration: 1,
  });
  return {
    observedGeneration: 1,
    conditions: [
      condition("Ready", "Completed", `web: exit code 0 after ${index % 60} s: "${index} rows imported"`),
      condition("Serving", "WantedRelease"),
      ...["SourceReady", "Planned", "ImagesReady", "Released", "Healthy"].map((type) => condition(type, "Done")),
    ],
    maturity: "Completed",
    source: { commit, revision: `main@${commit.slice(0, 7)}` },
    plan: {
      revision: 1,
      digest: `sha256:${commit.slice(0, 12)}`,
      summary: "node 24 (express)",
      configMap: `${runName(index)}-plan-1`,
    },
    services: [
      {
        name: "web",
        kind: "Job",
        runtime: "node 24",
        image: `sha256:${commit}${commit.slice(0, 24)}`,
        maturity: "Completed",
      },
    ],
    links: [
      {
        service: "web",
        url: `http://192.0.2.10:${30_000 + (index % 2767)}/`,
        via: "NodePort",
        from: "Outside",
        status: 200,
        title: `Service ${index}`,
        seenAt: at,
      },
    ],
    history: [{ release: 1, revision: `main@${commit.slice(0, 7)}`, outcome: "Completed", at }],
    report: `main@${commit.slice(0, 7)}: node 24 (express), built in ${20 + (index % 50)} s, ended with exit code 0.`,
  };
}

/** Follows RepoRuns and Jobs and counts distinct ones: patches would flatter a controller that writes twice. */
export class Convergence {
  readonly jobs = new Map<string, string>();
  readonly withStatus = new Set<string>();
  /** Of runs that have more than one Job. */
  readonly duplicates = new Set<string>();
  readonly #ended = new AbortController();

  static async follow(transport: Transport): Promise<Convergence> {
    const result = new Convergence();
    const jobs = "/apis/batch/v1/namespaces/default/jobs";
    await result.#watch(transport, runs, (object) => {
      if (object.status?.observedGeneration !== undefined) result.withStatus.add(object.metadata.name);
    });
    await result.#watch(transport, jobs, (object) => {
      const owner = object.metadata.ownerReferences?.[0]?.name ?? "";
      const known = result.jobs.get(owner);
      if (known !== undefined && known !== object.metadata.name) result.duplicates.add(owner);
      result.jobs.set(owner, object.metadata.name);
    });
    return result;
  }

  isDone(count: number): boolean {
    return this.jobs.size >= count && this.withStatus.size >= count;
  }

  stop(): void {
    this.#ended.abort();
  }

  async #watch(transport: Transport, path: string, take: (object: Seen) => void): Promise<void> {
    const { metadata } = await transport.json<{ metadata: { resourceVersion: string } }>({
      method: "GET",
      path: `${path}?limit=1`,
    });
    const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=3600`;
    const stream = await transport.open(`${path}?${query}`, this.#ended.signal);
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("error", () => undefined);
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take((JSON.parse(line) as { object: Seen }).object);
    });
  }
}

interface Seen {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly { readonly name: string }[] };
  readonly status?: { readonly observedGeneration?: number };
}

/** Requests so far by verb and resource, as the API server counts them: `PATCH reporuns/status`. */
export async function requestsOf(transport: Transport): Promise<ReadonlyMap<string, number>> {
  const text = await transport.text({ method: "GET", path: "/metrics", timeoutMs: 60_000 });
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (!line.startsWith("apiserver_request_total{")) continue;
    const of = (label: string): string => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? "";
    const subresource = of("subresource");
    const dry = of("dry_run") === "" ? "" : " (dry run)";
    const key = `${of("verb")} ${of("resource")}${subresource === "" ? "" : `/${subresource}`}${dry}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(" ") + 1)));
  }
  return counts;
}

/** What came on top between two looks, by verb and resource; nothing that stayed as it was. */
export function addedBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const added = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a));
}
