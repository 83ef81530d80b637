import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { connect, type ClusterClient } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { findRun, patchRun, runPath } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { checkAddress, isAddress } from "../plan/checkout.ts";
import { clean } from "../text.ts";
import { Voice, voiceMode } from "../voice.ts";
import { conclude } from "./conclude.ts";
import { follow } from "./follow.ts";
import { packFolder, type PackedFolder } from "./pack-folder.ts";
import { folderAddress, pushFolder } from "./push-folder.ts";
import { durationMs, runObject, specOf, type RunRequest } from "./request.ts";
import { nameFromAddress, nameProblem } from "./run-name.ts";
import { giveSecret } from "./run-secret.ts";
import { optIn } from "./tenant.ts";
import { readEnvFile, readVariables, splitVariables } from "./variables.ts";

const defaultTimeout = "45m";

/** `run URL`: creates the RepoRun and follows it until its link answers. `run DIR`: the same with a folder of this machine. */
export async function run(invocation: Invocation): Promise<number> {
  const folder = await folderOf(invocation);
  if (folder === undefined) return await runRequest(invocation, await requestOf(invocation));
  const packed = await packFolder(folder);
  try {
    return await runRequest(invocation, await requestOf(invocation, folder, packed), packed);
  } finally {
    await packed.remove();
  }
}

async function runRequest(invocation: Invocation, request: RunRequest, packed?: PackedFolder): Promise<number> {
  const { flags, io } = invocation;
  const timeoutMs = durationMs(flags.text("timeout") ?? defaultTimeout, "--timeout");
  const client = await connect(io, flags);
  const voice = new Voice(io, voiceMode(io, flags.on("events")));
  const before = await findRun(client, request.name);
  if (before) checkSame(before, request, flags.on("replace"), client.namespace);
  await optIn(client, voice);
  if (request.secret.length > 0) {
    await giveSecret(client, request.name, request.secret);
    const names = request.secret.map((each) => each.name).join(", ");
    voice.say(`${names} → Secret ${request.name}-env, not into the spec (it looks secret; --plain puts it there)`);
  }
  const placed =
    packed === undefined ? request : { ...request, url: folderAddress(client.namespace, request.name, packed) };
  await put(client, placed, before);
  if (packed !== undefined) await send(client, voice, placed.url, packed);
  const leaves = flags.on("no-wait") ? "created" : "Ctrl-C leaves it running.";
  voice.say(
    voice.mode === "Terminal" && !flags.on("no-wait")
      ? `${request.name} in namespace ${client.namespace}, cluster ${client.chosen.name}. ${leaves}`
      : `${request.name} in namespace ${client.namespace}, cluster ${client.chosen.name}`,
  );
  if (flags.on("no-wait")) {
    io.stderr.write(
      `   next   ${self} status ${request.name} -w          follows it\n          ${self} delete ${request.name}             takes it away\n`,
    );
    return exitCode.done;
  }
  if (voice.mode === "Terminal") voice.say("");
  const ending = await follow(client, request.name, voice, {
    timeoutMs,
    quietStart: before !== undefined,
    signal: io.signal,
  });
  return await conclude(invocation, client, voice, ending);
}

/** The folder that was named instead of an address; undefined where it is an address. */
async function folderOf({ words, flags }: Invocation): Promise<string | undefined> {
  const named = words[0] ?? "";
  if (isAddress(named) || named.startsWith("oci://")) return undefined;
  const seen = await stat(named).catch(() => undefined);
  if (seen?.isDirectory() !== true) {
    throw new CommandError(exitCode.usage, `${clean(named, 120)} is neither an address nor a folder of this machine`, [
      `${self} run https://git.example.org/team/app.git`,
      `${self} run .                   the folder you are in`,
    ]);
  }
  if (flags.text("ref") !== undefined)
    throw new CommandError(
      exitCode.usage,
      "--ref names a branch, tag or commit of a repository; a folder is taken as it is",
    );
  return resolve(named);
}

