import { redactLines } from "../../redact.ts";
import type { Cluster, PodRecord } from "../cluster.ts";
import { appContainer } from "../runner/run-request.ts";
import { appOf } from "./pods.ts";

/** What a program wrote last, redacted, at most `lines` of it: of the start that failed where it has been started again since. */
export async function readProgramLog(cluster: Cluster, pod: PodRecord, lines: number): Promise<string[]> {
  const app = appOf(pod);
  const options = { tailLines: lines, limitBytes: 65_536 };
  const again = app?.state === "Running" && app.last !== undefined;
  const text = await cluster.log(
    pod.namespace,
    pod.name,
    appContainer,
    again ? { ...options, previous: true } : options,
  );
  return redactLines((text ?? "").split("\n"))
    .filter((line) => line.trim() !== "")
    .slice(-lines);
}

/** The lines of a log that are shown with a failure: the end of it, from a little before the line that says most, without a runtime's own frames. */
export function lastLines(log: readonly string[]): { lines?: string[] } {
  const told = log.filter((line) => !runtimeFrame.test(line));
  if (told.length === 0) return log.length === 0 ? {} : { lines: log.slice(-12) };
  const main = headline(told);
  const at = told.findLastIndex((line) => line.trim().slice(0, 300) === main);
  const from = Math.max(0, Math.min(told.length - 12, at < 0 ? told.length : at - 4));
  return { lines: told.slice(from, from + 12) };
}

/** Frames of a stack that no person of the repository wrote. */
const runtimeFrame = /^\s*at .*(node:internal|\(node:|<anonymous>\)$)|^\s*File "\/usr\/(local\/)?lib\/python/;

/** The one line that says most: the last that names an error, else the last. */
export function headline(log: readonly string[]): string | undefined {
  const telling =
    /\b(error|exception|fatal|panic|cannot|can't|could not|not found|no such|refused|denied|required|missing|invalid)\b|Error:/i;
  const noise =
    /^\s*at |^Node\.js v\d|^npm (notice|error A complete log)|^Emitted 'error' event|^\s*(code|errno|syscall|requireStack): |^\s*\^|^\s*[}{\]]+$/;
  const found =
    log.findLast((line) => telling.test(line) && !noise.test(line)) ?? log.findLast((line) => !noise.test(line));
  return found?.trim().slice(0, 300);
}

/** `src/server.js:7` where a stack names a file of the repository itself. */
export function placeIn(log: readonly string[]): string | undefined {
  for (const line of log.toReversed()) {
    if (/node_modules|site-packages|node:internal|\/usr\/(local\/)?lib/.test(line)) continue;
    const python = /File "\/app\/([\w./-]{1,200})", line (\d{1,6})/.exec(line);
    if (python) return `${python[1]}:${python[2]}`;
    const other = /(?:^|[\s(])(?:file:\/\/)?\/app\/([\w./-]{1,200}\.\w{1,5}:\d{1,6}(?::\d{1,5})?)/.exec(line);
    if (other?.[1] !== undefined) return other[1];
  }
  return undefined;
}
