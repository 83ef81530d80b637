import type { CodeMatch, CodeText } from "./code-text.ts";
import { closingOf, findInCode, placeOf } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { seenAs } from "./env-read.ts";
import { pythonSettingsReads } from "./python-settings.ts";
import { runsAtStart } from "./python-scope.ts";

const name = `["'](?<name>[A-Za-z_][A-Za-z0-9_]*)["']`;

/** `os.environ["X"]`: a KeyError without it. */
const subscript = new RegExp(`\\b(?:os\\.)?environ\\[[ \\t]*${name}[ \\t]*\\](?<after>[ \\t]*=(?!=))?`, "g");
/** `os.environ.get("X", …)`, `os.getenv("X", …)`: None, or a default. */
const get = new RegExp(
  `\\b(?:(?:os\\.)?environ\\.get|(?:os\\.)?getenv)\\([ \\t\\n]*${name}[ \\t\\n]*(?<next>[,)])`,
  "g",
);

/** Environment variables that a Python file reads. `starts`: the file runs when the service starts. */
export function pythonEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  // The text first: what is code is only told where it matters.
  if (!/environ|getenv|config\(|env[.(]|BaseSettings/.test(source.text)) return [];
  if (!/environ|getenv|config\(|env[.(]|BaseSettings/.test(source.code)) return [];
  return [
    ...findInCode(source, subscript).flatMap((match) => subscriptRead(source, match, starts)),
    ...findInCode(source, get).map((match) => getRead(source, match, starts)),
    ...helperReads(source, starts),
    ...libraryReads(source, starts),
    ...pythonSettingsReads(source, starts),
  ];
}

function subscriptRead(source: CodeText, match: CodeMatch, starts: boolean): EnvRead[] {
  // An assignment or `del` gives or takes the variable; it does not ask for it.
  if (match.groups["after"] !== undefined || /\bdel[ \t]+$/.test(source.code.slice(0, match.index))) return [];
  return [
    read(source, match, {
      seen: `${match.whole.trim()}, no default`,
      required: starts && runsAtStart(source, match.index),
    }),
  ];
}

function getRead(source: CodeText, match: CodeMatch, starts: boolean): EnvRead {
  const fallback =
    match.groups["next"] === "," ? firstLiteral(source.text.slice(match.index + match.whole.length)) : undefined;
  const after = source.code.slice(match.index + match.whole.length);
  const hasDefault = match.groups["next"] === "," || /^[ \t]*or\b/.test(after);
  const or = /^[ \t]*or[ \t]+(?<rest>.{1,80})/.exec(source.text.slice(match.index + match.whole.length))?.groups?.[
    "rest"
  ];
  const value = fallback ?? (or === undefined ? undefined : firstLiteral(or));
  const needed = !hasDefault && starts && runsAtStart(source, match.index) && failsOnNone(source, match);
  const seen = match.whole.replace(/[,)]$/, "").trim();
  return read(source, match, {
    seen: needed ? `${seen}), and it ends without it` : `${seen}${hasDefault ? ", …)" : ")"}`,
    required: needed,
    ...(value === undefined ? {} : { fallback: value }),
  });
}

/** What follows cannot bear None: it converts, splits, logs in with it, or checks it and gives up. */
function failsOnNone(source: CodeText, match: CodeMatch): boolean {
  const before = source.code.slice(Math.max(0, match.index - 60), match.index);
  const after = source.code.slice(match.index + match.whole.length, match.index + match.whole.length + 1200);
  if (/\b(?:int|float|json\.loads|b64decode)\([ \t]*$/.test(before) && /^[ \t]*\)/.test(after)) return true;
  if (/\.run\([ \t]*$/.test(before)) return true;
  if (/^\.(?:split|strip|lower|upper|replace|encode|startswith|rstrip|lstrip)\(/.test(after)) return true;
  if (/^[ \t]*or[ \t]+(?:sys\.)?exit\(/.test(after)) return true;
  const variable = /(?:^|\n)[ \t]*(?<variable>[A-Za-z_]\w*)(?:[ \t]*:[^=\n]{1,40})?[ \t]*=[ \t]*$/.exec(before)
    ?.groups?.["variable"];
  if (variable === undefined) return false;
  const check = new RegExp(
    `\\n[ \\t]*(?:if[ \\t]+(?:not[ \\t]+${variable}|${variable}[ \\t]+is[ \\t]+None)[ \\t]*:[^\\n]*\\n?[^\\n]*\\b(?:raise|exit|_exit|quit)\\b|assert[ \\t]+${variable}\\b|(?:\\w+\\.)?run\\([ \\t]*${variable}[ \\t]*\\))`,
  );
  return check.test(after);
}

/** A function of the file that gives a variable or gives up: `def require_env(name): …`. */
function helperReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const helpers = findInCode(
    source,
    /\bdef[ \t]+(?<helper>[a-z_]\w*)\([ \t]*(?<parameter>[a-z_]\w*)[^()=]{0,60}\)[^:\n]{0,40}:\n(?<body>(?:[ \t]+[^\n]*\n|\n){1,15})/g,
  );
  return helpers.flatMap((helper) => {
    const { helper: called = "", parameter = "", body = "" } = helper.groups;
    const takes = new RegExp(
      `environ\\[[ \\t]*${parameter}\\b|(?:environ\\.get|getenv)\\([ \\t]*${parameter}[ \\t]*\\)`,
    ).test(body);
    if (!takes) return [];
    const gives = new RegExp(`environ\\[[ \\t]*${parameter}\\b`).test(body) || /\b(?:raise|exit)\b/.test(body);
    return findInCode(source, new RegExp(`\\b${called}\\([ \\t]*${name}[ \\t]*\\)`, "g")).map((match) =>
      read(source, match, { seen: match.whole, required: gives && starts && runsAtStart(source, match.index) }),
    );
  });
}

/** python-decouple's `config("X")`, django-environ's and environs' `env("X")`, `env.str("X")`: they throw without a default. */
function libraryReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const calls: string[] = [];
  if (/^[ \t]*(?:from[ \t]+(?:decouple|starlette\.config|prettyconf)\b|import[ \t]+decouple)/m.test(source.code))
    calls.push("config");
  const object =
    /(?:^|\n)[ \t]*(?<object>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:environ\.|environs\.)?(?:Env|FileAwareEnv)\(/.exec(
      source.code,
    )?.groups?.["object"];
  if (object !== undefined || /^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t][^\n]*\benv\b/m.test(source.code)) {
    calls.push(`${object ?? "env"}(?:\\.(?!read_env|prefixed|seal|db_url|scheme)[a-z_]+)?`);
  }
  const schemed = schemeNames(source);
  return calls.flatMap((call) =>
    findInCode(source, new RegExp(`(?<![.\\w])${call}\\([ \\t\\n]*${name}`, "g")).map((match) => {
      const open = match.index + match.whole.indexOf("(");
      const close = closingOf(source.code, open);
      const rest = source.text.slice(match.index + match.whole.length, close === -1 ? open + 300 : close);
      const fallback =
        /\bdefault[ \t]*=[ \t]*(?<value>[^\n]{0,200})/.exec(rest)?.groups?.["value"] ?? positional(match.whole, rest);
      const hasDefault = fallback !== undefined || schemed.has(match.groups["name"] ?? "");
      const value = fallback === undefined ? undefined : firstLiteral(fallback);
      return read(source, match, {
        seen: `${match.whole}${hasDefault ? ", …)" : "), no default"}`,
        required: !hasDefault && starts && runsAtStart(source, match.index),
        ...(value === undefined ? {} : { fallback: value }),
      });
    }),
  );
}

/** `env.str("X", "value")` takes its default second; `env("X", bool)` and `config("X", …)` do not, unless it is a text. */
function positional(call: string, rest: string): string | undefined {
  const second = /^[ \t\n]*,[ \t\n]*(?<value>(?!\w+[ \t]*=[^=])[^,]{1,200})/.exec(rest)?.groups?.["value"];
  if (second === undefined) return undefined;
  return call.includes(".") || /^["'\d]|^(?:True|False|None)\b/.test(second) ? second : undefined;
}

/** Names with a default in django-environ's scheme: `Env(DEBUG=(bool, False))`. */
function schemeNames(source: CodeText): ReadonlySet<string> {
  const names = new Set<string>();
  for (const match of findInCode(source, /\bEnv\((?=[\s\n]*[A-Z])/g)) {
    const open = match.index + match.whole.length - 1;
    const close = closingOf(source.code, open);
    const body = source.code.slice(open, close === -1 ? open + 2000 : close);
    for (const one of body.matchAll(/(?<name>[A-Z][A-Z0-9_]*)[ \t]*=[ \t]*\(/g)) names.add(one.groups?.["name"] ?? "");
  }
  return names;
}

/** A text, number or constant at the beginning of an expression. */
export function firstLiteral(expression: string): string | undefined {
  const match =
    /^[ \t\n]*[rbuRBU]?(?:"(?<double>[^"\n\\]{0,200})"|'(?<single>[^'\n\\]{0,200})'|(?<plain>-?\d+(?:\.\d+)?|True|False))/.exec(
      expression,
    );
  return match?.groups?.["double"] ?? match?.groups?.["single"] ?? match?.groups?.["plain"];
}

function read(
  source: CodeText,
  match: CodeMatch,
  found: { seen: string; required: boolean; fallback?: string },
): EnvRead {
  return {
    name: match.groups["name"] ?? "",
    where: placeOf(source, match.index),
    phase: "Run",
    ...found,
    seen: seenAs(found.seen),
  };
}
