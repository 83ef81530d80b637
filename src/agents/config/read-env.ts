import { type CodeMatch, type CodeText, findInCode, placeOf } from "./code-text.ts";
import { type EnvRead, seenAs } from "./env-read.ts";

/** What an expression of one language finds: the default beside it, and whether the program ends without the variable. */
export interface Found {
  readonly fallback?: string | undefined;
  readonly required?: boolean;
  /** For people; default: what was found, as it stands. */
  readonly seen?: string;
  readonly phase?: EnvRead["phase"];
}

/** Reads that an expression finds in code; it has to have the groups `name`. `judge` looks at what stands after it, up to 400 characters. */
export function readsBy(
  source: CodeText,
  pattern: RegExp,
  judge: (after: string, match: CodeMatch) => Found | undefined,
): readonly EnvRead[] {
  return findInCode(source, pattern).flatMap((match) => {
    const name = match.groups["name"];
    const end = match.index + match.whole.length;
    const found = name === undefined ? undefined : judge(source.text.slice(end, end + 400), match);
    if (name === undefined || found === undefined) return [];
    const { fallback, required = false, seen = match.whole, phase = "Run" } = found;
    return [
      {
        name,
        where: placeOf(source, match.index),
        seen: seenAs(required ? `${seen}, no default` : seen),
        required,
        phase,
        ...(fallback === undefined ? {} : { fallback: fallback.slice(0, 200) }),
      },
    ];
  });
}

/** A text, number or truth at the beginning of an expression of most languages. */
export function firstText(expression: string): string | undefined {
  const match =
    /^\s*(?:String::from\(\s*|@)?(?:"(?<double>[^"\n\\]{0,200})"|'(?<single>[^'\n\\]{0,200})'|(?<plain>-?\d[\d_]*(?:\.\d+)?|true|false)\b)/.exec(
      expression,
    )?.groups;
  return match?.["double"] ?? match?.["single"] ?? match?.["plain"]?.replaceAll("_", "");
}
