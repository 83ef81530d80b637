import type { Platform } from "../language.ts";
import { compareLines, numbersOf, satisfiesPython } from "./specifier.ts";
import type { VersionWord } from "./version.ts";

/** Which Python is taken, and why. */
export interface PythonChoice {
  readonly version: string;
  readonly from: string;
  readonly where?: string;
  readonly warning?: string;
}

/** What runs when nobody says anything. */
const defaultLine = "3.13";

/** Lines that the official images have. Ended ones are taken only when asked for. */
const knownLines = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
const supportedLines = ["3.10", "3.11", "3.12", "3.13", "3.14"];

/**
 * Chooses a line from what was said; the first word decides. With listed images the nearest that satisfies it; where none does, the wanted
 * line is named, and RequirementsAgent says that the platform lacks it. Where only a range or nobody speaks, old pins bound it from above.
 */
export function choosePython(words: readonly VersionWord[], platform: Platform, newest?: Newest): PythonChoice {
  const choice = chooseByWords(words, platform);
  const bounds = words.filter(({ exact, weak }) => !exact && weak !== true).map(({ range }) => range);
  const pinned = words.some(({ exact, weak }) => exact && weak !== true);
  if (newest === undefined || pinned || compareLines(numbersOf(choice.version), numbersOf(newest.line)) <= 0)
    return choice;
  const lines = platform.baseImages === "Listed" ? linesOf(platform) : knownLines;
  const allowed = sorted(lines).filter(
    (line) => compareLines(numbersOf(line), [3, 7]) >= 0 && bounds.every((bound) => satisfiesPython(line, bound)),
  );
  const from = `${newest.because} is older than ${choice.version}`;
  const fitting = allowed.filter((line) => compareLines(numbersOf(line), numbersOf(newest.line)) <= 0).at(-1);
  if (fitting !== undefined) return { version: fitting, from };
  // Of lines that are all too new the least new.
  const [nearest] = allowed;
  if (nearest === undefined || compareLines(numbersOf(nearest), numbersOf(choice.version)) >= 0) return choice;
  const warning = `${newest.because} wants python ${newest.line} or older, which has no image here; ${nearest} stands in`;
  return { version: nearest, from, warning };
}

/** The newest line on which the pinned packages can be installed, and which of them says so. */
export interface Newest {
  readonly line: string;
  readonly because: string;
}

function chooseByWords(words: readonly VersionWord[], platform: Platform): PythonChoice {
  const listed = platform.baseImages === "Listed" ? linesOf(platform) : undefined;
  const [word] = words.filter(({ weak, range }) => weak !== true || bestOf(listed ?? knownLines, range) !== undefined);
  if (word === undefined) return withoutWord(platform, listed ?? knownLines);
  const origin = word.where === undefined ? { from: word.from } : { from: word.from, where: word.where };
  const wanted = word.exact
    ? exactVersion(word)
    : (bestOf(knownLines, word.range) ?? lineOf(word.range.replace(/^\D+/, "")));
  if (listed === undefined) return { version: wanted, ...origin };
  const match = bestOf(listed, word.exact ? lineOf(word.range) : word.range);
  if (match !== undefined) return { version: match, ...origin };
  // A version file pins a line that is not there: what the manifest allows may stand in, the next newer one first.
  const bounds = words.filter((other) => !other.exact).map((other) => other.range);
  const allowed = listed.filter(
    (line) => bounds.every((bound) => satisfiesPython(line, bound)) && numbersOf(line)[0] === numbersOf(wanted)[0],
  );
  const nearest = word.exact && word.from !== "spec" ? nearestTo(numbersOf(wanted), allowed) : undefined;
  if (nearest === undefined) return { version: wanted, ...origin };
  const warning = `python ${lineOf(wanted)} (${word.from}) has no image here; ${nearest} stands in`;
  return { version: nearest, ...origin, warning };
}

function withoutWord(platform: Platform, lines: readonly string[]): PythonChoice {
  const dated = lineOfDate(platform);
  const wanted = dated ?? defaultLine;
  const version = lines.includes(wanted) ? wanted : (nearestTo(numbersOf(wanted), lines) ?? wanted);
  const from = dated === undefined ? "default" : `commit date ${platform.commitDate?.toISOString().slice(0, 7)}`;
  return { version, from };
}

/** Lines that there are images of; `3` alone is none. */
function linesOf(platform: Platform): readonly string[] {
  return sorted((platform.listed["python"] ?? []).filter((line) => /^\d+\.\d+$/.test(line)));
}

/** Nothing speaks and the newest commit is older than two years: the oldest supported line that is not younger than that date's newest. */
function lineOfDate(platform: Platform): string | undefined {
  const { commitDate, now } = platform;
  if (commitDate === undefined || now.getTime() - commitDate.getTime() < 730 * 86_400_000) return undefined;
  // Python's lines come each October: 3.9 in 2020.
  const months = (commitDate.getUTCFullYear() - 2020) * 12 + commitDate.getUTCMonth() - 9;
  const minor = 9 + Math.floor(months / 12);
  return supportedLines.find((line) => (numbersOf(line)[1] ?? 0) >= minor) ?? defaultLine;
}

/** The default if it satisfies, else the newest below it, else the oldest above it. */
function bestOf(lines: readonly string[], range: string): string | undefined {
  const fitting = sorted(lines).filter((line) => satisfiesPython(line, range));
  const below = fitting.filter((line) => compareLines(numbersOf(line), numbersOf(defaultLine)) <= 0);
  return below.at(-1) ?? fitting[0];
}

function nearestTo(wanted: readonly number[], lines: readonly string[]): string | undefined {
  const ordered = sorted(lines);
  return ordered.find((line) => compareLines(numbersOf(line), wanted) >= 0) ?? ordered.at(-1);
}

/** A person's full version is kept; a file's is shortened to its line, whose image has the newest patch. `3` is the default line. */
function exactVersion(word: VersionWord): string {
  const version = word.from === "spec" ? word.range : lineOf(word.range);
  return version.includes(".") ? version : (bestOf(knownLines, version) ?? version);
}

function lineOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function sorted(lines: readonly string[]): readonly string[] {
  return lines.toSorted((one, other) => compareLines(numbersOf(one), numbersOf(other)));
}
