import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { classifyBuild, commandOf } from "../agents/setup/build-failure.ts";
import { bundleSecret, truststoreSecret } from "../agents/setup/dockerfile-ca.ts";
import { errorBlock } from "../agents/setup/error-block.ts";
import type { BuildRequest } from "../agents/setup/build-request.ts";
import { sourceContext } from "../agents/setup/dockerfile.ts";
import { javaTruststore } from "../agents/setup/java-truststore.ts";
import type { BuildResult } from "../envelope.ts";
import type { Failure } from "../failure.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import { Plan, type Service } from "../plan.ts";
import { prepareContext, type BuildContext } from "./build-context.ts";
import { buildctl, waitForBuilder, type BuildctlSetting } from "./buildctl.ts";
import { BuildLog, keepBuildLog } from "./build-log.ts";
import { BuildProgress } from "./build-progress.ts";
import { say } from "./progress.ts";
import { parseImage, readImage, RegistryClient } from "./registry-read.ts";

const publicBundle = "/etc/ssl/certs/ca-certificates.crt";

/** Where the pod's volumes are; tests have their own. */
export interface BuildMounts {
  /** With `src/` of the clone. */
  readonly work: string;
  /** plan.json of the plan's ConfigMap. */
  readonly plan: string;
  /** The client's certificate. */
  readonly tls: string;
  /** `.dockerconfigjson` of the registry's Secret. */
  readonly registry: string;
  /** One file for each build secret. */
  readonly secrets: string;
  /** The CA bundle; may be missing. */
  readonly ca: string;
}

