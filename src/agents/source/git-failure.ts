import type { Failure } from "../../failure.ts";
import { redactLines } from "../../redact.ts";

/** What was being fetched, for the words of a failure. */
export interface GitContext {
  /** Without credentials. */
  readonly url: string;
  readonly host: string;
  /** Name of the git Secret, where one is given. */
  readonly secret?: string | undefined;
  /** For people: `branch main`. */
  readonly wanted: string;
}

type Verdict = Omit<Failure, "lines">;

/** Git's own words (LC_ALL=C), most telling first; the first that matches decides. */
const rules: readonly {
  readonly seen: RegExp;
  readonly verdict: (context: GitContext) => Verdict;
}[] = [
  // First, since these lines hold a path: a repository's own words must not pass for git's.
  {
    seen: /^(?:error|fatal): (?:unable to create (?:file|symlink)|invalid path|cannot create directory at) /im,
    verdict: unwritable,
  },
  { seen: /Host key verification failed/i, verdict: hostKeyUnknown },
  {
    seen: /SSL certificate problem|certificate verification failed|server certificate|unable to get local issuer|SSL: no alternative certificate|CAfile/i,
    verdict: certificateUnknown,
  },
  {
    seen: /couldn't find remote ref|Remote branch .* not found|not our ref|unadvertised object|upload-pack: not our ref/i,
    verdict: noSuchRef,
  },
  {
    seen: /Authentication failed|could not read (Username|Password)|returned error: 401|HTTP Basic: Access denied|invalid credentials/i,
    verdict: unauthorized,
  },
  { seen: /Permission denied \(|Load key .*: (invalid format|error in libcrypto)/i, verdict: authRefused },
  {
    seen: /returned error: 403|access denied|not authorized|Write access to repository not granted/i,
    verdict: authRefused,
  },
  {
    seen: /repository .*not found|Repository not found|returned error: (404|410)|does not appear to be a git repository|is this a git repository|project you were looking for could not be found/i,
    verdict: noSuchSource,
  },
  { seen: /unable to update url base from redirection|returned error: 30\d/i, verdict: redirected },
  { seen: /gitmodules(?:Url|Path|Name|Update|Symlink|Blob|Large|Missing|Parse): /i, verdict: submodulesRefused },
  {
    seen: /fsck error|bad object|index-pack failed|unpack-objects .*error|object .* is corrupt/i,
    verdict: sourceDamaged,
  },
  { seen: /No space left on device|Disk quota exceeded/i, verdict: noSpace },
  { seen: /transport '.*' not allowed|protocol .* is not supported|is not supported by/i, verdict: unsupported },
  {
    seen: /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    verdict: unresolved,
  },
];

/** Why a git command failed: in words that a person can act on, with git's last lines as evidence. */
export function classifyGit(stderr: string, context: GitContext): Failure {
  const verdict = rules.find((rule) => rule.seen.test(stderr))?.verdict ?? unreachable;
  const lines = redactLines(
    stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "" && !line.includes("askpass")),
  ).slice(-4);
  return lines.length > 0 ? { ...verdict(context), lines: [...lines] } : verdict(context);
}

const spec = { layer: "Source", blame: "Spec" } as const;

/** The server says neither, on purpose, to those who may not know. */
export function noSuchSource({ url, secret }: GitContext): Verdict {
  return {
    reason: "NoSuchSource",
    message:
      secret === undefined
        ? `there is no repository at ${url}, or it is private: the server does not tell which`
        : `there is no repository at ${url}, or the account in Secret ${secret} may not see it: the server does not tell which`,
    hint:
      secret === undefined
        ? "check the URL; for a private repository put a token into a Secret (username, password) and name it in spec.source.git.secretRef"
        : `check the URL, and that the account in Secret ${secret} may read it`,
    ...spec,
  };
}

function unauthorized(context: GitContext): Verdict {
  return context.secret === undefined ? noSuchSource(context) : authRefused(context);
}

function authRefused({ host, secret, url }: GitContext): Verdict {
  return {
    reason: "AuthRefused",
    message:
      secret === undefined
        ? `${host} refuses to show ${url} without credentials`
        : `${host} refused the credentials in Secret ${secret} for ${url}`,
    hint:
      secret === undefined
        ? "put a token into a Secret (username, password or bearerToken; identity and known_hosts for ssh) and name it in spec.source.git.secretRef"
        : `renew what Secret ${secret} holds: username and password (a token), or bearerToken, or identity and known_hosts for ssh`,
    ...spec,
  };
}

/** The ref is not there, though the repository is. */
export function noSuchRef({ wanted, url }: GitContext): Verdict {
  return {
    reason: "NoSuchRef",
    message: `${url} has no ${wanted}`,
    hint: "check spec.source.git.ref (branch, tag, commit or pullRequest); without it the default branch is taken",
    ...spec,
  };
}

