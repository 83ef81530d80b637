import { startsWithProgram } from "./blocks.ts";
import { type CodeText, findInCode } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const variable = /\b(?:(?:std::)?env|dotenvy?)::var(?:_os)?\([ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"[ \t\n]*\)/g;
const atBuild = /\b(?<optional>option_)?env!\([ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"/g;
const flag =
  /#\[(?:arg|clap|structopt)\((?<before>[^\]]{0,200}?)\benv[ \t]*=[ \t]*"(?<name>[A-Za-z_]\w{0,127})"(?<rest>[^\]]{0,200})\)\]/g;
/** `#[clap(long, env)]`: the variable has the name of the field. */
const bareFlag =
  /#\[(?:arg|clap)\((?<before>[^\]]{0,200}?)\benv\b(?![ \t]*=)(?<rest>[^\]]{0,200})\)\]\s*(?:#\[[^\]]{0,200}\]\s*)?(?:pub(?:\([^)]{1,20}\))?\s+)?(?<name>[a-z]\w{0,60})\s*:/g;

/**
 * Environment variables that a Rust file reads: `env::var`, `env!`, and those of clap's flags. `starts`: it is of the program that is run. `made`: names
 * that build scripts set themselves.
 */
export function rustEnvReads(source: CodeText, starts: boolean, made: ReadonlySet<string>): readonly EnvRead[] {
  if (!/\benv\b/.test(source.text)) return [];
  return [
    ...readsBy(source, variable, (after, { index }) => {
      const ends = /^[ \t\n]*(?:\.map_err\([^;]{0,120}\))?[ \t\n]*(?:\.(?:expect|unwrap)\(|\?(?!\?))/.test(after);
      const fallback =
        /^[ \t\n]*\.(?:unwrap_or|unwrap_or_else|map_or)\([ \t\n]*(?:\|[^|]{0,20}\|[ \t\n]*)?(?<text>[^]{0,200})/.exec(
          after,
        )?.groups;
      const text = fallback === undefined ? undefined : (firstText(fallback["text"] ?? "") ?? "");
      return { fallback: text, required: ends && starts && !isTest(source, index) && startsWithProgram(source, index) };
    }),
    ...readsBy(source, atBuild, (_after, { groups }) => {
      if (/^(?:CARGO(?:_\w+)?|OUT_DIR|TARGET|HOST|PROFILE|VERGEN_\w+|GIT_\w+|BUILD_\w+)$/.test(groups["name"] ?? ""))
        return undefined;
      if (made.has(groups["name"] ?? "")) return undefined;
      // With a second argument it is the message of the compiler's error, not a default.
      return { phase: "Build", required: groups["optional"] === undefined && starts };
    }),
    ...readsBy(source, flag, (after, { groups }) => flagRead(groups, after, starts)),
    ...readsBy(source, bareFlag, (after, { groups }) =>
      flagRead(groups, `${groups["name"] ?? ""}:${after}`, starts),
    ).map((read) => ({ ...read, name: read.name.toUpperCase() })),
  ];
}

/** What stands in a flag's attribute, and in the field behind it. */
function flagRead(
  groups: Readonly<Record<string, string | undefined>>,
  after: string,
  starts: boolean,
): { readonly fallback: string | undefined; readonly required: boolean } {
  const said = `${groups["before"] ?? ""}${groups["rest"] ?? ""}`;
  const text = /\bdefault_value(?:_t)?[ \t]*=[ \t]*(?<text>[^\n]{1,120})/.exec(said)?.groups?.["text"];
  const spare =
    text !== undefined ||
    /\bdefault_value|\brequired[ \t]*=[ \t]*false/.test(said) ||
    /^\s*(?:#\[[^\]]{0,200}\]\s*)?(?:pub(?:\([^)]{1,20}\))?\s+)?\w{1,60}\s*:\s*(?:Option<|Vec<|bool\b)/.test(after);
  return {
    fallback: text === undefined ? undefined : (firstText(text) ?? text.trim().slice(0, 40)),
    required: !spare && starts,
  };
}

/** Names that build scripts hand to the compiler: `cargo:rustc-env=VERSION=1`. */
export function namesOfBuildScripts(sources: readonly CodeText[]): readonly string[] {
  const scripts = sources.filter(({ path }) => /(?:^|\/)build\.rs$/.test(path));
  return scripts.flatMap(({ text }) =>
    [...text.matchAll(/cargo::?rustc-env=(?<name>[A-Za-z_]\w{0,127})=/g)].map((match) => match.groups?.["name"] ?? ""),
  );
}

/** Behind the first `#[cfg(test)]` of a file stand its tests. */
function isTest(source: CodeText, index: number): boolean {
  const [tests] = findInCode(source, /#\[cfg\(test\)\]/g);
  return tests !== undefined && tests.index < index;
}
