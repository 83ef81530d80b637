import type { z } from "zod";
import type { Failure } from "../failure.ts";
import type { Done, Failed } from "../outcome.ts";
import { writeEnvelope } from "./envelope-io.ts";
import { say } from "./progress.ts";

/** A failure has been told by an envelope: the Job ends at once (podFailurePolicy), and whether to try again is the controller's decision. */
export const toldFailure = 42;
const wrongUse = 64;

/** Folders of the pods that surveyJob and buildJob describe; tests set other ones. */
const folders = {
  work: process.env["REPO_RUNNER_WORK"] ?? "/work",
  gitSecret: process.env["REPO_RUNNER_GIT_SECRET"] ?? "/git",
  ca: process.env["REPO_RUNNER_CA"] ?? "/ca/ca.crt",
};

/** Starts the program that a mode names; gives its exit code. */
export async function runJob(mode: string, args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  process.once("SIGINT", () => stop.abort());
  switch (mode === "job" || mode === "hook" ? `${mode} ${args[0] ?? ""}` : mode) {
    case "job clone":
      return await cloneProgram(stop.signal);
    case "job resolve":
      return await resolveProgram(stop.signal);
    case "job survey":
      return await surveyProgram();
    case "job build":
      return await buildProgram(stop.signal);
    case "job model":
      return await modelProgram(stop.signal);
    case "hook registry-key": {
      const { runRegistryKey } = await import("./registry-key.ts");
      return await runRegistryKey(args.slice(1), process.env);
    }
    case "registry-gate": {
      const { runGate } = await import("./registry-gate.ts");
      return await runGate(process.env, stop.signal);
    }
    case "registry-forward": {
      const { runForward } = await import("./registry-forward.ts");
      return await runForward(process.env, stop.signal);
    }
    case "git-server": {
      const { runGitServer } = await import("./git-server.ts");
      return await runGitServer(args, process.env, stop.signal);
    }
    default:
      process.stderr.write(`repo-runner: no such program: ${mode} ${args.join(" ")}\n`);
      return wrongUse;
  }
}

/** A clone tells failures only: what it cloned lies on the disk for the container after it. */
async function cloneProgram(signal: AbortSignal): Promise<number> {
  const [{ clone }, { CloneRequest }] = await Promise.all([
    import("./clone.ts"),
    import("../agents/source/clone-request.ts"),
  ]);
  const request = readRequest(CloneRequest);
  const outcome = await clone(request, { work: folders.work, secret: folders.gitSecret, caBundle: folders.ca }, signal);
  if (outcome.state === "done") return 0;
  return tell(request.inputDigest, outcome);
}

async function resolveProgram(signal: AbortSignal): Promise<number> {
  const [{ resolveSource }, { CloneRequest }] = await Promise.all([
    import("./resolve.ts"),
    import("../agents/source/clone-request.ts"),
  ]);
  const request = readRequest(CloneRequest);
  const mounts = { secret: folders.gitSecret, caBundle: folders.ca };
  return tell(request.inputDigest, await resolveSource(request, mounts, signal));
}

async function surveyProgram(): Promise<number> {
  const { survey, SurveyRequest } = await import("./survey.ts");
  const request = readRequest(SurveyRequest);
  return tell(request.inputDigest, await survey(request, folders.work));
}

async function buildProgram(signal: AbortSignal): Promise<number> {
  const [{ build }, { BuildRequest }] = await Promise.all([
    import("./build.ts"),
    import("../agents/setup/build-request.ts"),
  ]);
  const request = readRequest(BuildRequest);
  const mounts = {
    work: folders.work,
    plan: process.env["REPO_RUNNER_PLAN"] ?? "/plan/plan.json",
    tls: process.env["REPO_RUNNER_TLS"] ?? "/tls",
    registry: process.env["REPO_RUNNER_REGISTRY"] ?? "/registry",
    secrets: process.env["REPO_RUNNER_BUILD_SECRETS"] ?? "/build-secrets",
    ca: folders.ca,
  };
  return tell(request.inputDigest, await build(request, mounts, signal));
}

/** The only program that holds a model's key and speaks to its endpoint; it has no right in the cluster. */
async function modelProgram(signal: AbortSignal): Promise<number> {
  const [{ ask }, { ModelRequest }, { existsSync, readFileSync }] = await Promise.all([
    import("./model/ask.ts"),
    import("../model-call.ts"),
    import("node:fs"),
  ]);
  const request = readRequest(ModelRequest);
  const file = process.env["REPO_RUNNER_MODEL_KEY"] ?? "/model-key/key";
  const key = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  const answer = await ask(request, key === "" ? undefined : key, signal);
  say(`${answer.endpoint}: ${answer.outcome}`, { requests: answer.requests, ...answer.usage });
  return tell(request.inputDigest, { state: "done", value: answer });
}

function tell(inputDigest: string, outcome: Done<unknown> | Failed): number {
  writeEnvelope(inputDigest, outcome);
  if (outcome.state === "done") return 0;
  say(words(outcome.failure), { failure: outcome.failure.reason });
  return toldFailure;
}

function words(failure: Failure): string {
  return `${failure.reason}: ${failure.message}`;
}

function readRequest<T>(schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(process.env["REPO_RUNNER_REQUEST"] ?? "null"));
}
