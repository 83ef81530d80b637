import { childName } from "../../agents/runner/names.ts";
import { connect } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { findPlan, type PlanRecordSeen } from "../cluster/plan-seen.ts";
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
  io.stderr.write(`${renderLoss(run, await findPlan(client, run)).join("\n")}\n`);
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
    `${name} is deleted; what it made goes with it, save what was named as staying.${url === undefined ? "" : ` To have it again: ${self} run ${clean(url, 200)} --name ${name} -n ${client.namespace}`}\n`,
  );
  return exitCode.done;
}

/** What goes when a run goes, and what stays. */
export function renderLoss(run: RunSeen, plan?: PlanRecordSeen): string[] {
  const { name, namespace } = run.metadata;
  const { services, databases } = run.status;
  const images = new Set(services.flatMap(({ image }) => (image === undefined ? [] : [image]))).size;
  const links = run.status.links.length > 0 ? `, its link ${clean(run.status.links[0]?.url ?? "", 120)}` : "";
  const parts =
    services.length === 0
      ? "the run and its plan go"
      : `${services.map((service) => clean(service.name, 40)).join(", ")}, ${services.length === 1 ? "its Service" : "their Services"}${links}, ${String(images)} image${images === 1 ? "" : "s"} go`;
  const folders = plan?.plan.services.flatMap((service) => service.volumes.map((volume) => volume.name)) ?? [];
  const data = [
    ...databases.map(({ name: database }) => {
      const planned = plan?.plan.databases.find((each) => each.name === database);
      const shown = clean(database, 40);
      if (planned?.bindTo !== undefined) return `${shown}: is not this run's and stays as it is.`;
      return planned?.deletionPolicy === "Delete"
        ? `${shown}: its data were made by this run and go too.`
        : `${shown}: its data stay in PersistentVolumeClaim ${childName({ name }, shown)}, and a run of the same name takes them up again; to lose them: kubectl delete pvc ${childName({ name }, shown)} -n ${namespace}`;
    }),
    ...[...new Set(folders)].map((folder) => `${clean(folder, 40)}: the files that were kept in it go too.`),
  ];
  return [`${name}: ${parts}.`, ...data, `A Secret ${name}-env that you made stays.`];
}
