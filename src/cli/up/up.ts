import { stopCluster } from "../../../deploy/local/embedded.ts";
import { localPaths } from "../../../deploy/local/paths.ts";
import { StepFailure } from "../../../deploy/local/step-failure.ts";
import { readArguments } from "../arguments.ts";
import type { Command, Flag } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { renderCommandHelp } from "../help.ts";
import type { Io } from "../io.ts";
import { Voice, voiceMode } from "../voice.ts";
import { chosenKind } from "./choice.ts";
import { renderClusterStatus } from "./cluster-status.ts";
import { followSample } from "./sample.ts";
import { StepReporter } from "./step-reporter.ts";
import { renderStepFailure } from "./step-failure-view.ts";
import { upContext, upEmbedded, upKind } from "./targets.ts";

const sampleFlags: readonly Flag[] = [
  { name: "status", help: "what runs, and where its logs are; starts nothing" },
  { name: "no-sample", help: "no sample: the cluster with Repo Runner in it" },
  { name: "timeout", value: "DURATION", help: "how long to follow the sample; default 20m" },
];
const upCommand: Command = {
  name: "up",
  synopsis: "",
  help: "a cluster with Repo Runner and a sample's link, from nothing",
  words: { min: 0, max: 0 },
  flags: sampleFlags,
  load: async () => await Promise.resolve(() => Promise.resolve(0)),
};
const downCommand: Command = {
  ...upCommand,
  name: "down",
  help: "stops what up started, keeps everything",
  flags: [{ name: "purge", help: "forgets the cluster's data, too (PURGE=1); built programs and images are kept" }],
};

/** `up`: a cluster, Repo Runner in it, a sample's link; what is there already is left alone. */
export async function up(args: readonly string[], io: Io): Promise<number> {
  const { flags } = readArguments(upCommand, args);
  if (flags.on("help")) return help(upCommand, io);
  const paths = localPaths(io.env);
  if (flags.on("status")) {
    io.stdout.write(`${renderClusterStatus(paths).join("\n")}\n`);
    return exitCode.done;
  }
  const kind = chosenKind(io);
  if (kind === undefined) return exitCode.person;
  const voice = new Voice(io, voiceMode(io));
  const reporter = new StepReporter(voice);
  return await telling(voice, io, async () => {
    const target =
      kind === "embedded"
        ? await upEmbedded(paths, reporter, io)
        : kind === "kind"
          ? await upKind(paths, reporter)
          : await upContext(paths, reporter, io);
    reporter.flush();
    if (flags.on("no-sample")) return exitCode.done;
    return await followSample({ target, io, voice, reporter, timeout: flags.text("timeout") ?? "20m" });
  });
}

/** `down`: stops the embedded cluster and takes away what it made on this machine; with `PURGE=1` also its data. */
export async function down(args: readonly string[], io: Io): Promise<number> {
  const { flags } = readArguments(downCommand, args);
  if (flags.on("help")) return help(downCommand, io);
  const voice = new Voice(io, voiceMode(io));
  const reporter = new StepReporter(voice);
  const purge = flags.on("purge") || io.env["PURGE"] === "1";
  return await telling(voice, io, async () => {
    await stopCluster({ paths: localPaths(io.env), signal: io.signal, purge }, reporter);
    reporter.flush();
    return exitCode.done;
  });
}

async function telling(voice: Voice, io: Io, work: () => Promise<number>): Promise<number> {
  try {
    return await Promise.race([work(), interrupted(io)]);
  } catch (error) {
    voice.rest();
    if (io.signal.aborted) {
      voice.block(["interrupted; what was done is kept, the same again goes on from here"]);
      // Programs that we wait for were interrupted with us; waiting for the rest would keep the terminal.
      setTimeout(() => process.exit(exitCode.interrupted), 500).unref();
      return exitCode.interrupted;
    }
    if (!(error instanceof StepFailure)) throw error;
    voice.block(renderStepFailure(error, voice.elapsedSeconds));
    return error.turn === "Person" ? exitCode.person : exitCode.platform;
  } finally {
    voice.rest();
  }
}

async function interrupted(io: Io): Promise<never> {
  return await new Promise((_resolve, reject) => {
    io.signal.addEventListener(
      "abort",
      () => {
        reject(new Error("interrupted"));
      },
      { once: true },
    );
  });
}

function help(command: Command, io: Io): number {
  io.stdout.write(`${renderCommandHelp(command)}\n`);
  return exitCode.done;
}
