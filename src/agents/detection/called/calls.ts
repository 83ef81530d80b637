import type { Service } from "../../../plan.ts";
import { type CodeLanguage, type CodeText, lineOf } from "../../config/code-text.ts";
import { readCodes, serviceCodePaths } from "../../config/service-files.ts";
import { pinnedWords } from "../../requirements/line-choice.ts";
import type { Wishes } from "../language.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";

/** Runtimes that a program of another one may call. */
export const callable = ["node", "go", "java", "python"] as const;
export type Callable = (typeof callable)[number];

/** A runtime that a service's own code calls as a program. */
export interface Call {
  readonly runtime: Callable;
  /** `index.ts:14` */
  readonly where: string;
}

const program = "(?<program>node|go|java|python3?)";
/** Programs that are named where they are started. */
const direct: Readonly<Partial<Record<CodeLanguage, RegExp>>> = {
  javascript: new RegExp(
    `(?:\\b(?:exec|spawn|execFile|execa|execaCommand)(?:Sync)?\\s{0,8}\\(\\s{0,40}["'\`]|\\bBun\\.spawn(?:Sync)?\\(\\s{0,40}\\[\\s{0,40}["'\`]|\\$\`)${program}(?=["'\` ])`,
    "g",
  ),
  python: new RegExp(
    `\\b(?:subprocess\\.\\w{1,20}|os\\.system|os\\.popen|Popen|check_output|check_call)\\(\\s{0,40}\\[?\\s{0,40}["']${program}(?=["' ])`,
    "g",
  ),
};
/** A file that starts programs at all. */
const starts: Readonly<Partial<Record<CodeLanguage, RegExp>>> = {
  javascript: /\bchild_process\b|\bexeca\b|\bBun\.spawn/,
  python: /\bsubprocess\b|\bos\.(?:system|popen)\b/,
};
/** A whole line for a shell, wherever it stands in such a file; then a version file has to name the runtime, too. */
const shellLine = new RegExp(
  `["'\`]${program} (?:-{1,2}\\w|version\\b|run\\b|[\\w./-]{1,80}\\.(?:py|[cm]?js|go|jar)\\b)[^"'\`\\n]{0,80}["'\`]`,
  "g",
);
/** The names of version managers for each, ours first. */
const managed: Readonly<Record<Callable, readonly string[]>> = {
  node: ["node", "nodejs"],
  go: ["go", "golang"],
  java: ["java"],
  python: ["python"],
};
const maxFiles = 60;

/** What the code of a service calls besides its own runtime, each once, with the first place. Looks at 60 files, the nearest first. */
export async function callsOf(tree: SourceTree, service: Service, wishes: Wishes): Promise<readonly Call[]> {
  const language: CodeLanguage = service.language === "python" ? "python" : "javascript";
  const paths = await serviceCodePaths(tree, service.path, [language]);
  const sources = await readCodes(tree, paths.slice(0, maxFiles));
  const found = new Map<Callable, Call>();
  for (const source of sources) {
    if (starts[language]?.test(source.text) !== true && !source.text.includes("$`")) continue;
    for (const call of matches(source, direct[language])) if (!found.has(call.runtime)) found.set(call.runtime, call);
    for (const call of matches(source, shellLine)) {
      if (found.has(call.runtime)) continue;
      const places = { names: managed[call.runtime], environment: [], files: [] };
      if ((await pinnedWords(tree, service.path, wishes, places)).length > 0) found.set(call.runtime, call);
    }
  }
  return callable.flatMap((runtime) => found.get(runtime) ?? []);
}

function matches({ path, text, code }: CodeText, pattern: RegExp | undefined): readonly Call[] {
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].flatMap(({ index, groups }) => {
    // In a comment all is blank.
    if (/\s/.test(code[index] ?? " ")) return [];
    const runtime = callable.find((each) => each === (groups?.["program"] ?? "").replace(/3$/, ""));
    return runtime === undefined ? [] : [{ runtime, where: plainText(`${path}:${lineOf(text, index)}`) }];
  });
}