/** Builds one service's image on its builder and pushes it: a client only, so it needs no right and no privilege. */
export async function build(
  request: BuildRequest,
  mounts: BuildMounts,
  signal: AbortSignal,
): Promise<Done<BuildResult> | Failed> {
  const scratch = mkdtempSync(join(tmpdir(), "build-"));
  try {
    const service = readService(request, mounts);
    if (service.state === "failed") return service;
    const lacking = missingMount(request, mounts);
    if (lacking) return failed({ ...lacking, service: request.service });
    const context = await prepareContext(request, service.value, { source: join(mounts.work, "src"), scratch });
    if (context.state === "failed") return context;
    const setting = await settingFor(request, mounts, scratch);
    const trouble = await waitForBuilder(setting, request.builderSeconds, signal);
    if (trouble !== undefined) return failed({ ...builderUnavailable(request, trouble), service: request.service });
    return await run({ request, service: service.value, context: context.value, setting, scratch, mounts }, signal);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Work {
  readonly request: BuildRequest;
  readonly service: Service;
  readonly context: BuildContext;
  readonly setting: BuildctlSetting;
  readonly scratch: string;
  readonly mounts: BuildMounts;
}

/** Builds, and keeps the whole log, however it ends. */
async function run(work: Work, signal: AbortSignal): Promise<Done<BuildResult> | Failed> {
  const { request, setting, mounts } = work;
  const log = new BuildLog();
  const at = new Date();
  const secrets = request.secrets.map((name) => readFileSync(join(mounts.secrets, name), "utf8").trim());
  const progress = new BuildProgress({ keep: (line) => log.add(line), secrets });
  const access = { ...accessTo(request, setting), rights: "pull,push" as const };
  const keep = async (ok: boolean): Promise<void> => {
    const client = (limit: AbortSignal): RegistryClient =>
      new RegistryClient(parseImage(request.image), access, AbortSignal.any([signal, limit]));
    await keepBuildLog(log, client, { at, plan: request.plan, ok });
  };
  let kept: Promise<void> | undefined;
  // The log of a build that went well is pushed while the image's papers are read.
  const outcome = await buildAndRead(work, progress, { signal, pushed: () => void (kept = keep(true)) });
  await (kept ?? keep(false));
  return outcome;
}

function accessTo(request: BuildRequest, setting: BuildctlSetting): { insecure: boolean; dockerConfig: string } {
  return { insecure: request.insecureRegistry, dockerConfig: join(setting.dockerConfig, "config.json") };
}

async function buildAndRead(
  work: Work,
  progress: BuildProgress,
  { signal, pushed }: { readonly signal: AbortSignal; readonly pushed: () => void },
): Promise<Done<BuildResult> | Failed> {
  const { request, service, setting } = work;
  const metadata = join(work.scratch, "metadata.json");
  const started = performance.now();
  say(`building ${service.name}`);
  const limit = AbortSignal.timeout(request.timeoutSeconds * 1000);
  // Looked at in the very moment: afterwards every step says that it was cancelled.
  let last: ReturnType<BuildProgress["current"]>;
  limit.addEventListener("abort", () => (last = progress.current(Date.now())), { once: true });
  const answer = await buildctl(argumentsOf(work, metadata), setting, AbortSignal.any([signal, limit]), (line) =>
    progress.take(line),
  );
  if (limit.aborted) return failed(timedOut(request, last));
  signal.throwIfAborted();
  if (!answer.ok) {
    const step = progress.failed;
    return failed(
      classifyBuild({
        service: service.name,
        step: step?.name,
        stepLines: step?.lines ?? [],
        error: answer.words === "" ? (step?.error ?? "") : answer.words,
        install: service.recipe.install,
      }),
    );
  }
  const { "containerimage.digest": digest } = z
    .object({ "containerimage.digest": z.string() })
    .parse(JSON.parse(readFileSync(metadata, "utf8")));
  pushed();
  const image = await readImage({ ...parseImage(request.image), digest }, accessTo(request, setting), signal);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  say(`built ${service.name} in ${seconds} s: ${digest}`);
  return done({
    digest,
    seconds,
    ...image,
    exposed: [...image.exposed],
    layers: progress.layers,
    bases: [...progress.bases],
  });
}

/** Everything is an argument of its own; names of the plan stand behind `=`, so that none can be taken for an option. */
function argumentsOf({ request, service, context, mounts, setting }: Work, metadata: string): string[] {
  const { type, level } = request.compression;
  const buildArgs = { ...literalBuildEnv(service), ...request.buildEnv, BUILDKIT_CACHE_MOUNT_NS: request.tenant };
  return [
    "build",
    "--progress=rawjson",
    "--frontend=dockerfile.v0",
    `--local=context=${context.context}`,
    `--local=dockerfile=${context.dockerfile}`,
    ...(context.source === undefined
      ? []
      : [`--local=source=${context.source}`, `--opt=context:${sourceContext}=local:source`]),
    // With files taken in, the last stage is the one that is wanted.
    ...(service.recipe.target === undefined || context.source !== undefined
      ? []
      : [`--opt=target=${service.recipe.target}`]),
    ...Object.entries(buildArgs).map(([name, value]) => `--opt=build-arg:${name}=${value}`),
    "--opt=attest:provenance=mode=min",
    `--output=type=image,name=${request.image},push=true,oci-mediatypes=true,compression=${type},compression-level=${level}${request.insecureRegistry ? ",registry.insecure=true" : ""}`,
    `--metadata-file=${metadata}`,
    ...(request.caBundle
      ? [
          `--secret=id=${bundleSecret},src=${setting.caBundle}`,
          `--secret=id=${truststoreSecret},src=${setting.caBundle}.jks`,
        ]
      : []),
    ...request.secrets.map((name) => `--secret=id=${name},src=${join(mounts.secrets, name)}`),
  ];
}

function literalBuildEnv(service: Service): Record<string, string> {
  const wanted = service.env.filter(
    (variable) => variable.phase !== "Run" && variable.source === "Literal" && variable.value !== undefined,
  );
  return Object.fromEntries(wanted.map((variable) => [variable.name, variable.value ?? ""]));
}

function readService(request: BuildRequest, mounts: BuildMounts): Done<Service> | Failed {
  if (!existsSync(mounts.plan)) return failed(lost("the plan's ConfigMap", "PlanMissing"));
  const plan = Plan.parse(JSON.parse(readFileSync(mounts.plan, "utf8")));
  const service = plan.services.find((each) => each.name === request.service);
  return service
    ? done(service)
    : failed(lost(`the service ${request.service} in the plan's ConfigMap`, "PlanMissing"));
}

/** Volumes are optional so that a missing Secret is told by name, not by a pod that waits in silence. */
function missingMount(request: BuildRequest, mounts: BuildMounts): Failure | undefined {
  if (!existsSync(join(mounts.tls, "tls.crt"))) return lost(`Secret ${request.builder.secret}`, "BuilderAccessMissing");
  if (request.caBundle && !existsSync(mounts.ca)) return lost("the ConfigMap with the CA bundle", "CaBundleMissing");
  const secret = request.secrets.find((name) => !existsSync(join(mounts.secrets, name)));
  if (secret === undefined) return undefined;
  return {
    reason: "NeedsSecret",
    message: `the build secret ${secret} is not there: its Secret or key does not exist`,
    hint: "create the Secret that spec.build.secrets names, with that key",
    layer: "Config",
    blame: "Spec",
    where: `spec.build.secrets[${secret}]`,
  };
}

function lost(what: string, reason: string): Failure {
  return {
    reason,
    message: `${what} is not there`,
    hint: "it is made anew and the build tried again",
    layer: "Transient",
    blame: "Platform",
  };
}

function builderUnavailable(request: BuildRequest, words: string): Failure {
  return {
    reason: "BuilderUnavailable",
    message:
      `the builder ${request.builder.serverName} did not answer within ${request.builderSeconds} s: ${words}`.slice(
        0,
        1000,
      ),
    hint: "look at its pod in the namespace of the builders; a NetworkPolicy must let this namespace reach it",
    layer: "Transient",
    blame: "Platform",
  };
}

function timedOut(request: BuildRequest, at: ReturnType<BuildProgress["current"]>): Failure {
  const lines = at === undefined ? [] : errorBlock(at.lines.slice(-12));
  const minutes = Math.round(request.timeoutSeconds / 6) / 10;
  const where =
    at === undefined
      ? ""
      : ` It was in "${commandOf(at.name)}" for ${at.seconds} s, ${at.silentSeconds < 30 ? "still writing output" : `silent for ${at.silentSeconds} s`}.`;
  return {
    reason: "TimedOut",
    message: `the build of ${request.service} took ${minutes} min, the limit for one image (spec.build.timeout).${where}`,
    hint: "raise spec.build.timeout, or set spec.build.size: Large",
    layer: "Build",
    blame: "Spec",
    service: request.service,
    ...(lines.length > 0 ? { lines } : {}),
  };
}

async function settingFor(request: BuildRequest, mounts: BuildMounts, scratch: string): Promise<BuildctlSetting> {
  // A folder of our own: buildctl writes a seed for its tokens beside the config.
  const dockerConfig = join(scratch, "docker");
  await mkdir(dockerConfig);
  const mounted = join(mounts.registry, ".dockerconfigjson");
  if (existsSync(mounted)) await copyFile(mounted, join(dockerConfig, "config.json"));
  const caBundle = join(scratch, "ca.crt");
  if (request.caBundle) {
    const whole = wholeBundle(readFileSync(mounts.ca, "utf8"));
    await writeFile(caBundle, whole);
    await writeFile(`${caBundle}.jks`, javaTruststore(whole));
  }
  return {
    builder: request.builder,
    tls: mounts.tls,
    dockerConfig,
    caBundle,
    home: scratch,
    trusted: request.caBundle,
  };
}

/** Programs that are given a bundle trust nothing besides: a few certificates of a company are put behind the public ones. */
function wholeBundle(given: string): string {
  const isWhole = given.split("-----BEGIN CERTIFICATE-----").length > 50;
  return isWhole || !existsSync(publicBundle) ? given : `${readFileSync(publicBundle, "utf8")}\n${given}`;
}
