import type { CodeMatch, CodeText } from "../config/code-text.ts";
import { findInCode, placeOf } from "../config/code-text.ts";

/** What code says about its port. */
export interface CodePort {
  readonly number?: number;
  readonly where?: string;
  readonly readsPort: boolean;
}

/** Reads of PORT, with the number that stands in for it. */
const reads: readonly RegExp[] = [
  /\bprocess\.env(?:\.PORT|\[["']PORT["']\])\b[!)\s]*(?:(?:\|\||\?\?)\s*["'`]?(?<number>\d{2,5})\b)?/g,
  /\b(?:Bun\.env\.PORT|Deno\.env\.get\(["']PORT["']\))[!)\s]*(?:(?:\|\||\?\?)\s*["']?(?<number>\d{2,5})\b)?/g,
  /\b(?:os\.)?(?:environ\.get|getenv|environ)[[(]\s*["']PORT["']\s*(?:,\s*["']?(?<number>\d{2,5})\b)?/g,
  /\b(?:env(?:\.(?:int|str))?|config)\(\s*["']PORT["']\s*(?:,\s*(?:default\s*=\s*)?["']?(?<number>\d{2,5})\b)?/g,
  /\bos\.(?:Getenv|LookupEnv)\("PORT"\)/g,
  /\b\w{0,40}?[eE]nv\w{0,40}\("PORT",\s*"?:?(?<number>\d{2,5})\b/g,
  /\bPORT:\s*(?:z\.|port\(|num\(|str\()[^\n]{0,200}?default(?:\(|:\s*)\s*["']?(?<number>\d{2,5})\b/g,
];

/** An expression, and words of which one stands in every text where it finds something: looking for a word is cheaper by far. */
interface Hinted {
  readonly words: readonly string[];
  readonly pattern: RegExp;
}

/** Calls that listen on a number, or on a name that has one. */
const listens: readonly Hinted[] = [
  {
    words: [".listen("],
    pattern:
      /(?<![\w.])[\w.]{0,60}\.listen\(\s*(?:\{[^}]{0,80}?\bport:\s*)?(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g,
  },
  {
    words: ["Bun.serve("],
    pattern: /\bBun\.serve\(\s*\{[^}]{0,200}?\bport:\s*(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g,
  },
  { words: ["serve("], pattern: /\bserve\([^)]{0,200}?\bport:\s*(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g },
  {
    words: ["run(", "run_app(", "run_simple(", "run_server("],
    pattern:
      /(?<![\w.])[\w.]{0,60}run(?:_app|_simple|_server)?\([^)\n]{0,300}?\bport\s*=\s*(?:int\(\s*)?(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g,
  },
  {
    words: ["launch(", "serve(", "start_server("],
    pattern:
      /\b(?:launch|serve|start_server)\([^)\n]{0,300}?\b(?:server_)?port\s*=\s*(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g,
  },
  {
    words: ["Server(", "make_server(", "start_server(", "bind("],
    pattern:
      /\b(?:\w{0,40}(?:HTTP|TCP)Server|make_server|start_server|bind)\(\s*[^()\n]{0,40}\(?\s*["'][^"'\n]{0,40}["']\s*,\s*(?:(?<number>\d{2,5})\b|(?<name>[A-Za-z_]\w*))/g,
  },
  {
    words: ["Listen", "Run", "Start"],
    pattern:
      /\b(?:ListenAndServe(?:TLS)?|Listen|Run|Start|RunTLS|StartTLS)\(\s*(?:"tcp",\s*)?"[\w.[\]:]*?:(?<number>\d{2,5})"/g,
  },
  { words: ["Addr:"], pattern: /\bAddr:\s*"[\w.]*:(?<number>\d{2,5})"/g },
  { words: ["port", "addr", "PORT"], pattern: /\b(?:port|addr|PORT)\s*(?::=|=)\s*":?(?<number>\d{2,5})"/g },
];

/** The likely port of running code: where PORT is read, its stand-in; else what it listens on. */
export function portIn(sources: readonly CodeText[]): CodePort {
  let readsPort = false;
  let found: CodePort | undefined;
  for (const source of sources) {
    if (!source.text.includes("PORT")) continue;
    for (const pattern of reads) {
      for (const match of findInCode(source, pattern)) {
        readsPort = true;
        found ??= numbered(source, match, match.groups["number"]);
      }
    }
  }
  for (const source of sources) {
    if (found !== undefined) break;
    for (const { words, pattern } of listens) {
      if (!words.some((word) => source.text.includes(word))) continue;
      for (const match of findInCode(source, pattern)) {
        const { number, name } = match.groups;
        found ??= numbered(source, match, number ?? (name === undefined ? undefined : constantOf(source, name)));
      }
    }
  }
  return { ...found, readsPort };
}

function numbered(source: CodeText, match: CodeMatch, digits: string | undefined): CodePort | undefined {
  const number = Number(digits);
  if (digits === undefined || !(number >= 1 && number <= 65_535)) return undefined;
  return { number, where: placeOf(source, match.index), readsPort: false };
}

/** `const port = 3000`, `PORT = 8000` in the same file. */
function constantOf(source: CodeText, name: string): string | undefined {
  const pattern = new RegExp(
    `\\b${name}(?:[ \\t]*:[ \\t]*\\w+)?[ \\t]*=[ \\t]*(?:[^\\n]{0,120}?(?:\\|\\||\\?\\?)[ \\t]*)?["']?(?<number>\\d{2,5})\\b`,
    "g",
  );
  return findInCode(source, pattern)[0]?.groups["number"];
}

const hostNames =
  "(?<name>(?:(?:APP|WEB|SERVER|HTTP|LISTEN|BIND|SERVICE|FLASK_RUN|UVICORN)_)?(?:HOST|HOSTNAME|ADDR|ADDRESS|BIND|INTERFACE|BIND_HOST|BIND_ADDR|BIND_ADDRESS|LISTEN_ADDR|LISTEN_ADDRESS|LISTEN_HOST|LISTEN|IP)|GRADIO_SERVER_NAME)";

const hostReads: readonly RegExp[] = [
  new RegExp(`\\bprocess\\.env(?:\\.|\\[["'])${hostNames}\\b`, "g"),
  new RegExp(`\\b(?:os\\.)?(?:environ\\.get|getenv|environ)[[(]\\s*["']${hostNames}["']`, "g"),
  new RegExp(`\\b(?:env(?:\\.str)?|config)\\(\\s*["']${hostNames}["']`, "g"),
  new RegExp(`\\b(?:os\\.(?:Getenv|LookupEnv)|\\w*[eE]nv\\w*)\\("${hostNames}"`, "g"),
];

/** The variable that the code reads for its listening address: a bare address, not one of a database. */
export function hostVariableIn(sources: readonly CodeText[]): string | undefined {
  for (const source of sources) {
    if (!/[eE]nv|config\(/.test(source.text)) continue;
    for (const pattern of hostReads) {
      const name = findInCode(source, pattern)[0]?.groups["name"];
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

const localAddresses = ["127.0.0.1", "localhost", "::1"];
const local = `["'\`](?<address>127\\.0\\.0\\.1|localhost|::1|\\[::1\\])`;
const loopbacks: readonly RegExp[] = [
  new RegExp(`(?<![\\w.])[\\w.]{0,60}\\.listen\\([^)\\n]{0,120}?${local}["'\`]`, "g"),
  new RegExp(
    `(?<![\\w.])[\\w.]{0,60}(?:run|run_app|run_simple|serve|launch|start_server)\\([^)\\n]{0,300}?\\b(?:host|server_name)\\s*=\\s*${local}["']`,
    "g",
  ),
  new RegExp(
    `\\b(?:\\w{0,40}(?:HTTP|TCP)Server|make_server|bind|start_server)\\(\\s*[^()\\n]{0,40}\\(?\\s*${local}["']`,
    "g",
  ),
  new RegExp(`\\b(?:ListenAndServe|Listen|Run|Start)\\(\\s*(?:"tcp",\\s*)?${local}:\\d+"`, "g"),
  new RegExp(
    `\\b(?:host|hostname|HOST|BIND|addr)\\s*(?::=|=|:)\\s*(?:[^\\n]{0,80}?(?:\\|\\||\\?\\?|,)\\s*)?${local}`,
    "g",
  ),
];

/** A listening address in code that nothing outside of the pod reaches. */
export function loopbackIn(
  sources: readonly CodeText[],
): { readonly address: string; readonly where: string } | undefined {
  for (const source of sources) {
    if (!localAddresses.some((address) => source.text.includes(address))) continue;
    for (const pattern of loopbacks) {
      const match = findInCode(source, pattern).find(({ index }) => !isConnection(source.text, index));
      if (match !== undefined)
        return { address: match.groups["address"] ?? "127.0.0.1", where: placeOf(source, match.index) };
    }
  }
  return undefined;
}

/** A host beside a user, a password or a database's name is where a program connects to. */
function isConnection(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 240), index);
  const [after = ""] = text.slice(index, index + 240).split(/[)}]/);
  const open = Math.max(before.lastIndexOf("{"), before.lastIndexOf("("));
  const near = `${before.slice(open + 1)}${after}`;
  return (
    open >= 0 && /\b(?:user(?:name)?|pass(?:word|wd)?|db(?:name)?|database|dialect)["']?\s{0,12}(?::=|[:=])/i.test(near)
  );
}
