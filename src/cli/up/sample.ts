import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readArguments } from "../arguments.ts";
import { connect } from "../cluster/client.ts";
import { listRuns } from "../cluster/runs.ts";
import { condition, standingOf } from "../cluster/run-seen.ts";
import { self, type Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { conclude } from "../run/conclude.ts";
import { follow } from "../run/follow.ts";
import { durationMs } from "../run/request.ts";
import { clean } from "../text.ts";
import type { Voice } from "../voice.ts";
import { applyFile, type InstallTarget } from "./install.ts";
import type { StepReporter } from "./step-reporter.ts";

const file = "deploy/samples/guestbook.yaml";
const followCommand: Command = {
  name: "up",
  synopsis: "",
  help: "",
  words: { min: 0, max: 0 },
  flags: [
    { name: "namespace", value: "NAMESPACE", help: "" },
    { name: "context", value: "NAME", help: "" },
    { name: "kubeconfig", value: "FILE", help: "" },
    { name: "output", value: "json", help: "" },
    { name: "events", help: "" },
  ],
  load: async () => await Promise.resolve(() => Promise.resolve(exitCode.done)),
};

export interface SampleWork {
  readonly target: InstallTarget;
  readonly io: Io;
  readonly voice: Voice;
  readonly reporter: StepReporter;
  readonly timeout: string;
}

/** Applies the sample and follows it to its link; where it runs already, says so with one line for each run that is there. */
export async function followSample({ target, io, voice, reporter, timeout }: SampleWork): Promise<number> {
  const { name, namespace } = sampleRun();
  const invocation = invocationFor(target, namespace, io);
  const client = await connect(io, invocation.flags);
  const before = await listRuns(client, true);
  const wasWell = before.some(
    (run) => run.metadata.name === name && run.metadata.namespace === namespace && standingOf(run) === "well",
  );
  await applyFile(target, file, namespace, reporter);
  if (!wasWell) voice.block(["", name]);
  const ending = await follow(client, name, voice, {
    timeoutMs: durationMs(timeout, "--timeout"),
    quietStart: wasWell,
    signal: io.signal,
  });
  const code = await conclude(invocation, client, voice, ending);
  const others = before.filter((run) => run.metadata.name !== name || run.metadata.namespace !== namespace);
  for (const run of others.slice(0, 20)) {
    const ready = condition(run, "Ready");
    voice.say(
      `${run.metadata.name} ${run.status.url === undefined ? clean(ready?.reason ?? "not looked at yet", 60) : `runs: ${run.status.url}`}`,
    );
  }
  voice.block([
    "",
    `Next:   ${self} run URL | .         yours`,
    `        ${self} explain ${name} -n ${namespace}   why it did what it did`,
    ...(target.kubeconfig === undefined ? [] : [`        export KUBECONFIG=${target.kubeconfig} && kubectl get rr -A`]),
    "        make down                   stops it, keeps everything; make down PURGE=1 forgets it",
  ]);
  return code;
}

function sampleRun(): { name: string; namespace: string } {
  const documents = readFileSync(join(import.meta.dirname, "../../..", file), "utf8").split(/^---$/m);
  for (const text of documents) {
    const object = parse(text) as { kind?: string; metadata?: { name?: string; namespace?: string } } | null;
    if (object?.kind === "RepoRun")
      return { name: object.metadata?.name ?? "", namespace: object.metadata?.namespace ?? "demo" };
  }
  throw new Error(`${file} holds no RepoRun`);
}

function invocationFor(target: InstallTarget, namespace: string, io: Io) {
  const argv = ["--namespace", namespace];
  if (target.kubeconfig !== undefined) argv.push("--kubeconfig", target.kubeconfig);
  if (target.context !== undefined) argv.push("--context", target.context);
  return { command: followCommand, io, ...readArguments(followCommand, argv) };
}
