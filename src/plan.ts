import { z } from "zod";
import { DatabaseForward } from "./database-forward.ts";
import { Estimate, Prediction } from "./prediction.ts";

/** Why a thing was decided: shown by `plan --why` and `explain`. */
export const Reason = z.object({
  /** What was decided: `runtime`, `install`, `start`, `port`, `framework`, `manager`, `env:NAME` … */
  about: z.string().max(64),
  value: z.string().max(256),
  /** The sentence: `package.json engines ">=22" → newest 24`. */
  because: z.string().max(256),
  /** `path` or `path:line` in the repository, where a file said it. */
  where: z.string().max(256).optional(),
});
export type Reason = z.infer<typeof Reason>;

export const ServiceKind = z.enum(["Web", "Worker", "Job", "Cron"]);
export type ServiceKind = z.infer<typeof ServiceKind>;

/** Where a variable's value comes from. A plan never holds a secret's value. */
export const Variable = z.object({
  name: z.string().max(128),
  /** `Literal`: in `value`. `Generated`: a random secret that Repo Runner makes. `Secret`: one key of a Secret of the namespace. `Needed`: only a person knows. `Optional`: has a default in the code, not set. `Port`: the port that was chosen. `Database`, `Service`: how another part of the plan is reached. */
  source: z.enum(["Literal", "Generated", "Secret", "Needed", "Optional", "Port", "Database", "Service"]),
  value: z.string().max(8192).optional(),
  /** With `Database` and `Service`: whose; `value` is then a text with `{host}`, `{port}`, `{username}`, `{password}`, `{database}` (a Database) or `{host}`, `{port}`, `{url}` (a Service, inside the cluster). */
  of: z.string().max(40).optional(),
  secret: z.object({ name: z.string().max(253), key: z.string().max(253) }).optional(),
  /** With `Generated`: how 32 random bytes are written. `Hex` (default), or `Base64Key`: `base64:` and their base64, as Laravel wants its key. */
  form: z.enum(["Hex", "Base64Key"]).optional(),
  phase: z.enum(["Run", "Build", "Both"]).default("Run"),
  /** The place in the code that reads it, and what was seen there. */
  where: z.string().max(256).optional(),
  why: z.string().max(256).optional(),
});
export type Variable = z.infer<typeof Variable>;

/** A folder that is kept between builds of one tenant (a BuildKit cache mount). */
export const CacheMount = z.object({ id: z.string().max(64), target: z.string().max(256) });
export type CacheMount = z.infer<typeof CacheMount>;

/** How one image is made. SetupAgent renders it; BuildKit builds it. */
export const Recipe = z.object({
  /** An image by name that is taken as it is (a compose file's `image:`): nothing is compiled, only `copies` are added. */
  image: z.string().max(256).optional(),
  /** Files and folders of the source that a compose file would mount; `from` relative to the source's root, `to` absolute. */
  copies: z
    .array(z.object({ from: z.string().max(512), to: z.string().max(512) }))
    .max(32)
    .default([]),
  /** A Dockerfile of the repository, relative to the source's root; then only `target` and `context` count besides. */
  dockerfile: z.string().max(512).optional(),
  target: z.string().max(128).optional(),
  /** Build context, relative to the source's root; "." is the root. */
  context: z.string().max(512).default("."),
  /** Base image of the build stage, by official name: `docker.io/library/node:24-slim`. Absent when a repository's own Dockerfile is used. */
  buildImage: z.string().max(256).optional(),
  /** Base image of the final stage. */
  runImage: z.string().max(256).optional(),
  /** Files and folders of other images that the build stage takes first: Node beside PHP, Composer. Absolute paths in both. */
  borrows: z
    .array(z.object({ image: z.string().max(256), from: z.string().max(256), to: z.string().max(256) }))
    .max(8)
    .default([]),
  /** Debian packages for the build stage and for the final stage. */
  buildPackages: z.array(z.string().max(64)).max(64).default([]),
  runPackages: z.array(z.string().max(64)).max(64).default([]),
  /** Shell lines that put the package manager itself in place (corepack, `pip install uv==…`), before anything of the repository is copied. */
  tools: z.array(z.string().max(1024)).max(8).default([]),
  /** Files copied before `install`, so that its layer is kept while only sources change. Globs of Dockerfile COPY, relative to the context. Empty: everything is copied first. */
  manifests: z.array(z.string().max(256)).max(256).default([]),
  /** Shell lines as run; null where there is none. `workdir` is where they run, relative to the context. */
  install: z.string().max(2048).nullable(),
  build: z.string().max(2048).nullable(),
  /** After the build: makes the tree smaller (`npm prune --omit=dev`). */
  prune: z.string().max(2048).nullable().default(null),
  workdir: z.string().max(512).default("."),
  caches: z.array(CacheMount).max(8).default([]),
  /** The larger builder, where the usual one has been seen to be too small; a person's `spec.build.size` wins. */
  builder: z.enum(["Large"]).optional(),
  buildEnv: z.record(z.string().max(128), z.string().max(2048)).default({}),
  runEnv: z.record(z.string().max(128), z.string().max(2048)).default({}),
  /** What the final stage takes from the build stage; absolute paths in both. */
  artifacts: z
    .array(z.object({ from: z.string().max(256), to: z.string().max(256) }))
    .max(32)
    .default([]),
  /** Small files that are written into the final image (a Caddyfile). */
  files: z
    .array(z.object({ path: z.string().max(256), text: z.string().max(8192) }))
    .max(4)
    .default([]),
});
export type Recipe = z.infer<typeof Recipe>;

