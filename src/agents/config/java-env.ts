import { startsWithProgram } from "./blocks.ts";
import type { CodeText } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { firstText, readsBy } from "./read-env.ts";

const getenv =
  /\b(?<wrap>requireNonNull\([ \t\n]*)?(?:System\.)?(?:getenv|env)(?:\(\)\.get(?<or>OrDefault)?|\(\)\[)?[([]?[ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"/g;
const scala =
  /\b(?:sys\.env|Properties\.env)(?<or>\.getOrElse|\.get|OrElse|OrNone)?\([ \t\n]*"(?<name>[A-Za-z_]\w{0,127})"/g;
const injected =
  /@(?:Value|Property|ConfigProperty)\([ \t\n]*(?:value[ \t]*=[ \t]*)?"[$#]\{(?<name>[A-Z][A-Z0-9_]{1,126})(?::(?<text>[^}"\n]{0,200}))?\}"/g;
const gives = /\b(?:throw|error\(|exit\(|exitProcess\(|sys\.error\()/;

/** Environment variables that a file of Java, Kotlin, Scala or Groovy reads. `starts`: it is of the program that is run. */
export function javaEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!/getenv|\benv\b|@Value|@Property/.test(source.text)) return [];
  return [
    ...readsBy(source, getenv, (after, { groups, index, whole }) => {
      if (!/getenv/.test(whole)) return undefined;
      if (groups["or"] !== undefined) return { fallback: firstText(after.replace(/^\s*,/, "")) ?? "" };
      const elvis = /^[ \t\n]*[)\]]?[ \t\n]*\?:[ \t\n]*(?<text>[^\n]{1,200})/.exec(after)?.groups?.["text"];
      if (elvis !== undefined && !gives.test(elvis)) return { fallback: firstText(elvis) ?? "" };
      const optional =
        /^\)[ \t\n]*\)[ \t\n]*\.orElse(?:Get)?\([ \t\n]*(?:\(\)[ \t]*->[ \t]*)?(?<text>[^\n]{1,120})/.exec(after)
          ?.groups?.["text"];
      if (optional !== undefined) return { fallback: firstText(optional) ?? "" };
      const ends =
        groups["wrap"] !== undefined ||
        elvis !== undefined ||
        /^\)[ \t]*!!/.test(after) ||
        /\.orElseThrow\(/.test(after.slice(0, 40)) ||
        isChecked(source, index, after);
      return { required: ends && starts && startsWithProgram(source, index) };
    }),
    ...readsBy(source, scala, (after, { groups, index }) => {
      const or = groups["or"];
      if (or === ".getOrElse" || or === "OrElse") {
        const rest = after.replace(/^\s*,/, "");
        if (!gives.test(rest.slice(0, 80).split("\n")[0] ?? "")) return { fallback: firstText(rest) ?? "" };
      }
      return { required: or !== ".get" && or !== "OrNone" && starts && startsWithProgram(source, index) };
    }),
    ...readsBy(source, injected, (_after, { groups }) => {
      const text = groups["text"];
      return text === undefined ? { required: starts } : { fallback: text };
    }),
  ];
}

/** `String key = System.getenv("KEY"); if (key == null || key.isBlank()) { throw …` */
function isChecked(source: CodeText, index: number, after: string): boolean {
  const name = /(?<name>\w{1,60})[ \t]*=[ \t]*$/.exec(source.code.slice(Math.max(0, index - 80), index))?.groups?.[
    "name"
  ];
  if (name === undefined) return false;
  const check = new RegExp(
    `\\bif[ \\t]*\\([ \\t]*${name}[ \\t]*==[ \\t]*null[^{\\n]{0,80}\\{?(?<block>[^}]{0,200})`,
  ).exec(after);
  return check !== null && gives.test(check.groups?.["block"] ?? "");
}
