import { type ConnectionName, connectionName } from "./connection-names.ts";

/** One place where code reads a variable that says where a database is. */
export interface ConnectionUse extends ConnectionName {
  /** What the code takes where the variable is not set. */
  readonly fallback: string | undefined;
  /** The program goes another way where it is not set. */
  readonly guarded: boolean;
  /** It ends where it is not set. */
  readonly required: boolean;
  readonly where: string;
}

const accessor =
  /(?:[eE]nv(?:iron(?:ment)?|[vV]ars?)?|ENV|_SERVER|[eE]nvironmentVariable|LookupEnv|env!|var(?:_os)?|getOrThrow|str|db|url|cache|fetch|get|Getenv|GetString|required|secret|value)\s{0,2}(?:\?\.)?[.([]\s{0,20}["'`]?$|(?:[cC]onfig|[sS]ettings)\(\s{0,20}["'`]$|\$\{$|(?:^|[^\w])["']$/;
/** A key of a schema that the environment is held against: `MONGODB_URL: Joi.string().required()`. */
const schemaKey = /^["']?\s{0,2}:\s{0,4}(?:Joi|z|v|t|yup|str|url|host|port|num|env)\b[.(](?<rest>[^\n]{0,160})/;

/** Places of a text where a variable is read that says where a database is. `place` tells where an index is, for people. */
export function usesIn(text: string, place: (index: number) => string): ConnectionUse[] {
  const found: ConnectionUse[] = [];
  for (const match of text.matchAll(/\b[A-Z][A-Z0-9_]{3,63}\b/g)) {
    const [token] = match;
    const name = connectionName(token);
    if (name === undefined) continue;
    const line = text.slice(Math.max(0, match.index - 120), match.index);
    const before = line.slice(line.lastIndexOf("\n") + 1);
    if (/^\s*(?:\/\/|#|\*)/.test(before)) continue;
    const after = text.slice(match.index + token.length, match.index + token.length + 320);
    const isIn = /^["']\s{1,3}(?:not\s)?in\s/.test(after);
    const schema = /^\s*["']?$/.test(before) ? schemaKey.exec(after)?.groups?.["rest"] : undefined;
    if (schema !== undefined) {
      const required = !/optional|default|nullable|allow\(/.test(schema);
      found.push({ ...name, fallback: undefined, guarded: !required, required, where: place(match.index) });
      continue;
    }
    if (!accessor.test(before) || (/(?:^|[^\w])["']$/.test(before) && !accessorWord.test(before) && !isIn)) continue;
    const fallback = fallbackOf(after);
    const later = fallback === undefined ? givenLater(text, match.index, before) : undefined;
    found.push({
      ...name,
      fallback: fallback ?? later,
      ...(later === undefined
        ? standing(text, match.index, before, after, fallback)
        : { guarded: false, required: false }),
      where: place(match.index),
    });
    if (found.length >= 400) break;
  }
  return found;
}

const accessorWord =
  /(?:env|ENV|environ|[cC]onfig|[gG]et|var|fetch|Variable|str|db|url|cache|LookupEnv|required|value)[^"'\n]{0,30}["']$/;

/** What stands beside the name where it is not set: `|| "…"`, `, "…"`, `${NAME:…}`. */
function fallbackOf(after: string): string | undefined {
  const placed = /^:-?(?<value>[^}\n]{0,300})\}/.exec(after)?.groups?.["value"];
  if (placed !== undefined) return placed;
  // Further on in the same expression: `os.environ.get("X", "").replace(…) or "sqlite:///…"`.
  const file = /^(?:[^=;\n]|\\\n|\n[ \t]|default\s?=){0,240}?["'`](?<value>sqlite[^"'`\n]{0,200})/.exec(after)
    ?.groups?.["value"];
  if (file !== undefined) return file;
  const match =
    /^["'`]?\]?\s{0,3}\)?\s{0,40}(?:,\s{0,60}(?:default\s{0,2}=\s{0,2})?|\|\|\s{0,60}|\?\?\s{0,60}|\?:\s{0,60}|or\s{0,4}\\?\s{0,60}|\{\s{0,4}|=>\s{0,4})\(?[frb]?["'`](?<value>[^"'`\n]{0,300})/.exec(
      after,
    );
  return match?.groups?.["value"];
}

/** Whether the program goes another way without it, or ends. */
function standing(
  text: string,
  index: number,
  before: string,
  after: string,
  fallback: string | undefined,
): { guarded: boolean; required: boolean } {
  const ends = /\b(?:throw|raise|exit|panic|[fF]atal\w*|abort|expect|unwrap)\b/;
  const asked =
    /!!\s?process\.env\.$/.test(before) ||
    /\b(?:if|elif|unless|when)\b[^\n]{0,100}$/.test(before) ||
    /^["'`]?\]?\)?\s{0,3}(?:\?(?![.?:])|&&)/.test(after);
  if (asked)
    return ends.test(after.slice(0, 160)) ? { guarded: false, required: true } : { guarded: true, required: false };
  const variable = variableOf(before);
  if (variable !== undefined && fallback === undefined) {
    const rest = text.slice(index, index + 1500);
    const later = new RegExp(
      `\\bif\\s{0,2}\\(?\\s{0,2}(?<not>!|not\\s)?\\s{0,2}${variable}\\b(?<then>[^]{0,160})`,
    ).exec(rest)?.groups;
    if (later) {
      return ends.test(later["then"] ?? "") ? { guarded: false, required: true } : { guarded: true, required: false };
    }
  }
  return { guarded: false, required: /^["'`]?\]?\)?\s{0,3}(?:\.expect\(|\.unwrap\(|!)/.test(after) };
}

/** The variable of the program that takes the value: `dsn := os.Getenv("`. */
function variableOf(before: string): string | undefined {
  return /(?<name>[A-Za-z_]\w{0,40})\s{0,3}(?::\s{0,2}\w{1,20}\s{0,2})?(?::?=)\s{0,3}[^=\n]{0,60}$/.exec(before)
    ?.groups?.["name"];
}

/** What it is given right after where it is empty: `if dsn == "" { dsn = "host=localhost …" }`. */
function givenLater(text: string, index: number, before: string): string | undefined {
  const variable = variableOf(before);
  if (variable === undefined) return undefined;
  return new RegExp(
    `\\bif\\s{0,2}\\(?[^\\n]{0,20}\\b${variable}\\b[^\\n]{0,40}\\s{1,20}${variable}\\s{0,3}=\\s{0,3}[frb]?(?<quote>["'\`])(?<value>[^\\n]{1,300}?)\\k<quote>`,
  ).exec(text.slice(index, index + 400))?.groups?.["value"];
}
