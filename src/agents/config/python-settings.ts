import type { CodeText } from "./code-text.ts";
import { closingOf, findInCode, placeOf } from "./code-text.ts";
import type { EnvRead } from "./env-read.ts";
import { seenAs } from "./env-read.ts";

/** Types that one variable can fill; a nested model is filled otherwise. */
const simpleType =
  /^(?:str|int|float|bool|bytes|SecretStr|SecretBytes|AnyUrl|AnyHttpUrl|HttpUrl|PostgresDsn|MySQLDsn|RedisDsn|AmqpDsn|MongoDsn|EmailStr|Path|DirectoryPath|FilePath|Literal\[.*|list\[.*|List\[.*|dict\[.*|Dict\[.*|UUID|datetime|Decimal|Annotated\[\s*(?:str|int|SecretStr).*)$/;

/** Fields of pydantic's BaseSettings classes: those without a default have to be set, or nothing starts. */
export function pythonSettingsReads(source: CodeText, starts: boolean): readonly EnvRead[] {
  return findInCode(source, /(?<=^)class[ \t]+(?<name>\w+)\([^)\n]*\bBaseSettings\b[^)\n]*\)[ \t]*:/gm).flatMap(
    (match) => {
      const start = match.index + match.whole.length;
      const next = /\n(?=[^\s#)\]}])/.exec(source.code.slice(start));
      const end = next === null ? source.code.length : start + next.index;
      const body = source.text.slice(start, end);
      const prefix = /\benv_prefix[ \t]*=[ \t]*["'](?<prefix>\w*)["']/.exec(body)?.groups?.["prefix"] ?? "";
      // A class that nobody makes asks for nothing.
      const made = new RegExp(`\\b${match.groups["name"]}\\(\\s*\\)`).test(source.code);
      return fieldsOf(source, start, end).flatMap((field) => fieldRead(source, field, prefix, starts && made));
    },
  );
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly index: number;
}

function fieldsOf(source: CodeText, start: number, end: number): readonly Field[] {
  const body = source.code.slice(start, end);
  const indent = /\n(?<indent>[ \t]+)\S/.exec(body)?.groups?.["indent"] ?? "    ";
  const fields: Field[] = [];
  const pattern = new RegExp(
    `(?<=\\n)${indent}(?<name>[A-Za-z]\\w*)[ \\t]*:[ \\t]*(?<type>[^=\\n]{1,200}?)[ \\t]*(?<assign>=[ \\t]*|(?=\\n|$))`,
    "g",
  );
  for (const match of body.matchAll(pattern)) {
    const at = start + match.index + match[0].length;
    const stop = source.code.indexOf("\n", at);
    const open = source.code.indexOf("(", at);
    const close = open !== -1 && (stop === -1 || open < stop) ? closingOf(source.code, open) : -1;
    const text = source.text.slice(at, close === -1 ? (stop === -1 ? end : stop) : close + 1);
    const { name = "", type = "", assign = "" } = match.groups ?? {};
    fields.push({
      name,
      type: type.trim(),
      value: assign === "" ? "" : text.trim(),
      index: start + match.index + indent.length,
    });
    if (fields.length >= 100) break;
  }
  return fields;
}

function fieldRead(source: CodeText, field: Field, prefix: string, starts: boolean): EnvRead[] {
  if (field.name === "model_config" || field.type.startsWith("ClassVar")) return [];
  const named = /\b(?:env|alias|validation_alias)[ \t]*=[ \t]*["'](?<name>[A-Za-z_]\w*)["']/.exec(field.value)
    ?.groups?.["name"];
  const inField = /^(?:pydantic\.)?Field\([ \t\n]*(?<first>[^)]*)/.exec(field.value)?.groups?.["first"];
  const hasDefault =
    inField === undefined
      ? field.value !== "" && field.value !== "..."
      : /\bdefault(?:_factory)?[ \t]*=(?![ \t]*\.\.\.)/.test(inField) ||
        !/^(?:\.\.\.|\w+[ \t]*=|$)/.test(inField.trim());
  const mayBeMissing = /\bOptional\[|\bNone\b/.test(field.type);
  const simple = simpleType.test(field.type);
  if (!simple && !mayBeMissing && !hasDefault) return [];
  const literal =
    /^(?:Field\([ \t\n]*(?:default[ \t]*=[ \t]*)?)?(?:["'](?<text>[^"'\n]{0,200})["']|(?<plain>-?\d+(?:\.\d+)?|True|False)\b)/.exec(
      field.value,
    );
  const value = literal?.groups?.["text"] ?? literal?.groups?.["plain"];
  return [
    {
      name: named ?? `${prefix}${field.name}`.toUpperCase(),
      where: placeOf(source, field.index),
      seen: seenAs(`${field.name}: ${field.type}${hasDefault ? " = …" : ", no default"}`),
      required: starts && simple && !mayBeMissing && !hasDefault,
      phase: "Run",
      ...(hasDefault && value !== undefined ? { fallback: value } : {}),
    },
  ];
}
