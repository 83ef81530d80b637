import { connect } from "../cluster/client.ts";
import { findPlan, type PlanRecordSeen } from "../cluster/plan-seen.ts";
import { type HistorySeen, type RunSeen } from "../cluster/run-seen.ts";
import { getRun, patchRun } from "../cluster/runs.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { endedWell, servingRelease } from "../status/history.ts";
import { clean } from "../text.ts";
import { Voice, voiceMode } from "../voice.ts";
import { conclude } from "./conclude.ts";
import { follow } from "./follow.ts";
import { durationMs } from "./request.ts";

/** `rollback NAME [RELEASE]`: back to an earlier release with its images; without a number, to the last that was well and does not serve. */
export async function rollback(invocation: Invocation): Promise<number> {
  const { flags, io, words } = invocation;
  const name = word(invocation, 0);
  const timeoutMs = durationMs(flags.text("timeout") ?? "45m", "--timeout");
  const client = await connect(io, flags);
  const run = await getRun(client, name);
  const release = chooseRelease(run, words[1]);
  const voice = new Voice(io, voiceMode(io, flags.on("events")));
  const now = await findPlan(client, run);
  const requestedAt = new Date().toISOString();
  await patchRun(client, name, {
    metadata: {
      annotations: {
        "repo-runner.dev/requestedAt": requestedAt,
        "repo-runner.dev/rollback": `${release.plan}@${requestedAt}`,
      },
    },
  });
  voice.say(`${name} goes back to release ${release.release}, ${clean(release.revision, 80)}`);
  for (const line of notUndone(now)) voice.say(line);
  if (flags.on("no-wait")) {
    io.stderr.write(`   next   ${self} status ${name} -w          follows it\n`);
    return exitCode.done;
  }
  const ending = await follow(client, name, voice, { timeoutMs, quietStart: false, signal: io.signal });
  return await conclude(invocation, client, voice, ending);
}

type KeptRelease = HistorySeen & { readonly plan: number };

/** The release that is meant; throws with what there is where it is not there, or not kept. */
export function chooseRelease(run: RunSeen, asked: string | undefined): KeptRelease {
  const kept = run.status.history.filter((each): each is KeptRelease => each.plan !== undefined);
  const { name } = run.metadata;
  const look = [`${self} history ${name}`];
  if (asked !== undefined) {
    const found = kept.find(({ release }) => String(release) === asked);
    if (found) return found;
    const all = kept.map(({ release }) => release).join(", ");
    throw new CommandError(
      exitCode.usage,
      `release ${clean(asked, 20)} of ${name} is not kept${all === "" ? "" : `; these are: ${all}`}`,
      look,
    );
  }
  const serving = servingRelease(run);
  const last = kept.find((each) => endedWell(each) && each.release !== serving);
  if (!last) throw new CommandError(exitCode.usage, `${name} has no earlier release that was well and is kept`, look);
  return last;
}

/** What going back leaves as it is. */
function notUndone(plan: PlanRecordSeen | undefined): string[] {
  if (plan === undefined) return [];
  const { databases, services } = plan.plan;
  const steps = services.flatMap((service) => service.releaseSteps.map((step) => `${step.name} of ${service.name}`));
  return [
    ...(databases.length === 0
      ? []
      : [
          `Databases are not rolled back: ${databases.map((each) => clean(each.name, 40)).join(", ")} stay as they are.`,
        ]),
    ...(steps.length === 0 ? [] : [`What release steps did is not undone: ${clean(steps.join(", "), 200)}.`]),
  ];
}
