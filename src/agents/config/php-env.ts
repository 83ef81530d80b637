import type { CodeText } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const called = /\b(?<call>getenv|env|Env::get(?:OrFail)?)\([ \t\n]*["'](?<name>[A-Za-z_]\w{0,127})["']/g;
const global = /\$_(?:ENV|SERVER)\[[ \t]*["'](?<name>[A-Z][A-Z0-9_]{0,126})["'][ \t]*\]/g;
/** What a server tells of each request by `$_SERVER`. */
const ofRequests =
  /^(?:HTTPS?(?:_\w+)?|REQUEST_\w+|SERVER_\w+|REMOTE_\w+|SCRIPT_\w+|DOCUMENT_\w+|QUERY_STRING|PHP_\w+|PATH_\w+|AUTH_TYPE|CONTENT_\w+|ORIG_PATH_INFO|GATEWAY_INTERFACE|REDIRECT_\w+|argv|argc)$/i;
const ends = /^(?:throw|die|exit|abort)\b|^[\w\\]{0,40}trigger_error\(/;

/** Environment variables that a PHP file reads. `starts`: it runs for each request, or when the program starts. */
export function phpEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!/env|_ENV|_SERVER/.test(source.text)) return [];
  const other = (after: string): { fallback?: string; required?: boolean } => {
    const said = /^[ \t\n]*\)?[ \t\n]*(?:\?\?|\?:|\|\||\bor\b)[ \t\n]*(?<said>[^\n;]{1,200})/.exec(after)?.groups?.[
      "said"
    ];
    if (said === undefined) return {};
    return ends.test(said) ? { required: starts } : { fallback: firstText(said) ?? "" };
  };
  return [
    ...readsBy(source, called, (after, { groups }) => {
      if (groups["call"] === "Env::getOrFail") return { required: starts };
      const second = /^[ \t\n]*,[ \t\n]*(?<text>[^\n]{1,200})/.exec(after)?.groups?.["text"];
      if (second !== undefined && groups["call"] !== "getenv") return { fallback: firstText(second) ?? "" };
      return other(second === undefined ? after : after.replace(/^[^)]{0,80}/, ""));
    }),
    ...readsBy(source, global, (after, { groups }) =>
      ofRequests.test(groups["name"] ?? "") || /^[ \t]*=(?!=)/.test(after) ? undefined : other(after),
    ),
    ...required(source, starts),
  ];
}

/** `$dotenv->required(['DB_HOST', 'MAIL_KEY'])` of phpdotenv. */
function required(source: CodeText, starts: boolean): readonly EnvRead[] {
  return readsBy(
    source,
    /->required\([ \t\n]*\[?(?=(?<list>[^\])]{1,800}))[ \t\n]*["'](?<name>[A-Z]\w{0,126})["']/g,
    () => ({ required: starts }),
  ).flatMap((read) => {
    const line = Number(read.where.split(":").at(-1));
    const from = source.text
      .split("\n")
      .slice(line - 1, line + 19)
      .join("\n");
    const list = /->required\([ \t\n]*\[?(?<list>[^\])]{1,800})/.exec(from)?.groups?.["list"] ?? "";
    return [...list.matchAll(/["'](?<name>[A-Z]\w{0,126})["']/g)].slice(0, 40).map((match) => ({
      ...read,
      name: match.groups?.["name"] ?? read.name,
      seen: "required by phpdotenv, no default",
    }));
  });
}
