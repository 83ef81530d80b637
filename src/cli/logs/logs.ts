import { connect, type ClusterClient } from "../cluster/client.ts";
import { logPath, podsOf, sayLine, type PodSeen } from "../cluster/pods.ts";
import { ApiProblem } from "../cluster/problems.ts";
import { getRun } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { durationMs } from "../run/request.ts";
import { clean, cleanLine } from "../text.ts";
import { keptLogs } from "./kept-logs.ts";
import { keptNote, wholeBuildLogs } from "./whole-build-logs.ts";

const lookMs = 2_000;

/** `logs NAME`: what a run's programs, or its builds, print; the kept lines where their pods are gone. */
export async function logs(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const query = queryOf(invocation);
  const client = await connect(io, flags);
  const run = await getRun(client, word(invocation, 0));
  const stage = flags.on("build") ? "build" : "release";
  const service = flags.text("service");
  if (
    service !== undefined &&
    run.status.services.length > 0 &&
    !run.status.services.some((each) => each.name === service)
  ) {
    throw new CommandError(
      exitCode.usage,
      `${run.metadata.name} has no service ${clean(service, 40)}; it has ${run.status.services.map((each) => each.name).join(", ")}`,
    );
  }
  const write = (source: string, line: string): void => {
    io.stdout.write(`${source} | ${cleanLine(line, 2000)}\n`);
  };
  const wanted = async (): Promise<readonly PodSeen[]> => {
    const pods = await podsOf(client, run, stage);
    if (!pods)
      throw new CommandError(exitCode.platform, `you may not list pods in namespace ${client.namespace}`, [
        `kubectl auth can-i --list -n ${client.namespace}`,
      ]);
    return pods.filter((pod) => service === undefined || serviceOf(pod) === service);
  };
  if (flags.text("plan") === undefined) {
    const pods = await wanted();
    if (flags.on("follow")) return await followAll(client, run, wanted, { query, write, signal: io.signal });
    let shown = 0;
    for (const pod of pods.toReversed()) shown += await printPod(client, run, pod, { query, write, signal: io.signal });
    if (shown > 0) return exitCode.done;
  }
  if (flags.on("build")) {
    const shown = await printWhole(client, run, { invocation, service, write });
    if (shown) return exitCode.done;
  }
  const kept = await keptLogs(client, run, {
    stage: flags.on("build") ? "build" : undefined,
    service,
    plan: flags.text("plan"),
  });
  for (const log of kept) {
    io.stderr.write(`kept lines of ${log.name}; its pod is gone\n`);
    for (const line of log.lines) write(log.service, line);
  }
  if (kept.length > 0) return exitCode.done;
  io.stderr.write(
    `${run.metadata.name} has printed nothing that is kept${stage === "release" ? `\n   next   ${self} logs ${run.metadata.name} --build` : ""}\n`,
  );
  return exitCode.done;
}

/** Builds whose Jobs are gone, as the registry keeps them; false where there is none. */
async function printWhole(
  client: ClusterClient,
  run: RunSeen,
  of: { readonly invocation: Invocation; readonly service: string | undefined; readonly write: Printing["write"] },
): Promise<boolean> {
  const { flags, io } = of.invocation;
  const { logs: whole, why } = await wholeBuildLogs(client, run, {
    service: of.service,
    plan: flags.text("plan"),
    signal: io.signal,
  });
  const tail = flags.text("tail");
  for (const log of whole) {
    const end = log.ok ? "ended well" : "failed";
    io.stderr.write(
      `build of ${log.service}, plan ${String(log.plan)}, ${log.at.toISOString()}, ${end}; ${keptNote}\n`,
    );
    for (const line of tail === undefined ? log.lines : log.lines.slice(-Number(tail))) of.write(log.service, line);
  }
  if (why !== undefined) io.stderr.write(`the whole log is not read: ${clean(why, 300)}\n`);
  return whole.length > 0;
}

interface Printing {
  readonly query: Readonly<Record<string, string>>;
  readonly write: (source: string, line: string) => void;
  readonly signal: AbortSignal;
}

function queryOf({ flags }: Invocation): Record<string, string> {
  const since = flags.text("since");
  const tail = flags.text("tail") ?? "200";
  if (!/^\d{1,7}$/.test(tail))
    throw new CommandError(exitCode.usage, `--tail takes a number of lines; not ${clean(tail, 40)}`);
  return {
    tailLines: tail,
    limitBytes: String(16 * 1024 * 1024),
    ...(since === undefined
      ? {}
      : { sinceSeconds: String(Math.max(1, Math.round(durationMs(since, "--since") / 1000))) }),
  };
}

function serviceOf(pod: PodSeen): string {
  return pod.metadata.labels["repo-runner.dev/service"] ?? pod.metadata.name;
}

async function printPod(
  client: ClusterClient,
  run: RunSeen,
  pod: PodSeen,
  { query, write }: Printing,
): Promise<number> {
  let lines = 0;
  for (const container of pod.spec.containers) {
    try {
      const text = await client.text(
        "GET",
        logPath(run.metadata.namespace, pod.metadata.name, { ...query, container: container.name }),
      );
      for (const line of text.split("\n")) {
        const said = sayLine(line);
        if (said === undefined || line === "") continue;
        write(sourceOf(pod, container.name), said);
        lines += 1;
      }
    } catch (error) {
      // A container that has not started yet has no log: that is no failure of ours.
      if (!(error instanceof ApiProblem) || error.status === 403) throw error;
    }
  }
  return lines;
}

function sourceOf(pod: PodSeen, container: string): string {
  return pod.spec.containers.length > 1 ? `${serviceOf(pod)}/${container}` : serviceOf(pod);
}

/** Every pod that is there and every one that comes, until Ctrl-C. */
async function followAll(
  client: ClusterClient,
  run: RunSeen,
  wanted: () => Promise<readonly PodSeen[]>,
  printing: Printing,
): Promise<number> {
  const { signal, query, write } = printing;
  const known = new Set<string>();
  const streams = new Set<Promise<void>>();
  while (!signal.aborted) {
    for (const pod of await wanted()) {
      for (const container of pod.spec.containers) {
        const key = `${pod.metadata.name}/${container.name}`;
        if (known.has(key) || pod.status.phase === "Pending") continue;
        const first = known.size === 0;
        known.add(key);
        const path = logPath(run.metadata.namespace, pod.metadata.name, {
          ...(first ? query : { ...query, tailLines: "200" }),
          container: container.name,
          follow: "true",
        });
        const stream = (async () => {
          for await (const line of client.lines(path, signal)) {
            const said = sayLine(line);
            if (said !== undefined && line !== "") write(sourceOf(pod, container.name), said);
          }
        })().catch((error: unknown) => {
          // Not started yet: the next look takes it up again.
          if (error instanceof ApiProblem && error.status === 400) known.delete(key);
        });
        streams.add(stream);
      }
    }
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, lookMs);
      signal.addEventListener("abort", done);
    });
  }
  await Promise.all(streams);
  return exitCode.interrupted;
}
