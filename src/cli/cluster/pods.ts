import { z } from "zod";
import type { ClusterClient } from "./client.ts";
import { ApiProblem } from "./problems.ts";
import type { RunSeen } from "./run-seen.ts";

const ContainerSeen = z.object({ name: z.string() });

const PodSeen = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).catch({}).default({}),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    containers: z.array(ContainerSeen).catch([]),
    initContainers: z.array(ContainerSeen).catch([]).default([]),
  }),
  status: z.object({ phase: z.string().catch("Unknown").default("Unknown") }).prefault({}),
});
export type PodSeen = z.infer<typeof PodSeen>;

/** Pods of a run, of one stage or all, newest first; undefined where they may not be read. */
export async function podsOf(
  client: ClusterClient,
  run: RunSeen,
  stage?: string,
): Promise<readonly PodSeen[] | undefined> {
  const selector = `repo-runner.dev/run=${run.metadata.name}${stage === undefined ? "" : `,repo-runner.dev/stage=${stage}`}`;
  try {
    const list = (await client.get(
      `/api/v1/namespaces/${run.metadata.namespace}/pods?labelSelector=${encodeURIComponent(selector)}&limit=200`,
    )) as {
      items?: unknown[];
    };
    const pods = (list.items ?? [])
      .map((item) => PodSeen.safeParse(item))
      .flatMap((parsed) => (parsed.success ? [parsed.data] : []));
    return pods.toSorted((a, b) =>
      (a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? 1 : -1,
    );
  } catch (error) {
    if (error instanceof ApiProblem) return undefined;
    throw error;
  }
}

export function logPath(namespace: string, pod: string, query: Readonly<Record<string, string>>): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${new URLSearchParams(query).toString()}`;
}

/** The last line that a running Job of a stage has printed, without its chunks of results. */
export async function lastLine(
  client: ClusterClient,
  run: RunSeen,
  stage: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const pods = await podsOf(client, run, stage);
  const pod = pods?.find((each) => each.status.phase === "Running");
  const container = pod?.spec.containers[0];
  if (!pod || !container) return undefined;
  const query = { container: container.name, tailLines: "5", limitBytes: "4096" };
  const text = await client.text("GET", logPath(run.metadata.namespace, pod.metadata.name, query), {
    timeoutMs: 5_000,
    signal,
  });
  const lines = text.split("\n");
  return lines.map(sayLine).findLast((line) => line !== undefined && line.trim() !== "");
}

/** A line of one of our Jobs as a person reads it: the message of a JSON line, the text of any other; undefined for machine talk. */
export function sayLine(line: string): string | undefined {
  if (!line.startsWith("{")) return line;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null) return line;
    for (const key of ["text", "message", "msg", "line"]) {
      const value = (parsed as Record<string, unknown>)[key];
      if (typeof value === "string") return value;
    }
    return undefined;
  } catch {
    return line;
  }
}

const DeploymentSeen = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).catch({}).default({}) }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
});

/** `web 1/1` for each workload of a run; none where they may not be read. */
export async function replicasOf(client: ClusterClient, run: RunSeen): Promise<readonly string[]> {
  const selector = encodeURIComponent(`repo-runner.dev/run=${run.metadata.name}`);
  try {
    const list = (await client.get(
      `/apis/apps/v1/namespaces/${run.metadata.namespace}/deployments?labelSelector=${selector}&limit=50`,
    )) as { items?: unknown[] };
    return (list.items ?? []).flatMap((item) => {
      const parsed = DeploymentSeen.safeParse(item);
      if (!parsed.success) return [];
      const { metadata, spec, status } = parsed.data;
      return [
        `${metadata.labels["repo-runner.dev/service"] ?? metadata.name} ${String(status.readyReplicas)}/${String(spec.replicas)}`,
      ];
    });
  } catch (error) {
    if (error instanceof ApiProblem) return [];
    throw error;
  }
}
