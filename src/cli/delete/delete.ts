import { connect } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { getRun, runPath } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import { askLine } from "../secret/ask.ts";

/** `delete NAME`: says what goes with the run, asks on a terminal, and takes it away. */
export async function remove(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const name = word(invocation, 0);
  const client = await connect(io, flags);
  const run = await getRun(client, name);
  io.stderr.write(`${renderLoss(run).join("\n")}\n`);
  if (!flags.on("yes")) {
    if (!io.isTTY.stdin)
      throw new CommandError(exitCode.usage, "nothing was deleted: there is no terminal to ask on", [
        `${self} delete ${name} --yes`,
      ]);
    const answer = await askLine(io, "Delete? [y/N] ");
    if (!/^y(?:es)?$/i.test(answer.trim())) {
      io.stderr.write("nothing was deleted\n");
      return exitCode.done;
    }
  }
  try {
    await client.call("DELETE", runPath(client.namespace, name), {
      body: { propagationPolicy: "Background", preconditions: { uid: run.metadata.uid } },
    });
  } catch (error) {
    throw error instanceof ApiProblem ? refusal(error, `delete RepoRun ${name}`, client.namespace) : error;
  }
  const url = run.spec.source.git?.url;
  io.stderr.write(
    `${name} is deleted; what it made goes with it.${url === undefined ? "" : ` To have it again: ${self} run ${clean(url, 200)} --name ${name} -n ${client.namespace}`}\n`,
  );
  return exitCode.done;
}

/** What goes when a run goes, and what stays. */
export function renderLoss(run: RunSeen): string[] {
  const { name } = run.metadata;
  const { services, databases } = run.status;
  const images = services.filter((service) => service.image !== undefined).length;
  const links = run.status.links.length > 0 ? `, its link ${clean(run.status.links[0]?.url ?? "", 120)}` : "";
  const parts =
    services.length === 0
      ? "the run and its plan go"
      : `${services.map((service) => clean(service.name, 40)).join(", ")}, ${services.length === 1 ? "its Service" : "their Services"}${links}, ${String(images)} image${images === 1 ? "" : "s"} go`;
  const lost = databases.map((database) => `${clean(database.name, 40)}: its data were made by this run and go too.`);
  return [`${name}: ${parts}. ${lost.join(" ")}`.trimEnd(), `A Secret ${name}-env that you made stays.`];
}
