import type { Failure, Layer } from "../../failure.ts";
import { redact, redactLines } from "../../redact.ts";
import { errorBlock, errorLine, placeOf } from "./error-block.ts";

/** What is known about a build that ended badly. */
export interface BuildEvidence {
  readonly service: string;
  /** The step that failed as BuildKit names it: `[build 5/9] RUN npm ci`. */
  readonly step?: string | undefined;
  /** Output of that step, the last lines of it. */
  readonly stepLines: readonly string[];
  /** BuildKit's own words at the end. */
  readonly error: string;
  /** The shell line that installs dependencies, by the plan. */
  readonly install?: string | null | undefined;
}

interface Verdict {
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
  readonly layer: Layer;
  readonly blame: Failure["blame"];
}

/** BuildKit's own words, most telling first. What a step's program wrote is never matched here: it could say anything. */
const rules: readonly {
  readonly seen: RegExp;
  readonly verdict: (evidence: BuildEvidence, words: string) => Verdict;
}[] = [
  {
    seen: /frontend .*(?:not allowed|disabled|not found)|gateway\.v0|is not an allowed gateway source/i,
    verdict: frontend,
  },
  { seen: /no space left on device|disk quota exceeded/i, verdict: builderFull },
  {
    seen: /(?:failed to push|pushing|failed to copy|exporting).*(?:\b40[13]\b|unauthorized|denied|forbidden|insufficient_scope|no basic auth)/is,
    verdict: registryRefused,
  },
  {
    seen: /failed to push|(?:POST|PUT|HEAD|PATCH) .*\/v2\/.*(?:refused|timeout|reset|no such host|unexpected status|EOF)|failed to do request: .*"?https?:\/\/[^ ]*\/blobs\/uploads/i,
    verdict: registryDown,
  },
  {
    seen: /dockerfile parse error|unknown instruction|failed to parse stage name|target stage .* could not be found|no build stage|file with no instructions/i,
    verdict: dockerfileInvalid,
  },
  {
    seen: /failed to (?:resolve source metadata|load metadata|resolve image).*(?:refused|timeout|timed out|no such host|EOF|reset|50\d|429|i\/o|temporary)/is,
    verdict: baseUnreachable,
  },
  {
    seen: /failed to (?:resolve source metadata|load metadata|resolve image)|pull access denied|manifest unknown/i,
    verdict: baseMissing,
  },
  {
    seen: /failed to calculate checksum|failed to compute cache key|failed to walk|lstat .* no such file/i,
    verdict: fileMissing,
  },
  {
    seen: /transport is closing|connection (?:refused|reset)|error reading from server|EOF|Unavailable|context canceled|graceful stop|keepalive|no active session|session .* (?:not|un)/i,
    verdict: builderLost,
  },
];

/** Network trouble inside a step: the package manager's own words; worth the same try again. */
const stepNetwork =
  /\b(?:ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|Temporary failure (?:resolving|in name resolution)|Could not resolve host|Could not reach host [a-z]|UnknownHostException: [\w-]{1,63}\.[a-z]|TLS handshake timeout|i\/o timeout|Connection timed out|connection reset by peer|Read timed out|Remote end closed connection|50[234] (?:Bad Gateway|Service|Gateway))/;

