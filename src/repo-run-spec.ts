import { z } from "zod";

import { ServiceWish } from "./repo-run-service.ts";

/** What should run. */
export const RepoRunSpec = z
  .object({
    source: z
      .object({
        git: z
          .object({
            url: z.string().min(1).max(1024).meta({ description: "https, http or ssh address of the repository." }),
            ref: z
              .object({
                branch: z.string().max(255).optional(),
                tag: z.string().max(255).optional(),
                commit: z
                  .string()
                  .max(64)
                  .meta({
                    description: "Full commit id.",
                    "x-kubernetes-validations": [
                      {
                        rule: "self.matches('^[0-9a-f]{40}([0-9a-f]{24})?$')",
                        message:
                          "must be a full commit id (40 hex digits): a short one can come to mean another commit",
                      },
                    ],
                  })
                  .optional(),
                pullRequest: z
                  .int()
                  .min(1)
                  .meta({ description: "Number of a pull or merge request.", format: "int32" })
                  .optional(),
              })
              .meta({
                description: "What to run. Default: the default branch.",
                "x-kubernetes-validations": [
                  {
                    rule: "[has(self.branch),has(self.tag),has(self.commit),has(self.pullRequest)].filter(x,x).size() <= 1",
                    message: "set at most one of branch, tag, commit, pullRequest",
                  },
                ],
              })
              .optional(),
            secretRef: z
              .object({
                name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
              })
              .meta({
                description:
                  "Credentials: username and password for https, identity and known_hosts for ssh (the keys that Flux uses).",
              })
              .optional(),
            submodules: z.boolean().meta({ description: "Fetch submodules of the same host." }).optional(),
            lfs: z.boolean().meta({ description: "Fetch LFS files." }).optional(),
          })
          .meta({
            description: "A git repository.",
            "x-kubernetes-validations": [
              {
                rule: "self.url.matches('^(https?|ssh)://[^ ]+$|^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^ ]+$')",
                message: "url must start with https://, http:// or ssh://, or look like user@host:path",
                fieldPath: ".url",
              },
              {
                rule: "!self.url.matches('^https?://[^/]*@')",
                message:
                  "url must not hold a user name, password or token: put them into a Secret and name it in secretRef",
                fieldPath: ".url",
              },
            ],
          })
          .optional(),
        oci: z
          .object({
            url: z
              .string()
              .max(1024)
              .regex(new RegExp("^oci://"))
              .meta({ description: "oci://host/repository:tag or @digest." }),
            secretRef: z
              .object({
                name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
              })
              .meta({ description: "Registry credentials (kubernetes.io/dockerconfigjson)." })
              .optional(),
          })
          .meta({ description: "Source packed as an OCI artifact (Flux's media type, or repo-runner run DIR)." })
          .optional(),
        path: z
          .string()
          .max(512)
          .meta({
            description: "Folder to look at. Default: the whole repository.",
            "x-kubernetes-validations": [
              {
                rule: "!self.startsWith('/') && !self.split('/').exists(p, p == '..')",
                message: 'must be a path inside the repository: relative, without ".."',
              },
            ],
          })
          .optional(),
      })
      .meta({
        description: "Where the code is.",
        "x-kubernetes-validations": [
          { rule: "has(self.git) != has(self.oci)", message: "set exactly one of git, oci" },
        ],
      }),
    update: z
      .object({
        mode: z
          .enum(["Pinned", "Follow"])
          .meta({
            description:
              "Pinned (default): stay on the commit that was resolved first, until asked by `repo-runner update` or the annotation repo-runner.dev/requestedAt. Follow: move with the branch or tag, by webhook and by interval.",
          })
          .optional(),
        interval: z
          .string()
          .max(16)
          .regex(new RegExp("^([0-9]+(s|m|h))+$"))
          .meta({ description: "With Follow: how often to ask the remote, at least 30s." })
          .optional(),
      })
      .meta({
        description: "Whether newer commits are taken.",
        "x-kubernetes-validations": [
          {
            rule: "!has(self.interval) || (has(self.mode) && self.mode == 'Follow')",
            message: "interval needs mode: Follow",
          },
          {
            rule: "!has(self.interval) || duration(self.interval) >= duration('30s')",
            message: "interval must be at least 30s",
          },
        ],
      })
      .optional(),
    services: z
      .array(ServiceWish)
      .max(32)
      .meta({
        description: "What should differ from the plan, by service. Absent: run what was found.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    databases: z
      .array(
        z
          .object({
            name: z
              .string()
              .max(40)
              .regex(new RegExp("^[a-z]([-a-z0-9]*[a-z0-9])?$"))
              .meta({ description: "A name from the plan, or a new one." }),
            enabled: z.boolean().meta({ description: "false: do not provide it." }).optional(),
            engine: z
              .enum(["Postgres", "MySQL", "MariaDB", "Redis", "Valkey", "MongoDB", "RabbitMQ", "ObjectStorage"])
              .optional(),
            version: z.string().max(16).regex(new RegExp("^[0-9][0-9.]*$")).optional(),
            storage: z.string().max(16).regex(new RegExp("^[0-9]+(Mi|Gi|Ti)$")).optional(),
            bindTo: z
              .object({
                name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
              })
              .meta({
                description:
                  "Use an existing one: a Service Binding Secret (type, host, port, username, password, database).",
              })
              .optional(),
            deletionPolicy: z
              .enum(["Delete", "Retain"])
              .meta({ description: "What becomes of the data with the RepoRun." })
              .optional(),
          })
          .meta({
            "x-kubernetes-validations": [
              {
                rule: "!(has(self.bindTo) && (has(self.storage) || has(self.version) || has(self.deletionPolicy)))",
                message: "bindTo names an existing database: leave out version, storage and deletionPolicy",
              },
              {
                rule: "!has(oldSelf.engine) || (has(self.engine) && self.engine == oldSelf.engine)",
                message: "engine cannot be changed: add a database of another name",
              },
            ],
          }),
      )
      .max(8)
      .meta({
        description: "Databases to provide or to bind. Absent: those that the code needs.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    env: z
      .array(
        z
          .object({
            name: z
              .string()
              .max(128)
              .regex(new RegExp("^[A-Za-z_][A-Za-z0-9_]*$"))
              .meta({ description: "Name of the variable." }),
            value: z.string().max(8192).meta({ description: "Value, as written." }).optional(),
            valueFrom: z
              .object({
                secretKeyRef: z
                  .object({
                    name: z.string().min(1).max(253),
                    key: z.string().min(1).max(253),
                  })
                  .meta({
                    description: "One key of a Secret in this namespace. Read by the kubelet, never by Repo Runner.",
                  }),
              })
              .meta({ description: "Take the value from a Secret." })
              .optional(),
            phase: z
              .enum(["Run", "Build", "Both"])
              .meta({
                description:
                  "When the variable is there: Run (default), Build, or Both. A Secret is there at Run only; a build reads Secrets through build.secrets.",
              })
              .optional(),
          })
          .meta({
            "x-kubernetes-validations": [
              { rule: "has(self.value) != has(self.valueFrom)", message: "set exactly one of value, valueFrom" },
              {
                rule: "!(has(self.valueFrom) && has(self.phase) && self.phase != 'Run')",
                message: "a Secret is not given to a build as a variable: name it in spec.build.secrets",
              },
              {
                rule: "!(self.name in ['LD_PRELOAD','LD_LIBRARY_PATH','LD_AUDIT','NODE_OPTIONS','BASH_ENV','PYTHONSTARTUP'])",
                message:
                  "this variable would run code in every process and is not accepted here; put it into your start command",
              },
            ],
          }),
      )
      .max(64)
      .meta({
        description: "Variables of every service.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    envFrom: z
      .array(
        z.object({
          secretRef: z.object({
            name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
          }),
        }),
      )
      .max(8)
      .meta({ description: "Secrets whose keys all become variables.", "x-kubernetes-list-type": "atomic" })
      .optional(),
    image: z
      .object({
        repository: z
          .string()
          .max(512)
          .meta({
            description:
              "Where images go, without tag; a service is a path below it. Default: the registry of the cluster.",
            "x-kubernetes-validations": [
              {
                rule: "self.matches('^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)+$')",
                message: "must be host/path in lower case, without tag or digest",
              },
            ],
          })
          .optional(),
        pushSecretRef: z
          .object({
            name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
          })
          .meta({ description: "To push." })
          .optional(),
        pullSecretRef: z
          .object({
            name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
          })
          .meta({ description: "To pull. Default: pushSecretRef." })
          .optional(),
      })
      .meta({ description: "Where images are kept." })
      .optional(),
    links: z
      .object({
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
        tlsSecretRef: z
          .object({
            name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
          })
          .meta({ description: "Certificate. Default: the Gateway's or the issuer of the cluster." })
          .optional(),
      })
      .meta({ description: "How links are made." })
      .optional(),
    build: z
      .object({
        size: z
          .enum(["Small", "Medium", "Large"])
          .meta({ description: "Memory and CPU of the builder. Default: from the plan." })
          .optional(),
        timeout: z
          .string()
          .max(16)
          .regex(new RegExp("^([0-9]+(s|m|h))+$"))
          .meta({ description: "For one image. Default 20m." })
          .optional(),
        platforms: z
          .array(z.string().max(32).regex(new RegExp("^linux/[a-z0-9/]+$")))
          .max(4)
          .meta({ description: "Default: that of the nodes.", "x-kubernetes-list-type": "set" })
          .optional(),
        secrets: z
          .array(
            z.object({
              name: z
                .string()
                .max(128)
                .regex(new RegExp("^[A-Za-z_][A-Za-z0-9_]*$"))
                .meta({
                  description: "Id of the mount, and name of the variable that a generated Dockerfile sets from it.",
                }),
              secretKeyRef: z
                .object({
                  name: z.string().min(1).max(253),
                  key: z.string().min(1).max(253),
                })
                .meta({
                  description: "One key of a Secret in this namespace. Read by the kubelet, never by Repo Runner.",
                }),
            }),
          )
          .max(8)
          .meta({
            description: "What a build may read, such as a token for private packages; as BuildKit secret mounts.",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
          })
          .optional(),
      })
      .meta({ description: "How images are built." })
      .optional(),
    fix: z
      .object({
        mode: z
          .enum(["Auto", "Off"])
          .meta({ description: "Auto mends what fails with a changed plan; Off stops at the first failure." })
          .optional(),
        maxAttempts: z.int().min(1).max(20).meta({ description: "Default 8.", format: "int32" }).optional(),
      })
      .meta({ description: "Mending." })
      .optional(),
    approve: z
      .array(z.enum(["Build", "Release", "Fix"]))
      .max(3)
      .meta({ description: "Wait for a person before these.", "x-kubernetes-list-type": "set" })
      .optional(),
    modelPolicyRef: z
      .object({
        name: z.string().max(253),
      })
      .meta({ description: "ModelPolicy in this namespace. Absent: the cluster default, or rules alone." })
      .optional(),
    timeout: z
      .string()
      .max(16)
      .regex(new RegExp("^([0-9]+(s|m|h))+$"))
      .meta({
        description:
          "For one commit, from source to Verified, without the time spent waiting for a slot or an approval. Default 45m.",
      })
      .optional(),
    suspend: z
      .boolean()
      .meta({ description: "true: stop the work under way and start no other; the release goes on." })
      .optional(),
    state: z
      .enum(["Running", "Stopped"])
      .meta({ description: "Stopped: no pods, data kept. Default: Running." })
      .optional(),
    pod: z
      .object({
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
      })
      .meta({ description: "Where and as whom its pods run." })
      .optional(),
    retention: z
      .object({
        failedAfter: z
          .string()
          .max(16)
          .regex(new RegExp("^([0-9]+(s|m|h))+$"))
          .meta({
            description: "Remove pods and builds of a failed run after this time; the RepoRun and its report stay.",
          })
          .optional(),
        releases: z
          .int()
          .min(1)
          .max(10)
          .meta({ description: "Releases to keep for rollback. Default 3.", format: "int32" })
          .optional(),
      })
      .meta({ description: "What is kept." })
      .optional(),
  })
  .meta({ description: "What should run." });
export type RepoRunSpec = z.infer<typeof RepoRunSpec>;
