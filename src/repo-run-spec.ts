import { z } from "zod";
import { ServiceWish } from "./repo-run-service.ts";
import { Source } from "./repo-run-source.ts";
import {
  Duration,
  EnvironmentVariable,
  keyedBy,
  Name,
  readableDuration,
  rules,
  SecretKeyRef,
  SecretRef,
  Size,
  typed,
  VariableName,
} from "./repo-run-texts.ts";

const int32 = { format: "int32" };

const Update = z
  .object({
    mode: z
      .enum(["Pinned", "Follow"])
      .meta({
        description:
          "Pinned (default): stay on the commit that was resolved first, until asked by `repo-runner update` or the annotation repo-runner.dev/requestedAt. Follow: move with the branch or tag, by webhook and by interval.",
      })
      .optional(),
    interval: Duration.meta({ description: "With Follow: how often to ask the remote, at least 30s." }).optional(),
  })
  .meta({
    description: "Whether newer commits are taken.",
    ...rules(
      {
        rule: "!has(self.interval) || (has(self.mode) && self.mode == 'Follow')",
        message: "interval needs mode: Follow",
      },
      {
        rule: `!has(self.interval) || !${readableDuration("self.interval")} || duration(self.interval) >= duration('30s')`,
        message: "interval must be at least 30s",
      },
    ),
  });

const DatabaseWish = z
  .object({
    name: Name.meta({ description: "A name from the plan, or a new one." }),
    enabled: z.boolean().meta({ description: "false: do not provide it." }).optional(),
    engine: z
      .enum(["Postgres", "MySQL", "MariaDB", "Redis", "Valkey", "MongoDB", "RabbitMQ", "ObjectStorage"])
      .optional(),
    version: typed(/^[0-9][0-9.]*$/, 'must be a version, such as "17" or "8.4"', 16).optional(),
    storage: Size.optional(),
    bindTo: SecretRef.meta({
      description: "Use an existing one: a Service Binding Secret (type, host, port, username, password, database).",
    }).optional(),
    deletionPolicy: z
      .enum(["Delete", "Retain"])
      .meta({ description: "What becomes of the data with the RepoRun." })
      .optional(),
  })
  .meta(
    rules(
      {
        rule: "!(has(self.bindTo) && (has(self.storage) || has(self.version) || has(self.deletionPolicy)))",
        message: "bindTo names an existing database: leave out version, storage and deletionPolicy",
      },
      {
        rule: "!has(oldSelf.engine) || (has(self.engine) && self.engine == oldSelf.engine)",
        message: "engine cannot be changed: add a database of another name",
      },
    ),
  );

const Image = z.object({
  repository: typed(
    /^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(\/[a-z0-9._-]+)+$/,
    "must be host/path in lower case, without tag or digest",
    512,
  )
    .meta({
      description: "Where images go, without tag; a service is a path below it. Default: the registry of the cluster.",
    })
    .optional(),
  pushSecretRef: SecretRef.meta({ description: "To push." }).optional(),
  pullSecretRef: SecretRef.meta({ description: "To pull. Default: pushSecretRef." }).optional(),
});

const Links = z.object({
  via: z
    .enum(["Auto", "None", "NodePort", "LoadBalancer", "Ingress", "Gateway"])
    .meta({
      description:
        "Auto: Gateway, else Ingress, else NodePort, whichever the cluster has been set up for; never a LoadBalancer unasked.",
    })
    .optional(),
  gatewayRef: z
    .object({
      name: z.string().max(253),
      namespace: z.string().max(63).optional(),
      sectionName: z.string().max(63).optional(),
    })
    .optional(),
  ingressClassName: z.string().max(253).optional(),
  tlsSecretRef: SecretRef.meta({
    description: "Certificate. Default: the Gateway's or the issuer of the cluster.",
  }).optional(),
});

const BuildSecret = z.object({
  name: VariableName.meta({
    description: "Id of the mount, and name of the variable that a generated Dockerfile sets from it.",
  }),
  secretKeyRef: SecretKeyRef,
});

const Build = z.object({
  size: z
    .enum(["Small", "Medium", "Large"])
    .meta({ description: "Memory and CPU of the builder. Default: from the plan." })
    .optional(),
  timeout: Duration.meta({ description: "For one image. Default 20m." }).optional(),
  platforms: z
    .array(typed(/^linux\/[a-z0-9/]+$/, "must be a platform such as linux/amd64", 32))
    .max(4)
    .meta({ description: "Default: that of the nodes.", "x-kubernetes-list-type": "set" })
    .optional(),
  secrets: z
    .array(BuildSecret)
    .max(8)
    .meta({
      description: "What a build may read, such as a token for private packages; as BuildKit secret mounts.",
      ...keyedBy("name"),
    })
    .optional(),
});

