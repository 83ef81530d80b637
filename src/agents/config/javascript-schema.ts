import type { CodeText } from "./code-text.ts";
import { closingOf, findInCode, placeOf } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { literal, seenAs } from "./env-read.ts";
import { runsOnLoad } from "./javascript-scope.ts";

/** One entry of a schema of the environment: its name, and the expression that describes it. */
interface Entry {
  readonly name: string;
  readonly expression: string;
  readonly index: number;
}

/** Environments that a schema checks: zod, t3's createEnv, envalid, Joi, env-var, JSON Schema of env-schema. What has neither default nor `.optional()` must be set. */
export function schemaReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return [
    ...zodReads(source, starts),
    ...createEnvReads(source, starts),
    ...envalidReads(source, starts),
    ...envVarReads(source, starts),
    ...jsonSchemaReads(source, starts),
  ];
}

function zodReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  const parsed = findInCode(
    source,
    /\b(?:(?<schema>[A-Za-z_$][\w$]*)[ \t\n]*)?\.(?<how>parse|safeParse)(?:Async)?\([ \t\n]*(?:process\.env\b|import\.meta\.env\b|\{[ \t\n]*\.\.\.process\.env\b)/g,
  );
  // The name before `.parse` may be missing: `z.object({…}).parse(process.env)`.
  const inline = [
    ...source.code.matchAll(/\}[ \t\n]*\)[ \t\n]*\.(?<how>parse|safeParse)(?:Async)?\([ \t\n]*process\.env\b/g),
  ];
  const gives = /\bthrow\b|process\.exit\(/.test(source.code);
  const bodies: { open: number; at: number }[] = [];
  for (const match of parsed) {
    if (match.groups["how"] === "safeParse" && !gives) continue;
    const schema = match.groups["schema"];
    if (schema === undefined) continue;
    const declared = findInCode(
      source,
      new RegExp(
        `\\b(?:const|let|var)[ \\t]+${schema.replaceAll("$", "\\$")}\\b[^=]{0,80}=[ \\t\\n]*[\\w.]*\\b(?:object|strictObject|looseObject)\\([ \\t\\n]*\\{`,
        "g",
      ),
    )[0];
    if (declared !== undefined) bodies.push({ open: declared.index + declared.whole.length - 1, at: match.index });
  }
  for (const match of inline.slice(0, 20)) {
    if (match.groups?.["how"] === "safeParse" && !gives) continue;
    const open = openingOf(source.code, match.index);
    if (/\b(?:object|strictObject)\([ \t\n]*$/.test(source.code.slice(Math.max(0, open - 60), open)))
      bodies.push({ open, at: open });
  }
  return bodies
    .slice(0, 20)
    .flatMap(({ open, at }) =>
      entriesOf(source, open).map((entry) =>
        readOf(source, entry, starts && runsOnLoad(source, at) && zodNeeds(entry.expression)),
      ),
    );
}

/** `createEnv({ server: {…}, client: {…} })` of t3-env. */
function createEnvReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return findInCode(source, /\bcreateEnv\([ \t\n]*\{/g).flatMap((match) => {
    const open = match.index + match.whole.length - 1;
    const inside = source.code.slice(open, closingOf(source.code, open));
    return [...inside.matchAll(/\b(?<part>server|client|shared)[ \t]*:[ \t]*\{/g)].flatMap((part) =>
      entriesOf(source, open + part.index + part[0].length - 1).map((entry) => {
        const read = readOf(source, entry, starts && part.groups?.["part"] !== "client" && zodNeeds(entry.expression));
        return part.groups?.["part"] === "client" ? { ...read, phase: "Build" as const } : read;
      }),
    );
  });
}

function envalidReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return findInCode(source, /\bcleanEnv\([ \t\n]*process\.env[ \t\n]*,[ \t\n]*\{/g).flatMap((match) =>
    entriesOf(source, match.index + match.whole.length - 1).map((entry) =>
      readOf(source, entry, starts && runsOnLoad(source, match.index) && !/\bdefault[ \t]*:/.test(entry.expression)),
    ),
  );
}

/** The JSON Schema that `env-schema` and `@fastify/env` check: what is in `required` and has no default must be set. */
function jsonSchemaReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  if (!/["'](?:env-schema|(?:@fastify\/|fastify-)env)["']/.test(source.text)) return [];
  const required = new Set(
    findInCode(source, /\brequired[ \t]*:[ \t]*\[(?<names>[^\]]{1,2000})\]/g).flatMap(({ groups }) =>
      [...(groups["names"] ?? "").matchAll(/["'](?<name>[A-Z][A-Z0-9_]*)["']/g)].map((one) => one.groups?.["name"]),
    ),
  );
  return findInCode(source, /\bproperties[ \t]*:[ \t]*\{/g).flatMap((match) =>
    entriesOf(source, match.index + match.whole.length - 1).map((entry) =>
      readOf(source, entry, starts && required.has(entry.name) && !/\bdefault[ \t]*:/.test(entry.expression)),
    ),
  );
}

/** `env.get("X").required()` of env-var; `config.getOrThrow("X")` of Nest. */
function envVarReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return findInCode(
    source,
    /\b(?:env\.get|[\w.]*\bgetOrThrow(?:<[^>\n]{0,40}>)?)\([ \t\n]*["'](?<name>[A-Z][A-Z0-9_]*)["'][ \t\n]*\)(?<required>[ \t\n]*\.required\([ \t]*\))?/g,
  ).map((match) => ({
    name: match.groups["name"] ?? "",
    where: placeOf(source, match.index),
    seen: seenAs(match.whole),
    required: starts && match.groups["required"] !== undefined && runsOnLoad(source, match.index),
    phase: "Run" as const,
  }));
}

function zodNeeds(expression: string): boolean {
  if (
    /\.(?:optional|default|nullish|catch|prefault)\(|\bz\.(?:any|unknown|undefined|optional|preprocess|union)\(/.test(
      expression,
    )
  )
    return false;
  return !/\bz\.coerce\.(?:boolean|string)\(/.test(expression) && /\bz\.|\bz\w*\(/.test(expression);
}

function readOf(source: CodeText, entry: Entry, required: boolean): EnvRead {
  const value = /\b(?:default\(|default[ \t]*:)(?<value>[^]{0,200})/.exec(entry.expression)?.groups?.["value"];
  const fallback = value === undefined ? undefined : literal(value);
  return {
    name: entry.name,
    where: placeOf(source, entry.index),
    seen: seenAs(`${entry.name}: ${entry.expression}`),
    required,
    phase: "Run",
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** `NAME: expression` entries of an object, at its own depth. */
function entriesOf(source: CodeText, open: number): readonly Entry[] {
  const close = closingOf(source.code, open);
  if (close === -1) return [];
  const entries: Entry[] = [];
  let start = open + 1;
  for (let at = open + 1; at <= close && entries.length < 100; at += 1) {
    const char = source.code[at] ?? "";
    if ("([{".includes(char)) {
      const end = closingOf(source.code, at);
      if (end === -1) break;
      at = end;
    } else if (char === "," || at === close) {
      const name = /^\s*(?<name>[A-Z][A-Z0-9_]*)[ \t]*:/.exec(source.code.slice(start, at));
      if (name !== null) {
        const index = start + name[0].search(/\S/);
        entries.push({
          name: name.groups?.["name"] ?? "",
          expression: source.text.slice(start + name[0].length, at).trim(),
          index,
        });
      }
      start = at + 1;
    }
  }
  return entries;
}

/** Offset of the brace that opens what closes at `close`. */
function openingOf(code: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= Math.max(0, close - 20_000); at -= 1) {
    if (")]}".includes(code[at] ?? " ")) depth += 1;
    else if ("([{".includes(code[at] ?? " ")) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
