import { z } from "zod";
import { Layer } from "./failure.ts";

/** How dependencies are installed once the usual way has failed. */
export const InstallMode = z.enum([
  /** By the manifest, whatever the lock file says. */
  "Unfrozen",
  /** As if there were no lock file at all. */
  "WithoutLock",
  /** Peers that cannot be had together are let be. */
  "LegacyPeers",
  /** What a manifest says of runtimes' versions is let be. */
  "AnyEngine",
  /** With what only development needs: a build calls it. */
  "WithDevelopment",
  /** No scripts of packages are run. */
  "WithoutScripts",
  /** A pinned version is a lower bound. */
  "RelaxedPins",
  /** Without what earlier builds have left in a cache. */
  "WithoutCache",
]);
export type InstallMode = z.infer<typeof InstallMode>;

/** Steps of a build that say whether code is good, not whether it runs. */
export const SkippedStep = z.enum(["Tests", "Checks", "TypeCheck", "GitHooks", "BrowserDownload"]);
export type SkippedStep = z.infer<typeof SkippedStep>;

/** Steps that a build lacks; their lines are written here and nowhere else. */
export const BuildStep = z.enum(["PrismaGenerate", "ScriptRights", "BuildScript", "GoTidy", "SystemFonts"]);
export type BuildStep = z.infer<typeof BuildStep>;

/** Switches of build tools. */
export const BuildFlag = z.enum(["GoModMod", "CgoOn", "CgoOff", "CMakeOldPolicy", "OwnMaven", "OwnGradle", "OneJob"]);
export type BuildFlag = z.infer<typeof BuildFlag>;

/** What an address of a database may have to say besides. */
export const ConnectionOption = z.enum(["NoTls", "PostgresqlScheme", "AsyncDriver", "SyncDriver", "MysqlNoTls"]);
export type ConnectionOption = z.infer<typeof ConnectionOption>;

/** What brings a database to the shape that the code wants. */
export const MigrationTool = z.enum([
  "Django",
  "Alembic",
  "FlaskMigrate",
  "Prisma",
  "Knex",
  "Sequelize",
  "Rails",
  "Laravel",
]);
export type MigrationTool = z.infer<typeof MigrationTool>;

const name = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_]\w*$/);

/**
 * The only ways in which a plan may be changed, by a rule, a memory, a model or a person. No shell line, image or address is among them: what
 * they come to is written down in agents/fixer/apply, and a start is one that code has found itself.
 */
export const Action = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("SetRuntime"), version: z.string().max(32) }),
  z.object({ kind: z.literal("SetBaseVariant"), variant: z.enum(["Full"]) }),
  z.object({
    kind: z.literal("AddPackages"),
    stage: z.enum(["Build", "Run"]),
    packages: z.array(z.string().max(64)).min(1).max(24),
  }),
  z.object({ kind: z.literal("SetInstallMode"), mode: InstallMode }),
  /** Distributions of the language's own index, by names and bounds of a table: `werkzeug<3`. `Build`: bounds for what builds others. */
  z.object({
    kind: z.literal("AddDependencies"),
    stage: z.enum(["Install", "Build"]),
    dependencies: z.array(z.string().max(64)).min(1).max(8),
  }),
  z.object({ kind: z.literal("SkipStep"), step: SkippedStep }),
  z.object({ kind: z.literal("AddBuildStep"), step: BuildStep }),
  z.object({ kind: z.literal("SetBuildFlag"), flag: BuildFlag }),
  z.object({ kind: z.literal("SetBuildContext"), context: z.string().max(512) }),
  z.object({ kind: z.literal("KeepDevDependencies") }),
  z.object({ kind: z.literal("SetEnv"), name, value: z.string().max(2048), phase: z.enum(["Run", "Build", "Both"]) }),
  z.object({ kind: z.literal("GenerateSecret"), name, form: z.enum(["Hex", "Base64Key"]).default("Hex") }),
  z.object({ kind: z.literal("RequireSecret"), name, why: z.string().max(256) }),
  z.object({ kind: z.literal("SetStart"), start: z.string().max(2048) }),
  /** Listens on every address, by the option that the program in the start line has for it. */
  z.object({ kind: z.literal("SetBind") }),
  z.object({ kind: z.literal("SetBridge") }),
  z.object({ kind: z.literal("SetKind"), to: z.enum(["Job", "Worker"]) }),
  z.object({ kind: z.literal("SetPort"), port: z.int().min(1).max(65535) }),
  z.object({ kind: z.literal("SetProbe"), startupSeconds: z.int().min(1).max(3600) }),
  /** `Run`: the limit of the program. `Build`: the larger builder. Heaps of runtimes that do not grow by themselves grow with it. */
  z.object({ kind: z.literal("SetMemory"), stage: z.enum(["Build", "Run"]), megabytes: z.int().min(64).max(65536) }),
  z.object({ kind: z.literal("AddWritablePath"), path: z.string().max(256) }),
  z.object({ kind: z.literal("AddAlias"), of: z.string().max(40), alias: z.string().max(63) }),
  z.object({ kind: z.literal("AddDatabase"), engine: z.enum(["Postgres", "MySQL", "MariaDB", "Redis", "RabbitMQ"]) }),
  z.object({ kind: z.literal("AddMigration"), tool: MigrationTool }),
  z.object({ kind: z.literal("SetConnectionOption"), option: ConnectionOption }),
]);
export type Action = z.infer<typeof Action>;

