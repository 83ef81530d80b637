import { existsSync, readFileSync } from "node:fs";
import { lastLines, logFile, recordedPrograms, runningPid } from "../../../deploy/local/background.ts";
import { readHostRecord } from "../../../deploy/local/host-record.ts";
import type { LocalPaths } from "../../../deploy/local/paths.ts";
import { clean, duration, table } from "../text.ts";

/** What of the embedded cluster runs, since when, where each program's log is, and what it made on this machine. */
export function renderClusterStatus(paths: LocalPaths): string[] {
  const names = recordedPrograms(paths);
  if (names.length === 0) {
    return [
      existsSync(paths.cluster)
        ? `stopped; its data lies in ${paths.cluster}`
        : "there is no embedded cluster on this machine",
      "   next   make up",
    ];
  }
  const rows = names.map((name) => {
    const pid = runningPid(paths, name);
    const log = logFile(paths, name);
    if (pid === undefined) return [`✗ ${name}`, "has ended", `${log}   ${clean(lastLines(log, 1)[0] ?? "", 80)}`];
    return [`✓ ${name}`, `${String(pid)} · ${memoryOf(pid)} · ${duration(ageSeconds(pid))}`, log];
  });
  const made = readHostRecord(paths);
  return [
    ...table(rows, 3),
    "",
    `  kubeconfig    ${paths.kubeconfig}`,
    `  data          ${paths.cluster}`,
    `  cache         ${paths.cache}`,
    `  on this machine (down takes it away)   ${[...made.interfaces, ...made.tables.map((name) => `table ${name}`), ...made.folders, ...Object.keys(made.settings)].join(" · ")}`,
  ];
}

function memoryOf(pid: number): string {
  try {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
    return `${String(Math.round(Number(line?.[1] ?? 0) / 1024))} MB`;
  } catch {
    return "";
  }
}

function ageSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    return Math.max(0, Math.round(uptime - ticks / 100));
  } catch {
    return 0;
  }
}
