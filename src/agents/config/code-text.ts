import { blanked, type CodeLanguage } from "./blanker.ts";

export type { CodeLanguage } from "./blanker.ts";

/** A source file twice: as written, and with comments and the insides of strings blanked, at the same offsets. */
export interface CodeText {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

/** One find in code, with the line it stands on. */
export interface CodeMatch {
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly whole: string;
  readonly index: number;
  readonly line: number;
}

const extensions: Readonly<Record<string, CodeLanguage>> = {
  py: "python",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  ts: "javascript",
  mts: "javascript",
  cts: "javascript",
  tsx: "javascript",
  vue: "javascript",
  svelte: "javascript",
  astro: "javascript",
  go: "go",
  java: "java",
  kt: "java",
  kts: "java",
  scala: "java",
  groovy: "java",
  rb: "ruby",
  ru: "ruby",
  php: "php",
  cs: "csharp",
  fs: "csharp",
  rs: "rust",
  ex: "elixir",
  exs: "elixir",
};

/** The language of a file by its ending; undefined for what is not read. */
export function codeLanguageOf(path: string): CodeLanguage | undefined {
  return extensions[path.slice(path.lastIndexOf(".") + 1)];
}

/** Splits a file into code and the rest, without a parser: a few lexical rules, linear time, never fails. Several agents ask for the same file. */
export function readCode(path: string, text: string): CodeText {
  const known = read.get(path);
  if (known?.text === text) return known;
  const source = new SourceText(path, text);
  readLength += text.length - (known?.text.length ?? 0);
  read.set(path, source);
  for (const [oldest, { text: old }] of read) {
    if (readLength <= maxReadLength) break;
    read.delete(oldest);
    readLength -= old.length;
  }
  return source;
}

/** Files of the last plans, oldest first, up to so many characters in all. */
const read = new Map<string, SourceText>();
const maxReadLength = 16_000_000;
let readLength = 0;

/** Blanks what is no code when somebody first looks: most files hold nothing that anybody looks for. */
class SourceText implements CodeText {
  readonly path: string;
  readonly text: string;
  #code: string | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  get code(): string {
    this.#code ??= blanked(this.text, codeLanguageOf(this.path) ?? "javascript");
    return this.#code;
  }
}

/**
 * Finds in code: the expression runs over the text as written, and a find counts only where its first character is code, so that
 * `os.environ["X"]` in a comment or a docstring is none. The expression has to be global and start with a character of code.
 */
export function findInCode(source: CodeText, pattern: RegExp): readonly CodeMatch[] {
  const found: CodeMatch[] = [];
  for (const match of source.text.matchAll(pattern)) {
    if (source.code[match.index] !== source.text[match.index]) continue;
    found.push(new Find(source.text, match));
    if (found.length >= 500) break;
  }
  return found;
}

/** Counts lines only where somebody asks: most finds are counted, not shown. */
class Find implements CodeMatch {
  readonly groups: CodeMatch["groups"];
  readonly whole: string;
  readonly index: number;
  readonly #text: string;

  constructor(text: string, match: RegExpExecArray) {
    this.#text = text;
    this.groups = match.groups ?? {};
    this.whole = match[0];
    this.index = match.index;
  }

  get line(): number {
    return lineOf(this.#text, this.index);
  }
}

/** Line starts of the text that was asked about last: many questions about one file come in a row. */
let known: { readonly text: string; readonly starts: readonly number[] } = { text: "", starts: [0] };

/** 1-based line of an offset. */
export function lineOf(text: string, index: number): number {
  if (known.text !== text)
    known = { text, starts: [0, ...Array.from(text.matchAll(/\n/g), (match) => match.index + 1)] };
  const { starts } = known;
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Longest expression that is looked at: a hostile file's brackets never close. */
const maxExpression = 20_000;

/** Offset of the bracket that closes the one at `open`, in blanked code; -1 when there is none. */
export function closingOf(code: string, open: number): number {
  let depth = 0;
  const end = Math.min(code.length, open + maxExpression);
  for (let at = open; at < end; at += 1) {
    const char = code[at] ?? "";
    if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** Where something stands, as people write it: `shop/payments.py:12`. */
export function placeOf(source: CodeText, index: number): string {
  return `${source.path}:${lineOf(source.text, index)}`.slice(-256);
}
