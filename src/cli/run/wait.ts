import { connect } from "../cluster/client.ts";
import { word, type Invocation } from "../command.ts";
import { Voice, voiceMode } from "../voice.ts";
import { conclude } from "./conclude.ts";
import { follow } from "./follow.ts";
import { durationMs } from "./request.ts";

/** `wait NAME`: until a run is ready or has ended badly; what `kubectl wait` cannot wait for. */
export async function wait(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const timeoutMs = durationMs(flags.text("timeout") ?? "45m", "--timeout");
  const client = await connect(io, flags);
  const voice = new Voice(io, voiceMode(io, flags.on("events")));
  const ending = await follow(client, word(invocation, 0), voice, { timeoutMs, quietStart: true, signal: io.signal });
  return await conclude(invocation, client, voice, ending);
}