/** One mending, as kept in the plan's ConfigMap: who, why, what. Replayed on later drafts while its precondition holds. */
export const Fix = z.object({
  service: z.string().max(40),
  layer: Layer,
  /** CamelCase name of what was seen: `ListensOnLoopback`. */
  signature: z.string().max(64),
  /** Its number in the catalogue (`N02`): `explain` says where the knowledge comes from. */
  rule: z.string().max(128),
  by: z.enum(["Rule", "Memory", "Model", "Person"]),
  /** With `Memory`: name of the FixLesson. */
  lesson: z.string().max(63).optional(),
  action: Action,
  /** For people: `web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set`. */
  summary: z.string().max(256),
  /** What has to hold in a draft for this fix to be replayed: digest of the fields that the action changes, as they were. */
  appliesTo: z.string().max(80),
  at: z.string(),
});
export type Fix = z.infer<typeof Fix>;

/** How a plan ended that was not well, as far as the next one is judged by it. */
export const Ending = z.object({
  reason: z.string().max(64),
  layer: Layer,
  service: z.string().max(40).optional(),
  maturity: z.string().max(16),
  /** Digest of the error as it was written, without what differs from try to try. */
  print: z.string().max(80),
});
export type Ending = z.infer<typeof Ending>;

/** What an attempt was made for, bounded and redacted. */
export const AttemptEvidence = z.object({
  lines: z.array(z.string().max(200)).max(6),
  exitCode: z.int().optional(),
  events: z.array(z.string().max(200)).max(6).optional(),
  sockets: z.array(z.string().max(200)).max(6).optional(),
  probes: z.array(z.string().max(200)).max(6).optional(),
  changed: z.array(z.string().max(200)).max(6).optional(),
});
export type AttemptEvidence = z.infer<typeof AttemptEvidence>;

/** A change that was proposed and not made. */
export const LeftOut = z.object({
  /** A rule's number, a FixLesson or an endpoint. */
  by: z.string().max(128),
  action: z.string().max(32),
  verdict: z.enum(["Denied", "NoEffect", "Tried", "Refused"]),
  why: z.string().max(200),
});
export type LeftOut = z.infer<typeof LeftOut>;

/**
 * One step of the loop: what was seen of a revision, and which revision was made of it. `Fix` changes the plan; `RollBack` takes the plan of an
 * earlier revision that came further; `Restart` goes to the second-best plan of the survey.
 */
export const Attempt = z.object({
  how: z.enum(["Fix", "RollBack", "Restart"]),
  /** The revision that it made. */
  revision: z.int().positive(),
  /** The revision that had failed, and the digest of its plan. */
  from: z.int().positive(),
  on: z.string().max(80),
  saw: Ending,
  /** With `Fix`. */
  fix: Fix.optional(),
  /** With `RollBack`: whose plan was taken. */
  to: z.int().positive().optional(),
  /** Who said yes to it, as the cluster knows him, where a person was asked. */
  approvedBy: z.string().max(253).optional(),
  evidence: AttemptEvidence.optional(),
  /** What it changed in the plan. */
  changed: z.array(z.string().max(200)).max(12).optional(),
  leftOut: z.array(LeftOut).max(8).optional(),
  at: z.string(),
});
export type Attempt = z.infer<typeof Attempt>;
