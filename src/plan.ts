import { z } from "zod";

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
  /** `Literal`: in `value`. `Generated`: a random secret that Repo Runner makes. `Secret`: one key of a Secret of the namespace. `Needed`: only a person knows. `Optional`: has a default in the code, not set. `Port`: the port that was chosen. */
  source: z.enum(["Literal", "Generated", "Secret", "Needed", "Optional", "Port"]),
  value: z.string().max(8192).optional(),
  secret: z.object({ name: z.string().max(253), key: z.string().max(253) }).optional(),
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
  /** A Dockerfile of the repository, relative to the source's root; then only `target` and `context` count besides. */
  dockerfile: z.string().max(512).optional(),
  target: z.string().max(128).optional(),
  /** Build context, relative to the source's root; "." is the root. */
  context: z.string().max(512).default("."),
  /** Base image of the build stage, by official name: `docker.io/library/node:24-slim`. Absent when a repository's own Dockerfile is used. */
  buildImage: z.string().max(256).optional(),
  /** Base image of the final stage. */
  runImage: z.string().max(256).optional(),
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
  port: PortPlan,
  probe: ProbePlan,
  env: z.array(Variable).max(96).default([]),
  resources: z.object({ requests: z.record(z.string(), z.string()), limits: z.record(z.string(), z.string()) }),
  /** The image runs as root and needs to (a repository's own Dockerfile): then in a user namespace. Unknown until the image is built. */
  root: z.boolean().default(false),
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
});
export type Need = z.infer<typeof Need>;

/** How each service of a source is built and run. Data only: no code, no host paths, no secret values. Same source and spec, same plan. */
export const Plan = z.object({
  version: z.literal(1),
  services: z.array(Service).max(32),
  databases: z
    .array(
      z.object({
        name: z.string().max(40),
        engine: z.string().max(32),
        version: z.string().max(16),
        why: z.string().max(256),
      }),
    )
    .max(8)
    .default([]),
  needs: z.array(Need).max(16).default([]),
  warnings: z.array(z.string().max(256)).max(8).default([]),
  /** `node 24 (express) + postgres 17` */
  summary: z.string().max(256),
});
export type Plan = z.infer<typeof Plan>;
