import { connect, type ClusterClient } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { runPath } from "../cluster/runs.ts";
import type { Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { follow } from "../run/follow.ts";
import { shortHash } from "../../digest.ts";
import { condition } from "../cluster/run-seen.ts";
import { clean } from "../text.ts";
import { ownVersion } from "../version.ts";
import { Voice } from "../voice.ts";
import { renderChecks, type Check } from "./check.ts";
import { clusterChecks, clusterHead } from "./cluster-checks.ts";
import { endpointCheck } from "./endpoint.ts";
import { machineChecks } from "./machine.ts";

const runTimeoutMs = 10 * 60_000;

/** `doctor`: is everything there that a run needs? With `--run`, a whole run as a test. */
export async function doctor(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const found = await examine(invocation);
  const checks = [...found.checks];
  if (flags.on("run") && found.client) checks.push(await trial(invocation, found.client));
  const code = checks.some((check) => check.state === "mend") ? exitCode.platform : exitCode.done;
  if (flags.json) {
    const rows = checks.map(({ part, state, text, next }) => ({ part, state, text, next: next ?? [] }));
    io.stdout.write(
      `${JSON.stringify({ version: ownVersion(), cluster: found.client?.chosen.name ?? null, checks: rows }, null, 2)}\n`,
    );
  } else {
    io.stdout.write(`${renderChecks(found.head, checks).join("\n")}\n`);
  }
  return code;
}

/** An endpoint alone, where one is named; else the machine and the cluster. */
async function examine(invocation: Invocation): Promise<Found> {
  const model = await endpointCheck(invocation.flags);
  if (model) return { head: `Repo Runner ${ownVersion()}`, checks: [model], client: undefined };
  return await look(invocation);
}

interface Found {
  readonly head: string;
  readonly checks: readonly Check[];
  readonly client: ClusterClient | undefined;
}

async function look({ flags, io }: Invocation): Promise<Found> {
  const version = `Repo Runner ${ownVersion()}`;
  try {
    const client = await connect(io, flags);
    const [machine, head] = await Promise.all([machineChecks(client.chosen.file), clusterHead(client)]);
    return { head: `${version}, ${head}`, checks: [...machine, ...(await clusterChecks(client))], client };
  } catch (error) {
    // No cluster is a finding, not the end: the machine is looked at all the same.
    if (error instanceof CommandError) {
      const check: Check = { part: "cluster", state: "mend", text: error.message, next: error.next };
      return {
        head: `${version}, no cluster`,
        checks: [...(await machineChecks(undefined)), check],
        client: undefined,
      };
    }
    if (error instanceof ApiProblem) throw refusal(error, "look at the cluster", "default");
    throw error;
  }
}

/** A sample is run, asked, and removed. It needs the samples' git server of the chart. */
async function trial({ io }: Invocation, client: ClusterClient): Promise<Check> {
  const part = "cluster";
  const url = await sampleAddress(client);
  if (url === undefined) {
    return {
      part,
      state: "know",
      text: "whole run: the chart's samples are off in this cluster",
      next: ["helm upgrade … --set samples.enabled=true", "or ./repo-runner run URL"],
    };
  }
  const name = `doctor-${shortHash([Date.now()], 6)}`;
  const path = runPath(client.namespace);
  const voice = new Voice(io);
  await client.call("POST", path, {
    body: {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name },
      spec: { source: { git: { url } } },
    },
  });
  try {
    const ending = await follow(client, name, voice, { timeoutMs: runTimeoutMs, quietStart: false, signal: io.signal });
    const ready = condition(ending.run, "Ready");
    const seconds = Math.round(voice.elapsedSeconds);
    if (ending.how === "well")
      return {
        part,
        state: "ok",
        text: `whole run: ${clean(ready?.message ?? "well", 120)}, ${String(seconds)} s, removed again`,
      };
    return {
      part,
      state: "mend",
      text: `whole run: ${ending.how} after ${String(seconds)} s: ${clean(`${ready?.reason ?? ""} ${ready?.message ?? ""}`, 200)}`,
    };
  } finally {
    await client
      .call("DELETE", `${path}/${name}`, { body: { propagationPolicy: "Background" } })
      .catch(() => undefined);
  }
}

/** The chart's samples, where they are switched on. */
async function sampleAddress(client: ClusterClient): Promise<string | undefined> {
  try {
    await client.get("/api/v1/namespaces/repo-runner-samples/services/git-server");
    return "http://git-server.repo-runner-samples.svc/guestbook.git";
  } catch (error) {
    if (error instanceof ApiProblem) return undefined;
    throw error;
  }
}
