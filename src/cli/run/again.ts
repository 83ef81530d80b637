import { connect } from "../cluster/client.ts";
import { getRun, patchRun } from "../cluster/runs.ts";
import { condition } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import { Voice, voiceMode } from "../voice.ts";
import { conclude } from "./conclude.ts";
import { follow } from "./follow.ts";
import { durationMs } from "./request.ts";

/** `update NAME`: looks for a newer commit and moves to it; what serves goes on meanwhile. */
export async function update(invocation: Invocation): Promise<number> {
  return await askAgain(invocation, "looks for a newer commit");
}

/** `retry NAME`: the same question again, now. */
export async function retry(invocation: Invocation): Promise<number> {
  return await askAgain(invocation, "is tried again");
}

async function askAgain(invocation: Invocation, what: string): Promise<number> {
  const { flags, io } = invocation;
  const name = word(invocation, 0);
  const timeoutMs = durationMs(flags.text("timeout") ?? "45m", "--timeout");
  const client = await connect(io, flags);
  const voice = new Voice(io, voiceMode(io, flags.on("events")));
  const before = await getRun(client, name);
  await patchRun(client, name, {
    metadata: { annotations: { "repo-runner.dev/requestedAt": new Date().toISOString() } },
  });
  const serves = condition(before, "Serving")?.status === "True" && before.status.url !== undefined;
  const meanwhile = serves
    ? `; ${clean(before.status.source?.revision ?? "what is there", 80)} serves on at ${before.status.url ?? ""}`
    : "";
  voice.say(`${name} ${what}${meanwhile}`);
  if (flags.on("no-wait")) {
    io.stderr.write(`   next   ${self} status ${name} -w          follows it\n`);
    return exitCode.done;
  }
  const ending = await follow(client, name, voice, { timeoutMs, quietStart: false, signal: io.signal });
  return await conclude(invocation, client, voice, ending);
}
