import { z } from "zod";

/** A RepoRun as the command line reads it. Lenient on purpose: a cluster may hold a newer or an older version of the resource than we do. */
const text = z.string().catch("");
const maybe = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).catch([]).default([]);

const ConditionSeen = z.object({
  type: text,
  status: text,
  reason: text,
  message: text,
  lastTransitionTime: maybe,
  observedGeneration: number,
});

const LinkSeen = z.object({
  service: text,
  url: text,
  via: maybe,
  from: maybe,
  status: number,
  title: maybe,
  seenAt: maybe,
});
export type LinkSeen = z.infer<typeof LinkSeen>;

const ServiceSeen = z.object({
  name: text,
  kind: maybe,
  runtime: maybe,
  image: maybe,
  port: number,
  portFrom: maybe,
  maturity: maybe,
  restarts: number,
});
export type ServiceSeen = z.infer<typeof ServiceSeen>;

const DatabaseSeen = z.object({ name: text, engine: maybe, version: maybe, secret: maybe });

const FixSeen = z.object({
  revision: z.number().catch(0),
  layer: maybe,
  signature: text,
  by: maybe,
  action: maybe,
  summary: maybe,
  outcome: maybe,
  at: maybe,
});
export type FixSeen = z.infer<typeof FixSeen>;

const NeedSeen = z.object({ kind: text, name: text, service: maybe, why: maybe, digest: maybe });
export type NeedSeen = z.infer<typeof NeedSeen>;

const FailureSeen = z.object({
  reason: text,
  message: text,
  hint: maybe,
  layer: maybe,
  service: maybe,
  blame: z.enum(["Spec", "Repo", "Platform"]).optional().catch(undefined),
  where: maybe,
  log: maybe,
});
export type FailureSeen = z.infer<typeof FailureSeen>;

const HistorySeen = z.object({
  release: z.number().catch(0),
  revision: text,
  outcome: text,
  at: maybe,
  plan: z.number().optional().catch(undefined),
});
export type HistorySeen = z.infer<typeof HistorySeen>;

const StatusSeen = z.object({
  observedGeneration: number,
  lastHandledRequest: maybe,
  conditions: listOf(ConditionSeen),
  maturity: maybe,
  url: maybe,
  source: z.object({ commit: maybe, revision: maybe }).optional().catch(undefined),
  plan: z.object({ revision: number, digest: maybe, summary: maybe, configMap: maybe }).optional().catch(undefined),
  services: listOf(ServiceSeen),
  databases: listOf(DatabaseSeen),
  links: listOf(LinkSeen),
  fixes: listOf(FixSeen),
  fixCount: number,
  needs: listOf(NeedSeen),
  failure: FailureSeen.optional().catch(undefined),
  warnings: listOf(z.string()),
  history: listOf(HistorySeen),
  report: maybe,
});

const RunSeenSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: text,
    resourceVersion: text,
    generation: z.number().catch(1),
    creationTimestamp: maybe,
    deletionTimestamp: maybe,
    annotations: z.record(z.string(), z.string()).catch({}).default({}),
  }),
  spec: z.looseObject({
    source: z
      .looseObject({
        git: z.looseObject({ url: text, secretRef: z.object({ name: text }).optional().catch(undefined) }).optional(),
        oci: z.looseObject({ url: text }).optional(),
        path: maybe,
      })
      .catch({ git: undefined, oci: undefined, path: undefined }),
    suspend: z.boolean().optional().catch(undefined),
  }),
  status: StatusSeen.prefault({}),
});

export type RunSeen = z.infer<typeof RunSeenSchema>;
export type ConditionSeen = z.infer<typeof ConditionSeen>;

/** Reads what the API server sent. */
export function readRun(value: unknown): RunSeen {
  return RunSeenSchema.parse(value);
}

export function condition(run: RunSeen, type: string): ConditionSeen | undefined {
  return run.status.conditions.find((each) => each.type === type);
}

export function isTrue(run: RunSeen, type: string): boolean {
  return condition(run, type)?.status === "True";
}

/** Status speaks of the spec and the request that stand there now, not of the ones before. */
export function isCurrent(run: RunSeen): boolean {
  const requested = run.metadata.annotations["repo-runner.dev/requestedAt"];
  const seen = (run.status.observedGeneration ?? 0) >= run.metadata.generation;
  return seen && (requested === undefined || run.status.lastHandledRequest === requested);
}

/** Where a run stands: on its way, well, waiting for a person, tried again by itself, or ended badly. */
export type Standing = "moving" | "well" | "needs" | "retrying" | "failed" | "halted";

/** Where a run stands now, by its conditions. */
export function standingOf(run: RunSeen): Standing {
  if (!isCurrent(run)) return "moving";
  const ready = condition(run, "Ready");
  const reason = ready?.reason ?? "";
  if (reason === "Suspended" || reason === "Stopped") return "halted";
  const needs = reason.startsWith("Needs");
  if (isTrue(run, "Stalled")) return needs ? "needs" : "failed";
  if (isTrue(run, "Reconciling")) return ready?.status === "False" && run.status.failure ? "retrying" : "moving";
  if (ready?.status === "True") return "well";
  if (ready?.status === "False") return needs ? "needs" : "failed";
  return "moving";
}
