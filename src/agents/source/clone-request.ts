import { z } from "zod";

/** Which commit is wanted: at most one of them; none means the default branch. */
export const SourceRef = z.object({
  branch: z.string().max(255).optional(),
  tag: z.string().max(255).optional(),
  commit: z.string().max(64).optional(),
  pullRequest: z.int().positive().optional(),
});
export type SourceRef = z.infer<typeof SourceRef>;

/** What the clone program is asked, in REPO_RUNNER_REQUEST of its container. */
export const CloneRequest = z.object({
  inputDigest: z.string().max(80),
  /** Of a git repository, or `oci://…` of an artifact. */
  url: z.string().max(2048),
  ref: SourceRef.default({}),
  /** Full id of a commit that was resolved before: fetched as it is, whatever its branch is now. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
    .optional(),
  submodules: z.boolean().default(false),
  lfs: z.boolean().default(false),
  /** An artifact's registry is asked over plain http. */
  insecure: z.boolean().default(false),
  /** How long an artifact that is just being pushed is waited for. */
  waitSeconds: z.int().nonnegative().default(0),
  /** Name of the git Secret, for messages; absent where none is given. */
  secret: z.string().max(253).optional(),
  maxBytes: z.int().positive(),
  maxFiles: z.int().positive(),
  timeoutSeconds: z.int().positive(),
});
export type CloneRequest = z.infer<typeof CloneRequest>;

/** What the clone leaves beside the tree, in /work/source.json. */
export const Source = z.object({
  /** Commit id; of an artifact the digest of its manifest. */
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  /** For people: `main@4f1c9e2`. */
  revision: z.string().max(280),
  subject: z.string().max(200),
  committedAt: z.string().max(40),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Links that led out of the tree and are not there any more. */
  removedLinks: z.int().nonnegative().default(0),
  /** Submodules that were not fetched, each in words with the reason. */
  skippedSubmodules: z.array(z.string().max(256)).max(16).default([]),
});
export type Source = z.infer<typeof Source>;

/** The host and scheme that credentials are for; undefined when the URL is of no kind that is cloned. */
export interface Origin {
  readonly scheme: "https" | "http" | "ssh";
  /** With its port, where one is written. */
  readonly host: string;
}

/** Reads a git URL: https, http, ssh and `user@host:path`. Local paths, `file:`, `git:`, `ext::` and the like are no origins. */
export function originOf(url: string): Origin | undefined {
  if (hasControlCharacter(url) || url.startsWith("-")) return undefined;
  const scp = /^[A-Za-z0-9._-]+@(?<host>[A-Za-z0-9.-]+):(?!\/\/)/.exec(url);
  if (scp?.groups?.["host"] !== undefined) return { scheme: "ssh", host: scp.groups["host"].toLowerCase() };
  const parsed = URL.parse(url);
  if (!parsed || parsed.host === "" || url.includes("::")) return undefined;
  switch (parsed.protocol) {
    case "https:":
      return { scheme: "https", host: parsed.host.toLowerCase() };
    case "http:":
      return { scheme: "http", host: parsed.host.toLowerCase() };
    case "ssh:":
      return { scheme: "ssh", host: parsed.host.toLowerCase() };
    default:
      return undefined;
  }
}

/** True when a URL carries a password, or a user name where the scheme needs none: such a URL would end up in logs. */
export function hasCredentials(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed) return false;
  return parsed.password !== "" || (parsed.username !== "" && parsed.protocol !== "ssh:");
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}|\s/u.test(text);
}
