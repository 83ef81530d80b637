import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalPaths } from "./paths.ts";
import { isSameProcess, markProcess, type ProcessMark } from "./process-mark.ts";
import { StepFailure } from "./step-failure.ts";

/** A program that goes on after `up` has ended. */
export interface BackgroundProgram {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Files it reads at start: when one of them differs, it is started anew. */
  readonly reads?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to end by itself; the API server would wait a minute for its watches. */
  readonly graceMs?: number;
}

/** With the mark, a process id that was given to somebody else meanwhile is never taken for ours. */
interface ProcessRecord extends ProcessMark {
  readonly inputs: string;
  readonly graceMs: number;
}

const maxLogBytes = 50 * 1024 * 1024;

/** Starts the program unless it runs already with the same arguments and files. True when it was started now. */
export async function ensureRunning(paths: LocalPaths, program: BackgroundProgram): Promise<boolean> {
  const inputs = digestOf(program);
  const before = readRecord(paths, program.name);
  if (before !== undefined && isSameProcess(before)) {
    if (before.inputs === inputs) return false;
    await stopProgram(paths, program.name);
  }
  mkdirSync(paths.log, { recursive: true });
  mkdirSync(paths.processes, { recursive: true });
  const log = logFile(paths, program.name);
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(log, `${log}.1`);
  const output = openSync(log, "a");
  try {
    const child = spawn(program.file, program.args, {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: "/",
      env: { ...cleanEnvironment(), ...program.env },
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once("spawn", () => {
        resolve(child.pid ?? 0);
      });
      child.once("error", (error) => {
        reject(new StepFailure("start", `${program.name} could not be started: ${error.message}`, { log }));
      });
    });
    child.unref();
    const record: ProcessRecord = { ...markProcess(pid), inputs, graceMs: program.graceMs ?? 15_000 };
    writeFileSync(recordFile(paths, program.name), JSON.stringify(record));
  } finally {
    closeSync(output);
  }
  return true;
}

/** Whether the program of this name runs, and under which process id. */
export function runningPid(paths: LocalPaths, name: string): number | undefined {
  const record = readRecord(paths, name);
  return record !== undefined && isSameProcess(record) ? record.pid : undefined;
}

/** Names of all programs that were started and not stopped since. */
export function recordedPrograms(paths: LocalPaths): readonly string[] {
  try {
    return readdirSync(paths.processes).map((file) => file.replace(/\.json$/, ""));
  } catch {
    return [];
  }
}

/** Ends the program and waits until it is gone, so that its successor finds the port free. */
export async function stopProgram(paths: LocalPaths, name: string): Promise<void> {
  const record = readRecord(paths, name);
  if (record !== undefined && isSameProcess(record)) {
    process.kill(record.pid, "SIGTERM");
    const deadline = Date.now() + record.graceMs;
    while (isSameProcess(record) && Date.now() < deadline) await sleep(50);
    if (isSameProcess(record)) process.kill(record.pid, "SIGKILL");
    while (isSameProcess(record)) await sleep(20);
  }
  rmSync(recordFile(paths, name), { force: true });
}

/** Waits until the question is answered with yes; a program that has ended meanwhile is told with the last lines of its log. */
export async function waitUntil(
  paths: LocalPaths,
  name: string,
  ready: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    const ended = runningPid(paths, name) === undefined;
    if (ended || Date.now() > deadline) {
      throw new StepFailure(
        "start",
        `${name} ${ended ? "has ended" : `was not ready in ${String(timeoutMs / 1000)} s`}`,
        {
          log: logFile(paths, name),
          lines: lastLines(logFile(paths, name)),
        },
      );
    }
    await sleep(100);
  }
}

/** Where the program of this name writes what it says. */
export function logFile(paths: LocalPaths, name: string): string {
  return join(paths.log, `${name}.log`);
}

/** A place in a program's log. */
export interface LogMark {
  readonly file: string;
  readonly bytes: number;
}

/** Where the log of this program ends now. */
export function markLog(paths: LocalPaths, name: string): LogMark {
  const file = logFile(paths, name);
  return { file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
}

/** Whether the program wrote these words after the mark; a log that was begun anew since is read from its start. */
export function saidSince(mark: LogMark, words: string): boolean {
  if (statSync(mark.file, { throwIfNoEntry: false }) === undefined) return false;
  const log = readFileSync(mark.file);
  return log.subarray(log.length < mark.bytes ? 0 : mark.bytes).includes(words);
}

/** The end of a log, for a failure's report. */
export function lastLines(file: string, count = 8): readonly string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
  } catch {
    return [];
  }
}

function digestOf(program: BackgroundProgram): string {
  const hash = createHash("sha256").update(JSON.stringify([program.file, program.args, program.env ?? {}]));
  for (const file of program.reads ?? []) hash.update(readFileSync(file));
  return hash.digest("hex");
}

function recordFile(paths: LocalPaths, name: string): string {
  return join(paths.processes, `${name}.json`);
}

function readRecord(paths: LocalPaths, name: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(paths, name), "utf8")) as ProcessRecord;
  } catch {
    return undefined;
  }
}

const inherited =
  /^(PATH|HOME|LANG|TZ|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|(HTTPS?|NO)_PROXY|npm_config_registry|NPM_CONFIG_\w+|GOPROXY|GOSUMDB|GONOSUMDB|GOPRIVATE)$/;

/** What is inherited: how this machine reaches the network; nothing that names another cluster or changes how programs run. */
function cleanEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(process.env))
    if (value !== undefined && inherited.test(key)) kept[key] = value;
  return kept;
}
