import { readFileSync } from "node:fs";

/** A process, told apart from a later one that was given the same id. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time in ticks since boot. */
  readonly startTicks: string;
  readonly bootId: string;
}

export function markProcess(pid: number): ProcessMark {
  return { pid, startTicks: startTicksOf(pid) ?? "", bootId: bootId() };
}

export function ownProcess(): ProcessMark {
  return markProcess(process.pid);
}

/** Whether the process of that mark still runs (a zombie does not). */
export function isSameProcess(mark: ProcessMark): boolean {
  return mark.bootId === bootId() && mark.startTicks !== "" && startTicksOf(mark.pid) === mark.startTicks;
}

function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The name in parentheses may hold blanks: what follows the last one is "state ppid … starttime", 22nd field of the whole.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
