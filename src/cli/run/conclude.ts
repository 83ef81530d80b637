import type { ClusterClient } from "../cluster/client.ts";
import { keptLines } from "../cluster/kept-lines.ts";
import { condition, type RunSeen } from "../cluster/run-seen.ts";
import { self, type Invocation } from "../command.ts";
import { exitCode, exitCodeOf } from "../exit-code.ts";
import { renderFailure } from "../failure-view.ts";
import type { Voice } from "../voice.ts";
import { runDocument } from "./document.ts";
import type { Ending } from "./follow.ts";
import { canReach } from "./reach.ts";
import { renderAnswer, renderReport } from "./report-view.ts";
import { runFailureView } from "./run-failure.ts";

/** Tells how a run ended, as report, one line, JSON or event, and gives the exit code. */
export async function conclude(
  invocation: Invocation,
  client: ClusterClient,
  voice: Voice,
  ending: Ending,
): Promise<number> {
  const { flags, io } = invocation;
  const { run, record, story, how } = ending;
  const bad = how === "failed" || how === "needs";
  const lines = bad ? await keptLines(client, run, 12) : [];
  const code = codeOf(ending);
  const document = (): Readonly<Record<string, unknown>> => runDocument(run, record, story.seconds, lines);
  voice.event({ event: "end", how, exitCode: code, run: document() });
  if (flags.json) io.stdout.write(`${JSON.stringify(document(), null, 2)}\n`);
  if (bad) voice.block(["", ...renderFailure(runFailureView(run, lines))]);
  else if (how !== "well") voice.block(renderUnended(ending));
  if (how !== "well" || flags.json || voice.mode === "Events") return code;
  if (!io.isTTY.stdout) {
    const clock = voice.mode === "Plain" ? `${voice.stamp()} ok ` : "";
    io.stdout.write(`${clock}${renderAnswer(run)}\n`);
    return code;
  }
  const reached = run.status.url === undefined ? undefined : await canReach(run.status.url, io.signal);
  const report = renderReport({ run, record, seconds: took(run) ?? voice.elapsedSeconds, reached });
  io.stdout.write(`\n${report.join("\n")}\n`);
  return code;
}

function codeOf({ how, run }: Ending): number {
  const { failure } = run.status;
  const reason = failure?.reason ?? condition(run, "Ready")?.reason ?? "";
  switch (how) {
    case "well":
      return exitCode.done;
    case "needs":
    case "failed":
      return exitCodeOf(reason, failure?.blame);
    case "halted":
      return exitCode.person;
    case "timeout":
      return exitCode.timedOut;
    case "interrupted":
      return exitCode.interrupted;
    case "deleted":
      return exitCode.usage;
  }
}

/** What is said where the run goes on, or is no more. */
export function renderUnended({ how, run }: Pick<Ending, "how" | "run">): string[] {
  const { name } = run.metadata;
  const ready = condition(run, "Ready");
  switch (how) {
    case "interrupted":
      return [
        `${name} goes on in the cluster; nothing was stopped.`,
        `   next   ${self} status ${name} -w          follows it again`,
        `          ${self} delete ${name}             takes it away`,
      ];
    case "timeout":
      return [
        `!! ${name} has not ended within the time (--timeout); it goes on. Now: ${ready?.reason ?? "not looked at yet"} ${ready?.message ?? ""}`.trimEnd(),
        `   next   ${self} status ${name} -w          follows it again`,
      ];
    case "halted":
      return [
        `!! ${name} is held: ${ready?.message ?? ""}`,
        `   next   kubectl patch rr ${name} -n ${run.metadata.namespace} --type merge -p '{"spec":{"suspend":false,"state":"Running"}}'`,
      ];
    case "deleted":
      return [`!! ${name} was deleted meanwhile`];
    case "well":
    case "needs":
    case "failed":
      return [];
  }
}

/** Seconds from creation to Ready, of a run that has not been asked for anything since. */
function took(run: RunSeen): number | undefined {
  const ready = condition(run, "Ready")?.lastTransitionTime;
  if (ready === undefined || run.metadata.generation > 1 || run.status.lastHandledRequest !== undefined)
    return undefined;
  const seconds = (Date.parse(ready) - Date.parse(run.metadata.creationTimestamp ?? "")) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}
