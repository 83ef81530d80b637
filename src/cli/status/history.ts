import { connect } from "../cluster/client.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import { getRun } from "../cluster/runs.ts";
import { condition, type HistorySeen, type RunSeen } from "../cluster/run-seen.ts";
import { word, type Invocation } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { age, clean, table } from "../text.ts";

/** `history NAME`: releases, newest first, and which one serves. */
export async function history(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const client = await connect(io, flags);
  const run = await getRun(client, word(invocation, 0));
  if (flags.json) {
    const serving = servingRelease(run);
    const releases = run.status.history.map((each) => ({
      release: each.release,
      revision: each.revision,
      outcome: each.outcome,
      at: each.at ?? null,
      serving: each.release === serving,
      plan: each.plan ?? null,
    }));
    io.stdout.write(
      `${JSON.stringify({ name: run.metadata.name, namespace: run.metadata.namespace, releases }, null, 2)}\n`,
    );
    return exitCode.done;
  }
  if (run.status.history.length === 0) {
    io.stderr.write(`${run.metadata.name} has no release yet\n`);
    return exitCode.done;
  }
  const record = await findPlan(client, run);
  const subjects = new Map(record ? [[record.commitName, record.subject]] : []);
  io.stdout.write(`${renderHistory(run, subjects, new Date()).join("\n")}\n`);
  return exitCode.done;
}

/** The table of releases. */
export function renderHistory(run: RunSeen, subjects: ReadonlyMap<string, string>, now: Date): string[] {
  const serving = servingRelease(run);
  const rows = run.status.history.map((each) => {
    const subject = subjects.get(each.revision) ?? "";
    return [
      String(each.release),
      `${clean(each.revision, 80)}${subject === "" ? "" : ` "${clean(subject, 40)}"`}`,
      `${age(each.at, now)} ago`,
      clean(each.outcome, 40),
      each.release === serving ? "now" : "",
    ];
  });
  return table([["RELEASE", "COMMIT", "WHEN", "RESULT", "SERVING"], ...rows], 3);
}

/** The release whose pods answer now: the newest that ended well, while anything serves. */
export function servingRelease(run: RunSeen): number | undefined {
  if (condition(run, "Serving")?.status !== "True") return undefined;
  return run.status.history.find(endedWell)?.release;
}

/** Whether a release was seen to be well. */
export function endedWell({ outcome }: HistorySeen): boolean {
  return ["Verified", "Running", "Completed", "Scheduled"].includes(outcome);
}