export const PortPlan = z.object({
  /** Absent when nothing is known: then it is only looked at. */
  number: z.int().min(1).max(65535).optional(),
  /** `Spec` and `Observed` are certain; the others are where the guess came from. */
  from: z.enum(["Spec", "Observed", "Code", "Config", "Framework", "Default"]),
  where: z.string().max(256).optional(),
  /** The program reads PORT, so any number that we pass is right. */
  readsPort: z.boolean().default(false),
  /** The variable that sets the listening address, where the code reads one (`HOST`). */
  hostVariable: z.string().max(128).optional(),
});
export type PortPlan = z.infer<typeof PortPlan>;

export const ProbePlan = z.object({
  /** Absent: any answer on the port counts (TCP). */
  path: z.string().max(512).optional(),
  startupSeconds: z.int().min(1).max(3600).default(120),
  where: z.string().max(256).optional(),
});
export type ProbePlan = z.infer<typeof ProbePlan>;

/** What has to be so before a service is started. `name`: a service or a database of the plan. */
export const Dependency = z.object({
  name: z.string().max(40),
  until: z.enum(["Started", "Ready", "Completed"]).default("Ready"),
});
export type Dependency = z.infer<typeof Dependency>;

/** A folder that outlives the pod. Services that name the same volume share it. */
export const Volume = z.object({
  name: z.string().max(40),
  path: z.string().max(256),
  size: z.string().max(16).optional(),
  where: z.string().max(256).optional(),
});
export type Volume = z.infer<typeof Volume>;

/** A module that has to import in the built image. */
export const ModuleCheck = z.object({
  /** As code imports it: `PIL`. */
  module: z.string().max(80),
  /** As it is installed: `pillow`. */
  package: z.string().max(64),
  /** `Realigned`: only after what it was installed for has changed. */
  when: z.enum(["Always", "Realigned"]),
});
export type ModuleCheck = z.infer<typeof ModuleCheck>;

/** A shell line that the new image runs once for each release, before its pods serve; in this order. */
export const ReleaseStep = z.object({
  name: z.enum(["Migrate", "Seed", "Release"]),
  line: z.string().max(2048),
  /** What said so: `manage.py and psycopg`, `Procfile release`. */
  from: z.string().max(256),
});
export type ReleaseStep = z.infer<typeof ReleaseStep>;

/** Requests below `prefix` on this service's own origin are answered by another service. */
export const Route = z.object({
  prefix: z.string().max(256),
  service: z.string().max(40),
  /** Take the prefix away before passing it on. */
  strip: z.boolean().default(false),
  why: z.string().max(256),
});
export type Route = z.infer<typeof Route>;

/** A further port of a service, inside the cluster only. */
export const ExtraPort = z.object({
  name: z.string().max(15),
  port: z.int().min(1).max(65535),
  protocol: z.enum(["TCP", "UDP"]).default("TCP"),
});
export type ExtraPort = z.infer<typeof ExtraPort>;

/** What is provided beside the services: by us, or bound to one that exists. */
export const Database = z.object({
  name: z.string().max(40),
  engine: z.enum(["Postgres", "MySQL", "MariaDB", "Redis", "Valkey", "MongoDB", "RabbitMQ", "ObjectStorage"]),
  version: z.string().max(16),
  /** Official image it runs from; absent when a Secret binds an existing one. */
  image: z.string().max(256).optional(),
  /** Service Binding Secret of an existing one. */
  bindTo: z.string().max(253).optional(),
  /** Name of the database (or vhost, or bucket) that is made in it. */
  database: z.string().max(63).optional(),
  storage: z.string().max(16).default("1Gi"),
  deletionPolicy: z.enum(["Delete", "Retain"]).default("Retain"),
  /** Names under which the code looks for its host (a compose file's service name). */
  aliases: z.array(z.string().max(63)).max(4).default([]),
  /** Engine's own settings that the repository asks for, such as a command line of a compose file. */
  args: z.array(z.string().max(256)).max(32).default([]),
  /** User name that the code or a compose file insists on; default: `app`. */
  username: z.string().max(32).optional(),
  /** A password that the repository itself has in the clear where nothing else can be given to the program; else one is generated. */
  publicPassword: z.string().max(128).optional(),
  /** Files that fill it when it is made and empty (an `init.sql`), in this order. */
  init: z
    .array(z.object({ name: z.string().max(63), text: z.string().max(65_536) }))
    .max(8)
    .default([]),
  why: z.string().max(256),
  where: z.string().max(256).optional(),
});
export type Database = z.infer<typeof Database>;

