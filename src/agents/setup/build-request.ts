import { z } from "zod";

/** How a build Job's client reaches its builder. */
export interface BuilderAccess {
  /** `tcp://…:1234` */
  readonly address: string;
  /** The name in the builder's certificate. */
  readonly serverName: string;
  /** Secret in the tenant's namespace: ca.crt, tls.crt, tls.key of the client. */
  readonly secret: string;
}

/** What the build client is asked, in REPO_RUNNER_REQUEST of its container. */
export const BuildRequest = z.object({
  inputDigest: z.string().max(80),
  /** Name of the service in /plan/plan.json. */
  service: z.string().max(40),
  /** Revision of the plan. */
  plan: z.int().positive(),
  /** Where to push, with a tag. */
  image: z.string().max(512),
  /** The registry that is pushed to is asked over plain http. */
  insecureRegistry: z.boolean(),
  /** Parts the cache mounts of one tenant from another's, should they ever share a daemon. */
  tenant: z.string().max(63),
  builder: z.object({ address: z.string().max(512), serverName: z.string().max(253), secret: z.string().max(253) }),
  /** How long a builder that is just being made may take to answer. */
  builderSeconds: z.int().positive().default(180),
  timeoutSeconds: z.int().positive(),
  /** Whether an administrator gave a CA bundle: then it is trusted in every RUN. */
  caBundle: z.boolean(),
  /** Variables of every build, never kept in an image. */
  buildEnv: z.record(z.string(), z.string()),
  /** Frontends besides BuildKit's own that a `# syntax=` line may name. */
  frontends: z.array(z.string()),
  /** Names of the build secrets that the spec gives; mounted as files of that name. */
  secrets: z.array(z.string().max(128)).max(32),
  compression: z.object({ type: z.enum(["zstd", "gzip"]), level: z.int() }).default({ type: "zstd", level: 1 }),
});
export type BuildRequest = z.infer<typeof BuildRequest>;
