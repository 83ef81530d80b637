import { z } from "zod";
import { Attempt, Fix } from "../../fix.ts";
import { Plan } from "../../plan.ts";
import { label } from "../../run-ref.ts";
import type { ClusterClient } from "./client.ts";
import { ApiProblem } from "./problems.ts";
import type { RunSeen } from "./run-seen.ts";

/** A plan with its record, as it stands in the ConfigMap `<run>-plan-<revision>`. */
const PlanRecordSeen = z.object({
  revision: z.number(),
  draft: z.number().optional(),
  commit: z.string(),
  commitName: z.string().default(""),
  subject: z.string().default(""),
  files: z.number().default(0),
  bytes: z.number().default(0),
  fixes: z.array(Fix).catch([]),
  attempts: z.array(Attempt).catch([]),
  parent: z.string().nullable().catch(null),
  startedAt: z.string().optional(),
  plan: Plan,
});
export type PlanRecordSeen = z.infer<typeof PlanRecordSeen> & { readonly dockerfiles: ReadonlyMap<string, string> };

/** The plan that a run's status names, or another revision; undefined where it is not there or may not be read. */
export async function findPlan(
  client: ClusterClient,
  run: RunSeen,
  revision?: number,
): Promise<PlanRecordSeen | undefined> {
  const named = revision === undefined ? run.status.plan?.configMap : `${run.metadata.name}-plan-${String(revision)}`;
  if (named === undefined) return undefined;
  try {
    return readPlan(await client.get(configMapPath(run.metadata.namespace, named)));
  } catch (error) {
    if (error instanceof ApiProblem) return undefined;
    throw error;
  }
}

export function configMapPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}

/** Reads a plan's ConfigMap; undefined when it has another form. */
export function readPlan(object: unknown): PlanRecordSeen | undefined {
  const data = z.object({ data: z.record(z.string(), z.string()) }).safeParse(object);
  if (!data.success) return undefined;
  const { "plan.json": plan = "", "record.json": record = "", ...rest } = data.data.data;
  try {
    const parsed = PlanRecordSeen.parse({ ...(JSON.parse(record) as object), plan: JSON.parse(plan) as unknown });
    const dockerfiles = Object.entries(rest).flatMap(([key, text]) =>
      key.startsWith("Dockerfile.") ? [[key.slice("Dockerfile.".length), text] as const] : [],
    );
    return { ...parsed, dockerfiles: new Map(dockerfiles) };
  } catch {
    return undefined;
  }
}

/** What was seen of dependencies in a built image, as its checkpoint keeps it. */
export interface CheckSeen {
  readonly service: string;
  readonly revision: number;
  readonly at: string;
  readonly text: string;
}

const CheckValue = z.object({ service: z.string(), revision: z.number(), at: z.string(), text: z.string() });
const Maps = z.object({ items: z.array(z.object({ data: z.record(z.string(), z.string()).default({}) })) });

/** Checks of a run's images, the newest of each service; none where they may not be read. */
export async function findChecks(client: ClusterClient, run: RunSeen): Promise<readonly CheckSeen[]> {
  const { namespace, name } = run.metadata;
  const selector = encodeURIComponent(`${label.run}=${name},${label.stage}=check`);
  try {
    const found = await client.get(
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps?labelSelector=${selector}`,
    );
    const checks = Maps.parse(found).items.flatMap(
      ({ data }) => CheckValue.safeParse(jsonOf(data["value"])).data ?? [],
    );
    const newest = new Map<string, CheckSeen>();
    for (const check of checks.toSorted((one, other) => (one.at < other.at ? -1 : 1))) newest.set(check.service, check);
    return [...newest.values()];
  } catch {
    return [];
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