async function send(client: ClusterClient, voice: Voice, url: string, packed: PackedFolder): Promise<void> {
  if (packed.left.length > 0)
    voice.say(`left here, since secrets are kept in such files: ${packed.left.slice(0, 5).join(", ")}`);
  await pushFolder(client, url, packed);
  voice.say(`${String(packed.files)} files pushed (${megabytes(packed.layer.size)})`);
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${String(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function requestOf(invocation: Invocation, folder?: string, packed?: PackedFolder): Promise<RunRequest> {
  const { flags } = invocation;
  const url = folder === undefined ? word(invocation, 0) : `oci://${folder}@${packed?.manifest.digest ?? ""}`;
  if (folder === undefined && !url.startsWith("oci://")) checkAddress(url);
  const name = flags.text("name") ?? nameFromAddress(folder ?? url.replace(/[:@][^/]*$/, ""));
  const problem = nameProblem(name);
  if (problem !== undefined) throw new CommandError(exitCode.usage, `--name ${clean(name, 60)}: ${problem}`);
  const given = readVariables(flags.list("env"));
  for (const file of flags.list("env-file")) {
    const text = await readFile(file, "utf8").catch(() => {
      throw new CommandError(exitCode.usage, `--env-file ${clean(file, 200)} cannot be read`);
    });
    given.unshift(...readEnvFile(text));
  }
  const { open, secret } = splitVariables(given, flags.on("plain"));
  return { name, url, path: flags.text("path"), ref: flags.text("ref"), open, secret };
}

function checkSame(before: RunSeen, request: RunRequest, replace: boolean, namespace: string): void {
  const { git, oci } = before.spec.source;
  const there = git?.url ?? oci?.url ?? "another source";
  if (before.metadata.deletionTimestamp !== undefined) {
    throw new CommandError(exitCode.usage, `${request.name} is being deleted in ${namespace}`, [
      "the same again in a moment",
    ]);
  }
  // A folder that is run again has other files, and so another address: it is the same run.
  if (there === request.url || replace || (oci !== undefined && request.url.startsWith("oci://"))) return;
  throw new CommandError(
    exitCode.usage,
    `${request.name} is already a RepoRun of ${clean(there, 200)} in ${namespace}`,
    [
      `--name ${request.name}-2        another run beside it`,
      "--replace          run this address under that name; its databases stay",
    ],
  );
}

async function put(client: ClusterClient, request: RunRequest, before: RunSeen | undefined): Promise<void> {
  if (before) {
    // An address that is replaced takes its old ref and folder with it; what is asked again stays as it was.
    const replaced =
      before.spec.source.git?.url === request.url ? {} : { source: { ...emptied(before, request), path: null } };
    if (Object.keys(replaced).length > 0)
      await patchRun(client, request.name, { spec: merged(replaced, specOf(request)) });
    else await patchRun(client, request.name, { spec: specOf(request) });
    return;
  }
  try {
    await client.call("POST", `${runPath(client.namespace)}?fieldValidation=Strict`, {
      body: runObject(request, client.namespace),
    });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 404 && /namespaces? .*not found/i.test(error.message)) {
      throw new CommandError(exitCode.usage, `there is no namespace ${client.namespace}`, [
        `kubectl create namespace ${client.namespace}`,
      ]);
    }
    throw refusal(error, `create RepoRun ${request.name}`, client.namespace);
  }
}

/** Fields of the source before that the new one does not set; a merge patch with null takes them away. */
function emptied(before: RunSeen, request: RunRequest): Readonly<Record<string, unknown>> {
  const isArtifact = request.url.startsWith("oci://");
  if (isArtifact) return before.spec.source.git === undefined ? {} : { git: null };
  return {
    git: { ref: null, secretRef: null },
    ...(before.spec.source.oci === undefined ? {} : { oci: null }),
  };
}

function merged(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over ?? base;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [key, merged(base[key], over[key])]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
