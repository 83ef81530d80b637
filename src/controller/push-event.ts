import { createHmac, timingSafeEqual, createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";

/** What a git server tells when somebody has pushed. */
export interface PushEvent {
  /** Addresses of the repository, each as `host/path`. */
  readonly repositories: ReadonlySet<string>;
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly ref: string;
  readonly defaultBranch: string | undefined;
  /** Full id of the commit that the ref stands for now. */
  readonly commit: string;
}

const url = z.string().max(1024).optional();
const Push = z.object({
  ref: z.string().max(512),
  after: z.string().regex(/^[0-9a-f]{40,64}$/),
  repository: z
    .object({
      clone_url: url,
      ssh_url: url,
      html_url: url,
      git_url: url,
      default_branch: z.string().max(256).optional(),
    })
    .optional(),
  project: z
    .object({ git_http_url: url, git_ssh_url: url, web_url: url, default_branch: z.string().max(256).optional() })
    .optional(),
});

/**
 * Whether a delivery was signed with our secret: GitHub and Gitea sign the body by HMAC-SHA256 (X-Hub-Signature-256, X-Gitea-Signature), GitLab sends the
 * secret itself (X-Gitlab-Token).
 */
export function isSigned(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const mac = createHmac("sha256", secret).update(body).digest("hex");
  const said = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
  const github = said("x-hub-signature-256");
  if (github !== undefined) return isSame(github, `sha256=${mac}`);
  const gitea = said("x-gitea-signature") ?? said("x-forgejo-signature");
  if (gitea !== undefined) return isSame(gitea, mac);
  const gitlab = said("x-gitlab-token");
  return gitlab !== undefined && isSame(gitlab, secret);
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** Reads the body of a push of GitHub, GitLab, Gitea or Forgejo; undefined for other events, and for a branch that was deleted. */
export function readPush(headers: IncomingHttpHeaders, body: Buffer): PushEvent | undefined {
  const kind = headers["x-github-event"] ?? headers["x-gitea-event"] ?? headers["x-gitlab-event"];
  if (kind !== "push" && kind !== "Push Hook" && kind !== "Tag Push Hook") return undefined;
  const parsed = Push.safeParse(parseJson(body));
  if (!parsed.success || /^0+$/.test(parsed.data.after)) return undefined;
  const { ref, after, repository, project } = parsed.data;
  const addresses = [
    repository?.clone_url,
    repository?.ssh_url,
    repository?.html_url,
    repository?.git_url,
    project?.git_http_url,
    project?.git_ssh_url,
    project?.web_url,
  ];
  return {
    repositories: new Set(addresses.flatMap((address) => (address === undefined ? [] : (placeOf(address) ?? [])))),
    ref,
    defaultBranch: repository?.default_branch ?? project?.default_branch,
    commit: after,
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** `host/path` of a repository, the same for each of its addresses: `https://…`, `ssh://…`, `git@host:path`, with or without `.git`. */
export function placeOf(address: string): string | undefined {
  const scp = /^[\w.-]+@(?<host>[\w.-]+):(?<path>[^:]{1,900})$/.exec(address)?.groups;
  const parsed = scp ? undefined : URL.parse(address);
  const host = scp?.["host"] ?? parsed?.hostname;
  const path = (scp?.["path"] ?? parsed?.pathname ?? "").replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return host === undefined || host === "" || path === "" ? undefined : `${host.toLowerCase()}/${path}`;
}
