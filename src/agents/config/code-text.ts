/** Languages whose comments and strings are told from code here. */
export type CodeLanguage = "python" | "javascript" | "go";

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
    this.#code ??= new Blanker(this.text, codeLanguageOf(this.path) ?? "javascript").run();
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

class Blanker {
  readonly #text: string;
  readonly #language: CodeLanguage;
  readonly #out: string[];
  #at = 0;
  #nested = 0;

  constructor(text: string, language: CodeLanguage) {
    this.#text = text;
    this.#language = language;
    this.#out = text.split("");
  }

  run(): string {
    this.#code("");
    return this.#out.join("");
  }

  /** Goes over code until the closing `end` of an interpolation, or to the end of the file. */
  #code(end: string): void {
    const text = this.#text;
    let depth = 0;
    while (this.#at < text.length) {
      const char = text[this.#at] ?? "";
      if (end !== "" && char === end && depth === 0) return;
      if (end !== "" && char === "{") depth += 1;
      if (end !== "" && char === "}") depth -= 1;
      if (this.#comment()) continue;
      if (char === '"' || char === "'" || (char === "`" && this.#language !== "python")) this.#string(char);
      else if (char === "/" && this.#language === "javascript" && this.#startsExpression()) this.#regularExpression();
      else this.#at += 1;
    }
  }

  #comment(): boolean {
    const text = this.#text;
    const line = this.#language === "python" ? "#" : "//";
    if (text.startsWith(line, this.#at)) {
      const end = text.indexOf("\n", this.#at);
      this.#blankTo(end === -1 ? text.length : end);
      return true;
    }
    if (this.#language !== "python" && text.startsWith("/*", this.#at)) {
      const end = text.indexOf("*/", this.#at + 2);
      this.#blankTo(end === -1 ? text.length : end + 2);
      return true;
    }
    return false;
  }

  #string(quote: string): void {
    const text = this.#text;
    const triple = this.#language === "python" && text.startsWith(quote.repeat(3), this.#at);
    const close = triple ? quote.repeat(3) : quote;
    const prefix =
      this.#language === "python" ? /[a-zA-Z]{0,2}$/.exec(text.slice(Math.max(0, this.#at - 2), this.#at)) : null;
    const interpolates = this.#language === "python" && /f/i.test(prefix?.[0] ?? "");
    const raw = this.#language === "go" && quote === "`";
    const multiline = triple || quote === "`";
    this.#at += close.length;
    while (this.#at < text.length) {
      const char = text[this.#at] ?? "";
      if (text.startsWith(close, this.#at)) {
        this.#at += close.length;
        return;
      }
      if (char === "\n" && !multiline) return;
      if (char === "\\" && !raw) this.#blankTo(this.#at + 2);
      else if (interpolates && char === "{" && text[this.#at + 1] !== "{") this.#interpolation(1);
      else if (interpolates && char === "{") this.#blankTo(this.#at + 2);
      else if (quote === "`" && this.#language === "javascript" && text.startsWith("${", this.#at))
        this.#interpolation(2);
      else this.#blankTo(this.#at + 1);
    }
  }

  #interpolation(opening: number): void {
    this.#at += opening;
    // A hostile file nests without end; nobody else goes this deep.
    if (this.#nested >= 20) return;
    this.#nested += 1;
    this.#code("}");
    this.#nested -= 1;
    this.#at += 1;
  }

  /** A slash begins a regular expression where a value may stand, and divides elsewhere. */
  #startsExpression(): boolean {
    const before = this.#text.slice(Math.max(0, this.#at - 20), this.#at).trimEnd();
    return before === "" || /[(,=:[!&|?{};+\-*%<>~^]$|\b(?:return|typeof|case|in|of)$/.test(before);
  }

  #regularExpression(): void {
    const text = this.#text;
    let at = this.#at + 1;
    let inClass = false;
    for (; at < text.length && text[at] !== "\n"; at += 1) {
      const char = text[at];
      if (char === "\\") at += 1;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
      else if (char === "/" && !inClass) {
        this.#at += 1;
        this.#blankTo(at);
        this.#at = at + 1;
        return;
      }
    }
    this.#at += 1;
  }

  #blankTo(end: number): void {
    for (; this.#at < end && this.#at < this.#text.length; this.#at += 1) {
      if (this.#text[this.#at] !== "\n") this.#out[this.#at] = " ";
    }
  }
}