const Pod = z.object({
  serviceAccountName: z.string().max(253).optional(),
  nodeSelector: z.record(z.string(), z.string().max(63)).meta({ maxProperties: 16 }).optional(),
  tolerations: z
    .array(
      z.object({
        key: z.string().max(253).optional(),
        operator: z.enum(["Exists", "Equal"]).optional(),
        value: z.string().max(63).optional(),
        effect: z.string().max(32).optional(),
      }),
    )
    .max(8)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional(),
  runtimeClassName: z.string().max(253).optional(),
  priorityClassName: z.string().max(253).optional(),
});

/** What should run. */
export const RepoRunSpec = z
  .object({
    source: Source,
    update: Update.optional(),
    services: z
      .array(ServiceWish)
      .max(32)
      .meta({
        description: "What should differ from the plan, by service. Absent: run what was found.",
        ...keyedBy("name"),
      })
      .optional(),
    databases: z
      .array(DatabaseWish)
      .max(8)
      .meta({ description: "Databases to provide or to bind. Absent: those that the code needs.", ...keyedBy("name") })
      .optional(),
    env: z
      .array(EnvironmentVariable)
      .max(64)
      .meta({ description: "Variables of every service.", ...keyedBy("name") })
      .optional(),
    envFrom: z
      .array(z.object({ secretRef: SecretRef }))
      .max(8)
      .meta({ description: "Secrets whose keys all become variables.", "x-kubernetes-list-type": "atomic" })
      .optional(),
    image: Image.meta({ description: "Where images are kept." }).optional(),
    links: Links.meta({ description: "How links are made." }).optional(),
    build: Build.meta({ description: "How images are built." }).optional(),
    fix: z
      .object({
        mode: z
          .enum(["Auto", "Off"])
          .meta({
            description:
              'Auto mends what fails with a changed plan; "Off" (in quotes: a bare Off is false to YAML) stops at the first failure.',
          })
          .optional(),
        maxAttempts: z
          .int()
          .min(1)
          .max(20)
          .meta({ description: "Default 8.", ...int32 })
          .optional(),
        prediction: z
          .enum(["Auto", "Off"])
          .meta({
            description:
              'Auto mends in the first plan what is known to fail; "Off" (in quotes) builds it as it was found.',
          })
          .optional(),
      })
      .meta({ description: "Mending." })
      .optional(),
    approve: z
      .array(z.enum(["Build", "Release", "Fix"]))
      .max(3)
      .meta({ description: "Wait for a person before these.", "x-kubernetes-list-type": "set" })
      .optional(),
    modelPolicyRef: z
      .object({ name: z.string().max(253) })
      .meta({ description: "ModelPolicy in this namespace. Absent: the cluster default, or rules alone." })
      .optional(),
    timeout: Duration.meta({
      description:
        "For one commit, from source to Verified, without the time spent waiting for a slot or an approval. Default 45m.",
    }).optional(),
    suspend: z
      .boolean()
      .meta({ description: "true: stop the work under way and start no other; the release goes on." })
      .optional(),
    state: z
      .enum(["Running", "Stopped"])
      .meta({ description: "Stopped: no pods, data kept. Default: Running." })
      .optional(),
    pod: Pod.meta({ description: "Where and as whom its pods run." }).optional(),
    retention: z
      .object({
        failedAfter: Duration.meta({
          description: "Remove pods and builds of a failed run after this time; the RepoRun and its report stay.",
        }).optional(),
        releases: z
          .int()
          .min(1)
          .max(10)
          .meta({ description: "Releases to keep for rollback. Default 3.", ...int32 })
          .optional(),
      })
      .meta({ description: "What is kept." })
      .optional(),
  })
  .meta({
    description: "What should run.",
    ...rules({
      rule: "!(has(self.approve) && 'Fix' in self.approve && has(self.fix) && has(self.fix.mode) && self.fix.mode == 'Off')",
      message: "fix.mode is Off: there is no fix to approve; leave Fix out of approve, or set fix.mode: Auto",
    }),
  });
export type RepoRunSpec = z.infer<typeof RepoRunSpec>;
