import { z } from "zod";

/** CPU, memory and devices by name, as in a Pod. */
const Quantities = z
  .record(z.string(), z.union([z.int(), z.string()]))
  .meta({ maxProperties: 8, "x-repo-runner-quantities": true });

/** One thing that runs: only what should differ from the plan. */
export const ServiceWish = z
  .object({
    name: z
      .string()
      .max(40)
      .regex(new RegExp("^[a-z]([-a-z0-9]*[a-z0-9])?$"))
      .meta({ description: "A name from the plan (`repo-runner plan`), or a new one together with path or start." }),
    enabled: z.boolean().meta({ description: "false: leave this service out." }).optional(),
    kind: z
      .enum(["Web", "Worker", "Job", "Cron"])
      .meta({ description: "Web answers requests, Worker runs on, Job ends by itself, Cron runs by schedule." })
      .optional(),
    path: z
      .string()
      .max(512)
      .meta({
        description: "Folder of this service, from source.path.",
        "x-kubernetes-validations": [
          {
            rule: "!self.startsWith('/') && !self.split('/').exists(p, p == '..')",
            message: 'must be a path inside the repository: relative, without ".."',
          },
        ],
      })
      .optional(),
    runtime: z
      .object({
        name: z.string().max(32).regex(new RegExp("^[a-z][a-z0-9+-]*$")),
        version: z
          .string()
          .max(32)
          .regex(new RegExp("^[0-9][0-9A-Za-z.+_-]*$"))
          .meta({ description: 'A version or a prefix of one: "22", "3.13", "1.26.2".' })
          .optional(),
      })
      .meta({ description: "Language runtime. Default: what the repository asks for." })
      .optional(),
    packages: z
      .array(z.string().max(64).regex(new RegExp("^[a-z0-9][a-z0-9.+-]*$")))
      .max(32)
      .meta({
        description: "System libraries to add, by the names that `repo-runner explain packages` lists.",
        "x-kubernetes-list-type": "set",
      })
      .optional(),
    install: z
      .string()
      .max(2048)
      .meta({ description: "Shell line that installs dependencies. Default: by package manager and lock file." })
      .optional(),
    build: z.string().max(2048).meta({ description: 'Shell line that builds. "" builds nothing.' }).optional(),
    start: z.string().max(2048).meta({ description: "Shell line that starts the service; $PORT is set." }).optional(),
    dockerfile: z
      .string()
      .max(512)
      .meta({
        description: "Dockerfile to build instead of a generated one.",
        "x-kubernetes-validations": [
          {
            rule: "!self.startsWith('/') && !self.split('/').exists(p, p == '..')",
            message: 'must be a path inside the repository: relative, without ".."',
          },
        ],
      })
      .optional(),
    command: z
      .array(z.string().max(1024))
      .max(64)
      .meta({
        description: "Start without a shell: program and arguments, word by word.",
        "x-kubernetes-list-type": "atomic",
      })
      .optional(),
    port: z
      .int()
      .min(1)
      .max(65535)
      .meta({ description: "Port that people and probes reach. Default: looked at while it runs.", format: "int32" })
      .optional(),
    extraPorts: z
      .array(
        z.object({
          name: z.string().max(15).regex(new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
          port: z.int().min(1).max(65535).meta({ format: "int32" }),
          protocol: z.enum(["TCP", "UDP"]).optional(),
        }),
      )
      .max(8)
      .meta({
        description: "Further ports of its Service, without a link.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    dependsOn: z
      .array(z.string().max(40))
      .max(16)
      .meta({
        description: "Services and databases that must be ready first. Default: from the plan.",
        "x-kubernetes-list-type": "set",
      })
      .optional(),
    probe: z
      .object({
        path: z
          .string()
          .max(512)
          .regex(new RegExp("^/"))
          .meta({ description: "HTTP path that answers when the service is well. Default: what was seen to answer." })
          .optional(),
        startupSeconds: z
          .int()
          .min(1)
          .max(3600)
          .meta({ description: "How long the first answer may take. Default: measured, times three.", format: "int32" })
          .optional(),
      })
      .meta({ description: "How to ask whether the service is well." })
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
        description: "Variables of this service; they win over spec.env.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    resources: z
      .object({
        requests: Quantities.meta({ description: "Least that is reserved." }).optional(),
        limits: Quantities.meta({ description: "Most that may be used." }).optional(),
      })
      .meta({ description: "CPU, memory and devices, as in a Pod. Default: measured while it starts." })
      .optional(),
    replicas: z
      .int()
      .min(0)
      .max(100)
      .meta({ description: "Number of pods. 0 stops the service.", format: "int32" })
      .optional(),
    autoscaling: z
      .object({
        min: z.int().min(0).max(100).meta({ format: "int32" }).optional(),
        max: z.int().min(1).max(100).meta({ format: "int32" }),
        cpuPercent: z.int().min(1).max(100).meta({ format: "int32" }).optional(),
      })
      .meta({
        description: "Scale between min and max pods by CPU use.",
        "x-kubernetes-validations": [
          { rule: "!has(self.min) || self.min <= self.max", message: "min must not be above max" },
        ],
      })
      .optional(),
    schedule: z.string().max(64).meta({ description: "Cron schedule, for kind Cron." }).optional(),
    volumes: z
      .array(
        z.object({
          name: z.string().max(40).regex(new RegExp("^[a-z]([-a-z0-9]*[a-z0-9])?$")),
          path: z.string().max(256).regex(new RegExp("^/")).meta({ description: "Where it is mounted." }),
          size: z.string().max(16).regex(new RegExp("^[0-9]+(Mi|Gi|Ti)$")).optional(),
        }),
      )
      .max(8)
      .meta({
        description: "Folders that outlive the pod.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      })
      .optional(),
    link: z
      .object({
        enabled: z
          .boolean()
          .meta({
            description:
              "Make a link to this service. Default: true for the Web services that nobody else in the plan stands in front of.",
          })
          .optional(),
        host: z
          .string()
          .max(253)
          .regex(new RegExp("^(\\*\\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))
          .meta({ description: "DNS name. Default: <name>.<namespace>.<the cluster domain of links>." })
          .optional(),
        path: z.string().max(256).regex(new RegExp("^/")).meta({ description: "Path prefix." }).optional(),
      })
      .meta({ description: "How people reach this service." })
      .optional(),
  })
  .meta({
    description: "One thing that runs. Give only what should differ from the plan.",
    "x-kubernetes-validations": [
      {
        rule: "!(has(self.dockerfile) && (has(self.runtime) || has(self.install) || has(self.build)))",
        message: "dockerfile says how to build: leave out runtime, install and build",
      },
      {
        rule: "!(has(self.start) && has(self.command))",
        message: "set start (a shell line) or command (words), not both",
      },
      { rule: "!(has(self.replicas) && has(self.autoscaling))", message: "set replicas or autoscaling, not both" },
      {
        rule: "has(self.schedule) == (has(self.kind) && self.kind == 'Cron')",
        message: "schedule and kind: Cron belong together",
      },
    ],
  });
export type ServiceWish = z.infer<typeof ServiceWish>;
