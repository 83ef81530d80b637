import type { CodeText } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const fetched = /\bENV\.fetch[ \t(]+["'](?<name>[A-Za-z_]\w{0,127})["']/g;
const taken = /\bENV\[[ \t]*["'](?<name>[A-Za-z_]\w{0,127})["'][ \t]*\]/g;

/** Environment variables that a Ruby file reads. `starts`: it is loaded when the program starts. */
export function rubyEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!source.text.includes("ENV")) return [];
  return [
    ...readsBy(source, fetched, (after, { index }) => {
      const other =
        /^[ \t]*(?:,[ \t\n]*(?<value>[^\n]{1,200})|\)?[ \t]*(?:\{|do\b)[ \t]*(?:\|\w*\|)?[ \t]*(?<block>[^\n]{0,200}))/.exec(
          after,
        )?.groups;
      const said = other?.["value"] ?? other?.["block"];
      if (said !== undefined && !/^(?:raise|abort|exit|fail)\b/.test(said)) return { fallback: firstText(said) ?? "" };
      return { required: starts && runsOnLoad(source, index) };
    }),
    ...readsBy(source, taken, (after, { index }) => {
      if (/^[ \t]*(?:=(?![=~])|\|\|=)/.test(after)) return undefined;
      const other = /^[ \t]*(?:\|\||\bor\b|\.presence[ \t]*\|\|)[ \t\n]*(?<said>[^\n]{1,200})/.exec(after)?.groups?.[
        "said"
      ];
      if (other === undefined) return {};
      if (/^\(?(?:raise|abort|exit|fail)\b/.test(other)) return { required: starts && runsOnLoad(source, index) };
      return { fallback: firstText(other) ?? "" };
    }),
  ];
}

/** Neither in a method, nor in the block of a route or a task, nor on a line that another condition may pass over. */
function runsOnLoad(source: CodeText, index: number): boolean {
  const lines = source.code.slice(Math.max(0, index - 20_000), index).split("\n");
  const own = lines.at(-1) ?? "";
  const end = source.code.indexOf("\n", index);
  const statement = `${own}${source.code.slice(index, end === -1 ? undefined : end)}`;
  if (/\b(?:if|unless|rescue|lambda|proc)\b|->|&&|\?[ \t]/.test(statement)) return false;
  let indent = indentOf(own);
  for (let at = lines.length - 2; at >= 0 && indent > 0; at -= 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    if (
      /^\s*(?:def|if|unless|else|elsif|case|when|rescue|get|post|put|patch|delete|before|after|helpers|task|namespace|every|on_\w+)\b/.test(
        line,
      )
    )
      return false;
    if (/^\s*(?:\w[\w.]*[ \t]*=[ \t]*)?(?:lambda|proc|->)/.test(line)) return false;
  }
  return true;
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
