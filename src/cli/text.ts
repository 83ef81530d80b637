/** Text of a repository or a cluster, made safe to show: no control characters (escape sequences, line breaks, bidi overrides), cut to `max` characters. */
export function clean(text: string, max = 200): string {
  const plain = text
    // Whole escape sequences first, so that their letters do not stay behind.
    // oxlint-disable-next-line no-control-regex -- these are what must go
    .replaceAll(/\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|.)/g, "")
    .replaceAll(/[\t\r\n]+/g, " ")
    .replaceAll(/[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu, "");
  return cut(plain, max);
}

/** Like `clean`, but a tab stays one space and the indentation is kept: for lines of logs and code. */
export function cleanLine(line: string, max = 200): string {
  const indent = /^[ \t]*/.exec(line)?.[0].replaceAll("\t", "  ") ?? "";
  return cut(indent + clean(line.trimStart(), 4096), max);
}

/** At most `max` characters, with an ellipsis where something was cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const letters = Array.from(text);
  return letters.length <= max ? text : `${letters.slice(0, Math.max(0, max - 1)).join("")}…`;
}

/** Columns, each as wide as its widest cell; the last is not padded. A cell longer than `widest` runs over and pushes only its own row. */
export function table(rows: readonly (readonly string[])[], gap = 2, widest = 120): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (cell.length <= widest) widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        index === row.length - 1 ? cell : cell.padEnd(Math.max(widths[index] ?? 0, cell.length) + gap),
      )
      .join("")
      .trimEnd(),
  );
}

/** `0.4 s`, `9 s`, `1 min 3 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 1) return `${String(Math.max(0, Math.round(seconds * 10) / 10))} s`;
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
  return `${String(Math.floor(whole / 3600))} h ${String(Math.floor((whole % 3600) / 60))} min`;
}

/** `0:44`: minutes and seconds on a clock. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, "0")}`;
}

/** `25m`, `3h`, `4d`: how long ago, as kubectl says it. */
export function age(from: string | undefined, now: Date): string {
  const then = from === undefined ? Number.NaN : Date.parse(from);
  if (Number.isNaN(then)) return "–";
  const seconds = Math.max(0, Math.round((now.getTime() - then) / 1000));
  if (seconds < 120) return `${String(seconds)}s`;
  if (seconds < 7200) return `${String(Math.floor(seconds / 60))}m`;
  if (seconds < 172_800) return `${String(Math.floor(seconds / 3600))}h`;
  return `${String(Math.floor(seconds / 86_400))}d`;
}

/** `118 MB`: decimal units, as registries count. */
export function bytes(count: number): string {
  if (count < 1000) return `${String(count)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = count;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 && unit !== "kB" ? value.toFixed(1) : String(Math.round(value))} ${unit}`;
}

/** `1,204` */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}