/** Why a build failed, with the first error block as evidence. */
export function classifyBuild(evidence: BuildEvidence): Failure {
  // Before it stands a piece of the Dockerfile: a repository's text, which must not decide.
  const error = evidence.error.slice(Math.max(0, evidence.error.lastIndexOf("failed to solve:")));
  const words = redact(
    error.replaceAll(/\s+/g, " ").replace(/^(?:error: )?(?:failed to solve: )?(?:rpc error: code = \w+ desc = )?/, ""),
  ).slice(0, 380);
  const ended =
    /did not complete successfully: (?:exit code: (?<code>\d+)|(?<signal>signal: killed|cannot allocate memory))/.exec(
      error,
    )?.groups;
  const verdict = ended
    ? verdictOfStep(evidence, ended)
    : (rules.find((each) => each.seen.test(error))?.verdict ?? unknown)(evidence, words);
  const output = redactLines(evidence.stepLines);
  const lines = output.length > 0 ? errorBlock(output) : words === "" ? [] : [words];
  const exitCode = ended?.["code"];
  const where = placeOf(output);
  return {
    ...verdict,
    message: verdict.message.slice(0, 1000),
    service: evidence.service,
    ...(lines.length > 0 ? { lines } : {}),
    ...(where === undefined ? {} : { where }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
  };
}

/** The shell line of a step, as people know it: without BuildKit's numbers and mounts. */
export function commandOf(step: string | undefined): string {
  if (step === undefined) return "the build";
  return redact(
    readableStep(step)
      .replace(/^\[[^\]]*\]\s*/, "")
      .replace(/^RUN\s+/i, "")
      // What we put around a make, to find what it made.
      .replace(/^touch \/tmp\/before && /, "")
      .replace(/ && \{ test -x .*$/, ""),
  ).slice(0, 160);
}

/** A step's name without what we ourselves put around its command: mounts, and the shell in exec form. */
export function readableStep(step: string): string {
  const line = step.replaceAll(/--(?:mount|network|security)=\S+\s+/g, "").replaceAll(/\s+/g, " ");
  const exec = /^(?<head>.*?RUN )\["\/bin\/sh","-e?c",(?<command>".*")\]$/.exec(line)?.groups;
  if (exec?.["command"] === undefined) return line;
  try {
    return `${exec["head"] ?? ""}${String(JSON.parse(exec["command"]))}`.replaceAll(/\s+/g, " ");
  } catch {
    return line;
  }
}

/** Which layer of the ladder a step belongs to. */
export function layerOf(step: string | undefined, install: string | null | undefined): Layer {
  const command = commandOf(step);
  if (install && command.includes(install.replaceAll(/\s+/g, " ").slice(0, 60))) return "Deps";
  if (
    /\b(?:npm (?:ci|i|install)|pnpm (?:i|install)|yarn(?: install)?$|bun install|pip3? install|poetry install|uv (?:sync|pip)|go mod download|bundle install|composer install|cargo fetch)\b/.test(
      command,
    )
  )
    return "Deps";
  if (/\b(?:apt-get|apt|apk|dnf|yum|microdnf)\b/.test(command)) return "System";
  return "Build";
}

function verdictOfStep(evidence: BuildEvidence, ended: { readonly code?: string; readonly signal?: string }): Verdict {
  if (ended.code === "137" || ended.signal !== undefined) return outOfMemory(evidence);
  if (/No space left on device|ENOSPC/.test(evidence.stepLines.slice(-20).join("\n"))) return builderFull();
  return stepFailed(evidence);
}

/** A host that no name server knew, in the words of curl, git, Node, apt, Bundler and Go. */
const unknownHost =
  /(?:Could not (?:resolve|reach) host:?|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|Temporary failure resolving|UnknownHostException:|\blookup) '?(?<host>[a-z\d](?:[a-z\d.-]{0,100}[a-z\d])?\.[a-z]{2,20})\b/i;

function stepFailed(evidence: BuildEvidence): Verdict {
  const command = commandOf(evidence.step);
  const said = errorLine(redactLines(evidence.stepLines));
  const whole = evidence.stepLines.join("\n");
  const transient = stepNetwork.test(whole);
  const host = transient ? unknownHost.exec(whole)?.groups?.["host"] : undefined;
  return {
    reason: transient ? "NetworkUnreachable" : "BuildFailed",
    message:
      host !== undefined
        ? `"${command}" failed: no name server here knows ${host}`
        : `"${command}" failed${said === undefined ? "" : `: ${said.slice(0, 300)}`}`,
    hint: transient
      ? `builds here need a way to ${host ?? "what they download"}: the cluster's egress, a proxy or a mirror; it is tried again`
      : "the lines below are what it wrote; run the same command in a checkout to see it whole",
    layer: transient ? "Transient" : layerOf(evidence.step, evidence.install),
    blame: transient ? "Platform" : "Repo",
  };
}

function outOfMemory(evidence: BuildEvidence): Verdict {
  return {
    reason: "OutOfMemory",
    message: `"${commandOf(evidence.step)}" was killed: it needed more memory than the builder has`,
    hint: "set spec.build.size: Large, or let the build use less memory at once",
    layer: "Build",
    blame: "Platform",
  };
}

function frontend(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "FrontendRefused",
    message: `the Dockerfile asks for a frontend that this installation does not allow: ${words}`,
    hint: "remove the `# syntax=` line, or have an administrator add the frontend to builder.frontends in the chart's values",
    layer: "Build",
    blame: "Spec",
  };
}

function builderFull(): Verdict {
  return {
    reason: "BuilderFull",
    message: "the builder's disk is full",
    hint: "an administrator can raise builder.cacheSize in the chart's values",
    layer: "Cluster",
    blame: "Platform",
  };
}

function registryRefused(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "RegistryRefused",
    message: `the registry refused the image: ${words}`,
    hint: "check spec.image.pushSecretRef, or the registry's credentials in the chart's values",
    layer: "Cluster",
    blame: "Spec",
  };
}

function registryDown(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "RegistryDown",
    message: `the image could not be pushed: ${words}`,
    hint: "it is tried again; if it stays so, look at the registry's pod and its disk",
    layer: "Transient",
    blame: "Platform",
  };
}

function dockerfileInvalid(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "DockerfileInvalid",
    message: `the Dockerfile cannot be read: ${words}`,
    hint: "mend the Dockerfile, or leave it out by setting runtime, build and start of the service",
    layer: "Build",
    blame: "Repo",
  };
}

function baseMissing(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "BaseImageMissing",
    message: `a base image is not to be had: ${words}`,
    hint: "check the image's name and tag; behind a mirror it has to be there, too",
    layer: "Base",
    blame: "Repo",
  };
}

function baseUnreachable(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "NetworkUnreachable",
    message: `the registry of a base image did not answer: ${words}`,
    hint: "it is tried again; if it stays so, check the cluster's egress or the mirror in the chart's values",
    layer: "Transient",
    blame: "Platform",
  };
}

function fileMissing(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "BuildFailed",
    message: `the build copies a file that is not there: ${words}`,
    hint: "check the COPY line and .dockerignore",
    layer: "Build",
    blame: "Repo",
  };
}

function builderLost(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "BuilderLost",
    message: `the builder went away during the build: ${words}`,
    hint: "it is tried again; if it stays so, the build may need more memory: spec.build.size: Large",
    layer: "Transient",
    blame: "Platform",
  };
}

function unknown(_evidence: BuildEvidence, words: string): Verdict {
  return {
    reason: "BuildFailed",
    message: `the build failed: ${words}`,
    hint: "repo-runner logs NAME --build shows the whole output",
    layer: "Build",
    blame: "Repo",
  };
}
