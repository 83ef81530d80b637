import type { CodeMatch, CodeText } from "./code-text.ts";
import { findInCode, placeOf } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { literal, seenAs } from "./env-read.ts";
import { schemaReads } from "./javascript-schema.ts";
import { runsOnLoad } from "./javascript-scope.ts";

/** `process.env.X`, `process.env["X"]`, `import.meta.env.X`, `Bun.env.X`, `Deno.env.get("X")`. */
const direct =
  /\b(?<object>process\.env|import\.meta\.env|Bun\.env|Deno\.env)(?:\.get\([ \t]*["'](?<asked>[A-Za-z_]\w*)["'][ \t]*\)|\??\.(?<dot>[A-Za-z_]\w*)|\[[ \t]*["'](?<bracket>[A-Za-z_]\w*)["'][ \t]*\])/g;

/** Names that a bundler writes into what browsers get. */
const bundled = /^(?:VITE_|NEXT_PUBLIC_|REACT_APP_|PUBLIC_|GATSBY_|EXPO_PUBLIC_|VUE_APP_|NG_APP_)/;
const viteOwn = new Set(["MODE", "DEV", "PROD", "SSR", "BASE_URL"]);

/** Environment variables that a JavaScript or TypeScript file reads. `starts`: the file runs when the service starts. */
export function javascriptEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  // The text first: what is code is only told where it matters.
  if (!/\benv\b|getOrThrow|[eE]nv\(/.test(source.text)) return [];
  if (!/\benv\b|getOrThrow|[eE]nv\(/.test(source.code)) return [];
  return [
    ...findInCode(source, direct).flatMap((match) => directRead(source, match, starts)),
    ...destructured(source),
    ...helperReads(source, starts),
    ...listReads(source, starts),
    ...schemaReads(source, starts),
  ].filter((read) => !viteOwn.has(read.name));
}

function directRead(source: CodeText, match: CodeMatch, starts: boolean): EnvRead[] {
  const name = match.groups["asked"] ?? match.groups["dot"] ?? match.groups["bracket"] ?? "";
  const from = match.index + match.whole.length;
  const after = source.text.slice(from, from + 300);
  if (
    name === "get" ||
    /^[ \t]*(?:=(?![=>])|\|\|=|\?\?=)/.test(after) ||
    /\bdelete[ \t]+$/.test(source.code.slice(0, match.index))
  )
    return [];
  const or = /^!?[)\s]*(?:\|\||\?\?)\s*(?<rest>[^]{0,200})/.exec(after)?.groups?.["rest"];
  const fallback = or === undefined ? undefined : literal(or);
  const inBundle = bundled.test(name);
  const required = starts && !inBundle && mustBeThere(source, match, name, or);
  return [
    {
      name,
      where: placeOf(source, match.index),
      seen: seenAs(
        required ? `${match.whole}, and it throws without it` : or === undefined ? match.whole : `${match.whole} ?? …`,
      ),
      required,
      phase: inBundle ? "Build" : "Run",
      ...(fallback === undefined ? {} : { fallback }),
    },
  ];
}

/** The program gives up when the variable is missing, on every way to its start. */
function mustBeThere(source: CodeText, match: CodeMatch, name: string, or: string | undefined): boolean {
  if (or !== undefined && !/^(?:\(\(\)[ \t]*=>[ \t]*\{[ \t\n]*throw|process\.exit)/.test(or)) return false;
  const code = source.code;
  const before = code.slice(Math.max(0, match.index - 120), match.index);
  const after = code.slice(match.index + match.whole.length, match.index + match.whole.length + 1500);
  const gives = /^[^;{}]{0,120}\)[ \t]*\{?[^{}]{0,400}?\b(?:throw|process\.exit\()/;
  const guard = /\bif[ \t]*\([ \t]*(?:![ \t]*)$/.exec(before);
  if (guard !== null)
    return (
      runsOnLoad(source, match.index - before.length + guard.index) && gives.test(after) && !/^[^)]*&&/.test(after)
    );
  if (/\b(?:assert(?:\.ok)?|invariant|ok)\([ \t]*$/.test(before)) return runsOnLoad(source, match.index);
  if (or !== undefined) return runsOnLoad(source, match.index);
  const variable = /\b(?:const|let|var)[ \t]+(?<variable>\w+)(?:[ \t]*:[^=\n]{1,40})?[ \t]*=[ \t]*$/.exec(before)
    ?.groups?.["variable"];
  if (variable === undefined || !runsOnLoad(source, match.index)) return false;
  const check = new RegExp(
    `\\bif[ \\t]*\\([ \\t]*(?:![ \\t]*${variable}|${variable}[ \\t]*={2,3}[ \\t]*(?:undefined|null))\\b(?<rest>[^;{}]{0,120}\\)[ \\t]*\\{?[^{}]{0,400}?\\b(?:throw|process\\.exit\\())`,
  );
  const found = check.exec(after);
  const at = match.index + match.whole.length + (found?.index ?? 0);
  return (
    found !== null && !/&&/.test(found.groups?.["rest"]?.split(")")[0] ?? "") && name !== "" && runsOnLoad(source, at)
  );
}

/** `const { A, B = "x" } = process.env` */
function destructured(source: CodeText): readonly EnvRead[] {
  return findInCode(source, /\b(?:const|let|var)[ \t]*\{(?<names>[^{}]{1,2000})\}[ \t]*=[ \t]*process\.env\b/g).flatMap(
    (match) => {
      const start = match.index + match.whole.indexOf("{") + 1;
      return [
        ...(match.groups["names"] ?? "").matchAll(
          /(?:^|,)\s*(?<name>[A-Z][A-Z0-9_]*)(?:[ \t]*:[ \t]*\w+)?(?:[ \t]*=[ \t]*(?<value>[^,]{1,200}))?/g,
        ),
      ].map((one) => {
        const value = one.groups?.["value"];
        const fallback = value === undefined ? undefined : literal(value);
        return {
          name: one.groups?.["name"] ?? "",
          where: placeOf(source, start + one.index + one[0].length),
          seen: value === undefined ? "taken out of process.env" : "taken out of process.env, with a default",
          required: false,
          phase: "Run" as const,
          ...(fallback === undefined ? {} : { fallback }),
        };
      });
    },
  );
}

/** A function of the file that gives a variable or throws: `function requireEnv(name) { … }`. */
function helperReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const helpers = findInCode(
    source,
    /\b(?:function[ \t]+(?<declared>\w+)|(?:const|let)[ \t]+(?<assigned>\w+)[ \t]*=[ \t]*(?:async[ \t]*)?(?:function)?)[ \t]*\([ \t]*(?<parameter>\w+)[^)]{0,80}\)[^{;]{0,60}\{(?<body>[^]{1,600})/g,
  );
  return helpers.flatMap((helper) => {
    const { declared, assigned, parameter = "", body = "" } = helper.groups;
    const called = declared ?? assigned ?? "";
    if (!new RegExp(`process\\.env\\[[ \\t]*${parameter}[ \\t]*\\]`).test(body)) return [];
    const end = /\n\}/.exec(body)?.index ?? body.length;
    const throws = /\bthrow\b|process\.exit\(/.test(body.slice(0, end));
    return findInCode(
      source,
      new RegExp(`\\b${called}\\([ \\t\\n]*["'](?<name>[A-Za-z_]\\w*)["'][ \\t\\n]*(?<next>[,)])`, "g"),
    ).map((match) => {
      const rest = source.text.slice(match.index + match.whole.length, match.index + match.whole.length + 200);
      const fallback = match.groups["next"] === "," ? literal(rest) : undefined;
      return {
        name: match.groups["name"] ?? "",
        where: placeOf(source, match.index),
        seen: seenAs(match.whole.replace(/,$/, ", …)")),
        required: throws && match.groups["next"] === ")" && starts && runsOnLoad(source, match.index),
        phase: "Run" as const,
        ...(fallback === undefined ? {} : { fallback }),
      };
    });
  });
}

/** `const required = ["A", "B"]`, each looked up in process.env, and a throw. */
function listReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!/process\.env\[[ \t]*\w+[ \t]*\]/.test(source.code) || !/\bthrow\b|process\.exit\(/.test(source.code)) return [];
  return findInCode(
    source,
    /\b(?:const|let|var)[ \t]+(?:\w*[rR]equired\w*|REQUIRED\w*)[^=\n]{0,40}=[ \t]*\[(?<names>[^\]]{1,2000})\]/g,
  ).flatMap((match) =>
    [...(match.groups["names"] ?? "").matchAll(/["'](?<name>[A-Z][A-Z0-9_]*)["']/g)].map((one) => ({
      name: one.groups?.["name"] ?? "",
      where: placeOf(source, match.index + match.whole.indexOf("[") + one.index + 1),
      seen: "in a list of variables that must be set",
      required: starts && runsOnLoad(source, match.index),
      phase: "Run" as const,
    })),
  );
}
