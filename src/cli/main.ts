import { nearest, readArguments } from "./arguments.ts";
import { self, type Command } from "./command.ts";
import { commands } from "./commands.ts";
import { CommandError, exitCode } from "./exit-code.ts";
import { renderCommandHelp, renderHelp } from "./help.ts";
import { processIo, type Io } from "./io.ts";
import { clean } from "./text.ts";

/** The command line: finds the command, reads its flags, runs it, and turns whatever ends it into words and an exit code. */
export async function runCli(argv: readonly string[], io: Io = processIo()): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return explainEnd(error, argv, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") return help(rest[0], io, first);
  if (first === "--version" || first === "-v") return await dispatch(["version", ...rest], io);
  const command = find(first);
  if (command.raw === true) {
    const work = await command.load();
    return await work({ command, words: rest, flags: readArguments(command, []).flags, io });
  }
  const { words, flags } = readArguments(command, rest);
  if (flags.on("help")) {
    io.stdout.write(`${renderCommandHelp(command)}\n`);
    return exitCode.done;
  }
  const work = await command.load();
  return await work({ command, words, flags, io });
}

function help(topic: string | undefined, io: Io, asked: string | undefined): number {
  const text = topic === undefined || topic.startsWith("-") ? renderHelp(commands) : renderCommandHelp(find(topic));
  // Nothing typed at all is not a question: the overview is a hint then, and the call was wrong.
  (asked === undefined ? io.stderr : io.stdout).write(`${text}\n`);
  return asked === undefined ? exitCode.usage : exitCode.done;
}

function find(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const near = nearest(
    name,
    commands.map((each) => each.name),
  );
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  const what = name.startsWith("-") ? "flag" : "command";
  throw new CommandError(exitCode.usage, `there is no ${what} ${clean(name, 60)}${hint}`, [`${self} help`]);
}

function explainEnd(error: unknown, argv: readonly string[], io: Io): number {
  const debug = argv.includes("--debug");
  if (error instanceof CommandError) {
    io.stderr.write(`!! ${error.message}\n`);
    for (const [index, line] of error.next.slice(0, 3).entries())
      io.stderr.write(`   ${index === 0 ? "next" : "    "}   ${line}\n`);
    if (debug) io.stderr.write(`${stackOf(error)}\n`);
    return error.code;
  }
  if (io.signal.aborted) {
    io.stderr.write("interrupted\n");
    if (debug) io.stderr.write(`${stackOf(error)}\n`);
    return exitCode.interrupted;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.stderr.write(`✗ a bug in Repo Runner: ${clean(message, 300)}\n`);
  io.stderr.write(
    debug ? `${stackOf(error)}\n` : "   next   the same with --debug shows where; please report it with that output\n",
  );
  return exitCode.bug;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
