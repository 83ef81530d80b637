/** Versions from `low` on and below `high`, each as one comparable number. */
interface Span {
  readonly low: number;
  readonly high: number;
}

const anything: Span = { low: 0, high: Infinity };

/** A range as manifests write it: `>=20 <23`, `^22.1`, `22.x`, `18 - 20`, `a || b`. Undefined when it is none. */
export class VersionRange {
  readonly #spans: readonly Span[];

  private constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  static read(text: string): VersionRange | undefined {
    if (text.length > 256) return undefined;
    const spans: Span[] = [];
    for (const part of text.split("||")) {
      const span = readAll(part);
      if (span === undefined) return undefined;
      spans.push(span);
    }
    return new VersionRange(spans);
  }

  /** True when some version of the line (`22`, `3.13`, `1.26.2`) is in the range. */
  allows(line: string): boolean {
    const wanted = prefix(line);
    return (
      wanted !== undefined &&
      this.#spans.some(({ low, high }) => Math.max(low, wanted.low) < Math.min(high, wanted.high))
    );
  }

  /** True when the range has no upper bound: `>=18`, `*`. */
  get isOpen(): boolean {
    return this.#spans.some(({ high }) => high === Infinity);
  }
}

/** Comparators that all have to hold. */
function readAll(text: string): Span | undefined {
  const hyphen = /^\s*v?([\dxX*.]+)\s+-\s+v?([\dxX*.]+)\s*$/.exec(text);
  if (hyphen) {
    const [low, high] = [prefix(hyphen[1] ?? ""), prefix(hyphen[2] ?? "")];
    return low && high && { low: low.low, high: high.high };
  }
  const words = text
    .replaceAll(/([<>=~^]+)\s+/g, "$1")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  let span = anything;
  for (const word of words) {
    const next = readOne(word);
    if (next === undefined) return undefined;
    span = { low: Math.max(span.low, next.low), high: Math.min(span.high, next.high) };
  }
  return span;
}

function readOne(word: string): Span | undefined {
  const [, operator = "", version = ""] = /^(>=|<=|>|<|==?|\^|~>?|)v?(.*)$/.exec(word) ?? [];
  const line = prefix(version);
  if (line === undefined) return undefined;
  switch (operator) {
    case ">=":
      return { low: line.low, high: Infinity };
    case ">":
      return { low: line.high, high: Infinity };
    case "<":
      return { low: 0, high: line.low };
    case "<=":
      return { low: 0, high: line.high };
    case "^":
      return { low: line.low, high: caretEnd(version) };
    case "~":
    case "~>":
      return { low: line.low, high: prefix(version.split(".").slice(0, 2).join("."))?.high ?? Infinity };
    default:
      return line;
  }
}

/** `^1.2` ends at 2, `^0.2` at 0.3, `^0.0.3` at 0.0.4. */
function caretEnd(version: string): number {
  const parts = version.split(".");
  const first = parts.findIndex((part) => part !== "0");
  const kept = parts.slice(0, first === -1 ? parts.length : first + 1);
  return prefix(kept.join("."))?.high ?? Infinity;
}

/** All versions that begin so: `22` is from 22.0.0 to below 23.0.0. */
function prefix(version: string): Span | undefined {
  const bare = version.replace(/[-+].*$/, "");
  const parts = bare === "" ? [] : bare.split(".");
  if (parts.length > 3 || parts.some((part) => !/^(?:\d{1,5}|[xX*])$/.test(part))) return undefined;
  const wild = parts.findIndex((part) => !/^\d+$/.test(part));
  const numbers = (wild === -1 ? parts : parts.slice(0, wild)).map(Number);
  if (numbers.length === 0) return anything;
  const unit = weights[numbers.length - 1] ?? 1;
  const low = numbers.reduce((sum, number, at) => sum + number * (weights[at] ?? 1), 0);
  return { low, high: low + unit };
}

const weights = [1e10, 1e5, 1];
