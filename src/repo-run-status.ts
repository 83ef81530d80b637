import { z } from "zod";

/** A condition as metav1.Condition has it. */
export const Condition = z.object({
  type: z.string().max(64),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string().max(64),
  message: z.string().max(1024),
  lastTransitionTime: z.string().meta({ format: "date-time" }),
  observedGeneration: z.int().meta({ format: "int64" }).optional(),
});
export type Condition = z.infer<typeof Condition>;

/** What was seen. Written by Repo Runner alone. */
export const RepoRunStatus = z
  .object({
    observedGeneration: z.int().meta({ format: "int64" }).optional(),
    lastHandledRequest: z.string().max(64).meta({ description: "Echo of repo-runner.dev/requestedAt." }).optional(),
    conditions: z
      .array(Condition)
      .max(12)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
      .optional(),
    maturity: z
      .string()
      .max(32)
      .meta({
        description:
          "How far the least far service has come, as seen by code: Cloned, Detected, Planned, Built, Started, Listening, Healthy, Reachable, Verified; Completed for what ends by itself.",
      })
      .optional(),
    url: z.string().max(512).meta({ description: "The first link." }).optional(),
    source: z
      .object({
        commit: z.string().max(64).meta({ description: "Full commit id." }).optional(),
        revision: z.string().max(280).meta({ description: "For people: main@4f1c9e2." }).optional(),
      })
      .optional(),
    plan: z
      .object({
        revision: z.int().meta({ format: "int32" }).optional(),
        digest: z.string().max(80).optional(),
        summary: z.string().max(256).optional(),
        configMap: z.string().max(253).optional(),
      })
      .optional(),
    services: z
      .array(
        z.object({
          name: z.string(),
          kind: z.string().optional(),
          runtime: z.string().max(64).optional(),
          image: z.string().max(512).optional(),
          port: z.int().meta({ format: "int32" }).optional(),
          portFrom: z.enum(["Spec", "Observed"]).optional(),
          maturity: z.string().max(32).optional(),
          restarts: z.int().meta({ format: "int32" }).optional(),
        }),
      )
      .max(32)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
      .optional(),
    databases: z
      .array(
        z.object({
          name: z.string(),
          engine: z.string().optional(),
          version: z.string().optional(),
          secret: z.string().meta({ description: "Service Binding Secret to use it from elsewhere." }).optional(),
        }),
      )
      .max(8)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
      .optional(),
    links: z
      .array(
        z.object({
          service: z.string(),
          url: z.string().max(512),
          via: z.string().optional(),
          from: z.enum(["Cluster", "Outside"]).meta({ description: "Where it was seen to answer from." }).optional(),
          status: z.int().meta({ description: "HTTP status that came back.", format: "int32" }).optional(),
          title: z.string().max(128).optional(),
          seenAt: z.string().meta({ format: "date-time" }).optional(),
        }),
      )
      .max(32)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["service", "url"] })
      .optional(),
    fixes: z
      .array(
        z.object({
          revision: z.int().meta({ format: "int32" }),
          layer: z.string().optional(),
          signature: z.string(),
          by: z.enum(["Rule", "Memory", "Model", "Person"]).optional(),
          action: z.string().optional(),
          summary: z.string().max(256).optional(),
          outcome: z.enum(["Fixed", "NoEffect", "Regressed", "Untested"]).optional(),
          at: z.string().meta({ format: "date-time" }).optional(),
        }),
      )
      .max(10)
      .meta({
        description: "Newest last, ten at most.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["revision"],
      })
      .optional(),
    fixCount: z.int().meta({ description: "All fixes of this commit.", format: "int32" }).optional(),
    needs: z
      .array(
        z.object({
          kind: z.enum(["Secret", "Variable", "Approval", "Choice", "Hardware"]),
          name: z.string().max(253),
          service: z.string().optional(),
          why: z.string().max(256).optional(),
          digest: z.string().max(80).optional(),
        }),
      )
      .max(16)
      .meta({
        description: "What only a person can give.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["kind", "name"],
      })
      .optional(),
    failure: z
      .object({
        reason: z.string().optional(),
        message: z.string().max(1024).optional(),
        hint: z.string().max(1024).optional(),
        layer: z.string().optional(),
        service: z.string().optional(),
        blame: z.enum(["Spec", "Repo", "Platform"]).optional(),
        log: z.string().meta({ description: "ConfigMap and key with the last lines." }).optional(),
        where: z
          .string()
          .max(256)
          .meta({ description: "Where: file:line of the repository, or an object of the cluster." })
          .optional(),
      })
      .optional(),
    warnings: z.array(z.string().max(256)).max(8).meta({ "x-kubernetes-list-type": "atomic" }).optional(),
    history: z
      .array(
        z.object({
          release: z.int().meta({ format: "int32" }),
          revision: z.string().max(64).optional(),
          commit: z.string().max(64).meta({ description: "Full commit id." }).optional(),
          plan: z
            .int()
            .meta({
              description: "Revision of its plan, while it is kept: `repo-runner rollback` goes back to it.",
              format: "int32",
            })
            .optional(),
          images: z
            .array(z.object({ service: z.string().max(40), digest: z.string().max(80) }))
            .max(32)
            .meta({
              description: "What it ran.",
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": ["service"],
            })
            .optional(),
          outcome: z.string().optional(),
          at: z.string().meta({ format: "date-time" }).optional(),
        }),
      )
      .max(10)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["release"] })
      .optional(),
    model: z
      .object({
        calls: z.int().nonnegative().meta({ format: "int32" }),
        tokens: z.int().nonnegative(),
        usd: z.number().nonnegative(),
        endpoint: z.string().max(40).meta({ description: "Asked last." }).optional(),
        outcome: z.string().max(24).optional(),
      })
      .meta({ description: "What models were asked for this run, by its ModelPolicy, and what it cost." })
      .optional(),
    traceId: z
      .string()
      .max(32)
      .meta({ description: "OpenTelemetry trace of the newest work on it, where traces are on." })
      .optional(),
    report: z.string().max(768).meta({ description: "One paragraph for a person." }).optional(),
  })
  .meta({ description: "What was seen. Written by Repo Runner alone." });
export type RepoRunStatus = z.infer<typeof RepoRunStatus>;
