import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./drive.ts";

const head = ["case", "language", "maturity", "seconds", "fixes", "foreseen", "writes", "why not"] as const;

/** One line of the table on the screen. */
export function lineOf(row: Row): string {
  return `${row.ok ? "ok" : "✗ "} ${tableLine(cellsOf(row))}`;
}

export const headLine: string = `   ${tableLine(head)}`;

function tableLine(cells: readonly string[]): string {
  const widths = [34, 30, 22, 7, 24, 24, 6, 0];
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd();
}

function cellsOf(row: Row): string[] {
  return [
    row.name,
    row.language.slice(0, 30),
    row.maturity === row.reason ? row.maturity : `${row.maturity} ${row.reason}`.slice(0, 22),
    String(row.seconds),
    row.fixes.join(",").slice(0, 24),
    [...new Set(row.predictions)].join(",").slice(0, 24),
    String(row.statusWrites),
    row.why.replaceAll(/\s+/g, " "),
  ];
}

/** Sum of a whole set: how many were as expected, and how long they took. */
export function sumOf(rows: readonly Row[]): string {
  const held = rows.filter(({ ok }) => ok).length;
  const seconds = rows.map((row) => row.seconds).toSorted((one, other) => one - other);
  const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.floor(seconds.length * share))] ?? 0;
  const fixed = rows.filter(({ fixes }) => fixes.length > 0).length;
  const foreseen = rows.filter(({ predictions }) => predictions.length > 0).length;
  const ends = `${held} of ${rows.length} as expected; seconds: median ${at(0.5)}, p95 ${at(0.95)}`;
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const attempts = `${sum((row) => row.failedAttempts)} failed attempts`;
  return `${ends}; ${fixed} with a fix, ${foreseen} with a prediction, ${attempts}, ${sum((row) => row.modelCalls)} questions to models`;
}

/** Writes results.json and report.md into a folder; called after each case, so that an end in the middle loses nothing. */
export function writeReport(folder: string, rows: readonly Row[]): void {
  mkdirSync(folder, { recursive: true });
  const sorted = rows.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(sorted, null, 1)}\n`);
  const table = sorted.map(
    (row) =>
      `| ${cellsOf(row)
        .map((cell) => cell.replaceAll("|", "/"))
        .join(" | ")} |`,
  );
  const text = [
    "# Success",
    "",
    `${sumOf(sorted)}.`,
    "",
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...table,
    "",
  ];
  writeFileSync(join(folder, "report.md"), text.join("\n"));
}