export const Service = z.object({
  name: z.string().max(40),
  kind: ServiceKind,
  /** Folder of the service, relative to the source's root; "." is the root. */
  path: z.string().max(512),
  language: z.string().max(32),
  framework: z.string().max(64).nullable(),
  runtime: z
    .object({
      name: z.string().max(32),
      version: z.string().max(32),
      from: z.string().max(256),
      /** Other lines of it that there are images of, nearest older first; a fix may take one where nothing pins the version. */
      others: z.array(z.string().max(32)).max(8).optional(),
    })
    .nullable(),
  manager: z
    .object({
      name: z.string().max(32),
      version: z.string().max(32).nullable(),
      lockFile: z.string().max(256).nullable(),
      mode: z.enum(["Frozen", "Unfrozen"]),
    })
    .nullable(),
  recipe: Recipe,
  /** Shell line that starts it, or null where the image's own command is used. */
  start: z.string().max(2048).nullable(),
  /** Other ways to start it that code found, surest first; a fix may choose one. */
  otherStarts: z
    .array(z.object({ line: z.string().max(2048), from: z.string().max(256) }))
    .max(8)
    .default([]),
  /** The image's own entry point or arguments replaced, word by word, as a compose file does; `start` is null then. */
  command: z.array(z.string().max(1024)).max(64).optional(),
  args: z.array(z.string().max(1024)).max(64).optional(),
  /** Five fields; for `Cron`. */
  schedule: z.string().max(64).optional(),
  releaseSteps: z.array(ReleaseStep).max(6).default([]),
  /** What DependencyAgent has checked in the image before it is released. */
  checks: z.array(ModuleCheck).max(16).optional(),
  dependsOn: z.array(Dependency).max(16).default([]),
  volumes: z.array(Volume).max(8).default([]),
  /** Folders outside of the sources that the program writes to; emptied with the pod. */
  writable: z.array(z.string().max(256)).max(8).optional(),
  routes: z.array(Route).max(8).default([]),
  /** Host names under which the other services' code looks for this one (a compose file's service name). */
  aliases: z.array(z.string().max(63)).max(4).default([]),
  extraPorts: z.array(ExtraPort).max(8).default([]),
  /** Only other parts of the plan reach it: another service stands in front, or a compose file publishes no port. No link, unless the spec enables one. */
  inner: z.boolean().optional(),
  port: PortPlan,
  probe: ProbePlan,
  env: z.array(Variable).max(96).default([]),
  resources: z.object({ requests: z.record(z.string(), z.string()), limits: z.record(z.string(), z.string()) }),
  /** The image runs as root and needs to (a repository's own Dockerfile): then in a user namespace. Unknown until the image is built. */
  root: z.boolean().default(false),
  /** Where its server writes (nginx): it is started as root only to become somebody else, so it is started as nobody where a namespace gives root no rights. */
  rootless: z.array(z.string().max(256)).max(4).optional(),
  /** What stands in on the pod's own address. */
  forwards: z.array(DatabaseForward).max(4).optional(),
  /** A sidecar forwards from the pod's address to 127.0.0.1 (SetBridge). */
  bridge: z.boolean().default(false),
  /** How sure detection was: told (spec, Dockerfile) beats certain (a manifest with a start) beats likely. */
  sure: z.enum(["Told", "Certain", "Likely"]),
  why: z.array(Reason).max(64).default([]),
});
export type Service = z.infer<typeof Service>;

/** What only a person can give. */
export const Need = z.object({
  kind: z.enum(["Secret", "Variable", "Approval", "Choice", "Hardware"]),
  name: z.string().max(253),
  service: z.string().max(40).optional(),
  why: z.string().max(256).optional(),
  /** Of an approval: what it has to name. */
  digest: z.string().max(80).optional(),
});
export type Need = z.infer<typeof Need>;

/** How each service of a source is built and run. Data only: no code, no host paths, no secret values. Same source and spec, same plan. */
export const Plan = z.object({
  version: z.literal(1),
  services: z.array(Service).max(32),
  databases: z.array(Database).max(8).default([]),
  needs: z.array(Need).max(16).default([]),
  warnings: z.array(z.string().max(256)).max(8).default([]),
  /** What would have gone wrong and is mended in this draft; absent where nothing was foreseen. */
  predictions: z.array(Prediction).max(16).optional(),
  /** What each service is thought to take; absent where nobody has looked. */
  estimates: z.array(Estimate).max(32).optional(),
  /** `node 24 (express) + postgres 17` */
  summary: z.string().max(256),
});
export type Plan = z.infer<typeof Plan>;
