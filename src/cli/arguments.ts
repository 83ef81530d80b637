import { parseArgs } from "node:util";
import { self, Flags, type Command, type Flag } from "./command.ts";
import { CommandError, exitCode } from "./exit-code.ts";
import { clean } from "./text.ts";

/** Every command has these. */
export const everywhere: readonly Flag[] = [
  { name: "help", short: "h", help: "this help" },
  { name: "debug", help: "stack traces, to stderr" },
];

/** Reads what was typed after the command's name. What is wrong ends in one clear line with a suggestion, and exit code 2. */
export function readArguments(command: Command, argv: readonly string[]): { words: readonly string[]; flags: Flags } {
  const known = [...command.flags, ...everywhere];
  const values = new Map<string, boolean | string[]>();
  const words: string[] = [];
  for (const token of tokensOf(known, argv)) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const flag = known.find((each) => each.name === token.name);
    if (!flag) throw unknownFlag(command, token.rawName, known);
    if (flag.value === undefined) {
      if (token.value !== undefined && token.inlineValue === true)
        throw usage(command, `--${flag.name} takes no value`);
      values.set(flag.name, true);
      continue;
    }
    if (token.value === undefined)
      throw usage(command, `${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
    const before = values.get(flag.name);
    if (flag.many !== true && before !== undefined) throw usage(command, `${token.rawName} was given twice`);
    values.set(flag.name, [...(Array.isArray(before) ? before : []), token.value]);
  }
  const flags = new Flags(known, values);
  if (!flags.on("help")) check(command, words, flags);
  return { words, flags };
}

function tokensOf(known: readonly Flag[], argv: readonly string[]) {
  const options = Object.fromEntries(
    known.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ("boolean" as const) : ("string" as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
        ...(flag.many === true ? { multiple: true } : {}),
      },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function check(command: Command, words: readonly string[], flags: Flags): void {
  if (words.length < command.words.min) throw usage(command, `${command.name} needs ${command.synopsis}`);
  const extra = words[command.words.max];
  if (extra !== undefined) throw usage(command, `${command.name} does not know what to do with "${clean(extra, 60)}"`);
  if (command.flags.some((flag) => flag.name === "output")) {
    const output = flags.text("output");
    if (output !== undefined && output !== "json")
      throw usage(command, `-o ${clean(output, 30)} is not known; there is -o json`);
  }
}

/** A wrong way to call a command. */
export function usage(command: Command, message: string): CommandError {
  return new CommandError(exitCode.usage, message, [
    `${self} ${command.name} ${command.synopsis}`.trimEnd(),
    `${self} help ${command.name}`,
  ]);
}

function unknownFlag(command: Command, typed: string, known: readonly Flag[]): CommandError {
  const near = nearest(
    typed.replace(/^-+/, ""),
    known.map((flag) => flag.name),
  );
  const hint = near === undefined ? "" : `; did you mean --${near}?`;
  return new CommandError(exitCode.usage, `${command.name} has no flag ${clean(typed, 60)}${hint}`, [
    `${self} help ${command.name}`,
  ]);
}

/** The known word that was probably meant; undefined when none is near enough. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const prefix = known.filter((each) => typed.length >= 2 && each.startsWith(typed));
  if (prefix.length === 1) return prefix[0];
  const ranked = known
    .map((each) => ({ each, distance: distance(typed, each) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(typed.length / 3)) ? best.each : undefined;
}

/** How many letters have to be put in, taken out, changed or swapped with their neighbour. */
function distance(one: string, other: string): number {
  const a = one.slice(0, 40);
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === other[j - 2] && a[i - 2] === other[j - 1];
      const costs = [
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + (a[i - 1] === other[j - 1] ? 0 : 1),
        swapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      ];
      row.push(Math.min(...costs));
    }
    rows.push(row);
  }
  return rows[a.length]?.[other.length] ?? 0;
}
