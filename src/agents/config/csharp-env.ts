import type { CodeText } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const variable = /\bEnvironment\.GetEnvironmentVariable\([ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"[^)\n]{0,60}\)/g;
const setting =
  /\b(?:[cC]onfiguration|config|builder\.Configuration)\[[ \t]*"(?<name>[A-Za-z_]\w{0,80}(?::[A-Za-z_]\w{0,80}){0,4})"[ \t]*\]/g;
const typed =
  /\b(?:[cC]onfiguration|config)\.GetRequiredSection\([ \t]*"(?<name>[A-Za-z_]\w{0,80}(?::\w{1,80}){0,4})"[ \t]*\)\.Value\b/g;

/** Environment variables that a file of C# or F# reads; a setting `Mail:Key` is the variable `Mail__Key`. `known`: settings that a file of the repository holds. */
export function csharpEnvReads(source: CodeText, starts: boolean, known: ReadonlySet<string>): readonly EnvRead[] {
  if (!/GetEnvironmentVariable|onfiguration|config/.test(source.text)) return [];
  const judge = (after: string) => {
    const other = /^[ \t\n]*\?\?[ \t\n]*(?<text>[^\n;]{1,200})/.exec(after)?.groups?.["text"];
    if (other === undefined) return {};
    if (/^throw\b/.test(other)) return { required: starts };
    return { fallback: firstText(other) ?? "" };
  };
  const settings = [...readsBy(source, setting, judge), ...readsBy(source, typed, () => ({ required: starts }))];
  return [
    ...readsBy(source, variable, judge),
    ...settings
      .filter(({ name }) => !known.has(name.toLowerCase()) && name.includes(":"))
      .map((read) => ({ ...read, name: read.name.replaceAll(":", "__") })),
  ];
}

/** Keys of an appsettings.json that have a value, in small letters: `mail:key`. */
export function settingKeys(value: unknown, before = "", depth = 0): readonly string[] {
  if (value === null || value === "" || value === undefined) return [];
  if (typeof value !== "object") return [before];
  if (depth > 6) return [];
  return Object.entries(value)
    .slice(0, 200)
    .flatMap(([key, one]: [string, unknown]) =>
      settingKeys(one, (before === "" ? key : `${before}:${key}`).toLowerCase(), depth + 1),
    );
}
