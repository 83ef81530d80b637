import { type ClusterClient, connect } from "../cluster/client.ts";
import { getRun } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import { renderPatch } from "./patch.ts";
import { clean, table } from "../text.ts";

/** `fixes NAME`: what was mended, by which rule, and whether it helped. */
export async function fixes(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const client = await connect(io, flags);
  const run = await getRun(client, word(invocation, 0));
  if (flags.on("patch")) return await patch(invocation, client, run);
  if (flags.json)
    io.stdout.write(
      `${JSON.stringify({ name: run.metadata.name, namespace: run.metadata.namespace, fixes: run.status.fixes }, null, 2)}\n`,
    );
  else if (run.status.fixes.length === 0) io.stderr.write(`nothing of ${run.metadata.name} had to be mended\n`);
  else io.stdout.write(`${renderFixTable(run).join("\n")}\n`);
  return exitCode.done;
}

/** `fixes NAME --patch`: what would make the repository run without us. */
async function patch({ io }: Invocation, client: ClusterClient, run: RunSeen): Promise<number> {
  const record = await findPlan(client, run);
  const { name } = run.metadata;
  if (!record)
    throw new CommandError(exitCode.platform, `${clean(name, 60)} has no plan yet, or its ConfigMap may not be read`);
  if (record.fixes.length === 0) io.stderr.write(`nothing of ${clean(name, 60)} had to be mended\n`);
  else io.stdout.write(`${renderPatch(record.plan, record.fixes).join("\n")}\n`);
  return exitCode.done;
}

/** The table of fixes, oldest first. */
export function renderFixTable(run: RunSeen): string[] {
  const rows = run.status.fixes.map((fix) => [
    String(fix.revision),
    clean(fix.signature, 40),
    clean(fix.action ?? "–", 30),
    clean(fix.by ?? "–", 10),
    clean(fix.outcome ?? "–", 12),
    clean(fix.summary ?? "", 160),
  ]);
  return table([["PLAN", "SEEN", "ACTION", "BY", "RESULT", "WHAT"], ...rows], 3);
}