/** A repository without a single commit. */
export function emptyRepository({ url }: GitContext): Verdict {
  return {
    reason: "EmptyRepository",
    message: `${url} has no commit yet`,
    hint: "push a commit; then: repo-runner retry NAME",
    ...spec,
  };
}

/** More than an administrator lets a clone take. */
export function sourceTooLarge(context: GitContext, seen: string, limit: string): Failure {
  return {
    reason: "SourceTooLarge",
    message: `${context.url} at ${context.wanted} has ${seen}; the limit is ${limit}`,
    hint: "an administrator can raise clone.maxBytes and clone.maxFiles in the chart's values",
    ...spec,
  };
}

/** The time for a clone is over. */
export function sourceTimedOut(context: GitContext, seconds: number): Failure {
  return {
    reason: "SourceTimedOut",
    message: `cloning ${context.url} took longer than ${seconds} s`,
    hint: "the repository is very large or its host slow; an administrator can raise clone.timeoutSeconds in the chart's values",
    ...spec,
  };
}

/** A URL that is not cloned, whatever lies there. */
export function unsupported({ url }: GitContext): Verdict {
  return {
    reason: "UnsupportedSource",
    message: `${url} is not an https, http or ssh URL of a git repository`,
    hint: "use the URL that `git clone` takes on another machine",
    ...spec,
  };
}

/** Said, not passed over in silence: a build of pointer files fails in ways that nobody understands. */
export function lfsUnavailable({ url }: GitContext, why: string): Verdict {
  return {
    reason: "LfsUnavailable",
    message: `${url} is to be cloned with its LFS files: ${why}`.slice(0, 1000),
    hint: "leave spec.source.git.lfs out where the program does without them, or let its host serve LFS at the repository's own address",
    ...spec,
  };
}

/** Keys that ought to be in the git Secret and are not. */
export function secretIncomplete(secret: string, found: readonly string[]): Failure {
  return {
    reason: "GitSecretIncomplete",
    message: `Secret ${secret} ${found.length === 0 ? "does not exist or is empty" : `has only the keys ${found.join(", ")}`}`,
    hint: "it needs username and password (a token), or bearerToken, or identity and known_hosts for ssh; caFile is optional",
    ...spec,
  };
}

function hostKeyUnknown({ host, secret }: GitContext): Verdict {
  return {
    reason: "HostKeyUnknown",
    message: `the ssh host key of ${host} is not among known_hosts of Secret ${secret ?? "(none)"}`,
    hint: `add the line that \`ssh-keyscan ${host}\` prints to the key known_hosts, after checking it`,
    ...spec,
  };
}

function certificateUnknown({ host }: GitContext): Verdict {
  return {
    reason: "CertificateUnknown",
    message: `the TLS certificate of ${host} is signed by an authority that is not trusted here`,
    hint: "an administrator can set caBundle in the chart's values; for this repository alone put the authority into the key caFile of the git Secret",
    layer: "Source",
    blame: "Platform",
  };
}

function redirected({ url }: GitContext): Verdict {
  return {
    reason: "SourceMoved",
    message: `${url} redirects to another address, which is not followed with credentials`,
    hint: "write the new address into spec.source.git.url",
    ...spec,
  };
}

function sourceDamaged({ url }: GitContext): Verdict {
  return {
    reason: "SourceDamaged",
    message: `${url} holds objects that git refuses as damaged`,
    hint: "run `git fsck` on the repository",
    layer: "Source",
    blame: "Repo",
  };
}

function submodulesRefused({ url }: GitContext): Verdict {
  return {
    reason: "SourceDamaged",
    message: `${url} has a .gitmodules that git refuses: a name, path or address in it could be taken for a command`,
    hint: "write plain paths and https, http or ssh addresses into .gitmodules, in every commit that is to run",
    layer: "Source",
    blame: "Repo",
  };
}

function unwritable({ url }: GitContext): Verdict {
  return {
    reason: "SourceDamaged",
    message: `${url} holds a name that cannot be written to a file system, such as one of more than 255 bytes`,
    hint: "rename the file that the last lines name",
    layer: "Source",
    blame: "Repo",
  };
}

function noSpace({ url }: GitContext): Verdict {
  return {
    reason: "SourceTooLarge",
    message: `${url} does not fit on the disk that a clone has`,
    hint: "an administrator can raise clone.maxBytes in the chart's values",
    ...spec,
  };
}

function unresolved({ host }: GitContext): Verdict {
  return {
    reason: "NetworkUnreachable",
    message: `the name ${host} does not resolve from inside the cluster`,
    hint: "check the URL; if the host is right, check the cluster's DNS and NetworkPolicies",
    layer: "Transient",
    blame: "Platform",
  };
}

function unreachable({ host }: GitContext): Verdict {
  return {
    reason: "NetworkUnreachable",
    message: `${host} did not answer as a git server should`,
    hint: "it is tried again; if it stays so, check the host, the cluster's egress and its NetworkPolicies",
    layer: "Transient",
    blame: "Platform",
  };
}
