import { z } from "zod";
import {
  AbsolutePath,
  EnvironmentVariable,
  InnerPath,
  keyedBy,
  Name,
  Quantities,
  rules,
  Size,
  typed,
} from "./repo-run-texts.ts";

const portName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const int32 = { format: "int32" };

const Runtime = z.object({
  name: typed(/^[a-z][a-z0-9+-]*$/, "must be a language such as node, python or go", 32),
  version: typed(/^[0-9][0-9A-Za-z.+_-]*$/, 'must be a version, such as "22" or "3.13"', 32)
    .meta({ description: 'A version or a prefix of one: "22", "3.13", "1.26.2".' })
    .optional(),
});

const ExtraPort = z.object({
  name: typed(portName, "must be lower-case letters, digits and dashes", 15),
  port: z.int().min(1).max(65535).meta(int32),
  protocol: z.enum(["TCP", "UDP"]).optional(),
});

const Probe = z.object({
  path: AbsolutePath.meta({
    description: "HTTP path that answers when the service is well. Default: what was seen to answer.",
  }).optional(),
  startupSeconds: z
    .int()
    .min(1)
    .max(3600)
    .meta({ description: "How long the first answer may take. Default: measured, times three.", ...int32 })
    .optional(),
});

const Autoscaling = z
  .object({
    min: z.int().min(0).max(100).meta(int32).optional(),
    max: z.int().min(1).max(100).meta(int32),
    cpuPercent: z.int().min(1).max(100).meta(int32).optional(),
  })
  .meta({
    description: "Scale between min and max pods by CPU use.",
    ...rules({ rule: "!has(self.min) || self.min <= self.max", message: "min must not be above max" }),
  });

const Volume = z.object({
  name: Name,
  path: AbsolutePath.meta({ description: "Where it is mounted." }),
  size: Size.optional(),
});

const Link = z.object({
  enabled: z
    .boolean()
    .meta({
      description:
        "Make a link to this service. Default: true for the Web services that nobody else in the plan stands in front of.",
    })
    .optional(),
  host: typed(/^([*][.])?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be a DNS name in lower case", 253)
    .meta({ description: "DNS name. Default: <name>.<namespace>.<the cluster domain of links>." })
    .optional(),
  path: AbsolutePath.meta({ description: "Path prefix." }).optional(),
});

/** One thing that runs: only what should differ from the plan. */
export const ServiceWish = z
  .object({
    name: Name.meta({
      description: "A name from the plan (`repo-runner plan`), or a new one together with path or start.",
    }),
    enabled: z.boolean().meta({ description: "false: leave this service out." }).optional(),
    kind: z
      .enum(["Web", "Worker", "Job", "Cron"])
      .meta({ description: "Web answers requests, Worker runs on, Job ends by itself, Cron runs by schedule." })
      .optional(),
    path: InnerPath.meta({ description: "Folder of this service, from source.path." }).optional(),
    runtime: Runtime.meta({ description: "Language runtime. Default: what the repository asks for." }).optional(),
    packages: z
      .array(typed(/^[a-z0-9][a-z0-9.+-]*$/, "must be the name of a package, in lower case", 64))
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
    dockerfile: InnerPath.meta({ description: "Dockerfile to build instead of a generated one." }).optional(),
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
      .meta({ description: "Port that people and probes reach. Default: looked at while it runs.", ...int32 })
      .optional(),
    extraPorts: z
      .array(ExtraPort)
      .max(8)
      .meta({ description: "Further ports of its Service, without a link.", ...keyedBy("name") })
      .optional(),
    dependsOn: z
      .array(z.string().max(40))
      .max(16)
      .meta({
        description: "Services and databases that must be ready first. Default: from the plan.",
        "x-kubernetes-list-type": "set",
      })
      .optional(),
    probe: Probe.meta({ description: "How to ask whether the service is well." }).optional(),
    env: z
      .array(EnvironmentVariable)
      .max(64)
      .meta({ description: "Variables of this service; they win over spec.env.", ...keyedBy("name") })
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
      .meta({ description: "Number of pods. 0 stops the service.", ...int32 })
      .optional(),
    autoscaling: Autoscaling.optional(),
    schedule: typed(
      /^(@(hourly|daily|weekly|monthly|yearly)|[^ ]+( [^ ]+){4})$/,
      'must be a cron schedule of five fields, such as "0 3 * * *"',
      64,
    )
      .meta({ description: "Cron schedule, for kind Cron." })
      .optional(),
    volumes: z
      .array(Volume)
      .max(8)
      .meta({ description: "Folders that outlive the pod.", ...keyedBy("name") })
      .optional(),
    link: Link.meta({ description: "How people reach this service." }).optional(),
  })
  .meta({
    description: "One thing that runs. Give only what should differ from the plan.",
    ...rules(
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
    ),
  });
export type ServiceWish = z.infer<typeof ServiceWish>;
