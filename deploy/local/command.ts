import { execa } from "execa";
import { StepFailure } from "./step-failure.ts";

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** The step that fails with this command. */
  readonly step?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and gives what it printed; a failure names the program and its last lines. */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attemptCommand(file, args, options);
  if (result.ok) return result.stdout;
  const lines = result.stderr.trim().split("\n").slice(-8);
  throw new StepFailure(options.step ?? "start", `${file.split("/").at(-1) ?? file} ${result.why}`, { lines });
}

/** The same, where failing is one of the answers. */
export async function attemptCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ ok: boolean; stdout: string; stderr: string; why: string }> {
  const result = await execa(file, args, {
    timeout: options.timeoutMs ?? 60_000,
    reject: false,
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    maxBuffer: 64 * 1024 * 1024,
  });
  const why = result.timedOut
    ? "took too long"
    : result.exitCode === undefined
      ? `could not be run: ${result.shortMessage ?? "unknown"}`
      : `ended with ${String(result.exitCode)}`;
  return { ok: !result.failed, stdout: result.stdout, stderr: result.stderr, why };
}
