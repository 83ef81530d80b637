import { cpus, loadavg } from "node:os";

/** One row of a table: what, and its cells. */
export type Row = readonly string[];

/** What a bench tells: a table for people, figures for programs. */
export interface Report {
  readonly name: string;
  readonly title: string;
  readonly head: Row;
  readonly rows: readonly Row[];
  /** One sentence each: how it was measured, what does not compare. */
  readonly notes: readonly string[];
  readonly figures: unknown;
}

/** A bench: measures, and tells its figures. Says now and then on stderr where it is. */
export type Bench = (flags: Flags) => Promise<Report>;

/** Numbers given as `--name=3`. */
export type Flags = ReadonlyMap<string, number>;

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** `12.3 (11.8–14.0)`: the median and the range. */
export function spread(values: readonly number[], digits = 1): string {
  if (values.length === 0) return "–";
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const middle = median(values).toFixed(digits);
  return values.length === 1 ? middle : `${middle} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** Says how busy the machine is: figures of a busy one hold only beside those of the same run. */
export function machineNote(): string {
  const load = loadavg()[0] ?? 0;
  const busy = load > cpus().length ? "machine busy" : "machine quiet";
  return `${busy}: load average ${load.toFixed(1)} on ${cpus().length} cores when it started`;
}

/** A report as Markdown that also reads well on a terminal. */
export function render(report: Report): string {
  const table = [report.head, ...report.rows];
  const widths = report.head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: Row): string => `| ${widths.map((width, i) => (row[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [
    `## ${report.title}`,
    "",
    line(report.head),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...report.rows.map(line),
    "",
    ...report.notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

/** Where a bench is, for the one who waits. */
export function tell(text: string): void {
  process.stderr.write(`.. ${text}\n`);
}
