import { z } from "zod";
import type { ClusterClient } from "./client.ts";
import { configMapPath } from "./plan-seen.ts";
import { ApiProblem } from "./problems.ts";
import type { RunSeen } from "./run-seen.ts";

const LogMap = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** The last lines of what failed, from the ConfigMap that `status.failure.log` names (`<configmap>/<key>`); none where there is none. */
export async function keptLines(client: ClusterClient, run: RunSeen, most: number): Promise<readonly string[]> {
  const log = run.status.failure?.log;
  if (log === undefined) return [];
  const [name = "", key = ""] = log.split("/", 2);
  try {
    const map = LogMap.parse(await client.get(configMapPath(run.metadata.namespace, name)));
    const text = map.data[key] ?? Object.values(map.data)[0] ?? "";
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-most);
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof z.ZodError) return [];
    throw error;
  }
}
