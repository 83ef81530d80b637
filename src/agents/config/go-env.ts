import type { CodeMatch, CodeText } from "./code-text.ts";
import { findInCode, placeOf } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { seenAs } from "./env-read.ts";

const direct = /\bos\.(?<call>Getenv|LookupEnv)\([ \t]*"(?<name>[A-Za-z_]\w*)"[ \t]*\)/g;
const givesUp = /\b(?:log\.(?:Fatal\w*|Panic\w*)|panic|os\.Exit|logger\.Fatal\w*|slog\.Error[^\n]*\n[ \t]*os\.Exit)\(/;

/** Environment variables that a Go file reads. `starts`: it is of the program that is run, or of a package that this imports. */
export function goEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!/\bos\.(?:Getenv|LookupEnv)|[eE]nv/.test(source.text)) return [];
  return [
    ...findInCode(source, direct).map((match) => directRead(source, match, starts)),
    ...helperReads(source, starts),
    ...tagReads(source, starts),
  ];
}

function directRead(source: CodeText, match: CodeMatch, starts: boolean): EnvRead {
  const needed = starts && inStart(source, match.index) && failsWhenEmpty(source, match);
  return {
    name: match.groups["name"] ?? "",
    where: placeOf(source, match.index),
    seen: seenAs(needed ? `${match.whole}, and it ends when that is empty` : match.whole),
    required: needed,
    phase: "Run",
  };
}

/** `x := os.Getenv("X"); if x == "" { log.Fatal(…) }`, or `if !ok { … }` after LookupEnv. */
function failsWhenEmpty(source: CodeText, match: CodeMatch): boolean {
  const before = source.code.slice(Math.max(0, match.index - 80), match.index);
  const after = source.text.slice(match.index + match.whole.length, match.index + match.whole.length + 500);
  const names = /(?<value>\w+)(?:[ \t]*,[ \t]*(?<ok>\w+))?[ \t]*:?=[ \t]*$/.exec(before)?.groups;
  if (names === undefined) {
    const inline =
      /\bif[ \t]+$/.test(before) && /^[ \t]*==[ \t]*""[ \t]*\{(?<block>[^}]{0,300})/.exec(after)?.groups?.["block"];
    return typeof inline === "string" && givesUp.test(inline);
  }
  const { value = "", ok } = names;
  const conditions = [
    `${value}[ \\t]*==[ \\t]*""`,
    `len\\(${value}\\)[ \\t]*==[ \\t]*0`,
    ...(ok === undefined || ok === "_" ? [] : [`![ \\t]*${ok}`]),
  ];
  const check = new RegExp(
    `^[^\\n]{0,80}?(?:;|\\n)(?:[^{}\\n]*\\n){0,3}?[ \\t]*(?:if[ \\t]+)?(?:${conditions.join("|")})(?:[ \\t]*\\|\\|[^{&\\n]{0,80})?[ \\t]*\\{(?<block>[^}]{0,300})`,
  );
  const block = check.exec(after)?.groups?.["block"];
  return block !== undefined && givesUp.test(block);
}

/** In `main`, `init`, a variable of the package, or a function that loads settings and is surely called. */
function inStart(source: CodeText, index: number): boolean {
  const before = source.code.slice(Math.max(0, index - 20_000), index);
  const functions = [...before.matchAll(/(?:^|\n)func[ \t]+(?:\([^)]*\)[ \t]*)?(?<name>\w+)[^\n]*/g)];
  const last = functions.at(-1);
  if (last === undefined) return true;
  // A brace at the beginning of a line ends a function in gofmt's style.
  if (/\n\}/.test(before.slice(last.index + 1))) return true;
  return /^(?:main|init|run|Run|[lL]oad\w*|[mM]ust\w*|[nN]ewConfig|[gG]etConfig|[rR]eadConfig|[sS]etup\w*)$/.test(
    last.groups?.["name"] ?? "",
  );
}

/** A function of the file that reads a variable by a parameter: `getEnv("PORT", "8080")`, `mustEnv("KEY")`. */
function helperReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const helpers = findInCode(
    source,
    /\bfunc[ \t]+(?<called>\w+)\([ \t]*(?<parameter>\w+)\b[^)]{0,80}\)[^{\n]{0,40}\{(?<body>[^]{1,500})/g,
  );
  return helpers.flatMap((helper) => {
    const { called = "", parameter = "", body = "" } = helper.groups;
    const own = body.slice(0, /\n\}/.exec(body)?.index ?? body.length);
    if (!new RegExp(`os\\.(?:Getenv|LookupEnv)\\([ \\t]*${parameter}[ \\t]*\\)`).test(own)) return [];
    const gives = givesUp.test(own);
    return findInCode(
      source,
      new RegExp(
        `\\b${called}\\([ \\t]*"(?<name>[A-Za-z_]\\w*)"[ \\t]*(?:\\)|,[ \\t]*(?:"(?<text>[^"\\n]{0,200})"|(?<plain>[\\w.]+)))`,
        "g",
      ),
    ).map((match) => {
      const fallback = match.groups["text"] ?? match.groups["plain"];
      return {
        name: match.groups["name"] ?? "",
        where: placeOf(source, match.index),
        seen: seenAs(match.whole.replace(/\)?$/, ")")),
        required: gives && fallback === undefined && starts && inStart(source, match.index),
        phase: "Run" as const,
        ...(fallback === undefined ? {} : { fallback }),
      };
    });
  });
}

/** Struct tags of envconfig and caarlos0/env: `envconfig:"KEY" required:"true"`, `env:"KEY,required"`, `envDefault:"x"`. */
function tagReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const loads = /\benvconfig\.(?:Must)?Process\(|\benv\.(?:Parse|Must)|\bcleanenv\.Read/.test(source.code);
  return [...source.text.matchAll(/`(?<tag>[^`\n]{1,300})`/g)].flatMap((match) => {
    const tag = match.groups?.["tag"] ?? "";
    const named = /\b(?:envconfig|env):"(?<name>[A-Z][A-Z0-9_]*)(?<options>[^"]*)"/.exec(tag)?.groups;
    if (named === undefined) return [];
    const fallback = /\b(?:default|envDefault|env-default):"(?<value>[^"]*)"/.exec(tag)?.groups?.["value"];
    const wanted =
      /\b(?:required|env-required):"true"/.test(tag) || /,(?:required|notEmpty)\b/.test(named["options"] ?? "");
    return [
      {
        name: named["name"] ?? "",
        where: placeOf(source, match.index),
        seen: seenAs(tag),
        required: wanted && fallback === undefined && starts && loads,
        phase: "Run" as const,
        ...(fallback === undefined ? {} : { fallback }),
      },
    ];
  });
}
