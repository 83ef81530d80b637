import { connect, type ClusterClient } from "../cluster/client.ts";
import { forwardTo } from "../cluster/forward.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import { podsOf } from "../cluster/pods.ts";
import { getRun } from "../cluster/runs.ts";
import type { RunSeen, ServiceSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";

/** `open NAME [SERVICE]`: a port of this machine leads to the service through the API server, until Ctrl-C. */
export async function open(invocation: Invocation): Promise<number> {
  const { flags, io, words } = invocation;
  const client = await connect(io, flags);
  const run = await getRun(client, word(invocation, 0));
  const service = choose(run, words[1]);
  const port = service.port ?? (await plannedPort(client, run, service.name));
  if (port === undefined) throw notYet(run, `${service.name} opens no port that is known`);
  const pod = await readyPod(client, run, service.name);
  const target = { namespace: run.metadata.namespace, pod, port };
  const forward = await forwardTo(client, target, localPort(flags.text("port"), run), (text) => {
    io.stderr.write(`!! ${text}\n`);
  });
  io.stdout.write(`http://127.0.0.1:${String(forward.port)}/\n`);
  io.stderr.write(
    `${service.name} of ${run.metadata.name}, port ${String(port)} of pod ${pod}; Ctrl-C ends it, the run goes on\n`,
  );
  await ended(io.signal);
  forward.close();
  return exitCode.interrupted;
}

function choose(run: RunSeen, wanted: string | undefined): ServiceSeen {
  const { services, links } = run.status;
  const first =
    services.find((each) => each.name === (wanted ?? links[0]?.service)) ??
    (wanted === undefined ? services.find((each) => each.kind === "Web") : undefined);
  if (first) return first;
  if (wanted === undefined) throw notYet(run, "nothing of it can be opened");
  const names = services.map((each) => each.name).join(", ");
  throw new CommandError(
    exitCode.usage,
    `${run.metadata.name} has no service ${clean(wanted, 40)}; it has ${names === "" ? "none yet" : names}`,
  );
}

async function plannedPort(client: ClusterClient, run: RunSeen, service: string): Promise<number | undefined> {
  const record = await findPlan(client, run);
  return record?.plan.services.find((each) => each.name === service)?.port.number;
}

async function readyPod(client: ClusterClient, run: RunSeen, service: string): Promise<string> {
  const pods = await podsOf(client, run, "release");
  if (!pods) throw new CommandError(exitCode.platform, `you may not list pods in namespace ${client.namespace}`);
  const pod = pods.find(
    (each) =>
      each.metadata.labels["repo-runner.dev/service"] === service &&
      each.status.phase === "Running" &&
      each.metadata.deletionTimestamp === undefined,
  );
  if (!pod) throw notYet(run, `${service} has no pod that runs`);
  return pod.metadata.name;
}

function notYet(run: RunSeen, message: string): CommandError {
  return new CommandError(exitCode.platform, `${run.metadata.name}: ${message}`, [
    `${self} status ${run.metadata.name}`,
  ]);
}

function localPort(flag: string | undefined, run: RunSeen): number {
  if (flag !== undefined) {
    const port = Number(flag);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new CommandError(exitCode.usage, `--port takes 1 to 65535; not ${clean(flag, 40)}`);
    return port;
  }
  const linked = Number(URL.parse(run.status.url ?? "")?.port ?? "");
  return linked > 1023 ? linked : 0;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}
