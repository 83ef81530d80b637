import type { Blame } from "../failure.ts";

/** What a program that calls us can tell from our exit code (docs/cli.md). */
export const exitCode = {
  done: 0,
  bug: 1,
  usage: 2,
  person: 3,
  repository: 4,
  platform: 5,
  timedOut: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const byReason: Readonly<Record<string, ExitCode>> = {
  NeedsSecret: 3,
  NeedsInput: 3,
  NeedsApproval: 3,
  NeedsHardware: 3,
  NotAService: 4,
  RepoDefect: 4,
  JobFailed: 4,
  NoSuchSource: 2,
  AuthRefused: 3,
  TimedOut: 6,
  BudgetExhausted: 6,
};

/** The exit code of a run that ended with this reason; where the reason is not special, whose fault it is decides. */
export function exitCodeOf(reason: string, blame: Blame | undefined): ExitCode {
  const special = byReason[reason];
  if (special !== undefined) return special;
  switch (blame) {
    case "Repo":
      return exitCode.repository;
    case "Spec":
      return exitCode.usage;
    case "Platform":
    case undefined:
      return exitCode.platform;
  }
}

/** An expected end of a command: one clear sentence, what to do next, an exit code. Thrown, so that any depth can end the command. */
export class CommandError extends Error {
  readonly code: ExitCode;
  /** Lines that say what to do, ready to be pasted where they are commands. */
  readonly next: readonly string[];

  constructor(code: ExitCode, message: string, next: readonly string[] = []) {
    super(message);
    this.name = "CommandError";
    this.code = code;
    this.next = next;
  }
}
