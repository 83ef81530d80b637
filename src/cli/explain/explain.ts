import { nearest, usage } from "../arguments.ts";
import { connect } from "../cluster/client.ts";
import { findChecks, findPlan } from "../cluster/plan-seen.ts";
import { getRun } from "../cluster/runs.ts";
import { self, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import { readReasons, renderReason } from "./reasons.ts";
import { renderExplain, renderTrail } from "./view.ts";

/** `explain NAME [WHAT]`: why it did what it did. `explain --reason REASON`: what a reason means, without a cluster. */
export async function explain(invocation: Invocation): Promise<number> {
  const { command, flags, io, words } = invocation;
  const reason = flags.text("reason");
  if (reason !== undefined) {
    if (words.length > 0) throw usage(command, "--reason stands alone");
    io.stdout.write(`${lookUp(reason, flags.json)}\n`);
    return exitCode.done;
  }
  const [name, what] = words;
  if (name === undefined) throw usage(command, "explain needs a NAME, or --reason REASON");
  const client = await connect(io, flags);
  const run = await getRun(client, name);
  const record = await findPlan(client, run);
  if (!record) {
    throw new CommandError(exitCode.platform, `${name} has no plan yet, or its ConfigMap may not be read`, [
      `${self} status ${name}`,
    ]);
  }
  const checks = await findChecks(client, run);
  if (flags.json) {
    const { plan, fixes, commit, revision, parent } = record;
    io.stdout.write(
      `${JSON.stringify({ name, namespace: run.metadata.namespace, commit, revision, parent, plan, fixes, checks }, null, 2)}\n`,
    );
    return exitCode.done;
  }
  const lines = what === undefined ? renderExplain(run, record, checks) : renderTrail(run, record, what);
  if (!lines) {
    const known = record.plan.services.map((service) => `${service.name}.port`).join(", ");
    throw new CommandError(
      exitCode.usage,
      `nothing is known of ${clean(what ?? "", 60)}; ask for a service or one thing of it: ${known}`,
    );
  }
  io.stdout.write(`${lines.join("\n")}\n`);
  return exitCode.done;
}

function lookUp(typed: string, json: boolean): string {
  const reasons = readReasons();
  const names = [...reasons.keys()];
  const name = names.find((each) => each.toLowerCase() === typed.toLowerCase());
  const meaning = name === undefined ? undefined : reasons.get(name);
  if (name === undefined || !meaning) {
    const near = nearest(typed, names);
    throw new CommandError(
      exitCode.usage,
      `there is no reason ${clean(typed, 60)}${near === undefined ? "" : `; did you mean ${near}?`}`,
      [names.join(" ")],
    );
  }
  return json ? JSON.stringify({ reason: name, ...meaning }, null, 2) : renderReason(name, meaning).join("\n");
}
