import { connect, type ClusterClient } from "../cluster/client.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import { keptLines } from "../cluster/kept-lines.ts";
import { memoryByRun } from "../cluster/memory.ts";
import { getRun, listRuns } from "../cluster/runs.ts";
import { condition, standingOf } from "../cluster/run-seen.ts";
import { listEvents } from "../cluster/watch.ts";
import { self, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { conclude } from "../run/conclude.ts";
import { runDocument } from "../run/document.ts";
import { follow } from "../run/follow.ts";
import { durationMs } from "../run/request.ts";
import { Voice, voiceMode } from "../voice.ts";
import { renderDetail, renderMoving } from "./detail-view.ts";
import { renderTable } from "./table-view.ts";

/** `status`: all runs in a table, or one in detail; `-w` follows that one. */
export async function status(invocation: Invocation): Promise<number> {
  const { flags, io, words } = invocation;
  const [name] = words;
  const client = await connect(io, flags);
  if (name === undefined) {
    if (flags.on("watch"))
      throw new CommandError(exitCode.usage, "-w follows one run", [
        `${self} status NAME -w`,
        "kubectl get rr -A -w      all of them",
      ]);
    return await all(invocation, client);
  }
  if (flags.on("watch")) return await watch(invocation, client, name);
  const run = await getRun(client, name);
  const standing = standingOf(run);
  const bad = standing === "failed" || standing === "needs" || standing === "retrying";
  const [record, lines, events] = await Promise.all([
    findPlan(client, run),
    bad ? keptLines(client, run, 12) : [],
    listEvents(client, run),
  ]);
  if (flags.json) io.stdout.write(`${JSON.stringify(runDocument(run, record, null, lines), null, 2)}\n`);
  else io.stdout.write(`${renderDetail({ run, record, events, lines, now: new Date() }).join("\n")}\n`);
  return exitCode.done;
}

async function all({ flags, io }: Invocation, client: ClusterClient): Promise<number> {
  const everywhere = flags.on("all-namespaces");
  const runs = await listRuns(client, everywhere);
  if (flags.json) {
    io.stdout.write(
      `${JSON.stringify({ items: runs.map((run) => runDocument(run, undefined, null, [])) }, null, 2)}\n`,
    );
    return exitCode.done;
  }
  if (runs.length === 0) {
    io.stderr.write(
      `no runs ${everywhere ? "in this cluster" : `in namespace ${client.namespace} (-A shows those of every namespace)`}\n   next   ${self} run https://git.example.org/you/app.git\n`,
    );
    return exitCode.done;
  }
  const memory = await memoryByRun(client, everywhere);
  io.stdout.write(`${renderTable(runs, memory, new Date()).join("\n")}\n`);
  return exitCode.done;
}

async function watch(invocation: Invocation, client: ClusterClient, name: string): Promise<number> {
  const { flags, io } = invocation;
  const voice = new Voice(io, voiceMode(io, flags.on("events")));
  const run = await getRun(client, name);
  if (standingOf(run) === "moving") voice.say(renderMoving(run)[0] ?? "");
  const timeoutMs = durationMs(flags.text("timeout") ?? "45m", "--timeout");
  const ending = await follow(client, name, voice, {
    timeoutMs,
    quietStart: condition(run, "Planned")?.status === "True",
    signal: io.signal,
  });
  return await conclude(invocation, client, voice, ending);
}
