import type { Transport } from "../src/controller/transport.ts";
import { until } from "../test/api/apiserver.ts";

/** Seconds of a run, by stage. */
export interface RunSeconds {
  readonly survey: number;
  readonly build: number;
  readonly release: number;
  readonly verify: number;
  readonly total: number;
  /** What a watch told and when, in seconds after apply: where the time goes within a stage. */
  readonly moments: Moments;
}

/** What a watch told first at which second. */
export type Moments = Readonly<Record<string, number>>;

interface Seen {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly initContainerStatuses?: readonly Container[];
    readonly containerStatuses?: readonly Container[];
  };
}

interface Container {
  readonly name: string;
  readonly state?: { readonly running?: unknown; readonly terminated?: unknown };
}

/** Applies a RepoRun and notes when each thing of it happened, until it is Verified. */
export async function timeRun(
  transport: Transport,
  namespace: string,
  sample: string,
  name: string,
): Promise<RunSeconds> {
  const { moments, restart, stop } = await noteMoments(transport, namespace, name);
  try {
    restart();
    await transport.text({
      method: "POST",
      path: `/apis/repo-runner.dev/v1alpha1/namespaces/${namespace}/reporuns`,
      body: {
        apiVersion: "repo-runner.dev/v1alpha1",
        kind: "RepoRun",
        metadata: { name },
        spec: { source: { git: { url: `http://git.repo-runner-e2e-git.svc/${sample}.git` } } },
      },
    });
    const isOver = (): boolean => moments["run Ready"] !== undefined || moments["run Stalled"] !== undefined;
    await until(isOver, 600_000, `${name} is Verified`);
  } finally {
    stop();
  }
  const at = (what: string): number => {
    const seconds = moments[what];
    if (seconds === undefined) throw new Error(`${name}: "${what}" was never seen: ${JSON.stringify(moments)}`);
    return seconds;
  };
  const [survey, build, release, total] = [
    at("survey: survey ended"),
    at("Deployment"),
    at("release pod Ready"),
    at("run Ready"),
  ];
  return { survey, build: build - survey, release: release - build, verify: total - release, total, moments };
}

/** Watches everything of a run; the seconds count from the last `restart`, which forgets what was told before. */
export async function noteMoments(
  transport: Transport,
  namespace: string,
  name: string,
): Promise<{ readonly moments: Moments; readonly restart: () => void; readonly stop: () => void }> {
  const moments: Record<string, number> = {};
  const ended = new AbortController();
  let startedAt = performance.now();
  const note = (what: string): void => {
    moments[what] ??= Math.round(performance.now() - startedAt) / 1000;
  };
  const paths = [
    `/apis/repo-runner.dev/v1alpha1/namespaces/${namespace}/reporuns`,
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/api/v1/namespaces/${namespace}/pods`,
  ] as const;
  for (const path of paths) await follow(transport, path, ended.signal, (object) => takeNote(object, name, note));
  const restart = (): void => {
    for (const what of Object.keys(moments)) delete moments[what];
    startedAt = performance.now();
  };
  return { moments, restart, stop: () => ended.abort() };
}

function takeNote(object: Seen, name: string, note: (what: string) => void): void {
  const { kind, metadata, status } = object;
  if (kind === "RepoRun") {
    if (metadata.name !== name) return;
    for (const { type, status: is } of status?.conditions ?? []) if (is === "True") note(`run ${type}`);
    return;
  }
  if (metadata.labels?.["repo-runner.dev/run"] !== name) return;
  const stage = metadata.labels["repo-runner.dev/stage"] ?? "";
  if (kind === "Job") note(`${stage} Job`);
  if (kind === "Deployment") note("Deployment");
  if (kind !== "Pod") return;
  note(`${stage} pod`);
  for (const { type, status: is } of status?.conditions ?? [])
    if (type === "Ready" && is === "True") note(`${stage} pod Ready`);
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    if (container.state?.running) note(`${stage}: ${container.name} runs`);
    if (container.state?.terminated) note(`${stage}: ${container.name} ended`);
  }
}

async function follow(
  transport: Transport,
  path: string,
  signal: AbortSignal,
  take: (object: Seen) => void,
): Promise<void> {
  const { metadata } = await transport.json<{ metadata: { resourceVersion: string } }>({
    method: "GET",
    path: `${path}?limit=1`,
  });
  const stream = await transport.open(
    `${path}?watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=900`,
    signal,
  );
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("error", () => undefined);
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take((JSON.parse(line) as { object: Seen }).object);
  });
}
