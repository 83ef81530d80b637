import { z } from "zod";
import type { ClusterClient } from "./client.ts";
import { ApiProblem } from "./problems.ts";

const Metrics = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), labels: z.record(z.string(), z.string()).catch({}).default({}) }),
      containers: z.array(z.object({ usage: z.object({ memory: z.string().default("0") }) })).default([]),
    }),
  ),
});

/** Memory that each run's pods use now, by `namespace/name`; empty in a cluster that does not measure it, or where it may not be read. */
export async function memoryByRun(client: ClusterClient, everywhere: boolean): Promise<ReadonlyMap<string, string>> {
  const folder = everywhere ? "" : `/namespaces/${encodeURIComponent(client.namespace)}`;
  try {
    const answer = await client.call(
      "GET",
      `/apis/metrics.k8s.io/v1beta1${folder}/pods?labelSelector=repo-runner.dev%2Frun`,
      { timeoutMs: 5_000 },
    );
    const sums = new Map<string, number>();
    for (const pod of Metrics.parse(answer).items) {
      const key = `${pod.metadata.namespace}/${pod.metadata.labels["repo-runner.dev/run"] ?? ""}`;
      const used = pod.containers.reduce((sum, container) => sum + quantity(container.usage.memory), 0);
      sums.set(key, (sums.get(key) ?? 0) + used);
    }
    return new Map([...sums].map(([key, sum]) => [key, `${String(Math.round(sum / 1024 / 1024))} MiB`]));
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof z.ZodError) return new Map();
    throw error;
  }
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A Kubernetes quantity of bytes as a number. */
export function quantity(text: string): number {
  const { number = "0", unit = "" } = /^(?<number>\d+(?:\.\d+)?)(?<unit>[A-Za-z]*)$/.exec(text)?.groups ?? {};
  return Number(number) * (units[unit] ?? 0);
}
