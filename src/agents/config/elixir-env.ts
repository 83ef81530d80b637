import type { CodeText } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const variable = /\bSystem\.(?<call>get_env|fetch_env!?)\([ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"/g;

/** Environment variables that an Elixir file reads. `starts`: it is the configuration of a release, which is read when that starts. */
export function elixirEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return readsBy(source, variable, (after, { groups }) => {
    if (groups["call"] === "fetch_env!") return { required: starts };
    const other = /^[ \t\n]*(?:,[ \t\n]*(?<second>[^\n]{1,200})|\)[ \t\n]*\|\|[ \t\n]*(?<or>[^\n]{1,200}))/.exec(
      after,
    )?.groups;
    const said = other?.["second"] ?? other?.["or"];
    if (said === undefined) return {};
    return /^raise\b/.test(said) ? { required: starts } : { fallback: firstText(said) ?? "" };
  });
}
