import { z } from "zod";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import type { RunSeen } from "../cluster/run-seen.ts";

/** Lines of a failed stage that outlived its pod. */
export interface KeptLog {
  readonly name: string;
  readonly service: string;
  readonly lines: readonly string[];
}

export interface KeptWish {
  readonly stage: string | undefined;
  readonly service: string | undefined;
  readonly plan: string | undefined;
}

const MapList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), creationTimestamp: z.string().optional() }),
      data: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** Logs that are kept in ConfigMaps `<run>-log-…`, keys `<service>.<stage>`, oldest first; the one that status names when it was not asked otherwise. */
export async function keptLogs(client: ClusterClient, run: RunSeen, wish: KeptWish): Promise<readonly KeptLog[]> {
  const selector = encodeURIComponent(`repo-runner.dev/run=${run.metadata.name}`);
  const prefix = `${run.metadata.name.slice(0, 40)}-log-`;
  try {
    const answer = await client.get(
      `/api/v1/namespaces/${run.metadata.namespace}/configmaps?labelSelector=${selector}&limit=100`,
    );
    const maps = MapList.parse(answer).items.filter((map) => map.metadata.name.startsWith(prefix));
    const ordered = maps.toSorted((a, b) =>
      (a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? -1 : 1,
    );
    // Each fix answers one failure, so the n-th kept log is that of plan n.
    const chosen =
      wish.plan === undefined ? ordered.slice(-1) : ordered.slice(Number(wish.plan) - 1, Number(wish.plan));
    return chosen.flatMap((map) =>
      Object.entries(map.data).flatMap(([key, text]) => {
        const [service = "", stage = ""] = key.split(".", 2);
        if (wish.service !== undefined && service !== wish.service) return [];
        if (wish.stage !== undefined && stage !== wish.stage) return [];
        return [{ name: `${map.metadata.name}/${key}`, service, lines: text.split("\n") }];
      }),
    );
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof z.ZodError) return [];
    throw error;
  }
}
