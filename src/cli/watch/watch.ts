import { connect } from "../cluster/client.ts";
import { self, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { durationMs } from "../run/request.ts";
import { nameProblem } from "../run/run-name.ts";
import { clean } from "../text.ts";
import { watchDirectly } from "./direct.ts";
import { NoJournal, readJournal, type Told } from "./journal.ts";

/** `watch [NAME]`: what happens to runs, as it happens; with `--since` what has happened before, too. */
export async function watch(invocation: Invocation): Promise<number> {
  const { flags, io, words } = invocation;
  const [name] = words;
  if (name !== undefined && nameProblem(name) !== undefined)
    throw new CommandError(exitCode.usage, `${clean(name, 60)} is no name of a run`);
  const since = flags.text("since");
  const follow = !flags.on("no-follow");
  if (!follow && since === undefined)
    throw new CommandError(exitCode.usage, "--no-follow shows what was recorded: say from when", [
      `${self} watch --since 24h --no-follow`,
    ]);
  const from = since === undefined ? undefined : new Date(Date.now() - durationMs(since, "--since")).toISOString();
  const client = await connect(io, flags);
  const { namespace } = client;
  const show = (told: Told): void => {
    io.stdout.write(`${flags.json ? JSON.stringify(documentOf(told)) : renderTold(told)}\n`);
  };
  try {
    try {
      for await (const told of readJournal(client, { namespace, run: name, since: from, follow }, io.signal))
        show(told);
    } catch (error) {
      if (!(error instanceof NoJournal)) throw error;
      if (!follow) throw new CommandError(exitCode.platform, `nothing recorded can be shown: ${error.message}`);
      const before = since === undefined ? "" : "; what was before is not shown";
      io.stderr.write(`${error.message}: RepoRuns and their Events are watched instead${before}\n`);
      for await (const told of watchDirectly(client, name, io.signal)) show(told);
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
  }
  return io.signal.aborted ? exitCode.interrupted : exitCode.done;
}

/** One line for a person: when, which run, what. */
export function renderTold({ at, run, kind, body }: Told): string {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  return `${time}  ${clean(run, 60).padEnd(20)}  ${kind.padEnd(7)}  ${wordsOf(kind, body)}`.trimEnd();
}

/** The same for a program. */
function documentOf({ at, id, ...told }: Told): unknown {
  return { at: new Date(at).toISOString(), ...told, ...(id === undefined ? {} : { id }) };
}

function wordsOf(kind: Told["kind"], body: Told["body"]): string {
  const say = (name: string, max = 200): string => clean(String(body[name] ?? ""), max);
  const plan = body["plan"] === undefined ? "" : ` (plan ${say("plan", 8)})`;
  switch (kind) {
    case "Asked":
      return `${say("url")}${body["ref"] === undefined ? "" : ` ${say("ref", 80)}`}`;
    case "Stage":
      return `${say("stage", 40)}${plan}`;
    case "Fix":
      return `${say("signature", 64)}: ${say("summary")}${plan}${body["outcome"] === undefined ? "" : `, ${say("outcome", 20)}`}`;
    case "End":
      return [say("reason", 40), say("url") || say("message")].filter((each) => each !== "").join(": ");
    case "Event":
      return `${say("reason", 60)}: ${say("message", 400)}`;
    case "Deleted":
      return "";
  }
}
