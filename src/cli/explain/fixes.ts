import type { Attempt, Fix } from "../../fix.ts";
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
  if (flags.on("why")) return await why(invocation, client, run);
  if (flags.json) {
    const { name, namespace } = run.metadata;
    const attempts = (await findPlan(client, run))?.attempts ?? [];
    io.stdout.write(`${JSON.stringify({ name, namespace, fixes: run.status.fixes, attempts }, null, 2)}\n`);
  } else if (run.status.fixes.length === 0) io.stderr.write(`nothing of ${run.metadata.name} had to be mended\n`);
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

/** `fixes NAME --why`: what each attempt was made for, what it changed, and what was left out. */
async function why({ io }: Invocation, client: ClusterClient, run: RunSeen): Promise<number> {
  const record = await findPlan(client, run);
  const name = clean(run.metadata.name, 60);
  if (!record) throw new CommandError(exitCode.platform, `${name} has no plan yet, or its ConfigMap may not be read`);
  if (record.attempts.length === 0) io.stderr.write(`nothing of ${name} had to be mended\n`);
  else io.stdout.write(`${record.attempts.flatMap(renderAttempt).join("\n")}\n`);
  return exitCode.done;
}

/** One attempt as a person reads it: what was seen, what was done, what was left out. */
export function renderAttempt({ how, revision, from, saw, fix, to, approvedBy, evidence, changed, leftOut }: Attempt) {
  const done = fix
    ? `${clean(fix.summary, 200)} (${proposer(fix)})`
    : how === "RollBack"
      ? `back to plan ${String(to ?? 0)}`
      : "begun anew with the second-best plan";
  const part = (name: string, lines: readonly string[] = []): string[] =>
    lines.map((line, index) => `  ${(index === 0 ? name : "").padEnd(10)}${clean(line, 200)}`);
  return [
    `plan ${String(from)} failed: ${clean(saw.reason, 60)} at ${saw.layer}, after ${clean(saw.maturity, 16)}`,
    ...part("log", evidence?.lines),
    ...part("pods", evidence?.events),
    ...part("sockets", evidence?.sockets),
    ...part("answers", evidence?.probes),
    ...part("new in it", evidence?.changed),
    ...part(
      "left out",
      leftOut?.map(({ by, action, verdict, why: because }) => `${by} ${action}: ${verdict}, ${because}`),
    ),
    `plan ${String(revision)}: ${done}${approvedBy === undefined ? "" : `, approved by ${clean(approvedBy, 100)}`}`,
    ...part("changed", changed),
    "",
  ];
}

function proposer({ by, rule, lesson }: Fix): string {
  return by === "Rule" ? `rule ${clean(rule, 40)}` : `${by.toLowerCase()} ${clean(lesson ?? rule, 60)}`;
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
